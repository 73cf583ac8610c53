"""The check every package passes before it is written: it holds this county's content and nobody else's.

Decided by full name and by code. A name that a school of another county shares with one of this county's own
is this county's; a very common or short name alone proves nothing. Both are told as notes and block nothing.
"""

from __future__ import annotations

import getpass
import re
import socket
import unicodedata
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from decimal import Decimal, InvalidOperation
from itertools import groupby
from pathlib import Path

from junheng.delivery.extract import pieces_of
from junheng.delivery.pieces import Piece, PieceKind
from junheng.delivery.roster import Roster, Schools
from junheng.delivery.settings import OwnOnly, matches
from junheng.errors import JunhengError, OutputProblem
from junheng.params.counties import County

_COUNTY_CODES = re.compile(r"(?<![\dA-Za-z.,])\d{6}(?![\dA-Za-z]|[.,]\d)")
_SCHOOL_CODES = re.compile(r"(?<![\d.])\d{9,12}(?!\d|\.0*[1-9])")
_FIGURES = re.compile(r"(?<![\d.,])\d*[.,]\d{6,}(?!\d)")
"""With eight digits or more it may be one county's alone, written with a point or a comma, with or without a nought before it."""
_TOLD = (8, 9, 10)
"""To how many digits figures are compared: Excel shows nine or ten of them. (Fewer than eight are in no set of forms.)"""
_SUFFIXES, _NEW = "市区县", "新区"
_GAPS = re.compile(r"[^\w、。“”《》,.;:!?()]|_|[\u115f\u1160]")
"""What may stand between the signs of a name: anything but letters, digits and the marks that divide sentences."""
_BETWEEN_DIGITS = re.compile(r"(?<=\d)[\s,\-\u2010-\u2015_·]+(?=\d)")
_NO_ROOM = re.compile(
    "[\u00ad\u034f\u061c\u115f\u1160\u180e\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufe00-\ufe0f\ufeff\ufff9-\ufffb\U000e0000-\U000e0fff]"
)
_SHORT = 2
_SURE = 5
"""A name of so many characters is one also when its signs stand apart; 主任 城区 is no county."""
_LONGEST_NUMBER = 30
PLACES = re.compile(
    r"(?<![A-Za-z0-9_./<:\-])/(?:home|root|Users|tmp|var|opt|usr|mnt|media|srv|etc|private|data|work|workspace)/[\w.~\-]+"
    r"|(?<![A-Za-z])[A-Za-z]:\\[^\s\\/:*?\"<>|]+|file:/{2,3}\S+|(?<!\\)\\\\[A-Za-z0-9][\w.\-]+\\\w+"
)
PRIVATE_KEY = "PRIVATE KEY-----"
# Names every machine has: as words they tell nothing.
_EVERYBODY = frozenset({"root", "user", "admin", "administrator", "ubuntu", "debian", "jovyan", "localhost", "vscode",
                        "runner", "nobody", "docker", "junheng"})  # fmt: skip


@dataclass(frozen=True, slots=True)
class Finding:
    """What should not be in a package: file, place in it, what kind, what was found (all Chinese)."""

    file: str
    place: str
    kind: str
    found: str
    blocks: bool = True

    def __str__(self) -> str:
        return f"“{self.file}”{self.place}：{self.kind}“{self.found}”"


@dataclass(frozen=True)
class Machine:
    """What betrays this machine: user and host names, and folders by their absolute paths."""

    words: frozenset[str]
    folders: tuple[str, ...] = ()
    secrets: frozenset[str] = field(default=frozenset(), repr=False)
    """Passphrases, passwords and keys that this run knows; a package shows none of them, not even its own."""

    @classmethod
    def here(cls, folders: Iterable[Path] = (), secrets: Iterable[str] = ()) -> Machine:
        """This machine; names that every machine has are left out, and so are names of less than three letters."""
        try:
            words = {getpass.getuser(), socket.gethostname()}
        except (KeyError, OSError):
            words = {socket.gethostname()}
        known = {w for w in words if len(w) >= 3 and w.lower() not in _EVERYBODY}
        paths = {str(folder.resolve()) for folder in folders if len(folder.resolve().parts) > 1}
        return cls(frozenset(known), tuple(sorted(paths, key=len, reverse=True)), frozenset(secrets))


