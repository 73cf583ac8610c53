"""The city's summary as an offline page: one folder, opened from a USB stick, no server and no network.

The tables stand in index.html; what a reader opens (a county's figures, its schools) stands in data.js; page.js sorts,
filters and draws. The charting library is copied from the installed package plotly (MIT), never kept in the project.
"""

from __future__ import annotations

import json
import shutil
from collections.abc import Sequence
from dataclasses import dataclass
from importlib.metadata import distribution
from pathlib import Path

from jinja2 import FileSystemLoader, StrictUndefined
from jinja2.sandbox import SandboxedEnvironment
from lxml import html

from junheng.assess.model import Verdict
from junheng.errors import OutputProblem
from junheng.params.tables import TableColumn
from junheng.report.content.context import CityContext
from junheng.report.content.model import Document, Mark, Paragraph, Table, TableCell, TableRow
from junheng.report.page.city_data import CountyLinks, history_table, page_data, page_tables
from junheng.report.pdf.inspect import check_text
from junheng.report.word.captions import REFERENCE
from junheng.report.word.text import Element

LIBRARY = "plotly.min.js"
LIBRARY_FILE = "plotly/package_data/plotly.min.js"
ASSETS = ("page.css", "page.js")
DATA = "data.js"
PREFIX = "window.CITY = "
INDEX = "index.html"
PAGE_FILES = (INDEX, DATA, *ASSETS, LIBRARY)
# plotly adds two style elements of its own: an empty one, filled rule by rule, and one for its maps.
STYLE_HASHES = (
    "sha256-47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=",
    "sha256-ji27qzEtxXZW+7dun6UwjHXJ18e6WAin1VvNtkzIE/o=",
)
POLICY = (
    "default-src 'none'; script-src 'self'; img-src 'self' data:; base-uri 'none'; form-action 'none'; "
    f"style-src 'self' {' '.join(map(repr, STYLE_HASHES))}"
)
"""Content-Security-Policy: nothing from elsewhere, no inline script, no evaluated text, no request."""


@dataclass(frozen=True)
class HeadCell:
    """A cell of a header row; `sort` is the column it sorts by, None for a group."""

    text: str
    columns: int
    rows: int
    sort: int | None


@dataclass(frozen=True)
class BodyCell:
    """A cell of the page: its text, a word that says what its shade says, where it leads, what it is sorted by."""

    text: str
    mark: Mark
    word: str
    href: str
    sort: str
    rows: int


@dataclass(frozen=True)
class BodyRow:
    """A row with what it is filtered by."""

    cells: tuple[BodyCell, ...]
    county: str = ""
    target: str = ""
    verdict: str = ""
    problem: bool = False


@dataclass(frozen=True)
class PageTable:
    """A table as the page's template takes it."""

    id: str
    caption: str
    unit: str
    notes: tuple[str, ...]
    head: tuple[tuple[HeadCell, ...], ...]
    rows: tuple[BodyRow, ...]


def write_page(context: CityContext, document: Document, templates: Path, folder: Path) -> tuple[Path, ...]:
    """Write the page into `folder` (made anew) and check it; returns its files. Raises OutputProblem."""
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    for name in ASSETS:
        shutil.copyfile(templates / name, folder / name)
    shutil.copyfile(charting_library(), folder / LIBRARY)
    data = json.dumps(page_data(context), ensure_ascii=False, separators=(",", ":"))
    text = f"{PREFIX}{data.replace(chr(0x2028), ' ').replace(chr(0x2029), ' ')};\n"
    (folder / DATA).write_text(text, encoding="utf-8")
    (folder / INDEX).write_text(_index(context, document, templates), encoding="utf-8")
    return tuple(folder / name for name in PAGE_FILES)


def inspect_page(folder: Path) -> None:
    """Open the page again: its policy, that it names nothing outside its folder, its data; raises OutputProblem."""
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


def charting_library() -> Path:
    """Return the installed charting library; raises OutputProblem when it is not there."""
    path = Path(str(distribution("plotly").locate_file(LIBRARY_FILE)))
    if not path.is_file():
        raise OutputProblem("缺少图表库plotly的文件，无法生成网页；请重新运行make setup。")
    return path


