"""The styles of a template, and fonts that hold: every style and run names its Chinese and its Latin font.

A theme attribute beats an explicit name, a run without w:eastAsia falls to the theme's font, and quotation
marks, dashes and the like are taken for Latin unless told otherwise. So the last step of rendering names the
fonts a run has by its style (the clerk's style decides, not this program) on the run itself.
"""

from __future__ import annotations

import copy
import re
from typing import Final, NamedTuple

from junheng.errors import ParamsProblem, did_you_mean
from junheng.report.word.xml import XML_SPACE, Element, el, is_on, place, properties_of, q, value_of

LATIN: Final = "Times New Roman"
ASIAN: Final = "仿宋_GB2312"
LANGUAGE: Final = "zh-CN"
# Characters which Word sets in the Latin font unless told otherwise, and LibreOffice in the font of the text
# before them: quotation marks, dashes, dots, roman numerals, arrows, signs, circled numbers, shapes. Not
# U+2212 (minus), which belongs to its number.
SHARED: Final = re.compile(
    "[\u00a7\u00a8\u00b0-\u00b4\u00b6-\u00ba\u00d7\u00f7\u2010-\u2027\u2030-\u206f\u2103-\u218f\u2190-\u2211"
    "\u2213-\u22ff\u2460-\u24ff\u2500-\u27bf]+"
)
_THEME: Final = tuple(q(name) for name in ("asciiTheme", "hAnsiTheme", "eastAsiaTheme", "cstheme"))


class Fonts(NamedTuple):
    """The fonts of a piece of text by kind of character, named as w:rFonts names them."""

    ascii: str | None = None
    hAnsi: str | None = None  # noqa: N815
    eastAsia: str | None = None  # noqa: N815
    cs: str | None = None

    def over(self, base: Fonts) -> Fonts:
        """Return these fonts, those not named taken from `base`."""
        return Fonts(*(own or inherited for own, inherited in zip(self, base, strict=True)))


_FALLBACK: Final = Fonts(LATIN, LATIN, ASIAN, LATIN)


def _named(properties: Element | None) -> Fonts:
    fonts = properties.find(q("rFonts")) if properties is not None else None
    return Fonts(*(fonts.get(q(kind)) for kind in Fonts._fields)) if fonts is not None else Fonts()


def _name(properties: Element, fonts: Fonts, hint: bool = False) -> None:
    attributes = {kind: name for kind, name in fonts._asdict().items() if name}
    place(properties, el("rFonts", **({"hint": "eastAsia"} if hint else {}), **attributes))


