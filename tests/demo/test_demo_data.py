"""The demo data set: made by its script, complete, sound, and coming out as declared."""

from __future__ import annotations

import hashlib
import subprocess
import sys
import zipfile
from collections import Counter
from itertools import chain
from pathlib import Path

import pytest
from openpyxl import load_workbook

from junheng.params.checks import load_checks
from junheng.params.city import load_city
from junheng.workbook.city import open_city_book
from junheng.workbook.read.book import read_county_book

ROOT = Path(__file__).resolve().parents[2]
YEARS = (2023, 2024)
STAGES = ("primary", "junior")
INDICATORS = [f"L{number}" for number in range(1, 8)]
GOVERNMENT_AND_QUALITY = [*(f"G{n}" for n in range(1, 16)), *(f"Q{n}" for n in range(1, 10)), "S1"]
MARK = "演示数据"
COMPULSORY_TEACHERS = "teachers_primary teachers_junior"
# (part, whole): the sum of the left columns never exceeds the sum of the right ones.
PARTS = [
    ("indoor_sports_area", "teaching_area"),
    ("music_rooms_96 music_rooms_73 music_rooms_61 music_rooms_54", "music_rooms"),
    ("fineart_rooms_90 fineart_rooms_67 fineart_rooms_61 fineart_rooms_54", "fineart_rooms"),
    ("certified_teachers", COMPULSORY_TEACHERS),
    ("trained_teachers", COMPULSORY_TEACHERS),
    ("training_budget", "public_funds_budget"),
    ("public_funds_allotted", "public_funds_budget"),
    ("migrant_students", "students_primary students_junior"),
    ("cohort_died", "cohort_entrants"),
    ("cohort_graduates cohort_moved_out cohort_died", "cohort_entrants cohort_moved_in"),
    ("college_primary bachelor_primary master_primary doctor_primary", "teachers_primary"),
    ("bachelor_junior master_junior doctor_junior", "teachers_junior"),
    *((f"catchment_{stage}", f"students_{stage}") for stage in STAGES),
    *((f"teachers_{stage}", f"staff_{stage}") for stage in STAGES),
    *((f"backbone_{stage}", f"teachers_{stage}") for stage in STAGES),
    *((f"oversize_{stage}", f"classes_{stage}") for stage in STAGES),
    *((f"pe_{s} music_{s} fineart_{s} arts_{s}", f"teachers_{s}") for s in STAGES),
]
COUNTY_PARTS = [
    ("rural_population", "population"),
    ("rotation_actual", "rotation_eligible"),
    ("rotation_backbone", "rotation_actual"),
    ("quota_allotted", "quota_total"),
    ("quota_rural", "quota_allotted"),
    ("migrant_public migrant_purchased", "migrant_eligible"),
    ("disabled_enrolled", "disabled_total"),
    ("disabled_special", "disabled_enrolled"),
]
# Year-on-year changes beyond these shares of last year's figure are worth a warning.
JUMPS = {
    "students_primary": 0.3,
    "students_junior": 0.3,
    "teaching_area": 0.5,
    "sports_ground_area": 0.5,
    "equipment_value": 0.5,
}


def total(row, columns):
    """Sum the columns that have a value."""
    return sum(row.get(column) or 0 for column in columns.split())


def broken(row, pairs):
    """Return the pairs whose part exceeds its whole."""
    return [(row.get("school_code"), pair) for pair in pairs if total(row, pair[0]) > total(row, pair[1])]


def members(path):
    """Return the names, dates and digests in a workbook's zip (packed bytes depend on the zlib at hand)."""
    with zipfile.ZipFile(path) as archive:
        return [
            (i.filename, i.date_time, hashlib.sha256(archive.read(i)).hexdigest()) for i in archive.infolist()
        ]


def generate(folder: Path) -> dict[str, Path]:
    """Run the script into `folder`."""
    script = ROOT / "scripts" / "make_demo.py"
    subprocess.run([sys.executable, script, "--out", folder], check=True, cwd=folder.parent)
    return {str(path.relative_to(folder)): path for path in folder.rglob("*.xlsx")}


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    """Return the workbooks made twice."""
    base = tmp_path_factory.mktemp("demo")
    return generate(base / "first"), generate(base / "second")


def test_same_bytes_on_every_run(made):
    first, second = made
    assert first.keys() == second.keys()
    assert all(first[name].read_bytes() == second[name].read_bytes() for name in first)


