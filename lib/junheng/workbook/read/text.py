"""Text as people type it: folding of spaces, full-width characters, missing marks, units and header texts."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from functools import lru_cache

from junheng.params.dictionary import Dictionary

FULL_WIDTH = {code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F)}
# Zero-width characters and byte-order marks that come along when cells are pasted from web pages and chats.
INVISIBLE = dict.fromkeys(map(ord, "\u200b\u200c\u200d\u2060\ufeff"))
MISSING_MARKS = frozenset(["", "-", "—", "–", "―", "─", "/", "*", "…", "无"])
BRACKETED = re.compile(r"^(.+?)[(\[【〔]([^()\[\]【】〔〕]*)[)\]】〕]$")
NUMBERED = re.compile(
    r"^(?:[(]?(?:[0-9]{1,2}|[一二三四五六七八九十]{1,3})[).、:,．]+|[0-9]{1,2}(?=[^0-9]))?(?:其中:?)?"
)
"""The numbering before a name, as `fold_key` leaves it (① is 1, （一） is (一))."""
UNIT_LEAD = re.compile(r"^单位[:：]?")


def fold_spaces(text: str) -> str:
    """Trim `text` and make every run of spaces, tabs and line breaks (U+3000, U+00A0 …) one space."""
    return " ".join(text.translate(INVISIBLE).split())


def half_width(text: str) -> str:
    """Return `text` with full-width digits, letters and signs as ASCII."""
    return text.translate(FULL_WIDTH)


def is_missing_mark(text: str) -> bool:
    """Say whether `text` stands for a missing value: empty, 无, or one of — － / * … (repeated or not)."""
    bare = half_width("".join(text.translate(INVISIBLE).split()))
    # ——, ……, /// mean the same as one sign; 无无 does not mean 无.
    return bare in MISSING_MARKS or (len(set(bare)) == 1 and bare[0] in MISSING_MARKS and bare[0] != "无")


@lru_cache(maxsize=4096)
def fold_key(text: str) -> str:
    """Return a form of a word or header in which width, spaces and case do not matter."""
    return "".join(unicodedata.normalize("NFKC", text.translate(INVISIBLE)).split()).upper()


def unnumbered(name: str) -> str:
    """Return a folded name without the number or 其中 before it and the colon behind it: 1.人口总数, （二）乡镇数：."""
    return NUMBERED.sub("", name).rstrip(":")


@dataclass(frozen=True)
class Units:
    """The units that figures are given in (vocabulary `unit`) and the spellings of each."""

    names: dict[str, str]

    @classmethod
    def of(cls, dictionary: Dictionary) -> Units:
        """Gather the units and their spellings from the dictionary."""
        names: dict[str, str] = {}
        for term in dictionary.vocabularies.get("unit", ()):
            names |= {fold_key(word): term.value for word in (term.value, *term.also)}
        return cls(names)

    def find(self, word: str) -> str | None:
        """Return the unit that `word` means, or None when it is not a unit."""
        return self.names.get(fold_key(word))

    def split_header(self, text: str) -> tuple[str, str | None]:
        """Return a header's folded name and the unit in its closing bracket, if there is one."""
        whole = fold_key(text).strip("*")
        match = BRACKETED.match(whole)
        unit = self.find(UNIT_LEAD.sub("", match[2])) if match else None
        return (match[1].strip("*"), unit) if match and unit else (whole, None)


def shorten(text: str, length: int = 40) -> str:
    """Return `text` on one line, cut to `length` characters."""
    line = fold_spaces(text)
    return line if len(line) <= length else line[: length - 1] + "…"
