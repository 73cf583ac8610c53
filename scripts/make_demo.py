#!/usr/bin/env python3
"""Write the demo data set: data/<year>/<code>_<name>.xlsx for the 14 units and both years.

The scenarios in params/demo/ say who passes and who fails; chance (seeded) says the rest. Same input, same bytes.
"""

from __future__ import annotations

import argparse
from pathlib import Path

import yaml
from demo.casting import cast_schools
from demo.county import CountySheets, large_schools
from demo.defects import apply_defects
from demo.figures import Row, SchoolFigures
from demo.ledger import ledger_rows
from demo.roster import build_roster
from demo.tasks import task_rows
from demo.workbook import add_table, save, school_rows
from openpyxl import Workbook

ROOT = Path(__file__).resolve().parent.parent
DEMO_FILES = ("shape", "profiles", "scenarios", "texts", "tasks")


def load(params: Path) -> dict:
    """Read the demo's settings, the counties and the dictionary."""
    settings = {name: read(params / "demo" / f"{name}.yml") for name in DEMO_FILES}
    settings["counties"] = {county["code"]: county for county in read(params / "counties.yml")["counties"]}
    settings["school_fields"] = read(params / "dictionary" / "school.yml")["fields"]
    settings["county_fields"] = read(params / "dictionary" / "county.yml")["fields"]
    settings["sheets"] = {sheet["name"]: sheet for sheet in read(params / "dictionary" / "sheets.yml")["sheets"]}
    return settings


def read(path: Path) -> object:
    """Read a YAML file."""
    return yaml.safe_load(path.read_text(encoding="utf-8"))


def school_years(code: str, settings: dict) -> dict[int, list[Row]]:
    """Return the rows of the sheet 学校 for both years."""
    shape, profile = settings["shape"], settings["profiles"]["counties"][code]
    scenario = settings["scenarios"][code]
    first, last = shape["years"]
    schools = build_roster(code, profile, shape, settings["profiles"])
    cast = cast_schools(code, schools, scenario, shape["years"])
    base = {stage: profile["figures"][f"base_funds_{stage}"] for stage in ("primary", "junior")}
    base_funds = {last: base, first: {stage: amount - shape["base_funds_growth"] for stage, amount in base.items()}}
    dropout = {year: float(_dropout(code, scenario, year, settings)) for year in shape["years"]}
    rows: dict[int, list[Row]] = {first: [], last: []}
    for school in sorted(schools, key=lambda school: school.code):
        for year, row in SchoolFigures(school, cast, shape, base_funds, dropout).rows().items():
            rows[year].append(without_stages(row) if profile.get("special_without_stages") and row["school_type"] == "特殊教育学校" else row)
    for year in shape["years"]:
        apply_defects({row["school_code"]: row for row in rows[year]}, cast.defects[year], year)
    return rows


def _dropout(code: str, scenario: dict, year: int, settings: dict) -> object:
    return CountySheets(code, {}, scenario.get(year, {}), [], year, settings["shape"]).draw("dropout")


def without_stages(row: Row) -> Row:
    """Return the row of a special school that leaves the stages' columns empty."""
    kept = {key: value for key, value in row.items() if not key.endswith(("_primary", "_junior")) and not key.startswith("cohort_")}
    return kept | {"certified_teachers": 0, "trained_teachers": 0}


def write_county(code: str, settings: dict, target: Path) -> None:
    """Write both workbooks of one county."""
    shape, profile = settings["shape"], settings["profiles"]["counties"][code]
    rows = school_years(code, settings)
    before_figures, before_rows, large = None, [], settings["scenarios"][code].get("large_before", 0)
    for year in shape["years"]:
        sheets = CountySheets(code, profile, settings["scenarios"][code].get(year, {}), rows[year], year, shape)
        figures = sheets.figures(before_figures, large)
        large = large_schools(rows[year], shape)
        ledger = ledger_rows(
            before_rows, {row["school_code"]: row for row in rows[year]}, shape, settings["texts"], settings["counties"][code]["government"], year
        )
        book = county_book(sheets, figures, task_rows(settings["tasks"], sheets, figures, large), ledger, settings)
        name = settings["counties"][code]["name"]
        save(book, target / str(year) / f"{code}_{name}.xlsx", settings["texts"]["mark"], f"{name}{year}年采集工作簿")
        before_figures, before_rows = figures, rows[year]


def county_book(sheets: CountySheets, figures: dict, tasks: list, ledger: list, settings: dict) -> Workbook:
    """Return the workbook of one county and year."""
    texts, year = settings["texts"], sheets.year
    name = settings["counties"][sheets.code]["name"]
    blank_cells = settings["scenarios"][sheets.code].get(year, {}).get("blank_figures", [])
    book = Workbook()
    book.remove(book.active)
    add_table(book, "说明", ["项目", "内容"], [["数据性质", texts["mark"]], ["提示", texts["note"]], ["单位", name], ["年度", f"{year}年"]])
    fields = settings["school_fields"]
    table = school_rows(sheets.rows, fields, settings["scenarios"][sheets.code].get("with_total", False), f"注：{texts['note']}")
    add_table(book, "学校", [field["header"] for field in fields], table, lead=[f"{name}{year}年义务教育学校数据采集表（{texts['mark']}）", texts["note"]], widths={1: 13})
    items = [
        [field["header"], field["unit"], None if field["key"] in blank_cells else figures[field["key"]], texts["figure_remark"]]
        for field in settings["county_fields"]
    ]
    add_table(book, "县级数据", ["项目", "单位", "数值", "备注"], items)
    for title, content in (
        ("定性指标", sheets.qualitative(texts, name)), ("质量监测", sheets.monitoring()), ("社会认可度", sheets.survey()),
        ("一票否决", sheets.vetoes(texts)), ("目标任务", tasks), ("整改台账", ledger),
    ):
        add_table(book, title, [field["header"] for field in settings["sheets"][title]["fields"]], content)
    return book


def main() -> None:
    """Parse the command line and write the workbooks."""
    parser = argparse.ArgumentParser(description="写出演示数据（14个单位、两个年度）")
    parser.add_argument("--params", type=Path, default=ROOT / "params")
    parser.add_argument("--out", type=Path, default=ROOT / "data")
    parser.add_argument("--county", action="append", help="只写这个单位（代码，可重复）")
    arguments = parser.parse_args()
    settings = load(arguments.params)
    for code in arguments.county or settings["profiles"]["counties"]:
        write_county(code, settings, arguments.out)


if __name__ == "__main__":
    main()