def test_committed_workbooks_are_what_the_script_makes(made, demo):
    units = (*demo.counties, load_city(ROOT / "params").unit(2024))
    committed = {str(p.relative_to(ROOT / "data")) for p in (demo.path(c, y) for c in units for y in YEARS)}
    assert committed == set(made[0])
    assert all(members(ROOT / "data" / name) == members(path) for name, path in made[0].items())


def test_size(demo):
    sizes = [demo.path(county, year).stat().st_size for county in demo.counties for year in YEARS]
    assert len(sizes) == 28
    assert sum(sizes) <= 2_000_000


def test_every_workbook_says_it_is_demo_data(demo):
    for county in demo.counties:
        for year in YEARS:
            book = load_workbook(demo.path(county, year), read_only=True)
            assert (book.properties.category, book.properties.keywords) == (MARK, MARK)
            assert MARK in [cell for row in book["说明"].iter_rows(values_only=True) for cell in row]
            assert MARK in next(book["学校"].iter_rows(values_only=True))[0]
            assert set(book.sheetnames) >= {sheet.name for sheet in demo.dictionary.sheets}


def test_totals_below_the_schools_are_right(demo):
    seen = 0
    for county in demo.counties:
        grid = list(
            load_workbook(demo.path(county, 2024), read_only=True)["学校"].iter_rows(values_only=True)
        )
        if grid[-2][0] != "合计":
            continue
        seen += 1
        assert grid[-1][0].startswith("注")
        for column, text in enumerate(grid[-2][1:], 1):
            if text is not None:
                assert text == pytest.approx(sum(line[column] or 0 for line in grid[3:-2]))
    assert 4 <= seen <= 8


def test_reading_finds_blank_cells_and_nothing_else(demo):
    for key, book in demo.books.items():
        assert book.demo
        assert book.blocking == ()
        assert book.repaired == ()
        warnings = {issue.check for issue in book.issue_records if issue.severity.value == "warning"}
        assert warnings <= {"missing"}, key


# -- the schools ---------------------------------------------------------------------------------------------


def test_numbers_of_schools(demo):
    numbers = {county.code: len(demo.schools(county.code, 2024)) for county in demo.counties}
    assert 1120 <= sum(numbers.values()) <= 1180
    assert max(numbers, key=numbers.get) == "370811"
    assert all(20 <= numbers[code] <= 45 for code in ("370871", "370872", "370873"))


def test_every_kind_of_school_is_there(demo):
    rows = [row for county in demo.counties for row in demo.schools(county.code, 2024)]
    assert {row.get("school_type") for row in rows} == {
        t.value for t in demo.dictionary.vocabularies["school_type"]
    }
    assert {row.get("location") for row in rows} == {"城区", "镇区", "乡村"}
    assert {row.get("sponsor") for row in rows} >= {"5", "7", "10"}
    points = [row.get("students_primary") for row in rows if row.get("school_type") == "小学教学点"]
    assert min(points) < 50 <= max(points)
    uncounted = [row for row in rows if row.get("counted") is False]
    campuses = [row for row in uncounted if row.get("school_type") != "小学教学点"]
    assert len(uncounted) - len(campuses) == len(points)
    assert campuses
    assert {row.get("parent_code") for row in campuses} <= {row.get("school_code") for row in rows}
    assert any(row.get("boarding") for row in rows)
    assert any(row.get("dense_urban") for row in rows)
    assert set("嶧峄鄹洸漷堃") <= set("".join(row.text("school_name") for row in rows))


def test_codes_and_names(demo):
    for (code, _), book in demo.books.items():
        codes = [row.text("school_code") for row in book.rows("schools")]
        names = [row.text("school_name") for row in book.rows("schools")]
        assert len(set(codes)) == len(codes)
        assert len(set(names)) == len(names)
        assert all(len(c) == 10 and c.isdigit() and c[2:4] == code[:2] for c in codes)
        assert {c[:2] for c in codes} >= {"21", "31", "34"}
        assert not any(letter.isascii() and letter.isalnum() for letter in "".join(names))


def test_parts_and_wholes(demo):
    rows = list(chain.from_iterable(book.rows("schools") for book in demo.books.values()))
    whole = [row for row in rows if row.get("certified_teachers") is not None]
    assert [fault for row in whole for fault in broken(row, PARTS)] == []
    counties = [book.county_row for book in demo.books.values() if book.county_row.get("disabled_total")]
    assert len(counties) == 27
    assert [fault for row in counties for fault in broken(row, COUNTY_PARTS)] == []