def _index(context: CityContext, document: Document, templates: Path) -> str:
    environment = SandboxedEnvironment(
        loader=FileSystemLoader(templates),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    links = CountyLinks(context)
    tables = {name: page_table(name, table, links) for name, table in page_tables(context).items()}
    city = context.city
    return (
        environment.get_template("index.html.j2").render(
            policy=POLICY,
            title=document.title,
            demo=document.fields["demo_mark"],
            office=context.wording.city.office,
            date=context.wording.city_year.report_date,
            year=city.year,
            texts={name: _paragraphs(document, name) for name in document.blocks},
            tables=tables,
            history=page_table("history", history_table(context), links),
            answered={
                name: bool(table.rows) and city.records.book is not None for name, table in tables.items()
            },
            tiles=_tiles(context),
            targets=sorted({county.target_year for county in links.counties}),
            verdicts=[str(verdict) for verdict in Verdict],
            standard=context.standard,
            rule=context.say("city.ranking_rule"),
            small_counts=context.small_counts,
        )
        + "\n"
    )


def _paragraphs(document: Document, name: str) -> tuple[str, ...]:
    """The sentences of a section, without those that point to a place in the Word file."""
    texts = (block.text for block in document.blocks[name] if isinstance(block, Paragraph))
    return tuple(text for text in texts if not REFERENCE.search(text))


def _tiles(context: CityContext) -> tuple[tuple[str, str], ...]:
    """The figures at the head of the page: label and number."""
    city = context.city
    verdicts = {verdict: len(members) for verdict, members in city.verdicts().items()}
    units = city.units()
    met = sum(unit.verdict is Verdict.MET for unit in units)
    return (
        ("纳入汇总", f"{len(city.members)}/{len(city.members) + len(city.left_out)}"),
        *((str(verdict), str(count)) for verdict, count in verdicts.items()),
        ("达标单元", f"{met}/{len(units)}"),
    )


def page_table(name: str, table: Table, links: CountyLinks) -> PageTable:
    """Turn a table of the report into one of the page: every row knows its county, every cell where it leads."""
    columns = table.spec.columns
    rows = tuple(_body_row(name, row, columns, links) for row in table.rows)
    notes = table.printed_notes
    return PageTable(name, table.caption, table.spec.unit, notes, head_rows(columns), rows)


def head_rows(columns: Sequence[TableColumn]) -> tuple[tuple[HeadCell, ...], ...]:
    """Return the header rows: equal neighbouring groups share a cell, short columns reach down to the last row."""
    depth = max(len(column.group) for column in columns) + 1
    rows: list[list[HeadCell]] = [[] for _ in range(depth)]
    for place, column in enumerate(columns):
        for level, group in enumerate(column.group):
            if place and columns[place - 1].group[: level + 1] == column.group[: level + 1]:
                continue
            width = sum(1 for _ in _same_group(columns[place:], column.group[: level + 1]))
            rows[level].append(HeadCell(group, width, 1, None))
        level = len(column.group)
        rows[level].append(HeadCell(column.heading, 1, depth - level, place))
    return tuple(map(tuple, rows))


def _same_group(columns: Sequence[TableColumn], group: tuple[str, ...]) -> list[TableColumn]:
    found = []
    for column in columns:
        if column.group[: len(group)] != group:
            break
        found.append(column)
    return found


def _body_row(name: str, row: TableRow, columns: Sequence[TableColumn], links: CountyLinks) -> BodyRow:
    county = links.of_row(row)
    cells = tuple(
        _body_cell(name, row.cells[column.key], column.key, county.code if county else "")
        for column in columns
        if column.key in row.cells
    )
    if county is None:
        return BodyRow(cells)
    verdict = links.verdict(county)
    problem = any(cell.mark in ("unmet", "unknown") for cell in cells)
    return BodyRow(cells, county.name, str(county.target_year), verdict, problem)


WORDS: dict[str, dict[Mark, str]] = {"matrix": {"unmet": "未达"}, "disparity": {"unmet": "超限"}}
"""What is written beside a figure whose shade says so (a verdict says it by itself)."""


def _body_cell(table: str, cell: TableCell, key: str, code: str) -> BodyCell:
    stage, _, indicator = key.partition("_")
    place = f"/{stage}/{indicator}" if table in ("matrix", "disparity") and indicator else ""
    place = place or (f"/{stage}" if table == "matrix" and stage != "county" else "")
    leads = (code and table in ("matrix", "disparity", "conclusions")) or (code and key == "county")
    figure = cell.number if cell.number is not None else None
    return BodyCell(
        text=cell.text,
        mark=cell.mark,
        word="" if "/" in cell.text else WORDS.get(table, {}).get(cell.mark, ""),
        href=f"#/{code}{place}" if leads else "",
        sort="" if figure is None else repr(float(figure)),
        rows=cell.rows,
    )
