"""Sheet 来源 of an imported workbook: what each figure of 学校 was in the statistics that it was taken from."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from junheng.params.dictionary import Dictionary, Field
from junheng.workbook.model import ImportOrigin
from junheng.workbook.read.cells import CellRules
from junheng.workbook.read.grid import Grid, GridCell
from junheng.workbook.read.text import fold_spaces

ORIGIN_SHEET = "来源"
ORIGIN_HEAD = (
    "工作表", "单元格", "学校标识码", "学校名称", "项目", "数值", "来源文件", "来源工作表", "来源单元格", "原文", "说明",
)  # fmt: skip
CARRIED = "来源表中没有，沿用上年度工作簿，请核对"
"""The remark of a value that is last year's and no figure of the statistics."""


def read_origins(grid: Grid, dictionary: Dictionary, rules: CellRules) -> Iterator[ImportOrigin]:
    """Yield what the statistics say, figure by figure; a sheet of another make yields nothing."""
    fields = {field.header: field for field in dictionary.sheet("schools").fields}
    columns: dict[str, int] = {}
    for cells in grid.rows.values():
        if not columns:
            named = {fold_spaces(cell.text): column for column, cell in cells.items()}
            # Found by its header: the office may have put lines above it, or filtered and moved columns.
            columns = named if named.keys() >= set(ORIGIN_HEAD) else {}
            continue
        own = {name: cells[column] for name, column in columns.items() if column in cells}
        yield from _origin(own, fields, rules)


def _origin(
    cells: Mapping[str, GridCell], fields: Mapping[str, Field], rules: CellRules
) -> Iterator[ImportOrigin]:
    texts = {name: fold_spaces(cell.text) for name, cell in cells.items()}
    field = fields.get(texts.get("项目", ""))
    content = rules.read(cells.get("数值"), field).content if field else None
    if field and content is not None and "来源文件" in texts and texts.get("说明") != CARRIED:
        place = f"{texts['来源文件']}〔{texts.get('来源工作表', '')}〕{texts.get('来源单元格', '')}"
        yield ImportOrigin(texts.get("学校标识码", ""), field.key, content, place)