def test_required_cells_are_empty_only_where_a_scenario_says_so(demo):
    empty = Counter()
    for (code, year), book in demo.books.items():
        for row in book.rows("schools"):
            stages = demo.dictionary.row_stages(row.get)
            for field in demo.dictionary.sheet("schools").fields:
                needed = field.required == "always" or (field.required == "stage" and field.stage in stages)
                if needed and row.get(field.key) is None:
                    empty[code, year, field.key] += 1
    assert {key[:2] for key in empty} == {("370831", 2024), ("370832", 2023), ("370832", 2024)}
    assert sum(empty.values()) == 8


def test_classes_fit_the_pupils(demo):
    limits = {"primary": 45, "junior": 50}
    for book in demo.books.values():
        for row in book.rows("schools"):
            stages = [stage for stage in STAGES if row.get(f"students_{stage}")]
            for stage in stages:
                pupils, classes = row.get(f"students_{stage}"), row.get(f"classes_{stage}")
                assert 0 < classes <= pupils
                assert pupils <= classes * max(row.get("largest_class"), limits[stage])
                assert pupils / classes <= row.get("largest_class")
                assert (row.get(f"oversize_{stage}") > 0) <= (row.get("largest_class") > limits[stage])
            if stages and row.get("largest_class") > max(limits[stage] for stage in stages):
                assert sum(row.get(f"oversize_{stage}") for stage in stages) > 0


def test_years_hang_together(demo):
    jumps = Counter()
    for county in demo.counties:
        before = {row.text("school_code"): row for row in demo.schools(county.code, 2023)}
        now = {row.text("school_code"): row for row in demo.schools(county.code, 2024)}
        assert len(before.keys() ^ now.keys()) <= 1
        for code in before.keys() & now.keys():
            assert all(
                before[code].get(key) == now[code].get(key)
                for key in ("school_name", "school_type", "sponsor", "location")
            )
            for key, limit in JUMPS.items():
                old, new = before[code].get(key), now[code].get(key)
                if old and new is not None and abs(new - old) > limit * old:
                    jumps[county.code, key] += 1
    assert jumps == {("370832", "students_primary"): 1, ("370832", "sports_ground_area"): 1}


def test_some_schools_open_and_close(demo):
    codes = {
        year: {row.get("school_code") for county in demo.counties for row in demo.schools(county.code, year)}
        for year in YEARS
    }
    assert len(codes[2023] - codes[2024]) == 2
    assert len(codes[2024] - codes[2023]) == 2


def test_county_figures_hang_together(demo):
    for county in demo.counties:
        before, now = (demo.books[county.code, year].county_row for year in YEARS)
        for key in ("education_spending", "spending_per_student"):
            assert now.get(f"{key}_last") == before.get(key)
        large = demo.assessments[county.code, 2023].national.item("G4")
        assert now.get("large_schools_last") == sum(len(part.failures) for part in large.parts)


def test_ledger_holds_what_failed_last_year(demo):
    for county in demo.counties:
        units = demo.assessments[county.code, 2023].units
        failed = {
            (u.school_code, "小学" if u.stage == "primary" else "初中")
            for u in units
            if u.verdict == "未达标"
        }
        rows = demo.books[county.code, 2024].rows("ledger")
        assert {(row.text("school_code"), row.text("stage")) for row in rows} == failed
        assert {row.text("state") for row in rows} <= {"未整改", "整改中", "已销号"}


# -- what comes out ------------------------------------------------------------------------------------------


def outcome(assessment) -> dict:
    """Return an assessment in the shape of params/demo/outcomes.yml."""
    national, local = assessment.national, assessment.local
    groups = ("resource", "government", "quality", "social", "veto", "overall")
    items = {result.item.id: str(result.verdict) for result in national.items if result.verdict != "达标"}
    spread = [d for d in national.disparities if d.verdict not in (None, "达标")]
    return {
        "verdicts": {g: str(getattr(national, g)) for g in groups} | {"overall_jining": str(local.overall)},
        "units": {s: [units(national, s, verdict) for verdict in ("未达标", "无法判定")] for s in STAGES},
        "disparities": {f"{d.stage} {d.indicator}": str(d.verdict) for d in spread},
        "items": items,
        "jining": {
            r.item.id: str(r.verdict) for r in local.items if r.verdict != "达标" and r.item.id not in items
        },
    }


def units(result, stage, verdict):
    """Count the units of a stage with a verdict."""
    return sum(unit.verdict == verdict for unit in result.stage_units(stage))


def test_outcomes_are_as_declared(demo):
    for county in demo.counties:
        for year in YEARS:
            found = outcome(demo.assessments[county.code, year])
            assert found == demo.outcomes[county.code][year], (county.name, year)


