"""The declared checks: each fires on its fault, at its cell, and stays silent when a figure is missing."""

from __future__ import annotations

from typing import Any

import pytest

from junheng.errors import ParamsProblem
from junheng.params.checks import Check, load_checks
from junheng.params.city import Acceptance
from junheng.params.counties import County
from junheng.workbook.check.run import run_checks
from junheng.workbook.model import Severity
from tests.messy.builder import (
    DICTIONARY,
    PARAMS,
    cell_of,
    county_cell,
    default_rows,
    issues_of,
    only,
    read,
    school,
    two_schools,
    write_book,
)

ERROR, WARNING, NOTE = Severity.ERROR, Severity.WARNING, Severity.NOTE
WITHOUT_TEACHERS = dict.fromkeys(
    [
        "bachelor_primary",
        "backbone_primary",
        "pe_primary",
        "music_primary",
        "fineart_primary",
        "certified_teachers",
        "trained_teachers",
    ],
    0,
)
SCHOOL_FAULTS: list[tuple[str, Severity, str, dict[str, Any], str]] = [
    ("teachers_staff", ERROR, "teachers_primary", {"staff_primary": 29}, "小学专任教师数30，小学教职工数29"),
    ("degrees_primary", ERROR, "teachers_primary", {"college_primary": 6}, "小学专任教师专科学历6"),
    ("subject_teachers", ERROR, "teachers_primary", {"arts_primary": 26}, "小学艺术专任教师数26"),
    ("backbone_teachers", ERROR, "backbone_primary", {"backbone_primary": 31}, "31"),
    ("certified_teachers", ERROR, "certified_teachers", {"certified_teachers": 31}, "31"),
    ("trained_teachers", ERROR, "trained_teachers", {"trained_teachers": 31}, "31"),
    ("indoor_sports_area", ERROR, "indoor_sports_area", {"indoor_sports_area": 5000.01}, "5000.01"),
    ("music_rooms", ERROR, "music_rooms", {"music_rooms_54": 2}, "音乐专用教室数2"),
    ("fineart_rooms", ERROR, "fineart_rooms", {"fineart_rooms_67": 2}, "美术专用教室数2"),
    ("catchment", ERROR, "catchment_primary", {"catchment_primary": 401}, "401"),
    ("migrant_students", ERROR, "migrant_students", {"migrant_students": 401}, "在校生总数400"),
    ("oversize_classes", ERROR, "oversize_primary", {"oversize_primary": 11, "largest_class": 46}, "11"),
    ("foreign_stage", ERROR, "classes_junior", {"classes_junior": 1}, "小学没有该学段的学生"),
    ("no_classes", ERROR, "classes_primary", {"classes_primary": 0}, "小学班数0"),
    (
        "no_pupils",
        ERROR,
        "school_name",
        {"students_primary": 0, "catchment_primary": 0, "migrant_students": 0},
        "均为0",
    ),
    (
        "average_class",
        WARNING,
        "classes_primary",
        {"classes_primary": 6, "largest_class": 80, "oversize_primary": 6},
        "60",
    ),
    ("largest_class_small", WARNING, "largest_class", {"largest_class": 39}, "最大班额39"),
    ("oversize_without_large", WARNING, "largest_class", {"oversize_primary": 1}, "最大班额45"),
    ("large_without_oversize", WARNING, "largest_class", {"largest_class": 46}, "最大班额46"),
    ("training_budget", WARNING, "training_budget", {"training_budget": 61}, "61"),
    ("no_equipment", WARNING, "equipment_value", {"equipment_value": 0}, "大于0"),
    (
        "no_teachers",
        WARNING,
        "teachers_primary",
        {"teachers_primary": 0} | WITHOUT_TEACHERS,
        "小学专任教师数0",
    ),
    ("grades", WARNING, "grades_primary", {"grades_primary": 0}, "小学年级数在1至6个之间"),
    ("grades", WARNING, "grades_primary", {"grades_primary": 7}, "小学年级数7"),
    ("no_teaching_area", WARNING, "teaching_area", {"teaching_area": 0, "indoor_sports_area": 0}, "大于0"),
    (
        "no_public_funds",
        WARNING,
        "public_funds_budget",
        {"public_funds_budget": 0, "training_budget": 0},
        "大于0",
    ),
    ("parent_of_counted", WARNING, "parent_code", {"parent_code": "2137830002"}, "2137830002"),
]


