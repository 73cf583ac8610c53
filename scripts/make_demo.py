#!/usr/bin/env python3
"""Write the demo data set: data/<year>/<code>_<name>.xlsx for the 14 units and the city itself, both years.

The scenarios in params/demo/ say who passes and who fails; seeded chance says the rest.
The same input gives the same bytes.
"""

from __future__ import annotations

import argparse
from pathlib import Path

import yaml
from demo.casting import cast_schools
from demo.city import city_sheets
from demo.county import CountySheets, large_schools
from demo.defects import apply_defects
from demo.figures import Row, SchoolFigures
from demo.ledger import Ledger
from demo.roster import build_roster
from demo.tasks import task_rows
from demo.workbook import add_table, save, school_rows
from openpyxl import Workbook

ROOT = Path(__file__).resolve().parent.parent
DEMO_FILES = ("shape", "profiles", "scenarios", "texts", "tasks", "city")


def load(params: Path) -> dict:
    """Read the demo's settings, the counties and the dictionary."""
    settings = {name: read(params / "demo" / f"{name}.yml") for name in DEMO_FILES}
    settings["counties"] = {county["code"]: county for county in read(params / "counties.yml")["counties"]}
    settings["school_fields"] = read(params / "dictionary" / "school.yml")["fields"]
    settings["county_fields"] = read(params / "dictionary" / "county.yml")["fields"]
    settings["sheets"] = {
        sheet["name"]: sheet for sheet in read(params / "dictionary" / "sheets.yml")["sheets"]
    }
    settings["city_sheets"] = read(params / "dictionary" / "city.yml")["sheets"]
    settings["plan"] = read(params / "tasks.yml")["tasks"]
    settings["office"] = read(params / "city.yml")
    indicators = read(params / "standards" / "national.yml")["indicators"]
    settings["indicator_names"] = {indicator["id"]: indicator["name"] for indicator in indicators}
    return settings


def read(path: Path) -> object:
    """Read a YAML file."""
    return yaml.safe_load(path.read_text(encoding="utf-8"))


def school_years(code: str, settings: dict) -> dict[int, list[Row]]:
    """Return the rows of the sheet 学校 for both years."""
    shape, profile = settings["shape"], settings["profiles"]["counties"][code]
    scenario = settings["scenarios"][code]
    shape = {**shape, **scenario.get("shape", {})}
    first, last = shape["years"]
    schools = build_roster(code, profile, shape, settings["profiles"])
    cast = cast_schools(code, schools, scenario, shape["years"])
    base = {stage: profile["figures"][f"base_funds_{stage}"] for stage in ("primary", "junior")}
    base_funds = {
        last: base,
        first: {stage: amount - shape["base_funds_growth"] for stage, amount in base.items()},
    }
    dropout = {year: float(_dropout(code, scenario, year, settings)) for year in shape["years"]}
    rows: dict[int, list[Row]] = {first: [], last: []}
    for school in sorted(schools, key=lambda school: school.code):
        bare = school.kind == "特殊教育学校" and profile.get("special_without_stages")
        for year, row in SchoolFigures(school, cast, shape, base_funds, dropout).rows().items():
            rows[year].append(without_stages(row) if bare else row)
    for year in shape["years"]:
        apply_defects({row["school_code"]: row for row in rows[year]}, cast.defects[year], year)
    return rows


def _dropout(code: str, scenario: dict, year: int, settings: dict) -> object:
    return CountySheets(code, {}, scenario.get(year, {}), [], year, settings["shape"]).draw("dropout")


def without_stages(row: Row) -> Row:
    """Return the row of a special school that leaves the stages' columns empty."""
    kept = {
        key: value
        for key, value in row.items()
        if not key.endswith(("_primary", "_junior")) and not key.startswith("cohort_")
    }
    return kept | {"migrant_students": 0, "certified_teachers": 0, "trained_teachers": 0}


def write_county(code: str, settings: dict, target: Path) -> None:
    """Write both workbooks of one county."""
    shape, profile, scenario = (
        settings["shape"],
        settings["profiles"]["counties"][code],
        settings["scenarios"][code],
    )
    county, texts = settings["counties"][code], settings["texts"]
    rows = school_years(code, settings)
    before_figures, before_rows, large = None, [], scenario.get("large_before", 0)
    for year in shape["years"]:
        sheets = CountySheets(code, profile, scenario.get(year, {}), rows[year], year, shape)
        figures = sheets.figures(before_figures, large)
        large = large_schools(rows[year], shape)
        tasks = task_rows(settings["tasks"], sheets, figures, large)
        ledger = Ledger(shape, texts, settings["indicator_names"], county["government"], year)
        carried = ledger.rows(before_rows, {row["school_code"]: row for row in rows[year]})
        book = county_book(sheets, figures, tasks, carried, settings)
        save(
            book,
            target / str(year) / f"{code}_{county['name']}.xlsx",
            texts["mark"],
            f"{county['name']}{year}年采集工作簿",
        )
        before_figures, before_rows = figures, rows[year]


