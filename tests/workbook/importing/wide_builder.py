"""The wide export of the statistics: a title, four header rows with merged cells, one row a school, one file a stage."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

from openpyxl import Workbook
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.worksheet import Worksheet

Path4 = tuple[str, ...]
IDENTITY: tuple[Path4, ...] = (
    ("学校名称",), ("学校标识码",), ("统计一级",), ("统计二级",), ("统计三级",), ("办学类型",), ("举办者",), ("城乡分类",),
    ("是否计校数",),
)  # fmt: skip
FIGURES: tuple[Path4, ...] = (
    ("在校生数", "合计"), ("在校生数", "#女"), ("在校生数", "一年级"),
    ("专任教师", "合计"), ("专任教师", "#女"),
    ("专任教师", "#按学历分", "博士研究生"), ("专任教师", "#按学历分", "硕士研究生"), ("专任教师", "#按学历分", "本科"),
    ("专任教师", "#按学历分", "专科"), ("专任教师", "#按学历分", "高中阶段"),
    ("专任教师", "#按授课课程分", "语文"), ("专任教师", "#按授课课程分", "体育与健康"),
    ("专任教师", "#按授课课程分", "艺术", "计"), ("专任教师", "#按授课课程分", "艺术", "音乐"),
    ("专任教师", "#按授课课程分", "艺术", "美术"), ("专任教师", "#按授课课程分", "劳动"),
    ("教基1102", "县级以上骨干教师(小学)"), ("教基1102", "县级以上骨干教师(初中)"), ("教基1102", "县级以上骨干教师(高中)"),
    ("校舍建筑面积", "教学及辅助用房", "计"), ("校舍建筑面积", "教学及辅助用房", "普通教室"),
    ("校舍建筑面积", "教学及辅助用房", "室内体育用房"), ("占地面积", "运动场地面积"), ("教室", "网络多媒体教室"),
    ("固定资产总值（万元）", "教学仪器设备资产值（万元）"),
)  # fmt: skip
COLUMNS = IDENTITY + FIGURES
TITLE = "2024年{stage}学校基本情况一览表"


def school(**changes: Any) -> dict[str, Any]:
    """Return a school's cells by the last label of their path (在校生数/合计 and the like by the whole path)."""
    return {
        "学校名称": "城关小学", "学校标识码": "2137830001", "统计一级": "山东省", "统计二级": "济宁市", "统计三级": "邹城市",
        "办学类型": "小学", "举办者": "县级教育部门", "城乡分类": "121", "是否计校数": 1, "在校生数/合计": 420,
        "在校生数/#女": 200, "专任教师/合计": 30, "博士研究生": 0, "硕士研究生": 4, "本科": 20, "专科": 5, "体育与健康": 3,
        "计": 5, "音乐": 2, "美术": 2, "县级以上骨干教师(小学)": 6, "县级以上骨干教师(初中)": 0,
        "校舍建筑面积/教学及辅助用房/计": 3200.5, "室内体育用房": 300, "运动场地面积": 6000, "网络多媒体教室": 13,
        "教学仪器设备资产值（万元）": 85.6,
    } | changes  # fmt: skip


def junior(**changes: Any) -> dict[str, Any]:
    """Return a junior school."""
    return school(
        **{
            "学校名称": "城关中学",
            "学校标识码": "2137830002",
            "办学类型": "初级中学",
            "在校生数/合计": 600,
            "专任教师/合计": 50,
        }
        | {"县级以上骨干教师(小学)": 0, "县级以上骨干教师(初中)": 7, "本科": 40}
        | changes
    )


def write_wide(
    path: Path,
    schools: Iterable[Mapping[str, Any]],
    *,
    columns: Sequence[Path4] = COLUMNS,
    stage: str = "小学",
    numbering: bool = True,
    after: Iterable[Sequence[Any]] = (),
    edit: Callable[[Worksheet], None] | None = None,
) -> Path:
    """Write one file of the export; `after` are rows below the schools (totals, notes)."""
    book = Workbook()
    page = book.active
    page.title = "Sheet1"
    depth = max(map(len, columns))
    page["A1"] = TITLE.format(stage=stage)
    page.merge_cells(start_row=1, end_row=1, start_column=1, end_column=len(columns))
    _write_head(page, columns, depth)
    row = 1 + depth
    if numbering:
        row += 1
        for column in range(1, len(columns) + 1):
            page.cell(row, column, column)
    for one in schools:
        row += 1
        for column, names in enumerate(columns, 1):
            page.cell(row, column, one.get("/".join(names), one.get(names[-1])))
        page.cell(row, 2).number_format = "@"
    for cells in after:
        page.append(list(cells))
    if edit:
        edit(page)
    path.parent.mkdir(parents=True, exist_ok=True)
    book.save(path)
    return path


def _write_head(page: Worksheet, columns: Sequence[Path4], depth: int) -> None:
    """Equal neighbours of a level share a merged cell; a short path reaches down to the last header row."""
    for column, path in enumerate(columns, 1):
        for level, text in enumerate(path):
            row, last = 2 + level, level == len(path) - 1
            if not last and column > 1 and columns[column - 2][: level + 1] == path[: level + 1]:
                continue
            page.cell(row, column, text)
            right = column if last else column + _width(columns, column - 1, level) - 1
            bottom = depth + 1 if last else row
            if (row, column) != (bottom, right):
                page.merge_cells(start_row=row, end_row=bottom, start_column=column, end_column=right)


def _width(columns: Sequence[Path4], start: int, level: int) -> int:
    head = columns[start][: level + 1]
    others = enumerate(columns[start:])
    return next((n for n, path in others if path[: level + 1] != head), len(columns) - start)


def write_csv(
    path: Path, schools: Iterable[Mapping[str, Any]], encoding: str = "gb18030", stage: str = "小学"
) -> Path:
    """Write the same table as CSV: only the first cell of each merged one keeps its text."""
    source = write_wide(path.with_suffix(".tmp.xlsx"), schools, stage=stage)
    from openpyxl import load_workbook

    page = load_workbook(source).active
    lines = [",".join("" if c is None else str(c) for c in row) for row in page.iter_rows(values_only=True)]
    path.write_bytes("\r\n".join(lines).encode(encoding))
    source.unlink()
    return path


def write_html(path: Path, schools: Iterable[Mapping[str, Any]], stage: str = "小学") -> Path:
    """Write the same table as a web page named .xls, as many systems export it."""
    from openpyxl import load_workbook

    source = write_wide(path.with_suffix(".tmp.xlsx"), schools, stage=stage)
    page = load_workbook(source).active
    spans = {(span.min_row, span.min_col): span for span in page.merged_cells.ranges}
    inside = {cell for span in spans.values() for cell in list(span.cells)[1:]}
    lines = []
    for row in page.iter_rows():
        cells = []
        for cell in (one for one in row if (one.row, one.column) not in inside):
            span = spans.get((cell.row, cell.column))
            size = f' rowspan="{span.size["rows"]}" colspan="{span.size["columns"]}"' if span else ""
            cells.append(f"<td{size}>{'' if cell.value is None else cell.value}</td>")
        lines.append(f"<tr>{''.join(cells)}</tr>")
    path.write_text(f"<html><meta charset='utf-8'><table>{''.join(lines)}</table></html>", encoding="utf-8")
    source.unlink()
    return path


def letter(*names: str, columns: Sequence[Path4] = COLUMNS) -> str:
    """Return the letter of a column by its path."""
    return get_column_letter(columns.index(names) + 1)