Rule = Callable[[str, Piece], Iterable[Finding]]
"""What one thing that must not leave says to a piece of a file, by the file's name."""


def look(files: Mapping[str, bytes], *rules: Rule) -> tuple[Finding, ...]:
    """Return what the rules find in `files`, those that block and the notes, each kind and text once a file.

    A file that cannot be looked through is a finding of its own. Every file is opened and read once, for all rules.
    """
    found: dict[tuple[str, str, str], Finding] = {}
    for name, data in files.items():
        try:
            for piece in pieces_of(name, data):
                for finding in (one for rule in rules for one in rule(name, piece)):
                    found.setdefault((name, finding.kind, finding.found), finding)
        except OutputProblem as problem:
            found[(name, "", "")] = Finding(name, "", "无法检查", str(problem))
    return tuple(found.values())


def readable(text: str) -> str:
    """Return a text as a reader takes it: the forms of one character as one, digits of all scripts as 0 to 9, without
    characters that take no room."""
    if text.isascii():
        return text
    plain = _NO_ROOM.sub("", unicodedata.normalize("NFKC", text))
    return re.sub(r"[^\D0-9]", lambda digit: str(unicodedata.decimal(digit[0])), plain)


def any_of(names: Iterable[str]) -> re.Pattern[str]:
    """A pattern that finds the longest of many names at each place of a text; names of one sign are none."""
    known = sorted((name for name in names if len(name) > 1), key=lambda name: (name[0], -len(name), name))
    groups = (
        (first, "|".join(re.escape(n[1:]) for n in own)) for first, own in groupby(known, lambda n: n[0])
    )
    return re.compile("|".join(f"{re.escape(first)}(?:{rests})" for first, rests in groups) or "(?!)")


