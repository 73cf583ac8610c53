"""The styles of a template by the name shown in Word, and the fonts they name.

A theme attribute beats an explicit name, and a style without w:eastAsia falls to the theme's font. So every
paragraph style of a finished document names its Chinese and its Latin font: those the clerk gave it, by itself or
by the styles it is based on.
"""

from __future__ import annotations

from collections.abc import Iterator
from copy import deepcopy
from dataclasses import dataclass
from itertools import chain
from typing import Any, Final, Literal

from docx.document import Document as WordDocument
from docx.enum.style import WD_STYLE_TYPE
from docx.oxml.ns import qn
from docx.oxml.parser import OxmlElement
from docx.oxml.text.font import CT_RPr
from docx.oxml.text.paragraph import CT_P
from docx.oxml.text.run import CT_R
from docx.styles.style import BaseStyle, ParagraphStyle
from lxml import etree

from junheng.errors import ParamsProblem, did_you_mean
from junheng.report.word.text import FONT_KINDS, SHARED, Element, elements, runs

LATIN: Final = "Times New Roman"
ASIAN: Final = "仿宋_GB2312"
LANGUAGE: Final = "zh-CN"
_FALLBACK: Final = {"ascii": LATIN, "hAnsi": LATIN, "eastAsia": ASIAN, "cs": LATIN}
_THEME: Final = tuple(qn(f"w:{name}") for name in ("asciiTheme", "hAnsiTheme", "eastAsiaTheme", "cstheme"))
_BORDERS, _MARGINS = qn("w:tblBorders"), qn("w:tblCellMar")
_LOOK: Final = {_BORDERS, _MARGINS, qn("w:tblInd")}
"""What is taken over from a table style; the indent is that of no centred table."""
_MORE_LOOK: Final = {qn(f"w:{name}") for name in ("pPr", "trPr", "tcPr", "tblStylePr")}
"""What a table style may say beside its w:tblPr and of the text, whose font and size the styles of the cells name."""
_OUTLINE, _VAL = qn("w:outlineLvl"), qn("w:val")


@dataclass(frozen=True)
class TableLook:
    """How tables of a style look, as XML for a w:tblPr: the style's name, or its rules and the margins of its cells.

    LibreOffice works out a named style again for every cell (3,300 cells: 0.3 s of the 1.1 they take), so rules and
    margins are written into each table instead; a style that says more than these is named.
    """

    style: str = ""
    borders: str = ""
    margins: str = ""


