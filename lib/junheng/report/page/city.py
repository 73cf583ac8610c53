"""The city's summary as an offline page: one folder, opened from a USB stick, no server and no network.

The city's tables stand in the HTML; what a reader opens (a county's figures, its schools) stands in data.js; the scripts
sort, filter and draw. Each county gets a page of its own, with its own figures alone. The charting library is kept in
templates/page/vendor as it was published, with its version, digest and licence.
"""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator, Mapping
from functools import lru_cache
from pathlib import Path
from typing import Any

from jinja2 import FileSystemLoader, StrictUndefined
from jinja2.sandbox import SandboxedEnvironment
from lxml import html

from junheng.assess.city import AssessedCounty
from junheng.assess.model import Verdict
from junheng.errors import OutputProblem
from junheng.report.content.context import CityContext
from junheng.report.content.model import Document, Paragraph
from junheng.report.page.city_data import map_tiles, own_data, page_data, page_tables
from junheng.report.page.files import DATA, INDEX, LIBRARY, LICENCES, PAGE_FILES, SCRIPTS, VENDOR
from junheng.report.page.tables import CountyLinks, head_rows, leads_to, sort_key, word_of
from junheng.report.page.tiles import tiles
from junheng.report.pdf.inspect import check_text
from junheng.report.word.captions import REFERENCE
from junheng.report.word.text import Element

PREFIX = "window.CITY = "
POLICY = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; base-uri 'none'; form-action 'none'"
"""Content-Security-Policy: nothing from elsewhere, no inline script or style, no evaluated text, no request."""


def write_page(
    context: CityContext, document: Document, templates: Path, folder: Path, own: Path | None = None
) -> tuple[Path, ...]:
    """Write the city's page into `folder`, and each county's own page into a folder below `own` (all made anew); returns
    the files."""
    city = page_data(context)
    files = _write(templates, folder, city, "city.html.j2", _city_words(context, document))
    return files if own is None else (*files, *_write_own_pages(context, city, templates, own))


def _write_own_pages(
    context: CityContext, city: Mapping[str, Any], templates: Path, folder: Path
) -> Iterator[Path]:
    shutil.rmtree(folder, ignore_errors=True)
    for member in context.city.members:
        title = context.say("city.own_page", county=member.county.title)
        data, words = own_data(context, member, city), _words(context, title, member)
        yield from _write(templates, folder / member.county.stem, data, "own.html.j2", words)


def _write(
    templates: Path, folder: Path, data: Mapping[str, Any], template: str, words: Mapping[str, Any]
) -> tuple[Path, ...]:
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    for name in ("page.css", *SCRIPTS):
        shutil.copyfile(templates / name, folder / name)
    for name in (LIBRARY, *LICENCES):
        shutil.copyfile(templates / VENDOR / name, folder / name)
    text = json.dumps(data, ensure_ascii=False, separators=(",", ":"))
    # Both end a line in older JavaScript: within a text they would break the script.
    text = text.replace(chr(0x2028), " ").replace(chr(0x2029), " ")
    (folder / DATA).write_text(f"{PREFIX}{text};\n", encoding="utf-8")
    shown = _environment(templates).get_template(template).render(words)
    (folder / INDEX).write_text(f"{shown}\n", encoding="utf-8")
    return tuple(folder / name for name in PAGE_FILES)


@lru_cache(maxsize=1)
def _environment(templates: Path) -> SandboxedEnvironment:
    """Jinja with the page's templates, each compiled once for all pages of a run."""
    return SandboxedEnvironment(
        loader=FileSystemLoader(templates),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )


def _words(context: CityContext, title: str, member: AssessedCounty | None = None) -> dict[str, Any]:
    """What every page says: its policy, title, office, date, marks."""
    demo = member.assessment.book.demo if member else context.city.demo
    return {
        "policy": POLICY,
        "scripts": (DATA, LIBRARY, *SCRIPTS),
        "title": title,
        "demo": context.wording.city.demo_keyword if demo else "",
        "office": context.wording.city.office,
        "date": context.wording.city_year.report_date,
        "small_counts": context.small_counts,
    }


def _city_words(context: CityContext, document: Document) -> dict[str, Any]:
    links, tables = CountyLinks(context), page_tables(context)
    counties = context.counties
    answered = context.city.records.book is not None
    return {
        **_words(context, document.title),
        "texts": {name: _paragraphs(document, name) for name in document.blocks},
        "tables": tables,
        "head_rows": head_rows,
        "county_of": links.of_row,
        "leads_to": leads_to,
        "word_of": word_of,
        "sort_key": sort_key,
        "answered": {name: answered and bool(table.rows) for name, table in tables.items()},
        "tiles": tiles(context),
        "targets": sorted({county.target_year for county in counties}),
        "verdicts": [str(verdict) for verdict in Verdict],
        "standard": context.standard,
        "rule": context.say("city.ranking_rule"),
        "map": map_tiles(counties),
        "counties": sorted(counties, key=lambda county: county.code),
        "units_of": {m.county.code: f"{m.met_units}/{len(m.assessment.units)}" for m in context.city.members},
        "verdict_of": {county.code: links.verdict(county) for county in counties},
    }


def inspect_page(folder: Path) -> None:
    """Open a page again: its policy, that it names nothing outside its folder, its data; raises OutputProblem."""
    root = html.document_fromstring((folder / INDEX).read_text(encoding="utf-8"))
    elements = list(root.iter("*"))
    if POLICY not in [element.get("content") for element in elements]:
        raise OutputProblem(f"{INDEX}缺少内容安全策略，网页不予发布。")
    for element in elements:
        _inspect_element(element)
    check_text("".join(map(str, root.itertext())), folder / INDEX, "")
    text = (folder / DATA).read_text(encoding="utf-8")
    try:
        data = json.loads(text.removeprefix(PREFIX).rstrip().removesuffix(";"))
    except ValueError as error:
        raise OutputProblem(f"{DATA}不完整，网页不予发布。") from error
    for county in data["counties"]:
        if not county["units"] or not county["items"]:
            raise OutputProblem(f"{DATA}中{county['name']}没有学校或项目，网页不予发布。")


def _inspect_element(element: Element) -> None:
    if element.tag == "script" and not element.get("src"):
        raise OutputProblem(f"{INDEX}含有内嵌脚本，网页不予发布。")
    for name, value in ((str(name), str(value)) for name, value in element.attrib.items()):
        if name == "style" or name.startswith("on"):
            raise OutputProblem(f"{INDEX}含有内嵌样式或脚本“{value}”，网页不予发布。")
        if name in ("href", "src") and not value.startswith(("#", "data:,", *PAGE_FILES)):
            raise OutputProblem(f"{INDEX}引用了文件夹以外的“{value}”，网页不予发布。")


def _paragraphs(document: Document, name: str) -> tuple[str, ...]:
    """The sentences of a section, without those that point to a place in the Word file."""
    texts = (block.text for block in document.blocks[name] if isinstance(block, Paragraph))
    return tuple(text for text in texts if not REFERENCE.search(text))