class OwnOnlyCheck:
    """The rule that a package is one county's own.

    `office` is the city's; besides the names in the rules it and the county's government may stand as a file's author.
    """

    def __init__(
        self, county: County, roster: Roster, rules: OwnOnly, machine: Machine, office: str = ""
    ) -> None:
        self._rules, self._machine = rules, machine
        self._makers = frozenset((*rules.makers, county.government, office))
        self._own: Schools = roster.own(county)
        others = roster.others(county)
        self._foreign_schools = _owners(others, "names")
        self._foreign_codes = {**_owners(others, "codes"), **{o.county.code: o.county.name for o in others}}
        figures = _owners(others, "figures").items()
        self._foreign_figures = {form: name for figure, name in figures for form in _forms(figure)}
        self._own_figures = {form for figure in self._own.figures for form in _forms(figure)}
        self._foreign_counties = {n: o.county.name for o in others for n in _titles(o.county)}
        self._short = {short: o.county.name for o in others for short in _shortened(o.county, roster)}
        # Own names are searched for too: 第一中学 within 本县第一中学 must not count as another county's.
        self._own_names = self._own.names | _titles(county)
        self._pattern = any_of(
            self._own_names.union(self._foreign_schools, self._foreign_counties, self._short)
        )
        self._authors = frozenset().union(self._own.authors, *(o.authors for o in others))
        self._remarks = frozenset().union(self._own.remarks, *(o.remarks for o in others))

    def __call__(self, file: str, piece: Piece) -> Iterator[Finding]:
        """Yield what a piece of a file says that it must not."""
        if piece.kind is PieceKind.NOTE and not matches(file, self._rules.notes_in):
            yield Finding(file, piece.place, "批注", piece.text.strip()[:40])
        if piece.kind is PieceKind.HIDDEN:
            yield Finding(file, piece.place, "批注或隐藏内容", piece.text.strip()[:40])
        if piece.kind is PieceKind.MAKER and piece.text.strip() not in self._makers:
            yield Finding(file, piece.place, "作者姓名", piece.text.strip()[:40])
        text = piece.text if piece.kind is PieceKind.RAW else readable(piece.text)
        yield from self._secrets(file, piece, text)
        if piece.kind is PieceKind.RAW:
            yield from (finding for finding in self._names(file, piece, text) if finding.blocks)
            return
        yield from self._codes(file, piece, text)
        yield from self._figures(file, piece, text)
        if piece.kind is PieceKind.NUMBER:
            return
        bare = _GAPS.sub("", text)
        yield from self._names(file, piece, bare if piece.wrapped else text)
        if bare != text:
            yield from self._spaced(file, piece, text, bare)
        yield from self._places(file, piece)
        yield from self._internal(file, piece, bare if piece.wrapped else text)

    def _names(self, file: str, piece: Piece, text: str) -> Iterator[Finding]:
        for name in map(re.Match.group, self._pattern.finditer(text)):
            if name in self._own_names:
                if name in self._foreign_schools:
                    yield Finding(
                        file, piece.place, f"与{self._foreign_schools[name]}学校同名", name, blocks=False
                    )
                continue
            county = self._foreign_counties.get(name) or self._short.get(name) or self._foreign_schools[name]
            if not self._allowed(file, name, county):
                kind, blocks = self._kind(name, county)
                yield Finding(file, piece.place, kind, name, blocks)

    def _kind(self, name: str, county: str) -> tuple[str, bool]:
        """What another county's name is called, and whether it blocks: a short or a common one may be meant otherwise."""
        if name in self._foreign_counties:
            return "其他县（市、区）名称", True
        if name in self._short:
            return f"可能是{county}的简称", False
        common = len(name) < self._rules.shortest_name or name in self._rules.common_names
        return ("常见校名，外县有同名学校" if common else f"{county}学校名称"), not common

    def _spaced(self, file: str, piece: Piece, text: str, bare: str) -> Iterator[Finding]:
        """Names whose signs stand apart; a short one may be two words, for a person to look at."""
        for finding in self._names(file, piece, bare):
            if finding.blocks and finding.found not in text:
                sure = len(finding.found) >= _SURE
                yield replace(
                    finding, kind=finding.kind if sure else f"{finding.kind}（字间有空格）", blocks=sure
                )

    def _allowed(self, file: str, name: str, county: str) -> bool:
        return any(
            matches(file, (rule.file,)) and {name, county} & set(rule.names)
            for rule in self._rules.allowed_names
        )

    def _codes(self, file: str, piece: Piece, text: str) -> Iterator[Finding]:
        if piece.kind is PieceKind.CODE and piece.text not in self._own.codes:
            yield Finding(file, piece.place, "不是本县学校标识码", piece.text)
            return
        # A figure that fills its cell, 370881 pupils or yuan, is no code of a county; school codes are
        # longer.
        alone = piece.kind is PieceKind.BODY and not piece.wrapped and text.strip().isdecimal()
        found = [] if alone or piece.kind is PieceKind.NUMBER else _COUNTY_CODES.findall(text)
        for said in {text, _whole(text), text if piece.wrapped else _BETWEEN_DIGITS.sub("", text)}:
            found += _SCHOOL_CODES.findall(said)
        for code in dict.fromkeys(found):
            county = "" if code in self._own.codes else self._owner(code)
            if county and not self._allowed(file, code, county):
                yield Finding(file, piece.place, f"{county}代码", code)

    def _owner(self, code: str) -> str:
        """Whose code it is; towns and villages have longer ones that begin with their county's (GB/T 10114: 9 and 12 digits)."""
        county = self._foreign_codes.get(code, "")
        return county or (self._foreign_codes.get(code[:6], "") if len(code) in (9, 12) else "")

    def _figures(self, file: str, piece: Piece, text: str) -> Iterator[Finding]:
        """A county's means and coefficients, to the last digit, under whatever name, as a share or in hundredths."""
        whole = _whole(text)
        for figure in _FIGURES.findall(whole) + _FIGURES.findall(_BETWEEN_DIGITS.sub("", whole)):
            digits = _digits(figure)
            if digits in self._foreign_figures and digits not in self._own_figures:
                yield Finding(file, piece.place, f"{self._foreign_figures[digits]}数据", figure)

    def _places(self, file: str, piece: Piece) -> Iterator[Finding]:
        text = piece.text
        for folder in self._machine.folders:
            if folder in text:
                yield Finding(file, piece.place, "本机路径", folder)
        for match in PLACES.finditer(text):
            yield Finding(file, piece.place, "本机路径", match.group()[:60])
        for word in self._machine.words:
            if re.search(rf"(?<![A-Za-z0-9_.\-]){re.escape(word)}(?![A-Za-z0-9_\-])", text):
                yield Finding(file, piece.place, "本机用户名或主机名", word)

    def _secrets(self, file: str, piece: Piece, text: str) -> Iterator[Finding]:
        """What was found is not repeated: the message stays on the screen and in the log."""
        forms = {piece.text, text, "".join(piece.text.split())}
        if any(secret in form for form in forms for secret in (PRIVATE_KEY, *self._machine.secrets)):
            yield Finding(file, piece.place, "口令、密码或密钥", "（保密）")

    def _internal(self, file: str, piece: Piece, text: str) -> Iterator[Finding]:
        for word in self._rules.internal_words:
            if word in text:
                yield Finding(file, piece.place, "内部用语", word)
        flat = " ".join(piece.text.split())
        for remark in self._remarks:
            if remark in flat:
                yield Finding(file, piece.place, "内部备注", remark[:40])
        if not matches(file, self._rules.acceptance_authors_in):
            for author in self._authors:
                if author in text:
                    yield Finding(file, piece.place, "认可人姓名", author)


