"""The sheet 问题反馈: every issue with its place as a link, what was found and expected, and how to mend it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from lxml import etree

from junheng.workbook.feedback.marks import quoted
from junheng.workbook.feedback.parts import SPREADSHEET_TYPE, EditedPackage
from junheng.workbook.feedback.styles import BookStyles
from junheng.workbook.model import CountyBook, Issue, Severity
from junheng.workbook.read.grid import address, column_letters
from junheng.workbook.read.package import rels_of

NAME = "问题反馈"
COLOURS = {Severity.ERROR: "FFC7CE", Severity.WARNING: "FFEB9C", Severity.NOTE: "DDEBF7"}
HEADINGS = ("序号", "级别", "工作表", "单元格", "对象", "现为", "应为", "怎么改", "依据", "认可情况")
WIDTHS = (6, 12, 12, 10, 30, 26, 34, 44, 24, 30)
HEAD_ROW = 3
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
    return f"{issue.severity.label}（已认可）" if issue.accepted else issue.severity.label


def shown_found(issue: Issue) -> str:
    """Return what was found; a cell with nothing in it is said to be empty rather than shown as nothing."""
    return issue.found or ("（空）" if issue.cell else "")


def add_feedback_sheet(
    parts: EditedPackage, styles: BookStyles, title: str, lead: str, issues: Sequence[Issue]
) -> None:
    """Add the sheet at the end (in place of one from an earlier check) and let the workbook open on it."""
    sheets = {sheet.name: sheet.part for sheet in parts.listed_sheets()}
    lines = _lines(styles, title, lead, issues, sheets)
    root = _worksheet(parts, lines, len(issues), _links(issues, sheets))
    part = sheets.get(NAME) or _new_sheet(parts)
    parts.put(part, root, f"{SPREADSHEET_TYPE}worksheet+xml")
    if parts.has(rels_of(part)):  # of the sheet that this one takes the place of
        parts.xml(rels_of(part)).clear()
    _open_on(parts, part)


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


Line = tuple[tuple[str, int], ...]


def _lines(
    styles: BookStyles, title: str, lead: str, issues: Sequence[Issue], sheets: Mapping[str, str]
) -> list[Line]:
    body, centre = styles.text(), styles.text(align="center")
    link = styles.text(colour="0563C1", align="center")
    lines: list[Line] = [
        ((title, styles.text(bold=True, size=14, border=False, align="center")),),
        ((lead, styles.text(border=False)),),
        tuple((text, styles.text(bold=True, fill="E6E6E6", align="center")) for text in HEADINGS),
    ]
    for number, issue in enumerate(issues[:MOST_ROWS], 1):
        paint = styles.text(fill=COLOURS[issue.severity], align="center")
        linked = link if issue.sheet.strip() in {name.strip() for name in sheets} else centre
        place = issue.cell or ("整表" if issue.sheet else "全文件")
        texts = (
            issue.subject,
            shown_found(issue),
            issue.expected,
            issue.remedy,
            issue.clause,
            issue.accepted,
        )
        lines.append(
            (
                (str(number), centre),
                (severity_text(issue), paint),
                (issue.sheet, centre),
                (place, linked),
                *((text, body) for text in texts),
            )
        )
    if len(issues) > MOST_ROWS:
        rest = f"问题过多，此处只列前{MOST_ROWS}条，其余{len(issues) - MOST_ROWS}条改正后重新核查即可列出。"
        lines.append(((rest, body),))
    if not issues:
        lines.append((("没有发现问题。", body),))
    return lines


def _links(issues: Sequence[Issue], sheets: Mapping[str, str]) -> list[tuple[str, str, str]]:
    """Return (cell of the list, place it leads to, text) for each issue whose sheet is in the workbook."""
    names = {name.strip(): name for name in sheets}
    links = []
    for row, issue in enumerate(issues[:MOST_ROWS], HEAD_ROW + 1):
        name = names.get(issue.sheet.strip())
        if name:
            place = "'{}'!{}".format(name.replace("'", "''"), issue.cell or "A1")
            links.append((address(row, 4), place, issue.cell or "整表"))
    return links


def _worksheet(
    parts: EditedPackage, lines: Sequence[Line], count: int, links: Sequence[tuple[str, str, str]]
) -> etree._Element:
    last = column_letters(len(HEADINGS))
    columns = "".join(
        f'<col min="{n}" max="{n}" width="{width}" customWidth="1"/>' for n, width in enumerate(WIDTHS, 1)
    )
    rows = "".join(_row(number, line) for number, line in enumerate(lines, 1))
    bottom = max(len(lines), HEAD_ROW + 1)
    hyperlinks = "".join(
        f'<hyperlink ref="{cell}" location="{quoted(place)}" display="{quoted(text)}"/>'
        for cell, place, text in links
    )
    return etree.fromstring(
        f'<worksheet xmlns="{parts.space}"><sheetPr><pageSetUpPr fitToPage="1"/></sheetPr>'
        f'<dimension ref="A1:{last}{bottom}"/><sheetViews><sheetView tabSelected="1" workbookViewId="0">'
        f'<pane ySplit="{HEAD_ROW}" topLeftCell="A{HEAD_ROW + 1}" activePane="bottomLeft" state="frozen"/>'
        f'<selection pane="bottomLeft" activeCell="A{HEAD_ROW + 1}" sqref="A{HEAD_ROW + 1}"/></sheetView></sheetViews>'
        f'<sheetFormatPr defaultRowHeight="15"/><cols>{columns}</cols><sheetData>{rows}</sheetData>'
        f'<autoFilter ref="A{HEAD_ROW}:{last}{max(HEAD_ROW + count, HEAD_ROW)}"/>'
        f'<mergeCells count="2"><mergeCell ref="A1:{last}1"/><mergeCell ref="A2:{last}2"/></mergeCells>'
        + (f"<hyperlinks>{hyperlinks}</hyperlinks>" if links else "")
        + '<pageMargins left="0.5" right="0.5" top="0.75" bottom="0.75" header="0.3" footer="0.3"/>'
        '<pageSetup paperSize="9" orientation="landscape" fitToHeight="0"/></worksheet>',
        etree.XMLParser(resolve_entities=False, no_network=True, huge_tree=True),
    )


def _row(number: int, line: Line) -> str:
    height = "" if number in (1, HEAD_ROW) else f' ht="{_height(number, line)}" customHeight="1"'
    cells = "".join(_cell(address(number, place), text, style) for place, (text, style) in enumerate(line, 1))
    return f'<row r="{number}"{height}>{cells}</row>'


def _height(number: int, line: Line) -> int:
    """Return the height in points that shows the longest text of a row (a Chinese character takes two places)."""
    widths = (sum(WIDTHS),) if number < HEAD_ROW else WIDTHS
    texts = ((text[:LONGEST], width) for (text, _), width in zip(line, widths, strict=False))
    lines = (-(-sum(1 + (ord(letter) > 0x2E7F) for letter in text) // (width - 1)) for text, width in texts)
    return 15 * min(max(1, *lines), 25)


def _cell(place: str, text: str, style: int) -> str:
    """A number stays a number only in the first column; every other text is text, whatever it begins with."""
    if place.startswith("A") and text.isdecimal():
        return f'<c r="{place}" s="{style}"><v>{text}</v></c>'
    shown = quoted(text[:LONGEST])
    return f'<c r="{place}" s="{style}" t="inlineStr"><is><t xml:space="preserve">{shown}</t></is></c>'
