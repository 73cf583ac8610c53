"""A trace is the same arithmetic as the figure: what it shows gives the engine's numbers again, exactly."""

from __future__ import annotations

from fractions import Fraction

from junheng.assess.engine import assess
from junheng.assess.model import Assessment, Verdict
from junheng.assess.trace import Tracer
from junheng.assess.trace_items import ItemTracer
from junheng.params.city import CountyYear, ExceptionUse
from tests.assess.make import DICTIONARY, LOCAL, NATIONAL, book, school
from tests.golden import sample

NINE = {
    "school_type": "九年一贯制学校",
    "students_primary": 300,
    "students_junior": 200,
    "teaching_area": 3000.5,
    "indoor_sports_area": 500,
}
CAMPUS = {
    **NINE,
    "counted": False,
    "parent_code": "2137830001",
    "students_primary": 100,
    "teaching_area": 900,
}


def assessed(schools: list[dict], *exceptions: str) -> Assessment:
    choices = CountyYear(exceptions=tuple(ExceptionUse(id=e, basis="会议纪要") for e in exceptions))
    return assess(book(schools), DICTIONARY, (NATIONAL, LOCAL), choices)


def tracer(assessment: Assessment) -> Tracer:
    return Tracer(assessment, DICTIONARY)


def test_every_figure_of_the_sample_county_is_traced_to_the_same_number() -> None:
    assessment = sample()
    found = tracer(assessment)
    for unit in assessment.units:
        for indicator in assessment.national.standard.indicators:
            trace = found.cell(unit, indicator)
            assert trace.numerator == unit.cells[indicator.id].numerator, (unit.key, indicator.id)
            sources = {i.value.source for part in trace.contributions for i in trace.inputs(part)}
            assert sources <= set(unit.cells[indicator.id].sources)
    for row in assessment.national.disparities:
        if row.cv_squared is None or row.mean is None or row.limit is None:
            continue
        trace = found.disparity(row.stage, assessment.national.standard.indicator(row.indicator))
        assert trace.amount is not None and trace.students is not None
        assert trace.amount / trace.students == row.mean
        weighted = sum((part.weighted or Fraction(0) for part in trace.rows), Fraction(0))
        assert weighted / trace.students / row.mean**2 == row.cv_squared


def test_a_combined_school_with_a_campus_shows_each_split() -> None:
    assessment = assessed([school(1, **NINE), school(2, **CAMPUS)])
    unit = assessment.units[0]
    trace = tracer(assessment).cell(unit, NATIONAL.indicator("L4"))
    main, campus = trace.contributions
    assert main.amount == Fraction("2500.5") and (split := trace.split(main))
    assert split.terms == (
        ("students_primary", 1, 300),
        ("students_junior", Fraction("1.1"), 200),
    )
    assert split.part == Fraction(300, 520)
    assert (other := trace.split(campus)) and other.part == Fraction(100, 320)
    assert trace.numerator == Fraction("2500.5") * 300 / 520 + Fraction(400) * 100 / 320
    assert [entry.used for entry in trace.pupils] == [300, 100]
    cells = [str(source) for source in unit.cells["L4"].sources]
    assert "测试.xlsx〔学校〕teaching_area2" in cells and "测试.xlsx〔学校〕students_junior3" in cells


def test_attached_classes_show_in_the_split() -> None:
    """小学 with 附设幼儿班 and 附设初中班: three terms, and the trace agrees with the engine."""
    attached = NINE | {"school_type": "小学", "preschool_students": 80}
    assessment = assessed([school(1, **attached)])
    trace = tracer(assessment).cell(assessment.units[0], NATIONAL.indicator("L6"))
    (own,) = trace.contributions
    assert (split := trace.split(own))
    assert split.terms == (
        ("preschool_students", 1, 80),
        ("students_primary", 1, 300),
        ("students_junior", Fraction("1.1"), 200),
    )
    assert trace.numerator == trace.national.numerator == own.amount * Fraction(300, 600)


def test_a_missing_input_stays_missing_in_the_trace() -> None:
    assessment = assessed([school(1, equipment_value=None)])
    trace = tracer(assessment).cell(assessment.units[0], NATIONAL.indicator("L6"))
    assert trace.numerator is None and trace.contributions[0].amount is None
    assert trace.inputs(trace.contributions[0])[0].used is None


def test_an_exception_is_a_contribution_of_its_own() -> None:
    rural = school(1, location="乡村", students_primary=80, shared_pe_arts_primary=2)
    assessment = assessed([rural], "E1")
    trace = tracer(assessment).cell(assessment.units[0], NATIONAL.indicator("L3"))
    assert [part.exception.id if part.exception else "" for part in trace.contributions] == ["", "E1"]
    assert trace.numerator == assessment.units[0].cells["L3"].numerator == 7


def test_items_are_judged_row_by_row_under_both_standards() -> None:
    schools = [school(1), school(2, training_budget=1.6), school(3, school_type="特殊教育学校")]
    assessment = assessed(schools)
    part, whole = ItemTracer(tracer(assessment)).item("Q4").parts
    assert part.left_out == 1 and [subject.code for subject in part.subjects] == ["2137830001", "2137830002"]
    second = part.subjects[1]
    assert second.national is not None and second.local is not None
    assert second.national.value == Fraction(4, 100)
    assert (second.national.verdict, second.local.verdict) == (Verdict.UNMET, Verdict.UNMET)
    assert whole.national is None and whole.local.value == Fraction(56, 800)
    assert dict(whole.sums) == {"training_budget": Fraction(56, 10), "public_funds_budget": 80}
    for result, side in ((part.national, "national"), (part.local, "local")):
        failing = [s.code for s in part.subjects if getattr(s, side).verdict is Verdict.UNMET]
        assert failing == [failure.code for failure in result.failures]


def test_a_total_shows_its_sums() -> None:
    assessment = assessed([school(1, trained_teachers=30), school(2)])
    (part,) = ItemTracer(tracer(assessment)).item("G9").parts
    assert dict(part.sums) == {"trained_teachers": 66, "teachers": 72}
    assert part.national.value == Fraction(66, 72)
    keys = [entry.field.key for entry in part.subjects[0].inputs]
    assert keys == ["trained_teachers", "teachers_primary", "teachers_junior"]


def test_a_row_whose_scope_is_unknown_is_listed_as_such() -> None:
    assessment = assessed([school(1), school(2, boarding=None)])
    part = ItemTracer(tracer(assessment)).item("G13").parts[0]
    assert [(s.code, s.unsure) for s in part.subjects] == [("2137830001", False), ("2137830002", True)]
