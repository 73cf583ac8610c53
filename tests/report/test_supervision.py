"""The city's letters: only what the office has entered is issued, with the figures of its ground, its number and its blanks."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import openpyxl
import pytest

from junheng.assess.city_records import CityRecords, Entered
from junheng.report.content.city_report import compose_bulletin, compose_internal
from junheng.report.content.context import CityContext, CountyContext, load_wording
from junheng.report.content.document import numbered_as
from junheng.report.content.model import Document
from junheng.report.content.reports import COMPOSERS, WANTED
from junheng.report.excel.city import write_register
from tests.assess import cities
from tests.assess.make import PARAMS
from tests.report.test_rectified import context as county_context
from tests.report.test_rectified import line, rows, said

WORDING = load_wording(PARAMS, 2024)
TALK = {
    "county": "邹城市",
    "kind": "约谈",
    "ground": "督导反馈问题整改不力",
    "date": "2025-04-15",
    "state": "已下达",
}
WATCH = {**TALK, "kind": "挂牌督办", "document": "济督[2025]01号", "deadline": "2025-09-30"}
LATE = line("L4", deadline="2024-09-30")


def entered(*measures: dict[str, Any], **received: str) -> CityRecords:
    """The city's workbook with these measures, and what it says of the county's papers."""
    return cities.records(register=list(measures), received=[{"county": "邹城市", **received}])


def context(*measures: dict[str, Any], **received: str) -> CountyContext:
    """A county with an item of last year that is past its deadline and still unmet."""
    return replace(county_context(LATE, teaching_area=100), records=entered(*measures, **received))


def test_nothing_is_issued_that_the_office_has_not_entered() -> None:
    made = context()
    assert not WANTED["interview"](made) and not WANTED["supervision"](made)
    other = context({**TALK, "county": "任城区"})
    assert not WANTED["interview"](other)
    only_talk = context(TALK)
    assert WANTED["interview"](only_talk) and not WANTED["supervision"](only_talk)


def test_a_letter_names_the_ground_with_its_figures_and_leaves_blanks() -> None:
    letter = COMPOSERS["interview"](context(TALK))
    told = said(letter)
    assert "督导反馈问题整改不力：上年度整改台账中已到期、未销号且本年度仍未达到的事项1项。" in told
    assert "时间和地点：____。" in told and "于____年__月__日前将整改情况书面报送" in told
    assert letter.fields["document_number_1"] == "________〔2025〕____号"
    assert letter.fields["signed_on_1"] == "2025年4月15日" and letter.date is not None
    assert (letter.date.month, letter.date.day) == (4, 15)


def test_what_is_watched_is_listed_item_by_item_until_the_day_set() -> None:
    letter = COMPOSERS["supervision"](context(WATCH))
    (item,) = rows(letter, "supervision_items")
    assert item["indicator"].startswith("L4") and item["deadline"] == "2024年9月30日"
    assert "逐项查明未完成的原因" in said(letter) and "于2025年9月30日前办结" in said(letter)
    assert letter.fields["document_number_1"] == "济督〔2025〕1号"


def test_words_of_the_offices_own_stand_alone() -> None:
    told = said(COMPOSERS["interview"](context({**TALK, "ground": "瞒报数据"})))
    assert "瞒报数据。" in told and "瞒报数据：" not in told
    gone = replace(county_context(), records=entered(TALK))  # the figures no longer show the ground
    assert "督导反馈问题整改不力。" in said(COMPOSERS["interview"](gone))


def test_letters_of_two_numbers_are_two() -> None:
    second = {**TALK, "document": "济督〔2025〕2号", "ground": "存在一票否决情形"}
    letter = COMPOSERS["interview"](context(TALK, second))
    assert letter.letters == 2
    assert letter.fields["document_number_2"] == "济督〔2025〕2号"


@pytest.mark.parametrize(
    ("written", "printed"),
    [
        ("济政教督字[2025]008号", "济政教督字〔2025〕8号"),
        ("济教督（2025）12号", "济教督〔2025〕12号"),
        ("济教督〔2025〕3", "济教督〔2025〕3号"),
        ("待编", "待编"),
        ("", "________〔2025〕____号"),
    ],
)
def test_numbers_are_printed_as_the_standard_asks(written: str, printed: str) -> None:
    assert numbered_as(written, 2025) == printed


def test_the_feedback_bears_its_number_or_a_blank() -> None:
    numbered = COMPOSERS["assessment"](context(feedback_number="济督[2025]09号"))
    assert numbered.fields["document_number"] == "济督〔2025〕9号"
    assert COMPOSERS["assessment"](context()).fields["document_number"] == "________〔2025〕____号"


def city(*measures: dict[str, Any]) -> CityContext:
    """Two counties, the first with a veto."""
    members = (cities.member(1, vetoes=cities.VETO), cities.member(2))
    named = tuple({**measure, "county": members[0].county.title} for measure in measures)
    return CityContext(cities.city(*members, records=entered(*named)), WORDING)


NOTICE = {**TALK, "kind": "通报", "ground": "存在一票否决情形", "document": "济督通〔2025〕1号"}


def test_a_bulletin_is_issued_when_entered_and_the_annex_says_what_is_only_proposed() -> None:
    assert compose_bulletin(city()) is None
    assert _letters(compose_internal(city())) == ["通报（拟提出）；约谈（拟提出）"]
    made = city(NOTICE)
    bulletin = compose_bulletin(made)
    assert bulletin is not None and bulletin.fields["document_number_1"] == "济督通〔2025〕1号"
    assert f"{made.city.members[0].county.title}：存在一票否决情形（" in said(bulletin)
    assert "立即纠正" in said(bulletin)
    assert _letters(compose_internal(made)) == ["通报（已印发，济督通〔2025〕1号）；约谈（拟提出）"]


def _letters(annex: Document) -> list[str]:
    return [row["letters"] for row in rows(annex, "city_notices")]


def test_the_register_has_every_measure_with_its_state_and_whether_it_can_be_closed(tmp_path: Any) -> None:
    gone = {**NOTICE, "ground": "创建工作滞后", "state": "整改中"}
    closed = {**NOTICE, "state": "已办结", "closed_on": "2025-06-30", "evidence": "复核记录"}
    own = {**NOTICE, "kind": "问责", "ground": "其他"}
    write_register(city(NOTICE, gone, closed, own), tmp_path / "register.xlsx")
    sheet = openpyxl.load_workbook(tmp_path / "register.xlsx").active
    head, *found = list(sheet.iter_rows(min_row=2, values_only=True))
    lines = [dict(zip(head, values, strict=True)) for values in found]
    assert [one["本年度数据核对"] for one in lines] == [
        "情形仍存在，继续督办",
        "本年度数据未显示该情形，核验佐证后可销号",
        "已销号",
        "数据不能核对，按佐证材料核验",
    ]
    assert lines[2]["销号日期"].isoformat().startswith("2025-06-30") and lines[2]["销号佐证"] == "复核记录"


def entry(**values: str) -> Entered:
    return Entered(entered({**NOTICE, "county": "任城区", **values}).rows("register")[0], True)


def test_what_an_earlier_year_left_open_stands_in_the_register_and_is_not_issued_again(tmp_path: Any) -> None:
    """Taken up in this year's sheet a measure stands as that says; what it leaves out stands as it was left."""
    absent = entry(kind="问责", date="2024-04-15")
    taken = entry(date="2024-04-16")
    made = city(NOTICE)
    own = made.city.members[0].county.title
    again = {**NOTICE, "county": "任城区", "date": "2024-04-16", "state": "已办结", "carried": "是"}
    records = replace(entered({**NOTICE, "county": own}, again), left_open=(absent, taken))
    assert [(e.row.text("county"), e.row.text("kind"), e.carried, e.ended) for e in records.register()] == [
        ("任城区", "问责", True, False),
        ("任城区", "通报", True, True),
        (own, "通报", False, False),
    ]
    assert [rows[0].text("county") for rows in records.letters("通报")] == [own]
    context = replace(made, city=replace(made.city, records=records))
    write_register(context, tmp_path / "register.xlsx")
    sheet = openpyxl.load_workbook(tmp_path / "register.xlsx").active
    head, *found = list(sheet.iter_rows(min_row=2, values_only=True))
    assert [line[head.index("来源")] for line in found] == ["上年结转", "上年结转", "本年度"]
    annex = compose_internal(context)
    assert "共3件，其中上年结转2件" in said(annex)
    assert [line["origin"] for line in rows(annex, "city_register")] == ["上年结转", "上年结转", "本年度"]


def test_a_row_copied_by_hand_is_the_one_that_was_left_open() -> None:
    copied = {**NOTICE, "county": "任城区", "document": "济督通〔2024〕7号"}
    records = replace(entered(copied), left_open=(entry(),))
    (only,) = records.register()
    assert only.carried and only.row.text("document") == "济督通〔2024〕7号"


def test_every_ground_proposes_letters_and_asks_something() -> None:
    for ground in WORDING.rules.grounds:
        assert ground.letters and ground.demand