@pytest.mark.parametrize(
    ("check", "severity", "key", "changes", "fragment"), SCHOOL_FAULTS, ids=[f[0] for f in SCHOOL_FAULTS]
)
def test_school_check(
    book_of: Any, check: str, severity: Severity, key: str, changes: dict[str, Any], fragment: str
) -> None:
    book = book_of([school(**changes), two_schools()[1]])
    issue = only(book, check)
    assert (issue.severity, issue.sheet, issue.cell) == (severity, "学校", cell_of(key))
    assert fragment in issue.message and "城关小学" in issue.message, issue.message
    assert issue.clause
    assert {other.check for other in book.issue_records} == {check}, [
        other.message for other in book.issue_records
    ]


@pytest.mark.parametrize(
    ("school_type", "stage", "warned"),
    [("小学", "junior", True), ("初级中学", "primary", True), ("初级中学", "senior", False)],
)
def test_attached_classes_are_a_note(book_of: Any, school_type: str, stage: str, warned: bool) -> None:
    """Pupils of another stage are attached classes: a note, and the stage's own columns are asked for."""
    own = school(school_type, **{f"students_{stage}": 40})
    told = only(book_of([own]), "attached_classes")
    assert (told.severity, told.cell) == (NOTE, cell_of(f"students_{stage}"))
    assert f"附设该学段班级的{school_type}除外" in told.message
    book = book_of([own])
    assert book.blocking == ()
    asked = {issue.cell for issue in issues_of(book, "missing")}
    assert (cell_of(f"classes_{stage}") in asked) is warned if warned else asked == set()


def test_attached_classes_in_order(book_of: Any) -> None:
    columns = {
        k: v for k, v in school("初级中学").items() if k.endswith("_junior") or k.startswith("cohort_")
    }
    own = school(
        **columns | {"students_junior": 40, "classes_junior": 1, "catchment_junior": 40},
        preschool_students=30,
    )
    assert {issue.check for issue in book_of([own]).issue_records} == {"attached_classes"}


@pytest.mark.parametrize(("grades", "warned"), [(1, False), (3, False), (4, False), (5, True)])
def test_a_junior_school_has_up_to_four_grades(book_of: Any, grades: int, warned: bool) -> None:
    """四 in the five-four system (五四学制)."""
    own = school("初级中学", grades_junior=grades, classes_junior=10)
    assert bool(issues_of(book_of([own]), "grades")) is warned


@pytest.mark.parametrize(("reported", "warned"), [(36, False), (35, True), (40, True)])
def test_pupils_of_special_schools_are_the_countys(book_of: Any, reported: int, warned: bool) -> None:
    special = school(
        "特殊教育学校", migrant_students=0, students_primary=30, students_junior=6, classes_primary=6
    )
    issues = issues_of(
        book_of([special, two_schools()[1]], county={"special_students": reported}), "special_pupils"
    )
    assert [issue.cell for issue in issues] == ([county_cell("special_students")] if warned else [])
    assert all("合计36" in issue.found for issue in issues)


def test_a_special_school_with_empty_columns_says_nothing(book_of: Any) -> None:
    empty = school("特殊教育学校", migrant_students=0)
    assert not issues_of(
        book_of([empty, two_schools()[1]], county={"special_students": 80}), "special_pupils"
    )


def test_a_sum_over_schools_with_a_blank_makes_no_check(book_of: Any) -> None:
    first, second = two_schools()
    book = book_of(
        [first | {"migrant_students": None}, second], county={"migrant_public": 500, "migrant_eligible": 900}
    )
    assert {issue.check for issue in book.issue_records} == {"missing"}


def test_missing_figure_makes_no_check(book_of: Any) -> None:
    book = book_of([school(staff_primary=None, migrant_students=None, classes_primary=None)])
    assert {issue.check for issue in book.issue_records} == {"missing"}


def test_same_code_twice(book_of: Any) -> None:
    first, second = two_schools()
    issues = issues_of(book_of([first, second | {"school_code": "2137830001"}]), "duplicate_code")
    assert [(issue.severity, issue.cell) for issue in issues] == [(ERROR, "A2"), (ERROR, "A3")]
    assert "2137830001，与A3（城关中学）相同" in issues[0].message


def test_same_name_twice(book_of: Any) -> None:
    first, second = two_schools()
    issues = issues_of(book_of([first, second | {"school_name": "城关小学"}]), "duplicate_name")
    assert [(issue.severity, issue.cell) for issue in issues] == [(WARNING, "B2"), (WARNING, "B3")]


def test_same_item_twice(book_of: Any) -> None:
    rows = default_rows(DICTIONARY.sheet("vetoes"))
    issues = issues_of(book_of(sheets={"vetoes": [*rows, {"item": "V3", "present": "是"}]}), "duplicate_row")
    assert [(issue.severity, issue.cell) for issue in issues] == [(ERROR, "A4"), (ERROR, "A8")]


