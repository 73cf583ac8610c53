"""The assessment as it leaves the city: verdicts stay, hidden figures are marks wherever they would be printed."""

from __future__ import annotations

import pickle
from dataclasses import replace
from fractions import Fraction
from typing import Any

import pytest

from junheng.assess.engine import assess
from junheng.assess.model import Assessment
from junheng.assess.suppress import suppressed
from junheng.assess.suppress_texts import Suppression, without_numbers
from junheng.params.checks import load_checks
from junheng.params.phrases import load_phrases
from junheng.params.small_counts import load_small_counts
from junheng.params.tasks import TaskCheck, load_tasks
from junheng.report.content.context import CountyContext, load_wording
from junheng.report.content.ledger_topics import current_topics
from junheng.report.content.phrases import PhraseBook
from junheng.report.content.statements import item_statement
from junheng.report.content.tables.lists import excluded_table
from junheng.report.content.tables.tasks import tasks_table
from junheng.workbook.model import Hidden, Issue, Severity
from tests.assess.make import DICTIONARY, LOCAL, NATIONAL, PARAMS, book, school

HOW = Suppression(load_small_counts(PARAMS), load_checks(PARAMS), load_tasks(PARAMS))
PHRASES = PhraseBook(load_phrases(PARAMS))
WORDING = load_wording(PARAMS, 2024)
SPECIAL = school(
    9, school_type="特殊教育学校", school_name="启智学校", students_primary=30, students_junior=0
)
FEW = {"disabled_total": 200, "disabled_enrolled": 185, "disabled_special": 7, "special_students": 7}
MANY = {"disabled_total": 200, "disabled_enrolled": 185, "disabled_special": 30, "special_students": 30}
PLACED = {"migrant_eligible": 400, "migrant_public": 250, "migrant_purchased": 50}


def both(county: dict[str, Any], **sheets: Any) -> tuple[Assessment, Assessment]:
    whole = assess(book([school(), SPECIAL], {**PLACED, **county}, **sheets), DICTIONARY, (NATIONAL, LOCAL))
    return whole, suppressed(whole, HOW)


def said(assessment: Assessment, item: str) -> str:
    return item_statement(assessment.national.item(item), assessment, PHRASES)


def test_figures_rates_and_gaps_are_marks_and_verdicts_stay() -> None:
    whole, shown = both(FEW)
    assert "185人" in said(whole, "Q2") and "92.5%" in said(whole, "Q2")
    assert said(shown, "Q2").startswith(
        "适龄残疾儿童少年*人，已入学*人，入学率*%；其中在特殊教育学校就读*人，占*%。"
    )
    assert "*万元，学生*人，生均*元，标准为" in said(shown, "G7")
    assert said(shown, "G15") == said(whole, "G15")
    for mine, theirs in zip(whole.local.items, shown.local.items, strict=True):
        assert mine.verdict is theirs.verdict
    topic = next(t for k, t in current_topics(shown, PHRASES).items() if k.label.startswith("Q2"))
    assert topic.failing
    cells = (topic.standard_value, topic.current_value, topic.gap)
    assert [cell.text for cell in cells] == ["95%", "*%", "*"] and not any(c.number for c in cells[1:])


def test_nothing_small_nothing_hidden_and_the_switch() -> None:
    whole, shown = both(MANY)
    assert said(shown, "Q2") == said(whole, "Q2") and shown.national == whole.national
    off = replace(HOW, rules=HOW.rules.model_copy(update={"on": False}))
    few, _ = both(FEW)
    assert suppressed(few, off) is few


def test_special_schools_are_hidden_with_their_group() -> None:
    whole, shown = both(FEW)
    tables = [excluded_table(CountyContext(a, None, WORDING)) for a in (whole, shown)]
    printed = [[row.cells["students"].text for row in table.rows] for table in tables]
    assert printed == [["30"], ["*"]]
    one = school(9, school_type="特殊教育学校", students_primary=4, students_junior=0)
    small = assess(book([school(), one], {**PLACED, **MANY}), DICTIONARY, (NATIONAL, LOCAL))
    assert "就读*人" in said(suppressed(small, HOW), "Q2")


def test_tasks_show_marks_also_for_formulas_of_their_own() -> None:
    plan = HOW.tasks
    check = TaskCheck(id="x", name="送教上门", value="disabled_special", threshold=Fraction(1), unit="人")
    changed = plan.model_copy(
        update={"tasks": tuple(
            t.model_copy(update={"checks": (*t.checks, check)}) if t.id == "15" else t for t in plan.tasks
        )}
    )  # fmt: skip
    row = {"task": "15", "result": "已安置7人", "cause": "三名残疾儿童在外地", "done": False}
    _, shown = both(FEW, tasks=[row])
    table = tasks_table(CountyContext(shown, None, replace(WORDING, tasks=changed)))
    cells = next(r.cells for r in table.rows if r.cells["number"].text == "15")
    assert "残疾儿童少年入学率*%（应不低于95%）" in cells["computed"].text
    assert "送教上门*人（应不低于1人）" in cells["computed"].text
    assert cells["result"].text == "已安置*人"
    assert shown.book.rows("tasks")[0].text("cause") == "*名残疾儿童在外地"