def test_who_passes_in_2024(demo):
    verdicts = {code: years[2024]["verdicts"] for code, years in demo.outcomes.items()}
    both = {c for c, v in verdicts.items() if v["overall"] == v["overall_jining"] == "达标"}
    assert {"370883", "370871"} < both
    assert [c for c, v in verdicts.items() if v["overall"] == "达标" and v["overall_jining"] == "未达标"] == [
        "370872"
    ]
    assert [c for c, v in verdicts.items() if v["overall"] == "无法判定"] == ["370831"]


def test_every_rule_fails_somewhere_in_2024(demo):
    this_year = [demo.assessments[county.code, 2024] for county in demo.counties]
    unmet_cells = {
        (u.stage, i) for a in this_year for u in a.units for i, c in u.cells.items() if c.verdict == "未达标"
    }
    assert unmet_cells == {(stage, indicator) for stage in STAGES for indicator in INDICATORS}
    items = {r.item.id for a in this_year for r in a.national.items if r.verdict == "未达标"}
    assert items >= set(GOVERNMENT_AND_QUALITY)
    parts = {
        (r.item.id, p.part.id)
        for a in this_year
        for r in a.national.items
        for p in r.parts
        if p.verdict == "未达标"
    }
    assert {i for i, part in parts if part == "conclusion"} >= {"G1", "G2", "G8", "G10", "G14", "G15"}
    assert {
        stage
        for a in this_year
        for d in a.national.disparities
        if d.verdict == "未达标"
        for stage in [d.stage]
    } == set(STAGES)
    assert len([item for item in items if item.startswith("V")]) >= 2
    jining = {r.item.id for a in this_year for r in a.local.items if r.verdict == "未达标"}
    assert jining >= {"G14", "Q4"}


def test_every_veto_applies_somewhere(demo):
    found = {
        r.item.id
        for a in demo.assessments.values()
        for r in a.national.group("veto")
        if r.verdict == "未达标"
    }
    assert found == {f"V{number}" for number in range(1, 7)}


def test_limits_are_met_exactly_somewhere(demo):
    cells = [
        (u, c)
        for a in demo.assessments.values()
        for u in a.units
        for c in u.cells.values()
        if c.ratio is not None
    ]
    exact = {(u.stage, c.indicator) for u, c in cells if c.ratio == 1}
    assert {("primary", "L1"), ("primary", "L2"), ("primary", "L3"), ("primary", "L5")} <= exact
    floor = [u.verdict for u, c in cells if c.ratio * 100 == 85]
    assert len(floor) >= 3
    assert set(floor) == {"达标"}
    edge = [c for _, c in cells if c.verdict == "未达标" and round(float(c.value), 2) == float(c.threshold)]
    assert edge


def test_one_county_has_much_to_do(demo):
    numbers = [sum(sum(pair) for pair in years[2024]["units"].values()) for years in demo.outcomes.values()]
    assert 40 <= max(numbers) <= 90


def test_2023_was_no_better(demo):
    for years in demo.outcomes.values():
        worse, now = ([pair[0] for pair in years[year]["units"].values()] for year in YEARS)
        assert sum(worse) >= sum(now)


def test_beside_last_year_only_the_two_intended_jumps_stand_out(demo):
    """Warnings of the year-on-year and plausibility checks on clean data: few, and each is right."""
    checks = load_checks(ROOT / "params")
    found = set()
    for county in demo.counties:
        last = demo.books[county.code, 2023]
        path = demo.path(county, 2024)
        book = read_county_book(path, county, 2024, demo.dictionary, checks=checks, last=last)
        assert not book.blocking
        warned = [issue for issue in book.issue_records if issue.severity.value == "warning"]
        found |= {(county.name, issue.check) for issue in warned if issue.check != "missing"}
    assert found == {
        ("梁山县", "pupils_jump"),
        ("梁山县", "resources_jump"),
        ("微山县", "school_lost"),
        ("泗水县", "school_lost"),
    }


def test_the_citys_own_workbook_is_sound_marked_and_leaves_some_of_it_open():
    for year in YEARS:
        (path,) = (ROOT / "data" / str(year)).glob("*_济宁市.xlsx")
        book = open_city_book(path, year, ROOT / "params")
        assert book.demo and not book.issue_records
        answered = [row for row in book.rows("goals") if row.get("result") is not None or row.text("state")]
        assert 0.9 * len(book.rows("goals")) < len(answered) < len(book.rows("goals"))
