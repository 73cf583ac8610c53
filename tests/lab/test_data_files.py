"""The data files: the contract's names and columns, and figures that golden cases worked out elsewhere."""

from __future__ import annotations

import csv
import json
from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import pytest

from junheng.assess.disparity import weighted_cv_squared
from junheng.assess.engine import assess
from junheng.assess.model import Assessment
from junheng.assess.schools import Member, Rules
from junheng.assess.units import stage_share
from junheng.exact import exact
from junheng.lab.data_files import DATA_COLUMNS, VERDICT_KEYS, neutral, write_data_files
from junheng.workbook.model import CountyBook, Issue, Row, Severity
from tests.assess.make import DICTIONARY, LOCAL, NATIONAL, book, row, school
from tests.golden import PHRASES, expected, records, sample

CLOSE = 1e-9


def written(assessment: Assessment, folder: Path) -> dict[str, list[dict[str, str]]]:
    write_data_files(assessment, PHRASES, folder)
    return {
        name: list(csv.DictReader((folder / name).open(encoding="utf-8", newline="")))
        for name in DATA_COLUMNS
    }


def judged(county_book: CountyBook) -> Assessment:
    return assess(county_book, DICTIONARY, (NATIONAL, LOCAL))


def close(text: str, number: float) -> bool:
    return abs(float(text) - number) <= CLOSE * max(1.0, abs(number))


def test_published_coefficient_of_variation():
    schools = [record for record in records("case01.csv") if record["school"] != "合计"]
    books = [exact(record["books"]) for record in schools]
    pupils = [exact(record["students"]) for record in schools]
    _, _, squared = weighted_cv_squared(books, pupils)
    assert float(squared) ** 0.5 == pytest.approx(0.515257, abs=1e-6)


def test_published_split_of_a_nine_year_school():
    figures = {record["item"]: exact(record["value"]) for record in records("case02.csv")}
    values = {
        "school_type": "九年一贯制学校",
        "students_primary": int(figures["primary_students"]),
        "students_junior": int(figures["junior_students"]),
    }
    rules = Rules(DICTIONARY, NATIONAL, Row({}))
    member = Member(row(DICTIONARY.sheet("schools").fields, school(**values)), rules)
    for stage in ("primary", "junior"):
        share = figures["books_total"] * stage_share(member, stage)
        assert float(share) == pytest.approx(float(figures[f"exact_{stage}_share"]), abs=1e-6)


def invented_county() -> CountyBook:
    schools = []
    for number, record in enumerate(records("case06_schools.csv"), 1):
        kind = {"教学点": "小学教学点"}.get(record["type"], record["type"])
        schools.append(
            school(
                number,
                school_code=record["id"],
                school_name=record["name"],
                school_type=kind,
                bachelor_primary=int(record["above_edu_teachers_primary"]),
                bachelor_junior=int(record["above_edu_teachers_junior"]),
                backbone_junior=int(record["backbone_junior"]),
                pe_primary=int(record["pe_art_primary"]),
                pe_junior=int(record["pe_art_junior"]),
                teaching_area=float(record["teach_aux_area_m2"]),
                indoor_sports_area=float(record["indoor_sport_area_m2"]),
                sports_ground_area=float(record["sport_field_area_m2"]),
                equipment_value=float(record["equip_value_wanyuan"]),
                multimedia_rooms=int(record["multimedia_rooms"]),
                backbone_primary=int(record["backbone_primary"]),
                **{
                    f"students_{stage}": int(record[f"{stage}_students"])
                    for stage in ("primary", "junior", "senior")
                },
            )
        )
    return book(schools)


def test_invented_county_of_every_school_type(tmp_path: Path):
    files = written(judged(invented_county()), tmp_path)
    units = {(r["stage"], r["school_code"]): r for r in files["units.csv"]}
    values = {(r["stage"], r["school_code"], r["indicator"]): r["value"] for r in files["indicators.csv"]}
    wanted = records("case06_units.csv")
    assert set(units) == {(w["stage"], w["id"]) for w in wanted}
    for w in wanted:
        unit = units[w["stage"], w["id"]]
        assert (unit["students"], unit["met_count"]) == (w["students"], w["n_met"])
        assert unit["verdict"] == ("达标" if w["school_ok"] == "1" else "未达标")
        assert float(unit["min_ratio"]) == pytest.approx(float(w["min_ratio"]), abs=1e-6)
        for i in NATIONAL.indicators:
            assert float(values[w["stage"], w["id"], i.id]) == pytest.approx(float(w[i.id]), abs=1e-6)


def test_invented_county_means_and_coefficients(tmp_path: Path):
    found = {
        (r["stage"], r["indicator"]): r for r in written(judged(invented_county()), tmp_path)["disparity.csv"]
    }
    for wanted in records("case06_disparity.csv"):
        for indicator in [i.id for i in NATIONAL.indicators] + ["composite"]:
            if wanted[indicator]:
                text = found[wanted["stage"], indicator][wanted["row"]]
                assert float(text) == pytest.approx(float(wanted[indicator]), abs=1e-6)


def test_sample_county_equals_an_independent_calculation(tmp_path: Path):
    files, want = written(sample(), tmp_path), expected()
    units = {(r["school_code"], r["stage"]): r for r in files["units.csv"]}
    assert set(units) == {(u[0], u[1]) for u in want["units"]}
    for code, stage, students, met, ratio, verdict in want["units"]:
        unit = units[code, stage]
        assert (unit["students"], unit["met_count"], unit["verdict"]) == (str(students), str(met), verdict)
        assert close(unit["min_ratio"], ratio)
    cells = {(r["school_code"], r["stage"], r["indicator"]): r for r in files["indicators.csv"]}
    assert len(cells) == len(want["indicators"])
    for code, stage, indicator, value, verdict in want["indicators"]:
        cell = cells[code, stage, indicator]
        assert close(cell["value"], value) and cell["verdict"] == verdict
    spread = {(r["stage"], r["indicator"]): r for r in files["disparity.csv"]}
    for stage, indicator, mean, cv, verdict in want["disparity"]:
        found = spread[stage, indicator]
        assert close(found["cv"], cv) and (mean is None or close(found["mean"], mean))
        assert found["verdict"] == (verdict or "")
    items = {r["item"]: r for r in files["items.csv"]}
    for name, verdict in want["items"].items():
        side = "jining_verdict" if name.endswith("j") else "national_verdict"
        assert items[name.rstrip("j")][side] == verdict