def _owners(others: Iterable[Schools], part: str) -> dict[str, str]:
    """Map each name, code or figure of other counties to the county (or counties) it belongs to."""
    owners: dict[str, str] = {}
    for schools in others:
        for item in getattr(schools, part):
            name = schools.county.name
            owners[item] = f"{owners[item]}、{name}" if item in owners else name
    return owners


def _digits(figure: str) -> str:
    """The digits that say something, ten at most: the same for 0.314159265358 and 31.4159265358."""
    return re.sub("[.,]", "", figure).lstrip("0")[: _TOLD[-1]]


def _forms(figure: str) -> set[str]:
    """The digits of a figure as they may be told: cut off or rounded."""
    digits = re.sub("[.,]", "", figure).lstrip("0")
    rounded = {
        str((int(digits[: length + 1]) + 5) // 10)[:length] for length in _TOLD if len(digits) > length
    }
    return rounded | {digits[:length] for length in _TOLD}


def _whole(number: str) -> str:
    """A number as it is read, without an exponent: `2.137110002E9` is 2137110002, and so is 2137110002.0."""
    try:
        value = Decimal(number if len(number) < _LONGEST_NUMBER else "")
    except InvalidOperation:
        return number
    if not value.is_finite() or abs(value.adjusted()) > 20:
        return number
    return f"{value.to_integral_value()}" if value == value.to_integral_value() else f"{value:f}"


def _titles(county: County) -> set[str]:
    return {name for name in (county.name, county.full_name, county.government, *county.also) if name}


def _shortened(county: County, roster: Roster) -> set[str]:
    """What a county may be called in passing: 曲阜, 太白湖, and 高新区 where several are called after the city."""
    name = county.name
    city = sum(schools.county.name.startswith(name[:_SHORT]) for schools in roster.counties.values()) > 1
    found = {name[:-1]} if name[-1] in _SUFFIXES and len(name) == _SHORT + 1 else set()
    return found | ({name[_SHORT:]} if city else set()) | ({name.removesuffix(_NEW)} - {name})


class ForeignContent(JunhengError):
    """A package that would carry what is not its county's; `findings` lists it all."""

    def __init__(self, county: County, findings: tuple[Finding, ...]) -> None:
        shown = "；".join(str(finding) for finding in findings[:3])
        more = f"等{len(findings)}处" if len(findings) > 3 else ""
        super().__init__(f"{county.name}的发送包未通过检查，不予写出：{shown}{more}。")
        self.findings = findings


def require(county: County, files: Mapping[str, bytes], *rules: Rule) -> tuple[Finding, ...]:
    """Return the notes of the rules; raises ForeignContent when anything blocks."""
    findings = look(files, *rules)
    blocking = tuple(finding for finding in findings if finding.blocks)
    if blocking:
        raise ForeignContent(county, blocking)
    return tuple(finding for finding in findings if not finding.blocks)
