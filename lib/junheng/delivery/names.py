"""Names inside packages: whatever they were made from, they stay below one folder and open on Windows."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable

from junheng.errors import OutputProblem
from junheng.params.counties import County

SENT = "发送"
LIST_FILE = "发送清单.xlsx"
RECORD_FILE = "发送记录.json"
LOG_FILE = "发送.log"
SUMS = "SHA256SUMS"
SIGNATURE = "SHA256SUMS.sig"
PACKAGE_MANIFEST = "manifest.json"
RECEIPT = "回执.xlsx"
CHANGES = "更正说明.xlsx"

LONGEST = 180
"""Characters of a path: Windows Explorer unpacks paths up to 260, the folder it is put in included."""
_FORBIDDEN = re.compile(r'[\\:*?"<>|\x00-\x1f\x7f]')
_RESERVED = re.compile(r"(?i)(con|prn|aux|nul|com[0-9¹²³]|lpt[0-9¹²³])(\..*)?")
_STEERING = re.compile("[\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff]")


def package_stem(county: County, year: int, external: bool = False) -> str:
    """`370883_邹城市_2024`, the name of a package and of the folder in it."""
    return f"{county.stem}_{year}{'_对外' if external else ''}"


def check_name(name: str) -> str:
    """Return a path of a package when every system can unpack it in its place; raises OutputProblem."""
    parts = name.split("/")
    reason = ""
    if name.startswith("/") or any(part in ("", ".", "..") for part in parts):
        reason = "会指向包外"
    elif _FORBIDDEN.search(name):
        reason = "含有Windows不允许的字符"
    elif _STEERING.search(name):
        reason = "含有看不见的控制字符"
    elif any(part.endswith((".", " ")) or part.startswith(" ") for part in parts):
        reason = "以空格或句点起止"
    elif any(_RESERVED.fullmatch(part) for part in parts):
        reason = "是Windows的保留名"
    elif len(name) > LONGEST:
        reason = f"超过{LONGEST}个字符"
    elif unicodedata.normalize("NFC", name) != name:
        reason = "未用统一的字符编码形式（NFC）"
    if reason:
        shown = name.encode("unicode_escape").decode() if not name.isprintable() else name
        raise OutputProblem(f"文件名“{shown[:80]}”{reason}，不能装入发送包。")
    return name


def check_names(names: Iterable[str]) -> None:
    """Check every name, and that no two are one on a system that ignores case; raises OutputProblem."""
    seen: dict[str, str] = {}
    for name in names:
        folded = check_name(name).casefold()
        if folded in seen:
            raise OutputProblem(f"发送包中“{seen[folded]}”和“{name}”在Windows上是同一个文件名。")
        seen[folded] = name