def county_book(sheets: CountySheets, figures: dict, tasks: list, ledger: list, settings: dict) -> Workbook:
    """Return the workbook of one county and year."""
    texts, year, name = settings["texts"], sheets.year, settings["counties"][sheets.code]["name"]
    book = Workbook()
    book.remove(book.active)
    about = [["数据性质", texts["mark"]], ["提示", texts["note"]], ["单位", name], ["年度", f"{year}年"]]
    add_table(book, "说明", ["项目", "内容"], about)
    add_schools(book, sheets, settings)
    add_figures(book, sheets, figures, settings)
    others = {
        "定性指标": sheets.qualitative(texts, name),
        "质量监测": sheets.monitoring(),
        "社会认可度": sheets.survey(),
        "一票否决": sheets.vetoes(texts),
        "目标任务": tasks,
        "整改台账": ledger,
    }
    for title, content in others.items():
        add_table(book, title, [field["header"] for field in settings["sheets"][title]["fields"]], content)
    return book


def add_schools(book: Workbook, sheets: CountySheets, settings: dict) -> None:
    """Add the sheet 学校 with its title and note; some counties have 合计 and 注 below."""
    texts, fields = settings["texts"], settings["school_fields"]
    with_total = settings["scenarios"][sheets.code].get("with_total", False)
    name = settings["counties"][sheets.code]["name"]
    lead = [f"{name}{sheets.year}年义务教育学校数据采集表（{texts['mark']}）", texts["note"]]
    table = school_rows(sheets.rows, fields, with_total, f"注：{texts['note']}")
    add_table(book, "学校", [field["header"] for field in fields], table, lead, widths={1: 13})


def add_figures(book: Workbook, sheets: CountySheets, figures: dict, settings: dict) -> None:
    """Add the sheet 县级数据, each figure marked as invented."""
    blank = sheets.settings.get("blank_figures", [])
    remark = settings["texts"]["figure_remark"]
    items = [
        [field["header"], field["unit"], None if field["key"] in blank else figures[field["key"]], remark]
        for field in settings["county_fields"]
    ]
    add_table(book, "县级数据", ["项目", "单位", "数值", "备注"], items)


def write_city(settings: dict, target: Path) -> None:
    """Write the city's own workbook of both years."""
    texts, office = settings["texts"], settings["office"]
    for year in settings["shape"]["years"]:
        name = f"{office['name']}{year}年度市级工作簿"
        book = Workbook()
        book.remove(book.active)
        about = [
            ["数据性质", texts["mark"]],
            ["提示", texts["note"]],
            ["单位", office["name"]],
            ["年度", f"{year}年"],
        ]
        add_table(book, "说明", ["项目", "内容"], about)
        rows = city_sheets(settings, year)
        for sheet in settings["city_sheets"]:
            header = [
                f"{f['header']}（{f['unit']}）" if f.get("unit") else f["header"] for f in sheet["fields"]
            ]
            content = [[row.get(field["key"]) for field in sheet["fields"]] for row in rows[sheet["id"]]]
            add_table(book, sheet["name"], header, content, [f"{name}（{texts['mark']}）", texts["note"]])
        save(book, target / str(year) / f"{office['code']}_{office['name']}.xlsx", texts["mark"], name)


def main() -> None:
    """Parse the command line and write the workbooks."""
    parser = argparse.ArgumentParser(description="写出演示数据（14个单位和市级工作簿、两个年度）")
    parser.add_argument("--params", type=Path, default=ROOT / "params")
    parser.add_argument("--out", type=Path, default=ROOT / "data")
    parser.add_argument("--county", action="append", help="只写这个单位（代码，可重复）")
    arguments = parser.parse_args()
    settings = load(arguments.params)
    for code in arguments.county or settings["profiles"]["counties"]:
        write_county(code, settings, arguments.out)
    if not arguments.county:
        write_city(settings, arguments.out)


if __name__ == "__main__":
    main()