@pytest.mark.parametrize(
    ("parent", "check"),
    [
        (None, "missing"),
        ("2137830009", "parent_unknown"),
        ("2137830001", "parent_self"),
        ("2137830003", "parent_chain"),
    ],
)
def test_campus(book_of: Any, parent: str | None, check: str) -> None:
    campus = school(counted="否", parent_code=parent)
    main = school(school_code="2137830002", school_name="实验小学")
    other = school(
        school_code="2137830003", school_name="实验小学东校区", counted="否", parent_code="2137830002"
    )
    book = book_of([campus, main, other])
    issue = only(book, check)
    assert (issue.severity, issue.cell) == (ERROR, cell_of("parent_code"))
    assert book.blocking == (issue,)


def test_good_campus(book_of: Any) -> None:
    main = school(school_code="2137830002", school_name="实验小学", teaching_area=6100)
    assert book_of([school(counted="否", parent_code="2137830002"), main]).issue_records == ()


def test_empty_stage_of_a_combined_school(book_of: Any) -> None:
    changes = {"students_junior": 0, "catchment_junior": 0, "largest_class": 45}
    book = book_of([school("九年一贯制学校", **changes)])
    issue = only(book, "empty_stage")
    assert (issue.severity, issue.cell) == (WARNING, cell_of("students_junior"))
    assert not book.blocking


def test_special_school_is_exempt(book_of: Any) -> None:
    other = two_schools()[1]
    pupils = {"students_primary": 30, "classes_primary": 6, "students_junior": 0}
    assert book_of([school("特殊教育学校", **pupils), other]).issue_records == ()
    assert book_of([school("特殊教育学校", migrant_students=50), other]).issue_records == ()


def test_code_of_another_province(book_of: Any, place: Any) -> None:
    """The third and fourth digits are the province; the county is not in a 学校标识码."""
    other = school(school_code="3137110001", school_name="邻县小学", teaching_area=6100)
    foreign = school(school_code="2141830001", school_name="外省小学", teaching_area=6200)
    issue = only(book_of([*two_schools(), other, foreign]), "code_prefix")
    assert (issue.severity, issue.cell) == (NOTE, "A5")
    assert "第3、4位为省级代码“37”" in issue.message
    zone = County(code="370871", name="济宁高新区", government="管委会", target_year=2024, internal=True)
    assert only(read(place, county=zone), "code_prefix").cell == "A5"


def test_codes_of_another_make_are_left_alone(book_of: Any) -> None:
    """A book whose codes do not name the province says nothing about a single one."""
    odd = [
        school(school_code=f"370883000{n}", school_name=f"第{n}小学", teaching_area=6000 + n) for n in (1, 2)
    ]
    assert not issues_of(book_of([*odd, two_schools()[1]]), "code_prefix")


@pytest.mark.parametrize("counted", ["否", "是", None])
@pytest.mark.parametrize("parent", [None, "2137830002", "2137830001", "2137830009", "城关中心小学"])
def test_a_point_never_needs_a_main_school(book_of: Any, counted: str | None, parent: str | None) -> None:
    """Whatever stands in 是否计校数 and 所属主校标识码 of a 小学教学点, at most a note comes of it."""
    point = school("小学教学点", counted=counted, parent_code=parent)
    book = book_of([point, two_schools()[1]])
    grave = [issue.message for issue in book.issue_records if issue.severity is not NOTE]
    assert grave == [] if counted else all("是否计校数" in message for message in grave)
    notes = {issue.check for issue in book.issue_records if issue.severity is NOTE}
    wanted = {"point_counted"} if counted == "是" else set()
    wanted |= {"2137830009": {"point_parent"}, "城关中心小学": {"bad_code"}}.get(parent or "", set())
    assert notes == wanted


@pytest.mark.parametrize(
    ("check", "key", "value"),
    [
        ("rural_population", "rural_population", 200),
        ("rotation_actual", "rotation_actual", 21),
        ("rotation_backbone", "rotation_backbone", 5),
        ("quota_allotted", "quota_allotted", 1001),
        ("quota_rural", "quota_rural", 701),
        ("migrant_places", "migrant_eligible", 39),
        ("migrant_sum", "migrant_public", 41),
        ("migrant_sum", "migrant_public", 35),
        ("migrant_sum_private", "migrant_purchased", 1),
        ("disabled_enrolled", "disabled_enrolled", 101),
        ("disabled_special", "disabled_special", 99),
        ("special_funds", "special_students", 0),
        ("rotation_eligible", "rotation_eligible", 71),
    ],
)
def test_county_check(book_of: Any, check: str, key: str, value: int) -> None:
    issue = only(book_of(county={key: value}), check)
    assert (issue.sheet, issue.cell) == ("县级数据", county_cell(key))
    assert str(value) in issue.found


