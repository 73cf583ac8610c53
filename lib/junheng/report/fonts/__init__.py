"""The fonts of a report: which free font stands for which office font, and where its file is.

Documents name the fonts that offices have (仿宋_GB2312, 方正小标宋简体 ...). The PDF is rendered with free
fonts of the same classes: `make setup` gathers them in one folder, and LibreOffice is shown that folder and
nothing else, so that every machine renders the same pages and no font is replaced in silence.
"""

from __future__ import annotations

import os
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING, Final

from junheng.errors import UsageProblem
from junheng.project import HOME_VARIABLE

if TYPE_CHECKING:
    from matplotlib.ft2font import FT2Font

FONTS_ENV: Final = "JUNHENG_FONTS"
FONTS_FOLDER: Final = ".fonts"
FACES_FOLDER: Final = "faces"
CONFIG_NAME: Final = "fonts.conf"
CONFIG_TEMPLATE: Final = Path(__file__).with_name(CONFIG_NAME)


@dataclass(frozen=True)
class FontFace:
    """One font file: the family name programs ask for and the name a PDF shows.

    For the Noto faces LibreOffice shows the name of the last part of their outlines, hence "-VKana".
    """

    file: str
    family: str
    pdf_name: str


FANG = FontFace("FandolFang-Regular.otf", "FandolFang R", "FandolFang-Regular")
KAI = FontFace("FandolKai-Regular.otf", "FandolKai", "FandolKai-Regular")
HEI = FontFace("NotoSansCJKsc-Regular.otf", "Noto Sans CJK SC", "NotoSansCJKsc-Regular-VKana")
HEI_BOLD = FontFace("NotoSansCJKsc-Bold.otf", "Noto Sans CJK SC", "NotoSansCJKsc-Bold-VKana")
SONG = FontFace("NotoSerifCJKsc-Regular.otf", "Noto Serif CJK SC", "NotoSerifCJKsc-Regular-VKana")
# Its own family name: an alias to the bold of a family picks the regular face.
XIAOBIAOSONG = FontFace("JunhengXiaoBiaoSong.otf", "Junheng XiaoBiaoSong", "NotoSerifCJKsc-Bold-VKana")
LATIN = FontFace("LiberationSerif-Regular.ttf", "Liberation Serif", "LiberationSerif")
LATIN_BOLD = FontFace("LiberationSerif-Bold.ttf", "Liberation Serif", "LiberationSerif-Bold")
LATIN_ITALIC = FontFace("LiberationSerif-Italic.ttf", "Liberation Serif", "LiberationSerif-Italic")
LATIN_BOLD_ITALIC = FontFace(
    "LiberationSerif-BoldItalic.ttf", "Liberation Serif", "LiberationSerif-BoldItalic"
)
# For characters the stand-ins lack (嶧 鄌 漷 ...): all of GBK, then nearly all of Unicode's Han. The light weight has
# strokes as thin as those of the stand-in for 仿宋 beside it; the regular one would look bold there.
RARE = FontFace("LXGWWenKai-Light.ttf", "LXGW WenKai Light", "LXGWWenKai-Light")
RAREST = FontFace("BabelStoneHan.ttf", "BabelStone Han", "BabelStoneHan")
# Takes every family that fonts.conf does not know. No page may show it: it betrays a substitution.
CANARY = FontFace("FandolHei-Regular.otf", "FandolHei", "FandolHei-Regular")

FONT_ROLES: Final[Mapping[str, FontFace]] = MappingProxyType(
    {
        "方正小标宋简体": XIAOBIAOSONG,
        "方正小标宋_GBK": XIAOBIAOSONG,
        "仿宋_GB2312": FANG,
        "仿宋": FANG,
        "楷体_GB2312": KAI,
        "楷体": KAI,
        "黑体": HEI,
        "宋体": SONG,
        "SimSun": SONG,
        "Times New Roman": LATIN,
    }
)
"""Office font name, as documents write it, to the face that stands for it in the PDF."""

PAGE_FACES: Final = (
    FANG,
    KAI,
    HEI,
    HEI_BOLD,
    SONG,
    XIAOBIAOSONG,
    LATIN,
    LATIN_BOLD,
    LATIN_ITALIC,
    LATIN_BOLD_ITALIC,
    RARE,
    RAREST,
)
ALL_FACES: Final = (*PAGE_FACES, CANARY)


def fonts_dir() -> Path:
    """Return the folder of the gathered fonts: $JUNHENG_FONTS, else .fonts of the project or above this package."""
    named = os.environ.get(FONTS_ENV)
    if named:
        return Path(named)
    home = os.environ.get(HOME_VARIABLE)  # of a package installed apart from its project
    for folder in (*([Path(home)] if home else []), *Path(__file__).resolve().parents):
        if (folder / FONTS_FOLDER).is_dir():
            return folder / FONTS_FOLDER
    raise UsageProblem("未找到字体目录“.fonts”，请先在项目目录运行“make setup”。")


def missing_fonts() -> list[str]:
    """Return the names of the files that the fonts folder should hold and does not; empty when ready."""
    folder = fonts_dir()
    missing = [face.file for face in ALL_FACES if not (folder / FACES_FOLDER / face.file).is_file()]
    return missing if (folder / CONFIG_NAME).is_file() else [*missing, CONFIG_NAME]


def fontconfig_file() -> Path:
    """Return the fontconfig file for LibreOffice (environment variable FONTCONFIG_FILE of soffice only)."""
    missing = missing_fonts()
    if missing:
        raise UsageProblem(f"字体目录缺少{'、'.join(missing)}，请在项目目录重新运行“make setup”。")
    return fonts_dir() / CONFIG_NAME


def figure_font_files() -> list[Path]:
    """Return the files of the figures' face, its bold, and the rare characters."""
    return [fonts_dir() / FACES_FOLDER / face.file for face in (HEI, HEI_BOLD, RAREST)]


def expected_pdf_fonts() -> frozenset[str]:
    """Return the font names a PDF of ours may show; any other means a silent substitution."""
    return frozenset(face.pdf_name for face in PAGE_FACES)


def without_glyph(text: str) -> list[str]:
    """Return the characters of a text that would be printed as boxes: none of the pages' faces draws them.

    The faces draw all of GBK (RARE); only what lies outside is looked up. Marks that draw nothing are left out.
    """
    odd = {character for character in text if not character.isascii()}
    return sorted(character for character in odd if not _drawn(character))


@cache
def _drawn(character: str) -> bool:
    if unicodedata.category(character) in ("Cc", "Cf", "Mn", "Zl", "Zp", "Zs"):
        return True
    try:
        character.encode("gbk")
    except UnicodeEncodeError:
        return any(face.get_char_index(ord(character)) for face in _page_faces())
    return True


@cache
def _page_faces() -> tuple[FT2Font, ...]:
    from matplotlib.ft2font import FT2Font  # only where a rare character stands

    return tuple(FT2Font(str(fonts_dir() / FACES_FOLDER / face.file)) for face in PAGE_FACES)