def test_free_texts_lose_their_numbers_and_nothing_else() -> None:
    qualitative = [{"item": "G15", "conclusion": "达标", "summary": "随迁子女300人"}, {"item": "G1", "summary": "含特殊教育7人"},
                   {"item": "G2", "summary": "新建2所"}]  # fmt: skip
    ledger = [
        {"indicator": "Q2 残疾儿童少年入学率", "progress": "尚有二十一人"},
        {"indicator": "L4 面积", "progress": "新建3间"},
    ]
    _, shown = both(FEW, qualitative=qualitative, ledger=ledger)
    texts = [row.text("summary") for row in shown.book.rows("qualitative")]
    assert texts == ["随迁子女300人", "含特殊教育*人", "新建2所"]
    assert [row.text("progress") for row in shown.book.rows("ledger")] == ["尚有*人", "新建3间"]
    _, kept = both(MANY, qualitative=qualitative, ledger=ledger)
    assert kept.book.rows("qualitative")[1].text("summary") == "含特殊教育7人"
    assert kept.book.rows("ledger")[0].text("progress") == "尚有*人"  # of a year nobody knows here


@pytest.mark.parametrize(
    ("text", "left"),
    [("12人", "*人"), ("3.5%、１２名", "*%、*名"), ("百分之九十五", "*"), ("三名、二十余人", "*名、*余人"), ("一体化、三级联动", "一体化、三级联动")],
)  # fmt: skip
def test_numbers_in_words_are_numbers(text: str, left: str) -> None:
    assert without_numbers(text, "*") == left


def test_findings_that_quote_such_counts_are_masked_whatever_their_size() -> None:
    whole, _ = both(MANY)
    county, special = whole.book.county_row, whole.book.rows("schools")[1]

    def issue(check: str, source: Any) -> Issue:
        return Issue(Severity.WARNING, check, "a", source.sheet, source.cell, "现57", "不大于58", "改为59")

    found = [
        issue("disabled_enrolled", county.source("disabled_enrolled")),
        issue("pupils_jump", special.source("students_primary")),
        issue("special_funds_unit", county.source("special_funds")),
        issue("pupils_jump", whole.book.rows("schools")[0].source("students_primary")),
    ]
    shown = suppressed(replace(whole, book=whole.book.with_issues(*found)), HOW)
    masked = ["5" not in one.message.replace("测试.xlsx", "") for one in shown.book.issue_records]
    assert masked == [True, True, True, False]


def test_what_is_hidden_computes_but_never_prints() -> None:
    hidden = Hidden("*", Fraction(7))
    assert f"{hidden}{hidden!r}" == "*'*'" and hidden.exact == 7
    with pytest.raises(TypeError):
        hidden + 1  # type: ignore[operator]
    copy = pickle.loads(pickle.dumps(hidden))
    assert (copy, copy.exact) == ("*", 7)
    _, shown = both(FEW)
    assert shown.book.county_row.get("disabled_special") == 7
    assert shown.book.printed_county_row.get("disabled_special") == "*"


def printed(assessment: Assessment) -> list[object]:
    """All that is told of the county's own figures and items: what is hidden shows as its mark."""
    items = [
        (item.item.id, item.verdict, sorted((k, str(v)) for k, v in item.figures.items()),
         [(str(part.value), [str(failure.value) for failure in part.failures]) for part in item.parts])
        for result in (assessment.national, assessment.local)
        for item in result.items
    ]  # fmt: skip
    row = assessment.book.printed_county_row
    statements = [said(assessment, result.item.id) for result in assessment.national.items]
    return [items, sorted((key, str(value.content)) for key, value in row.values.items()), statements]


@pytest.mark.parametrize(
    ("pupils", "funds"),
    [(1, "0.7"), (2, "1.3"), (5, "3.1"), (9, "5.5"), (9, "60"), (3, "1.9")],
)
def test_nothing_tied_to_a_hidden_number_tells_it(pupils: int, funds: str) -> None:
    """Two counties of one verdict that differ in hidden figures alone, money included, look the same."""
    few = {"disabled_special": pupils, "special_students": pupils, "special_funds": Fraction(funds)}
    _, shown = both({**FEW, **few})
    _, other = both({**FEW, "disabled_special": 4, "special_students": 4, "special_funds": Fraction("2.9")})
    assert shown.national.item("G7").verdict is other.national.item("G7").verdict
    assert printed(shown) == printed(other)