class Styles:
    """The styles of a template by the name shown in Word (Word and WPS number the ids as they like)."""

    def __init__(self, root: Element, template: str) -> None:
        self._root = root
        self._template = template
        self._styles = {style.get(q("styleId"), ""): style for style in root.findall(q("style"))}
        self._ids = {(value_of(style, "name") or "").lower(): key for key, style in self._styles.items()}
        self._default = next(
            (key for key, style in self._styles.items()
             if style.get(q("type")) == "paragraph" and style.get(q("default")) in ("1", "true")), ""
        )  # fmt: skip
        self._fonts: dict[str, Fonts] = {}

    def id(self, name: str) -> str:
        """Return the id of the style called `name`; raises ParamsProblem when the template has none."""
        found = self._ids.get(name.lower())
        if found is None:
            hint = did_you_mean(name.lower(), self._ids)
            raise ParamsProblem(f"模板{self._template}缺少样式“{name}”，{hint or '请从原模板复制该样式。'}")
        return found

    def _chain(self, style_id: str | None) -> list[Element]:
        chain: list[Element] = []
        key = style_id if style_id in self._styles else self._default
        while key in self._styles and self._styles[key] not in chain:
            chain.append(self._styles[key])
            key = value_of(chain[-1], "basedOn") or ""
        return chain

    def fonts(self, style_id: str | None) -> Fonts:
        """Return the fonts of a paragraph style, through the styles it is based on."""
        key = style_id or ""
        if key not in self._fonts:
            fonts = Fonts()
            for style in self._chain(style_id):
                fonts = fonts.over(_named(style.find(q("rPr"))))
            defaults = self._root.find(f"{q('docDefaults')}/{q('rPrDefault')}/{q('rPr')}")
            self._fonts[key] = fonts.over(_named(defaults)).over(_FALLBACK)
        return self._fonts[key]

    def states(self, paragraph: Element, switch: str) -> bool:
        """Tell whether a paragraph has a switch on (keepNext, pageBreakBefore), by itself or by its style."""
        properties = paragraph.find(q("pPr"))
        stated = is_on(properties, switch)
        for style in self._chain(value_of(properties, "pStyle")):
            stated = is_on(style.find(q("pPr")), switch) if stated is None else stated
        return bool(stated)

    def outline(self, paragraph: Element) -> int | None:
        """Return the level (0, 1, …) of a paragraph that stands in the outline of the document, or None."""
        properties = paragraph.find(q("pPr"))
        chain = self._chain(value_of(properties, "pStyle"))
        stated = (
            value_of(holder, "outlineLvl")
            for holder in (properties, *(style.find(q("pPr")) for style in chain))
        )
        level = next((level for level in stated if level is not None), "9")
        return int(level) if level in "012345678" else None

    def settle(self) -> None:
        """Name the fonts on every paragraph style and drop theme fonts; the language is Chinese."""
        drop_theme_fonts(self._root)
        for key, style in self._styles.items():
            if style.get(q("type")) != "paragraph":
                continue
            properties = style.find(q("rPr"))
            if properties is None:
                properties = el("rPr")
                following = [
                    child
                    for child in style
                    if child.tag in (q("tblPr"), q("trPr"), q("tcPr"), q("tblStylePr"))
                ]
                style.insert(style.index(following[0]) if following else len(style), properties)
            _name(properties, self.fonts(key))
        defaults = self._root.find(f"{q('docDefaults')}/{q('rPrDefault')}/{q('rPr')}")
        if defaults is not None:
            _name(defaults, _named(defaults).over(_FALLBACK))
            place(defaults, el("lang", val="en-US", eastAsia=LANGUAGE, bidi="ar-SA"))


def drop_theme_fonts(root: Element) -> None:
    """Remove the theme attributes, which would beat an explicit font name."""
    for fonts in root.iter(q("rFonts")):
        for name in _THEME:
            if name in fonts.attrib:
                del fonts.attrib[name]


def settle_fonts(root: Element, styles: Styles) -> None:
    """Name the fonts on every run of a story; characters shared by both scripts get runs of their own."""
    drop_theme_fonts(root)
    for paragraph in root.iter(q("p")):
        base = styles.fonts(value_of(paragraph.find(q("pPr")), "pStyle"))
        for run in list(paragraph.iter(q("r"))):
            _settle_run(run, base)


def _settle_run(run: Element, base: Fonts) -> None:
    properties = properties_of(run, "rPr")
    fonts = _named(properties).over(base)
    _name(properties, fonts)
    if any(SHARED.search(piece.text or "") for piece in run.findall(q("t"))):
        _split_run(run, fonts)


def _split_run(run: Element, fonts: Fonts) -> None:
    """Give every stretch of shared characters of `run` a run of its own, in the Chinese font throughout."""
    chinese = Fonts(*(fonts.eastAsia,) * 4)
    properties = properties_of(run, "rPr")
    pieces: list[tuple[bool, list[Element]]] = []
    for child in list(run)[1:]:
        for shared, part in _stretches(child):
            if not pieces or pieces[-1][0] is not shared:
                pieces.append((shared, []))
            pieces[-1][1].append(part)
    after = run
    for number, (shared, children) in enumerate(pieces):
        made = run if number == 0 else el("r")
        if number == 0:
            for child in list(run)[1:]:
                run.remove(child)
        else:
            made.append(copy.deepcopy(properties))
            after.addnext(made)
        _name(made[0], chinese if shared else fonts, hint=shared)
        made.extend(children)
        after = made


def _stretches(child: Element) -> list[tuple[bool, Element]]:
    """Return the pieces of a w:t, each with whether it is of shared characters; another element as it is."""
    if child.tag != q("t"):
        return [(False, child)]
    pieces, position, text = [], 0, child.text or ""
    for match in SHARED.finditer(text):
        pieces += [(False, text[position : match.start()]), (True, match.group())]
        position = match.end()
    pieces.append((False, text[position:]))
    return [(shared, _text(part)) for shared, part in pieces if part]


def _text(text: str) -> Element:
    piece = el("t")
    piece.text = text
    if text != text.strip() or "  " in text:
        piece.set(XML_SPACE, "preserve")
    return piece