def test_files_have_the_contracts_columns_and_plain_text(tmp_path: Path):
    paths = write_data_files(sample(), PHRASES, tmp_path / "data")
    assert [path.name for path in paths] == [
        "units.csv", "indicators.csv", "disparity.csv", "items.csv", "verdict.json", "issues.csv",
    ]  # fmt: skip
    for name, columns in DATA_COLUMNS.items():
        data = (tmp_path / "data" / name).read_bytes()
        assert data.splitlines()[0].decode("utf-8") == ",".join(columns)
        assert b"\r" not in data and not data.startswith(b"\xef\xbb\xbf")
    ids = [record["item"] for record in csv.DictReader((tmp_path / "data/items.csv").open(encoding="utf-8"))]
    groups = ("G", 15), ("Q", 9), ("S", 1), ("V", 6)
    assert ids == [f"{letter}{n}" for letter, count in groups for n in range(1, count + 1)]


def test_verdict_file(tmp_path: Path):
    write_data_files(sample(), PHRASES, tmp_path)
    verdict = json.loads((tmp_path / "verdict.json").read_text(encoding="utf-8"))
    assert tuple(verdict) == VERDICT_KEYS
    assert (verdict["county_code"], verdict["county"], verdict["year"]) == ("370883", "邹城市", 2024)
    assert (verdict["veto"], verdict["social"], verdict["resource"]) == ("达标", "达标", "未达标")


def test_the_same_county_gives_the_same_bytes(tmp_path: Path):
    first = {p.name: p.read_bytes() for p in write_data_files(sample(), PHRASES, tmp_path / "a")}
    second = {p.name: p.read_bytes() for p in write_data_files(sample(), PHRASES, tmp_path / "b")}
    assert first == second


def test_what_is_missing_is_empty_and_never_zero(tmp_path: Path):
    files = written(judged(book([school(1, backbone_primary=None), school(2)])), tmp_path)
    cell = next(r for r in files["indicators.csv"] if r["indicator"] == "L2")
    assert (cell["numerator"], cell["value"], cell["ratio"], cell["verdict"]) == ("", "", "", "无法判定")
    assert (files["units.csv"][0]["min_ratio"], files["units.csv"][0]["verdict"]) == ("", "无法判定")
    spread = next(r for r in files["disparity.csv"] if r["indicator"] == "L2")
    assert (spread["mean"], spread["cv"], spread["limit"], spread["verdict"]) == ("", "", "0.5", "无法判定")


def test_composite_has_a_coefficient_only(tmp_path: Path):
    files = written(sample(), tmp_path)
    composites = [r for r in files["disparity.csv"] if r["indicator"] == "composite"]
    assert len(composites) == 2
    assert all(r["cv"] and not any(r[k] for k in ("mean", "sd", "limit", "verdict")) for r in composites)


def test_numbers_have_at_least_twelve_digits(tmp_path: Path):
    files = written(judged(book([school(students_primary=700, bachelor_primary=31)])), tmp_path)
    value = next(r for r in files["indicators.csv"] if r["indicator"] == "L1")["value"]
    assert value == "4.4285714285714286"
    assert abs(Fraction(value) - Fraction(3100, 700)) < Fraction(1, 10**12)


@pytest.mark.parametrize("start", ["=", "+", "-", "@", "＝", "\t"])
def test_a_text_never_becomes_a_formula(start: str, tmp_path: Path):
    name = f"{start}1+1小学"
    assert neutral(name) == f"'{name}"
    files = written(judged(book([school(school_name=name)])), tmp_path)
    assert files["units.csv"][0]["school_name"] == f"'{name}"
    assert files["indicators.csv"][0]["school_name"] == f"'{name}"


def test_a_negative_figure_stays_a_figure(tmp_path: Path):
    files = written(judged(book([school(teaching_area=100, indoor_sports_area=200)])), tmp_path)
    assert next(r for r in files["indicators.csv"] if r["indicator"] == "L4")["value"] == "-0.2"


def test_issues_carry_what_was_found_and_who_accepted_it(tmp_path: Path):
    issue = Issue(
        Severity.ERROR, "number.text", "测试.xlsx", "学校", "K12", "-约50", "整数", "请填写整数。", "第1小学",
        accepted="李某，2025年3月1日，已核对原始凭证",
    )  # fmt: skip
    files = written(judged(replace(book([school()]), issue_records=(issue,))), tmp_path)
    record = files["issues.csv"][0]
    assert (record["severity"], record["check"], record["sheet"], record["cell"]) == (
        "error", "number.text", "学校", "K12",
    )  # fmt: skip
    assert record["found"] == "'-约50"
    assert "已认可：李某" in record["message"]


def test_a_veto_that_nobody_reported_is_open(tmp_path: Path):
    files = written(judged(book([school()], vetoes=[{"item": "V1", "present": False}])), tmp_path)
    found = {
        r["item"]: (r["value"], r["national_threshold"], r["national_verdict"]) for r in files["items.csv"]
    }
    assert found["V1"] == ("否", "否", "达标")
    assert found["V2"] == ("", "否", "无法判定")