@pytest.mark.parametrize(
    ("check", "changes", "cell"),
    [
        ("survey_valid", {"valid": 101}, "C3"),
        ("survey_satisfied", {"satisfied": 96}, "D3"),
        ("visit_satisfied", {"visited_satisfied": 21}, "F3"),
    ],
)
def test_survey_check(book_of: Any, check: str, changes: dict[str, int], cell: str) -> None:
    rows = default_rows(DICTIONARY.sheet("survey"))
    issue = only(book_of(sheets={"survey": [rows[0], rows[1] | changes, *rows[2:]]}), check)
    assert (issue.severity, issue.cell) == (ERROR, cell)


@pytest.mark.parametrize(
    ("check", "changes", "county", "said"),
    [
        (
            "survey_size",
            {},
            {"population": 147.1},
            "有效问卷合计1470份，人口总数147.1万人”，应为有效问卷合计不低于人口总数的1‰",
        ),
        ("survey_size", {}, {"population": 147}, ""),
        (
            "survey_parents",
            {"valid": 569, "satisfied": 500},
            {"population": 50},
            "应为家长问卷不低于有效问卷合计的50%",
        ),
        ("survey_parents", {"valid": 570, "satisfied": 500}, {"population": 50}, ""),
        ("survey_response", {"sent": 1501}, {}, "应为有效问卷不低于发放问卷的70%"),
        ("survey_response", {"sent": 1500}, {}, ""),
        ("survey_response", {"sent": None}, {}, ""),  # a blank is missing, and no check
    ],
)
def test_sizes_of_the_sample(
    book_of: Any, check: str, changes: dict[str, Any], county: dict[str, Any], said: str
) -> None:
    rows = default_rows(DICTIONARY.sheet("survey"))
    book = book_of(sheets={"survey": [rows[0] | changes, *rows[1:]]}, county=county)
    found = [issue for issue in book.issue_records if issue.check.startswith("survey_")]
    assert [issue.check for issue in found] == ([check] if said else [])
    assert all(said in issue.message and issue.severity is Severity.WARNING for issue in found)


@pytest.mark.parametrize(
    ("state", "warned"), [("已完成", True), ("销号", True), ("已销号", False), (None, False)]
)
def test_a_state_of_the_ledger_is_one_of_its_words(book_of: Any, state: str | None, warned: bool) -> None:
    rows = default_rows(DICTIONARY.sheet("ledger"))
    book = book_of(sheets={"ledger": [{**(rows[0] if rows else {}), "indicator": "L2", "state": state}]})
    assert bool(issues_of(book, "ledger_state")) == warned


def test_half_a_monitoring_result(book_of: Any) -> None:
    rows = default_rows(DICTIONARY.sheet("monitoring"))
    assert (
        only(
            book_of(sheets={"monitoring": [rows[0] | {"variation": None}, *rows[1:]]}), "monitoring_pair"
        ).cell
        == "A2"
    )
    blank = rows[0] | {"variation": None, "level": None}
    assert book_of(sheets={"monitoring": [blank, *rows[1:]]}).issue_records == ()


def accepted(**changes: str) -> Acceptance:
    texts = {"check": "teachers_staff", "sheet": "学校", "cell": cell_of("teachers_primary")}
    return Acceptance.model_validate(
        texts | {"who": "王某", "when": "2025-03-02", "why": "支教教师单列"} | changes
    )


def test_accepted_error_no_longer_blocks(place: Any) -> None:
    write_book(place, [school(staff_primary=29)])
    assert read(place).blocking
    book = read(place, acceptances=[accepted()])
    assert only(book, "teachers_staff").accepted == "王某于2025-03-02认可：支教教师单列"
    assert book.blocking == ()


def test_acceptance_that_fits_nothing_is_a_warning(place: Any) -> None:
    write_book(place, [school(staff_primary=29)])
    book = read(place, acceptances=[accepted(cell="A99")])
    issue = only(book, "acceptance_unused")
    assert issue.severity is WARNING
    assert "王某" in issue.message and "A99" in issue.message
    assert book.blocking


def declared(**changes: Any) -> Check:
    texts = {
        "id": "mine",
        "severity": "note",
        "sheets": ["schools"],
        "rule": "staff_primary > 99",
        "cell": "staff_primary",
    }
    return Check.model_validate(
        texts | {"expected": "很多", "remedy": "请核对。", "clause": "自定"} | changes
    )


