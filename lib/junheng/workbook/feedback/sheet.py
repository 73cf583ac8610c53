"""The sheet 问题反馈: every issue with its place as a link, what was found and expected, and how to mend it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from functools import partial
from typing import Any

from lxml import etree
from openpyxl import Workbook
from openpyxl.styles import Alignment, Border, Font, NamedStyle, PatternFill
from openpyxl.worksheet.hyperlink import Hyperlink
from openpyxl.worksheet.worksheet import Worksheet
from openpyxl.xml.constants import SHEET_MAIN_NS

from junheng.workbook.excel import BOX, fit_on_pages, saved_workbook, write_cell
from junheng.workbook.feedback.parts import SPREADSHEET_TYPE, EditedPackage
from junheng.workbook.feedback.styles import BookStyles
from junheng.workbook.model import CountyBook, Issue, Severity
from junheng.workbook.read.grid import address, column_letters
from junheng.workbook.read.package import Package, rels_of

NAME = "问题反馈"
COLOURS = {Severity.ERROR: "FFC7CE", Severity.WARNING: "FFEB9C", Severity.NOTE: "DDEBF7"}
HEADINGS = ("序号", "级别", "工作表", "单元格", "对象", "现为", "应为", "怎么改", "依据", "认可情况")
WIDTHS = (6, 12, 12, 10, 30, 26, 34, 44, 24, 30)
HEAD_ROW = 3
LINK_COLUMN = 4
MOST_ROWS = 20_000
LONGEST = 500
GRAVITY = tuple(Severity)


def sorted_issues(book: CountyBook) -> tuple[Issue, ...]:
    """Return the issues gravest first; accepted ones follow those of their severity."""
    return tuple(
        sorted(book.issue_records, key=lambda issue: (GRAVITY.index(issue.severity), bool(issue.accepted)))
    )


def summary(book: CountyBook) -> str:
    """Say what the check found, in one paragraph."""
    counts = {severity: sum(i.severity is severity for i in book.issue_records) for severity in Severity}
    accepted = sum(bool(issue.accepted) for issue in book.issue_records)
    told = "、".join(f"{severity.label}{counts[severity]}处" for severity in Severity)
    lead = f"{book.county_record.name}{book.year}年度采集工作簿“{book.file}”核查结果：{told}"
    lead += f"，其中已认可{accepted}处。" if accepted else "。"
    if book.repaired:
        lead += f"另有{len(book.repaired)}处书写形式（如空格、全角数字）已自动整理，数值未变。"
    if counts[Severity.ERROR]:
        return lead + "错误须改正后重新报送；警告请逐条核对，属实的报督导机构说明情况；提示仅供参考。"
    if counts[Severity.WARNING]:
        return lead + "警告请逐条核对，属实的报督导机构说明情况；提示仅供参考。"
    return lead + "没有需要改正的问题。"


def severity_text(issue: Issue) -> str:
    """Return the word for how grave an issue is, and whether it was accepted."""
    return f"{issue.severity.label}（已认可）" if issue.accepted else issue.severity.label


def shown_found(issue: Issue) -> str:
    """Return what was found; a cell with nothing in it is said to be empty rather than shown as nothing."""
    return issue.found or ("（空）" if issue.cell else "")


def add_feedback_sheet(
    parts: EditedPackage, styles: BookStyles, title: str, lead: str, issues: Sequence[Issue]
) -> None:
    """Add the sheet at the end (in place of one from an earlier check) and let the workbook open on it."""
    sheets = {sheet.name: sheet.part for sheet in parts.listed_sheets()}
    made = Package(NAME, saved_workbook(list_book(title, lead, issues, sheets)))
    root = _in_space(made, made.sheets[0].part, parts)
    raised = styles.adopt(_in_space(made, made.related(made.workbook_part, "styles"), parts))
    for cell in root.iter(parts.tag("c")):
        cell.set("s", str(int(cell.get("s", "0")) + raised))
    part = sheets.get(NAME) or _new_sheet(parts)
    parts.put(part, root, f"{SPREADSHEET_TYPE}worksheet+xml")
    if parts.has(rels_of(part)):  # of the sheet that this one takes the place of
        parts.xml(rels_of(part)).clear()
    _open_on(parts, part)


def _in_space(made: Package, part: str, parts: EditedPackage) -> etree._Element:
    """Return a part of a workbook of openpyxl's in the namespace that the county's has (a strict one's is another)."""
    text = made.read(part).replace(SHEET_MAIN_NS.encode(), parts.space.encode())
    return etree.fromstring(text, etree.XMLParser(huge_tree=True))


def _new_sheet(parts: EditedPackage) -> str:
    part = parts.new_name("xl/worksheets/feedback{}.xml")
    identity = parts.relate(parts.workbook_part, "worksheet", part)
    sheets = parts.workbook.find(parts.tag("sheets"))
    assert sheets is not None
    numbers = [int(node.get("sheetId", "0")) for node in sheets if node.get("sheetId", "").isdigit()]
    node = etree.SubElement(sheets, parts.tag("sheet"), name=NAME, sheetId=str(max(numbers, default=0) + 1))
    node.set(f"{{{parts.relation_space}}}id", identity)
    return part


def _open_on(parts: EditedPackage, part: str) -> None:
    """Make the sheet the one that is shown; no other stays selected (changes would go to both)."""
    targets = [sheet.part for sheet in parts.listed_sheets()]
    for view in parts.workbook.iter(parts.tag("workbookView")):
        view.set("activeTab", str(targets.index(part)))
        view.attrib.pop("firstSheet", "")
    for other in {*targets} - {part, ""}:
        if b"tabSelected" in parts.read(other)[:20_000]:
            for view in parts.xml(other).iter(parts.tag("sheetView")):
                view.attrib.pop("tabSelected", "")


def list_book(title: str, lead: str, issues: Sequence[Issue], sheets: Iterable[str]) -> Workbook:
    """Return a workbook with the list as its only sheet; issues of the named sheets are links to their cells."""
    book = Workbook()
    for look in LOOKS:
        book.add_named_style(look())
    page = book.active
    page.title = NAME
    page.sheet_view.tabSelected = True
    for row, (text, style) in enumerate(((title, "title"), (lead, "lead")), 1):
        _write(page, row, [(text, style)])
        page.merge_cells(start_row=row, end_row=row, start_column=1, end_column=len(HEADINGS))
    _write(page, HEAD_ROW, [(text, "head") for text in HEADINGS])
    names = {name.strip(): name for name in sheets}
    for number, issue in enumerate(issues[:MOST_ROWS], 1):
        _write_issue(page, number, issue, names.get(issue.sheet.strip(), ""))
    if len(issues) > MOST_ROWS:
        rest = f"问题过多，此处只列前{MOST_ROWS}条，其余{len(issues) - MOST_ROWS}条改正后重新核查即可列出。"
        _write(page, HEAD_ROW + 1 + MOST_ROWS, [(rest, "text")])
    if not issues:
        _write(page, HEAD_ROW + 1, [("没有发现问题。", "text")])
    for column, width in enumerate(WIDTHS, 1):
        page.column_dimensions[column_letters(column)].width = width
    page.freeze_panes = page.cell(HEAD_ROW + 1, 1)
    page.auto_filter.ref = f"A{HEAD_ROW}:{address(HEAD_ROW + len(issues), len(HEADINGS))}"
    fit_on_pages(page, "landscape")
    return book


def _style(name: str, fill: str = "", align: str = "center", border: bool = True, **font: Any) -> NamedStyle:
    style = NamedStyle(name, Font(**{"name": "宋体", "size": 10, **font}))
    style.alignment = Alignment(horizontal=align, vertical="center", wrap_text=True)
    style.border = BOX if border else Border()
    style.fill = PatternFill("solid", fgColor=fill) if fill else PatternFill()
    return style


LOOKS: tuple[Callable[[], NamedStyle], ...] = (
    partial(_style, "title", border=False, size=14, bold=True),
    partial(_style, "lead", border=False, align="left"),
    partial(_style, "head", "E6E6E6", bold=True),
    partial(_style, "text", align="left"),
    partial(_style, "word"),
    partial(_style, "link", color="0563C1", underline="single"),
    *(partial(_style, severity.value, colour) for severity, colour in COLOURS.items()),
)
"""The looks of the list's cells, by name; made anew for each workbook, since a named style belongs to one."""


def _write_issue(page: Worksheet, number: int, issue: Issue, sheet: str) -> None:
    """Write one issue; `sheet` is the name of its sheet where the workbook has it."""
    place = issue.cell or ("整表" if issue.sheet else "全文件")
    texts = (issue.subject, shown_found(issue), issue.expected, issue.remedy, issue.clause, issue.accepted)
    cells: list[tuple[str | int, str]] = [
        (number, "word"),
        (severity_text(issue), issue.severity.value),
        (issue.sheet, "word"),
        (place, "link" if sheet else "word"),
        *((text, "text") for text in texts),
    ]
    row = HEAD_ROW + number
    _write(page, row, cells)
    if sheet:
        quoted = sheet.replace("'", "''")
        link = Hyperlink(
            ref=address(row, LINK_COLUMN), location=f"'{quoted}'!{issue.cell or 'A1'}", display=place
        )
        page.cell(row, LINK_COLUMN).hyperlink = link


def _write(page: Worksheet, row: int, cells: Sequence[tuple[str | int, str]]) -> None:
    for column, (content, style) in enumerate(cells, 1):
        cell = write_cell(page, row, column, content[:LONGEST] if isinstance(content, str) else content)
        cell.style = style
    if row not in (1, HEAD_ROW):
        page.row_dimensions[row].height = _height(row, [str(content) for content, _ in cells])


def _height(row: int, texts: Sequence[str]) -> int:
    """Return the height in points that shows the longest text of a row (a Chinese character takes two places).

    It is said here since programs measure wrapped rows only when somebody edits them.
    """
    widths = (sum(WIDTHS),) if row < HEAD_ROW else WIDTHS
    lines = (
        -(-sum(1 + (ord(letter) > 0x2E7F) for letter in text[:LONGEST]) // (width - 1))
        for text, width in zip(texts, widths, strict=False)
    )
    return 15 * min(max(1, *lines), 25)