class WordStyles:
    """The styles of a template; Word and WPS number their ids as they like, so they are found by name."""

    def __init__(self, word: WordDocument, template: str) -> None:
        self._word = word
        self._template = template
        named: list[BaseStyle] = [style for style in word.styles if style.name]
        self._names = {str(style.name).lower(): style for style in named}
        self._paragraphs = {style.style_id: style for style in named if isinstance(style, ParagraphStyle)}
        self._default = word.styles.default(WD_STYLE_TYPE.PARAGRAPH)
        self._chains: dict[str | None, list[ParagraphStyle]] = {}
        self._fonts: dict[str | None, dict[str, str]] = {}

    def id(self, name: str) -> str:
        """Return the id of the style called `name`; raises ParamsProblem when the template has none."""
        found = self._names.get(name.lower())
        if found is None:
            hint = did_you_mean(name.lower(), self._names)
            raise ParamsProblem(f"模板{self._template}缺少样式“{name}”，{hint or '请从原模板复制该样式。'}")
        return found.style_id

    def has(self, name: str) -> bool:
        """Tell whether the template has a style called `name`."""
        return name.lower() in self._names

    def table_look(self, name: str) -> TableLook:
        """Return how tables of the style called `name` look; raises ParamsProblem when the template has none."""
        named = TableLook(style=f'<w:tblStyle w:val="{self.id(name)}"/>')
        stated: dict[str, str] = {}
        style: BaseStyle | None = self._names[name.lower()]
        while isinstance(style, ParagraphStyle):  # python-docx makes table styles out of these
            if {child.tag for child in style.element} & _MORE_LOOK:
                return named
            for item in style.element.xpath("w:tblPr/*"):
                stated.setdefault(item.tag, etree.tostring(item, encoding="unicode"))
            style = style.base_style
        if not stated or stated.keys() - _LOOK:
            return named
        return TableLook(borders=stated.get(_BORDERS, ""), margins=stated.get(_MARGINS, ""))

    def chinese(self, style_id: str | None) -> str:
        """Return the Chinese font of a paragraph style."""
        return self.fonts(style_id)["eastAsia"]

    def fonts(self, style_id: str | None) -> dict[str, str]:
        """Return the fonts of a paragraph style by kind of character, through the styles it is based on."""
        if style_id not in self._fonts:
            bases = self._chain(style_id)
            defaults = self._word.styles.element.xpath("w:docDefaults/w:rPrDefault/w:rPr/w:rFonts")
            named = [style.element.rPr.rFonts for style in bases if style.element.rPr is not None]
            fonts = dict(_FALLBACK)
            for stated in reversed([*named, *defaults]):
                fonts |= _named(stated)
            self._fonts[style_id] = fonts
        return self._fonts[style_id]

    def states(self, paragraph: CT_P, switch: Literal["keepNext", "pageBreakBefore"]) -> bool:
        """Tell whether a paragraph has a switch on, by itself or by its style."""
        stated = (getattr(holder, f"{switch}_val") for holder in self._properties(paragraph))
        return bool(next((state for state in stated if state is not None), False))

    def outline(self, paragraph: CT_P) -> int | None:
        """Return the level (0, 1, …) of a paragraph that stands in the outline of the document, or None."""
        stated = (holder.find(_OUTLINE) for holder in self._properties(paragraph))
        level = next((item.get(_VAL, "9") for item in stated if item is not None), "9")
        return int(level) if level in "012345678" else None

    def is_built_in_heading(self, paragraph: CT_P) -> bool:
        """Tell whether Word's contents list takes a paragraph for a heading by its style (标题1 to 标题9)."""
        style = self._paragraphs.get(paragraph.style or "")
        return style is not None and str(style.name).lower().startswith("heading ")

    def settle(self) -> None:
        """Name the fonts on every paragraph style and drop theme fonts; the language is Chinese."""
        drop_theme_fonts(self._word.styles.element)
        for key, style in self._paragraphs.items():
            fonts = style.element.get_or_add_rPr().get_or_add_rFonts()
            for kind, name in self.fonts(key).items():
                fonts.set(qn(f"w:{kind}"), name)
        for defaults in self._word.styles.element.xpath("w:docDefaults/w:rPrDefault/w:rPr"):
            fonts = defaults.get_or_add_rFonts()
            for kind, name in (_FALLBACK | _named(fonts)).items():
                fonts.set(qn(f"w:{kind}"), name)
            for old in defaults.findall(qn("w:lang")):
                defaults.remove(old)
            said = {"w:val": "en-US", "w:eastAsia": LANGUAGE, "w:bidi": "ar-SA"}
            language = OxmlElement("w:lang", {qn(name): value for name, value in said.items()})
            # The schema orders what stands in w:rPr, and Word refuses a file that does not keep to it.
            defaults.insert_element_before(language, "w:eastAsianLayout", "w:specVanish", "w:oMath")

    def _chain(self, style_id: str | None) -> list[ParagraphStyle]:
        """Return a paragraph style and those it is based on; the default style for one that is not there."""
        if style_id not in self._chains:
            style: BaseStyle | None = self._paragraphs.get(style_id or "", self._default)
            found: dict[str, ParagraphStyle] = {}
            while isinstance(style, ParagraphStyle) and style.style_id not in found:
                found[style.style_id] = style
                style = style.base_style
            self._chains[style_id] = list(found.values())
        return self._chains[style_id]

    def _properties(self, paragraph: CT_P) -> Iterator[Element]:
        """Yield the w:pPr of a paragraph and of its styles, the nearest first."""
        styles = (style.element.pPr for style in self._chain(paragraph.style))
        return (holder for holder in chain([paragraph.pPr], styles) if holder is not None)


def _named(fonts: Element | None) -> dict[str, str]:
    stated = {} if fonts is None else {kind: fonts.get(qn(f"w:{kind}")) for kind in FONT_KINDS}
    return {kind: name for kind, name in stated.items() if name}


def drop_theme_fonts(root: Element) -> None:
    """Remove the theme attributes, which would beat an explicit font name."""
    for fonts in root.iter(qn("w:rFonts")):
        for name in _THEME:
            fonts.attrib.pop(name, "")


def settle_fonts(root: Element, styles: WordStyles) -> None:
    """Give shared characters in the runs of a story the Chinese font; its theme fonts go."""
    drop_theme_fonts(root)
    for paragraph in (each for each in root.iter(qn("w:p")) if isinstance(each, CT_P)):
        for run in [each for each in paragraph.iter(qn("w:r")) if isinstance(each, CT_R)]:
            if any(SHARED.search(piece.text or "") for piece in run.findall(qn("w:t"))):
                _split_run(run, styles.chinese(paragraph.style))


def _split_run(run: CT_R, chinese: str) -> None:
    """Write the texts of a run as runs of their own, which take its properties over."""
    stated = run.rPr
    own = _named(stated.rFonts) if stated is not None else {}
    for child in [child for child in run if child is not stated]:
        text = (child.text or "") if child.tag == qn("w:t") else ""
        made = elements(runs(text, own.get("eastAsia", chinese)))
        for piece in made or elements("<w:r/>"):
            if not made:
                piece.append(child)
            _take_over(piece, stated)
            run.addprevious(piece)
    parent = run.getparent()
    assert parent is not None
    parent.remove(run)


def _take_over(run: Any, properties: CT_RPr | None) -> None:
    """Give a run the properties of another; the fonts it has of its own stay."""
    if properties is None:
        return
    fonts = run.rPr.rFonts if run.rPr is not None else None
    if run.rPr is not None:
        run.remove(run.rPr)
    taken = deepcopy(properties)
    run.insert(0, taken)
    if fonts is not None:
        for kind, name in fonts.attrib.items():
            taken.get_or_add_rFonts().set(kind, name)