def test_a_new_check_is_data(place: Any) -> None:
    book = read(write_book(place), checked=False)
    issue = run_checks(book, [declared()], DICTIONARY)[0]
    assert (issue.check, issue.severity, issue.found) == ("mine", NOTE, "小学教职工数35")


def test_a_sum_over_schools_is_data(place: Any) -> None:
    sums = {"in_towns": {"where": "location == '镇区'", "value": "teachers_primary + teachers_junior"}}
    mine = declared(sheets=["county"], sums=sums, rule="in_towns < 60", cell="population", found="{in_towns}")
    other = school(school_code="2137830003", school_name="城北小学", location="城区", teaching_area=6100)
    book = read(write_book(place, [*two_schools(), other]), checked=False)
    assert [issue.found for issue in run_checks(book, [mine], DICTIONARY)] == ["60"]


@pytest.mark.parametrize("changes", [{"rule": "no_such_key > 1"}, {"sheets": ["nothing"]}])
def test_a_check_that_names_nothing_known(place: Any, changes: dict[str, Any]) -> None:
    book = read(write_book(place), checked=False)
    with pytest.raises(ParamsProblem, match=r"checks\.yml"):
        run_checks(book, [declared(**changes)], DICTIONARY)


def test_every_declared_check_is_well_formed() -> None:
    keys = {sheet.id: set(sheet.by_key) for sheet in DICTIONARY.sheets}
    for check in load_checks(PARAMS):
        assert check.clause and check.remedy.endswith("。"), check.id
        for sheet in check.sheets:
            assert check.cell in (None, "{key}") or check.cell in keys[sheet], check.id


# --- campuses: nothing is chosen silently ---------------------------------------------------------------------------


def test_a_parent_without_saying_whether_counted_is_an_error(book_of: Any) -> None:
    rows = [
        school(),
        school(school_code="2137830003", school_name="东校区", counted=None, parent_code="2137830001"),
    ]
    book = book_of(rows)
    issue = only(book, "counted_unclear")
    assert (issue.severity, issue.cell) == (Severity.ERROR, cell_of("counted", 3))
    assert "2137830001" in issue.message
    assert not [one for one in book.issue_records if one is not issue and one.place == issue.place]


def test_what_is_said_of_a_blank_switch_is_what_follows_from_it(book_of: Any) -> None:
    issue = only(book_of([school(counted=None)]), "missing")
    assert "按独立学校计算" in issue.message and "无法判定" not in issue.message


@pytest.mark.parametrize(
    ("campus", "parent", "wrong"),
    [
        ("小学", "特殊教育学校", True),
        ("特殊教育学校", "小学", True),
        ("小学", "小学教学点", True),
        ("小学", "九年一贯制学校", False),
        ("初级中学", "小学", False),
        ("特殊教育学校", "特殊教育学校", False),
    ],
)
def test_a_campus_joins_a_school_of_its_world(book_of: Any, campus: str, parent: str, wrong: bool) -> None:
    rows = [
        school(parent, school_code="2137830001", school_name="本校"),
        school(
            campus, school_code="2137830002", school_name="东校区", counted="否", parent_code="2137830001"
        ),
    ]
    issues = issues_of(book_of(rows), "parent_type")
    assert [(issue.severity, issue.cell) for issue in issues] == (
        [(Severity.ERROR, cell_of("parent_code", 3))] if wrong else []
    )


def test_what_cannot_be_read_is_not_said_to_be_blank(book_of: Any) -> None:
    rows = default_rows(DICTIONARY.sheet("monitoring"))
    rows[0] |= {"level": "优秀"}
    book = book_of(sheets={"monitoring": rows})
    assert [issue.check for issue in book.issue_records] == ["bad_word"]


def test_nothing_follows_of_a_column_that_is_not_there(book_of: Any) -> None:
    special = school("特殊教育学校", school_code="2137830009", school_name="特教学校", students_primary=30)
    rows = [school(catchment_primary=390), special | {"catchment_primary": 20}]
    book = book_of(rows, headers={"students_primary": "学生数"})
    assert [issue.check for issue in book.blocking] == ["missing_column"]


@pytest.mark.parametrize(
    ("key", "word", "wrong"),
    [
        ("sponsor", "公办", "民办"),
        ("sponsor", "教育部门", "省级"),
        ("location", "农业", "乡村"),
        ("boarding", "有", "是"),
    ],
)
def test_no_wrong_word_is_suggested(book_of: Any, key: str, word: str, wrong: str) -> None:
    (issue,) = book_of([school(**{key: word})]).blocking
    assert f"是否要写“{wrong}" not in issue.remedy
