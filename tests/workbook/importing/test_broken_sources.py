"""Broken and hostile sources: whatever a sheet holds, an import ends in a result or in one clean sentence."""

from __future__ import annotations

import random
import zipfile
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from openpyxl.worksheet.worksheet import Worksheet

from junheng.errors import JunhengError
from junheng.params.counties import load_counties
from junheng.params.mapping import load_conversions, load_mappings
from junheng.workbook.importing.county import CountyTest
from junheng.workbook.importing.model import Findings
from junheng.workbook.importing.school import SchoolForms
from junheng.workbook.importing.table import TableSource
from junheng.workbook.importing.values import Reader
from junheng.workbook.read.cells import CellRules
from junheng.workbook.read.formats import open_file
from junheng.workbook.read.grid import Grid, GridCell, Range
from tests.workbook.importing.forms_builder import write_forms
from tests.workbook.importing.forms_new import new_forms
from tests.workbook.importing.forms_old import old_forms
from tests.workbook.importing.helpers import COUNTY, DICTIONARY, PARAMS, YEAR, imported, rows_of, written
from tests.workbook.importing.wide_builder import school, write_wide

CASES = 250
TEXTS = (
    "", "续", "甲", "合计", "总计", "学校标识码", "基础基423", "教基1001", "=HYPERLINK(1)", "A&B<校>", "../x", "#", "其中：", "/",
    "x" * 300, "\u3000", "_x000D_", "2137830001", "1e400", "-5", "(", "单位:", "名称", "代码", "小学", "99999999999999999999",
)  # fmt: skip
KINDS = ("text", "number", "error", "unstored", "date", "bool")
MAPPINGS = {mapping.id: mapping for mapping in load_mappings(PARAMS, DICTIONARY)}


def mutated(grid: Grid, chance: random.Random) -> Grid:
    """Return a grid with cells replaced, added, dropped and moved, and with odd merged ranges."""
    rows = {number: dict(cells) for number, cells in grid.rows.items()}
    for _ in range(chance.randint(1, 12)):
        number = chance.choice(list(rows) or [1])
        column = chance.choice([*rows.get(number, {1: None}), chance.randint(1, 40), 16384])
        text = chance.choice(TEXTS)
        match chance.randrange(4):
            case 0:
                rows.setdefault(number, {}).pop(column, None)
            case 1:
                rows.pop(number, None)
            case 2:
                rows.setdefault(chance.randint(1, 60), {})[column] = GridCell("text", text)
            case _:
                kind = chance.choice(KINDS)
                shown = {"number": "7", "date": "2024-01-01", "bool": "TRUE", "unstored": ""}.get(kind, text)
                rows.setdefault(number, {})[column] = GridCell(kind, shown)
    merged = [*grid.merged, Range(1, 1, 1_048_576, 16_384)] if chance.random() < 0.2 else list(grid.merged)
    chance.shuffle(merged)
    kept = {number: rows[number] for number in sorted(rows) if rows[number]}
    return replace(grid, rows=kept, merged=tuple(merged[: chance.randint(0, len(merged))]))


def grids_of(path: Path) -> list[Grid]:
    book = open_file(path)
    return [book.grid(part) for part in book.sheets]


def parts(mapping_id: str) -> tuple[object, ...]:
    """Return what both kinds of sources share."""
    reader = Reader(MAPPINGS[mapping_id], CellRules.of(DICTIONARY, YEAR), load_conversions(PARAMS))
    return reader, CountyTest(COUNTY, load_counties(PARAMS))


@pytest.mark.parametrize("series", ["jichuji", "jiaoji"])
def test_mutated_forms_never_break_the_reader(tmp_path: Path, series: str) -> None:
    build: Callable[..., object] = old_forms if series == "jichuji" else new_forms
    grids = grids_of(write_forms(tmp_path / "a.xlsx", build(kind="九年一贯制学校")))  # type: ignore[arg-type]
    chance = random.Random(20240901)
    read = 0
    for _ in range(CASES):
        sheets = [mutated(g, chance) if chance.random() < 0.4 else g for g in grids]
        found = Findings()
        SchoolForms("a.xlsx", sheets, *parts(series)).read(found)  # type: ignore[arg-type]
        assert len(found.schools) + len(found.left_out) == 1
        read += len(found.schools)
    assert read > CASES // 2


def test_mutated_tables_lose_no_row(tmp_path: Path) -> None:
    many = [school(学校标识码=f"21378300{n:02d}", 学校名称=f"第{n}小学") for n in range(30)]
    grid = grids_of(write_wide(tmp_path / "小学.xlsx", many))[0]
    chance = random.Random(20240902)
    read = 0
    for _ in range(CASES):
        found = Findings()
        source = TableSource(mutated(grid, chance), *parts("wide"), found)  # type: ignore[arg-type]
        try:
            source.read()
        except JunhengError as error:
            assert str(error)
            continue
        if "school_code" not in source.found:
            assert found.not_there
            continue
        _, first = source.header()
        below = [n for n, cells in source.grid.rows.items() if n >= first]
        seen = [n for n in below if any(cell.text.strip() for cell in source.grid.rows[n].values())]
        assert len(found.schools) + len(found.left_out) == len(seen)
        read += len(found.schools)
    assert read > CASES * 10


@pytest.mark.parametrize("name", ['=HYPERLINK("http://x")', "A&B<校>", "+1", "../x", "长" * 300])
def test_names_that_are_hostile_arrive_as_text(tmp_path: Path, name: str) -> None:
    def as_text(page: Worksheet) -> None:
        page["A7"].value, page["A7"].data_type = name, "s"

    target = written(imported(write_wide(tmp_path / "小学.xlsx", [school()], edit=as_text)), tmp_path)
    assert rows_of(target, "学校")[0][1] == name
    with zipfile.ZipFile(target) as package:
        assert not any(b"<f>" in package.read(entry) for entry in package.namelist())
