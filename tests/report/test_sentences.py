"""Every sentence over generated counties: no empty slot, no doubled sign, no sentence twice, however poor the data."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from fractions import Fraction
from pathlib import Path
from random import Random
from typing import Any

import pytest

from junheng.assess.engine import assess
from junheng.assess.trend import compare
from junheng.errors import ParamsProblem
from junheng.params.city import load_county_year
from junheng.params.counties import County, load_counties
from junheng.params.phrases import PLACEHOLDER, load_phrases
from junheng.report.content.context import CountyContext, Wording, load_wording
from junheng.report.content.creation import unfinished
from junheng.report.content.model import Document, Heading, Paragraph, Table, TableCell, TableRow
from junheng.report.content.phrases import nested
from junheng.report.content.reports import COMPOSERS, WANTED, checked_remarks
from junheng.workbook.model import CountyBook
from tests.assess.cities import JUNIOR
from tests.assess.make import DICTIONARY, LOCAL, NATIONAL, PARAMS, book, school
from tests.golden import documents as golden_documents
from tests.report.test_creation import creation
from tests.report.test_supervision import TALK, WATCH, entered

WORDING = load_wording(PARAMS, 2024)
EVERY = replace(WORDING, city_year=WORDING.city_year.model_copy(update={"all_schools": True}))
PHRASES = load_phrases(PARAMS)

BROKEN = re.compile(
    r"None|nan|NaN|Fraction|[{}]|缺数据"
    r"|，，|、、|。。|；；|：：|（）|“”|“““|”””|‘’"
    r"|[，、；：][。；，、：！]|。[，；、：]|[（“‘][，、。；：]|[，、；：][）”’]"
    r"|“[^”]*“|‘[^’]*‘"
    r"|(?<![\dA-Za-zⅠ-Ⅻ])-\d|−\d"
    r"|还有\d+天|时限已过"
)
"""An empty slot, two signs in a row, quotes of one level within each other, a minus before a number, a countdown."""
MONEY = re.compile(r"(?<![\d.])\d{5,}(?:\.\d+)?元")
PER_HEAD = (
    "规模较小学校学生数",  # the form asks for these funds in 元
    "工资收入",
    "生均",
    "当地公务员",
    "人均",
)
"""Figures per head stay in 元, as the official form has them."""
NAMES = ("育才小学1", "“红星”小学", "第一小学", "和平小学（东校区）", "学校101", "实验学校")
"""School names of every kind: ending in a digit, quoted, bracketed."""
AMOUNTS: dict[str, tuple[Any, ...]] = {
    "teaching_area": (0, 1500, 1960, 3000, 9000, None),
    "sports_ground_area": (0, 1000, 3300, 5000, None),
    "equipment_value": (0, 0.5, 92, 99.9999, 150, 1000, None),
    "multimedia_rooms": (0, 9, 10, 14, None),
    "backbone_primary": (0, 1, 4, 6, None),
    "backbone_junior": (0, 1, 6, None),
    "bachelor_primary": (0, 10, 30, None),
    "pe_primary": (0, 1, 4, 5, None),
    "music_rooms_96": (0, 1, None),
    "fineart_rooms_90": (0, 1, None),
    "oversize_primary": (0, 2, None),
    "oversize_junior": (0, 1),
    "public_funds_allotted": (0.3, 3, 40, None),
    "public_funds_budget": (0, 40, None),
    "training_budget": (0, 1, 2.5, 4, None),
    "trained_teachers": (30, 36, None),
    "certified_teachers": (35, 36, None),
    "classes_primary": (2, 12, 13, 30, None),
    "catchment_primary": (0, 400, 500),
    "boarding": (True, False),
    "smart_campus": (True, False, None),
}
FIGURES: dict[str, tuple[Any, ...]] = {
    "special_students": (0, 100, None),
    "special_funds": (10, 60, 200, None),
    "teacher_pay": (98000, 99000, 100000, None),
    "rotation_eligible": (0, 100, None),
    "rotation_actual": (0, 5, 10, None),
    "rotation_backbone": (0, 1, 2, None),
    "quota_total": (0, 100, None),
    "quota_allotted": (40, 55, 60, None),
    "quota_rural": (0, 30, None),
    "migrant_eligible": (0, 100, None),
    "migrant_public": (80, 84, 90, None),
    "migrant_purchased": (0, 1, 4),
    "disabled_total": (0, 100, None),
    "disabled_enrolled": (90, 96, None),
    "disabled_special": (0, 30, None),
    "large_schools_last": (0, 2, 5, None),
    "education_spending": (99000, 100000, None),
    "education_spending_last": (99000, 100000),
    "base_funds_primary": (770, None),
}
PUPILS = (0, 40, 60, 99, 300, 500, 500, 2100, 2600, None)
SUMMARIES = ("", "部分学校“有编不补”。", "正在整改", "已按“四个统一”要求落实")
TYPES = (
    "小学",
    "小学",
    "小学教学点",
    "初级中学",
    "九年一贯制学校",
    "十二年一贯制学校",
    "完全中学",
    "特殊教育学校",
)
CONSISTENT, JUNIOR_ONLY = TYPES[4:6], ("初级中学", "完全中学")


def some(chance: Random, of: dict[str, tuple[Any, ...]], most: int) -> dict[str, Any]:
    """A few of the keys with one of their values each; in one county of three none."""
    keys = chance.sample(sorted(of), chance.choice((0, chance.randint(1, most), chance.randint(1, most))))
    return {key: chance.choice(of[key]) for key in keys}


def one_school(chance: Random, number: int, name: str) -> dict[str, Any]:
    """A school of any type with some figures low, zero or missing."""
    kind = chance.choice(TYPES)
    junior = kind in JUNIOR_ONLY
    own = dict(JUNIOR) if junior else {}
    if kind in CONSISTENT:
        own = {
            key: value for key, value in JUNIOR.items() if key.endswith("_junior") or key.startswith("cohort")
        }
    own |= {} if junior else {"students_primary": chance.choice(PUPILS)}
    own |= {"students_junior": chance.choice(PUPILS)} if "students_junior" in own else {}
    own |= {"students_senior": chance.choice((0, 500))} if kind in ("完全中学", "十二年一贯制学校") else {}
    wrong = {
        key: v for key, v in some(chance, AMOUNTS, 5).items() if not (junior and key.endswith("_primary"))
    }
    place = {"school_type": kind, "location": chance.choice(("城区", "镇区", "乡村"))}
    return school(number, **{**own, **place, **wrong, "school_name": name})


def one_county(seed: int) -> CountyBook:
    """A county of one to five schools; one in four is in order but for its schools."""
    chance = Random(seed)
    names = chance.sample(NAMES, chance.randint(1, 5))
    schools = [one_school(chance, number, name) for number, name in enumerate(names, 1)]
    sheets = {} if seed % 4 == 0 else _sheets(chance)
    return book(schools, some(chance, FIGURES, 6), **sheets)


def _own(text: str, item: str) -> str:
    """What a county writes of one item, told apart from what it writes of others."""
    return text and f"{item}{text}"


def _sheets(chance: Random) -> dict[str, list[dict[str, Any]]]:
    expected = {
        name: DICTIONARY.sheet(name).expected
        for name in ("qualitative", "monitoring", "vetoes", "survey", "tasks")
    }
    pick = chance.choice
    sheets = {
        "qualitative": [
            {"item": item, "conclusion": pick(("达标", "达标", "未达标", None)), "summary": _own(pick(SUMMARIES), item)}
            for item in expected["qualitative"]
        ],
        "monitoring": [
            {"subject": subject, "level": pick((2, 3, 4, None)), "variation": pick((0.1, 0.14996, 0.162, None))}
            for subject in expected["monitoring"]
        ],
        "vetoes": [
            {"item": item, "present": pick((False, False, False, True, None)), "explanation": _own(pick(SUMMARIES), item)}
            for item in expected["vetoes"]
        ],
        "survey": [
            {"group": group, "sent": 100, "valid": pick((100, 100, 0, None)), "satisfied": pick((70, 90))}
            | {"visited": 10, "visited_satisfied": pick((7, 9))}
            for group in expected["survey"]
        ],
        "tasks": [
            {"task": task, "target": "不低于3%", "result": pick(("-1.2", "-1.2%", "-3", "3", "基本完成"))}
            | {"unit": pick(("%", "人")), "done": pick((True, False, None))}
            | {"cause": _own(pick(SUMMARIES), task), "next_step": _own(pick(SUMMARIES), task)}
            for task in expected["tasks"]
        ],
    }  # fmt: skip
    return {name: rows for name, rows in sheets.items() if chance.random() < 0.7}


def documents(now: CountyBook, before: CountyBook | None, wording: Wording) -> Iterator[Document]:
    """Every report of a county, with last year's when it is given."""
    assessed = assess(now, DICTIONARY, (NATIONAL, LOCAL))
    trend = compare(assessed, assess(before, DICTIONARY, (NATIONAL, LOCAL))) if before else None
    context = CountyContext(assessed, trend, wording, defaults=NATIONAL.settings)
    if unfinished(assessed):
        context = replace(context, creation=creation(assessed, now.year + 2), records=entered(TALK, WATCH))
    return every_document(context)


def every_document(context: CountyContext) -> Iterator[Document]:
    return (compose(context) for name, compose in COMPOSERS.items() if WANTED[name](context))


def texts(document: Document) -> Iterator[str]:
    for block in (block for blocks in document.blocks.values() for block in blocks):
        if isinstance(block, Heading | Paragraph):
            yield block.text
        elif isinstance(block, Table):
            yield block.caption
            yield from (cell.text for row in block.rows for cell in row.cells.values())
            yield from block.printed_notes


def per_head(document: Document) -> set[str]:
    """The cells of rows on figures per head, whose label stands in a cell of its own."""
    tables = (b for blocks in document.blocks.values() for b in blocks if isinstance(b, Table))
    rows = [[cell.text for cell in row.cells.values()] for table in tables for row in table.rows]
    words = (*PER_HEAD, "拨付公用经费")  # the ledger and the form count these in 元
    return {text for row in rows if any(word in " ".join(row) for word in words) for text in row}


SIGNED = {"forecast_pupils": "change", "forecast_assumptions": "", "plan_measures": "quantity"}
"""Tables whose figures have a sign: all of them or a column."""


def signed(document: Document) -> set[str]:
    """The cells of columns of changes, which have a sign."""
    tables = (b for blocks in document.blocks.values() for b in blocks if isinstance(b, Table))
    return {
        cell.text
        for table in tables
        for row in table.rows
        for key, cell in row.cells.items()
        if table.spec.id in SIGNED and SIGNED[table.spec.id] in ("", key)
    }


def faults(text: str) -> list[str]:
    """What is wrong with one text of a document."""
    found = [match[0] for match in BROKEN.finditer(text)]
    found += [m[0] for m in MONEY.finditer(text) if not any(word in text for word in PER_HEAD)]
    found += [name for name in NAMES if name[-1].isdigit() and re.search(rf"{name}[\d.]", text)]
    return found


def pages(document: Document) -> Iterator[list[str]]:
    """The paragraphs of a document; of 一校一策 those of each school's page, of a mail merge those of each letter."""
    if document.letters:
        for number in range(1, document.letters + 1):
            own = (blocks for name, blocks in document.blocks.items() if name.endswith(f"_{number}"))
            yield [block.text for blocks in own for block in blocks if isinstance(block, Paragraph)]
        return
    page: list[str] = []
    for block in (block for blocks in document.blocks.values() for block in blocks):
        if isinstance(block, Heading) and block.page:
            yield page
            page = []
        elif isinstance(block, Paragraph):
            page.append(block.text)
    yield page


def repeated(page: list[str]) -> list[str]:
    """The sentences that stand twice, numbers of paragraphs left out."""
    sentences = [re.sub(r"^\d+\. |^（\d+）", "", s) for text in page for s in text.split("。") if s]
    return [sentence for sentence, count in Counter(sentences).items() if count > 1]


def measures_twice(document: Document) -> list[str]:
    """Measures that a school's page names twice."""
    tables = (b for blocks in document.blocks.values() for b in blocks if isinstance(b, Table))
    found = []
    for table in tables:
        if table.spec.id == "school_measures":
            told = Counter(row.cells["measure"].text for row in table.rows)
            found += [text for text, count in told.items() if count > 1]
    return found


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(80))
def test_no_document_has_a_faulty_sentence(seed: int) -> None:
    before = replace(one_county(seed + 1000), year=2023) if seed % 3 else None
    for document in documents(one_county(seed), before, EVERY if seed % 2 else WORDING):
        fair = per_head(document) | signed(document)
        wrong = {text: found for text in texts(document) if text not in fair and (found := faults(text))}
        assert not wrong
        assert not [twice for page in pages(document) if (twice := repeated(page))]
        assert not measures_twice(document)


def test_every_wording_is_sound_with_any_value() -> None:
    """Each case of each phrase, its slots filled: the signs round a slot must fit what stands there."""
    for name, cases in PHRASES.items():
        for case in cases:
            text = nested(PLACEHOLDER.sub(lambda m: "3" if m[2] else "某项", case.text))
            assert not BROKEN.search(text), (name, text)


def test_quotes_within_quotes_are_told_apart() -> None:
    assert nested("存在““有编不补”或长期聘用编外教师”的情形") == "存在“‘有编不补’或长期聘用编外教师”的情形"
    assert nested("“甲”、“乙”") == "“甲”、“乙”"
    assert nested("“甲“乙“丙”丁”戊”") == "“甲‘乙“丙”丁’戊”"
    assert nested("children’s“甲") == "children’s“甲"


def problems(*rows: dict[str, Any], **sheets: Any) -> list[str]:
    document, *_ = documents(
        book([school(n, **row) for n, row in enumerate(rows, 1)], **sheets), None, WORDING
    )
    return [block.text for block in document.blocks["problems"] if isinstance(block, Paragraph)]


def test_schools_that_fail_twice_count_once_and_the_annex_lists_all() -> None:
    both, music = {"music_rooms_96": 0, "fineart_rooms_90": 0}, {"music_rooms_96": 0}
    rows = [both, *[music] * 6]
    (found,) = [text for text in problems(*rows) if "音乐美术专用教室" in text]
    assert "音乐专用教室不足的学校7所，美术专用教室不足的学校1所。涉及学校7所，包括第1小学（" in found
    assert found.endswith("等，全部名单见〔附件:annex_schools〕。") and found.count("第1小学") == 1
    document, *_ = documents(book([school(n, **row) for n, row in enumerate(rows, 1)]), None, WORDING)
    (table,) = [
        b for b in document.blocks["annex_schools"] if isinstance(b, Table) and b.spec.id == "failing_items"
    ]
    assert [row.cells["school"].text for row in table.rows] == [f"第{n}小学" for n in range(1, 8)]
    assert table.rows[0].cells["figures"].text == "音乐专用教室0间，应不少于1间；美术专用教室0间，应不少于1间"


def test_a_problem_tells_only_the_failed_part() -> None:
    subjects = [
        {"subject": "语文", "level": 3, "variation": 0.1},
        {"subject": "数学", "level": 3, "variation": 0.162},
        {"subject": "科学", "level": 2, "variation": 0.1},
    ]
    told = problems({}, monitoring=subjects)
    assert any(
        text.endswith(
            "国家义务教育质量监测未达标：科学Ⅱ级（应达到Ⅲ级以上），数学校际差异率0.162（应低于0.15）。"
        )
        for text in told
    )
    rotated = book([school(1)], {"rotation_actual": 20, "rotation_backbone": 3})
    document, *_ = documents(rotated, None, WORDING)
    said = "".join(b.text for b in document.blocks["problems"] if isinstance(b, Paragraph))
    assert "教师交流轮岗未达标：骨干教师交流轮岗比例15.0%（应不低于20%）。" in said and "20.0%" not in said


def test_a_schools_ratio_is_printed_as_ratios_are_and_never_against_its_verdict() -> None:
    shares = ((0, "0.0%"), (0.0123, "0.0%"), (1.6, "4.0%"), (1.99, "4.98※%"), (1.999999, "4.999998※%"))
    for budget, said in shares:
        (found,) = [
            t for t in problems({"public_funds_budget": 40, "training_budget": budget}) if "培训" in t
        ]
        assert f"。涉及学校1所，为第1小学（教师培训经费占比{said}，应不少于5%）。" in found


def test_a_disparity_names_what_drives_it_and_asks_for_the_low_ones() -> None:
    rows = [
        {"equipment_value": 1000},
        {"equipment_value": 110},
        {"equipment_value": 105},
        {"equipment_value": 120},
    ]
    (found,) = [text for text in problems(*rows) if "校际差距过大" in text]
    assert "对差异影响最大的为第1小学（20000.00元，高于平均值，影响占75.0%）" in found
    assert "第3小学（2100.00元，低于平均值，影响占" in found
    document, *_ = documents(book([school(n, **row) for n, row in enumerate(rows, 1)]), None, WORDING)
    (table,) = [b for b in document.blocks["rectification"] if isinstance(b, Table)]
    (measure,) = [r.cells["measure"].text for r in table.rows if "差异系数" in r.cells["problem"].text]
    assert measure == "向指标值低于平均值的第3小学、第2小学、第4小学倾斜配置，缩小校际差距"


def section(now: CountyBook, name: str, report: int = 0) -> str:
    """The paragraphs of one section of a county's report (0 assessment, 1 self, 2 schools)."""
    document = tuple(documents(now, None, WORDING))[report]
    return "".join(b.text for b in document.blocks[name] if isinstance(b, Paragraph))


def test_an_influence_is_explained_where_one_is_named() -> None:
    uneven = book([school(n, equipment_value=value) for n, value in enumerate((1000, 110, 105, 120), 1)])
    assert "某单元的“影响”为" in section(uneven, "annex_method") and "影响占" in section(uneven, "problems")
    assert "影响" not in section(book([school(1)]), "annex_method")


def test_open_units_beside_none_that_fails() -> None:
    told = section(book([school(1), school(2, backbone_primary=None)]), "resource")
    assert "小学2个单元中达标1个，无法判定1个，没有未达标的。" in told and "未达标0个" not in told


def test_an_open_item_says_once_that_it_is_open() -> None:
    told = section(book([school(1)], {"rotation_actual": None}), "government")
    (found,) = re.findall(r"第11项“[^”]*”[^。]*。", told)
    assert found.endswith("缺少县级数据的“上年度交流轮岗教师数”，无法判定。") and found.count("无法判定") == 1


def test_points_are_no_schools() -> None:
    """教学点 are counted apart from schools, and said to be all of the size that is assessed where they are."""
    point = {"school_type": "小学教学点", "counted": False, "backbone_primary": 0}
    mixed = book([school(1), school(2, **point)])
    assert "参加资源配置评估的学校1所、教学点1个，其中未达标1所。" in section(mixed, "opening", 2)
    assert "另有小学教学点1个（均为50人及以上）" in section(mixed, "basic")
    assert "参加资源配置评估的学校1所，其中未达标1所。" in section(
        book([school(1, backbone_primary=0)]), "opening", 2
    )


@pytest.mark.parametrize(
    ("count", "notes", "repairs", "said"),
    [
        (3, 0, 0, ""),
        (3, 2, 0, "另有提示2条，见采集工作簿问题反馈。"),
        (3, 2, 4, "另有提示2条、自动整理书写形式4处，见采集工作簿问题反馈。"),
        (72, 0, 0, "本表列出其中3条（同类的合为一行），其余见采集工作簿问题反馈。"),
        (72, 0, 4, "本表列出其中3条（同类的合为一行），其余及自动整理书写形式4处见采集工作簿问题反馈。"),
    ],
)
def test_what_is_left_out_of_the_list_of_issues(count: int, notes: int, repairs: int, said: str) -> None:
    say = WORDING.phrases.say
    others = say("issues.others", notes=notes, repairs=repairs)
    told = say("issues.rest", count=count, shown=3, others=others)
    assert told.endswith(said) and bool(told) == bool(said) and "0条" not in told and "0处" not in told


def changes(now: CountyBook, before: CountyBook) -> str:
    document, *_ = documents(now, replace(before, year=2023), WORDING)
    return "".join(b.text for b in document.blocks["trend"] if isinstance(b, Paragraph))


def test_what_became_of_items_and_vetoes_is_said_in_their_own_words() -> None:
    vetoes = [{"item": f"V{n}", "present": n == 6} for n in range(1, 7)]
    gone = changes(book([school(1)]), book([school(1)], vetoes=vetoes))
    assert (
        "上年度存在的“规范治理校外培训机构及减轻课外负担不力”情形，本年度未再出现。" in gone
        and "转为达标" not in gone
    )
    appeared = changes(book([school(1)], vetoes=vetoes), book([school(1)]))
    assert "本年度出现上年度没有的一票否决情形：“规范治理校外培训机构及减轻课外负担不力”。" in appeared
    lost = changes(book([school(1)], {"disabled_enrolled": None}), book([school(1)]))
    assert "上年度达标、本年度因数据缺失转为无法判定的项目1项：“残疾儿童少年入学率”。" in lost
    assert "不再达标" not in lost


def test_a_fall_is_written_as_one_and_money_in_ten_thousands() -> None:
    row = {"task": "18", "target": "5", "result": "-1.2", "unit": "%", "done": False}
    assessed = book([school(1, equipment_value=1)], tasks=[row])
    told = [text for document in documents(assessed, None, WORDING) for text in texts(document)]
    assert "下降1.2%" in told and "-1.2%" not in told
    assert "99万元" in told  # 100万元 are asked of 500 pupils


def test_counts_come_from_the_standard() -> None:
    """With an eighth indicator and another rule of units no sentence speaks of seven, six or 85%."""
    eighth = NATIONAL.indicators[0].model_copy(update={"id": "L8", "name": "第八项指标", "short": "第八项"})
    rule = NATIONAL.unit_rule.model_copy(update={"may_miss": 2, "floor": Fraction("0.8")})
    grown = {"indicators": (*NATIONAL.indicators, eighth), "unit_rule": rule}
    standards = (NATIONAL.model_copy(update=grown), LOCAL.model_copy(update=grown))
    rows = [school(1, teaching_area=1500, equipment_value=80, multimedia_rooms=5), school(2)]
    context = CountyContext(
        assess(book(rows), DICTIONARY, standards), None, WORDING, defaults=NATIONAL.settings
    )
    told = "".join(text for document in every_document(context) for text in texts(document))
    assert "八项指标中至少六项达到标准值、其余各项均不低于标准值80%" in told
    assert not re.search(r"七项|85%(?!以上|。|（| \||）)", told.replace("不低于85%", ""))


REMARKED = "部分学校场地改造已列入下年度计划。\n另一段。"


def test_a_remark_stands_at_the_end_of_its_section_and_says_whose_it_is() -> None:
    assessed = assess(book([school(1)]), DICTIONARY, (NATIONAL, LOCAL))
    context = CountyContext(assessed, None, WORDING, remarks={"problems": REMARKED})
    blocks = COMPOSERS["assessment"](context).blocks["problems"]
    assert [b.text for b in blocks[-2:] if isinstance(b, Paragraph)] == [
        "部分学校场地改造已列入下年度计划。",
        "另一段。（说明由本县提供）",
    ]
    quiet = replace(WORDING, city_year=WORDING.city_year.model_copy(update={"remark_source": ""}))
    last = COMPOSERS["self"](replace(context, wording=quiet)).blocks["problems"][-1]
    assert isinstance(last, Paragraph) and last.text == "另一段。"


def test_a_remark_at_no_section_is_refused_with_the_nearest(tmp_path: Path) -> None:
    checked_remarks({"problems": "甲"}, "2024/370883.yml")
    with pytest.raises(ParamsProblem, match=r"“problem”不是报告的章节。.*problems"):
        checked_remarks({"problem": "甲"}, "2024/370883.yml")
    (tmp_path / "2024").mkdir()
    for text in ("remarks: 一句话\n", "remarks:\n- 甲\n", "remarks: {problems: ''}\n"):
        (tmp_path / "2024" / "370883.yml").write_text(text, encoding="utf-8")
        with pytest.raises(ParamsProblem, match=r"remarks.*应逐行写“章节: 要印出的文字”"):
            load_county_year(tmp_path, 2024, "370883")


def test_an_unknown_column_is_an_error_not_a_blank() -> None:
    spec = WORDING.specs["aspects"]
    misspelt = spec.columns[0].model_copy(update={"key": "aspekt"})
    rows = (TableRow({column.key: TableCell("甲") for column in spec.columns}),)
    assert Table(spec, rows).caption == "各方面评估结论"
    with pytest.raises(ParamsProblem, match=r"没有名为“aspekt”的列.*aspect"):
        Table(spec.model_copy(update={"columns": (misspelt, *spec.columns[1:])}), rows)


FORBIDDEN = {
    "市定标准": "济宁市标准",
    "达到国家评估认定标准": "达到国家标准",
    "经评估，": "经市级评估，",
    "不予认定": "recognition is the ministry's",
    "县级及以上骨干": "县级以上骨干教师",
    "体育、艺术专任教师": "体育艺术专任教师",
    "因缺少数据": "因数据缺失",
    "未发现一票否决的": "未发现一票否决情形",
    "未出现": "未发现",
    "不再达标": "因数据缺失转为无法判定, 由达标转为未达标",
    "所（个）。": "所",
}
"""What must not stand in print, and the term of the glossary in its place."""


def test_one_term_for_each_thing_in_every_golden_document() -> None:
    for path in sorted((Path(golden_documents.__file__).parent).glob("*.txt")):
        text = path.read_text(encoding="utf-8")
        assert not [term for term in FORBIDDEN if term in text], path.name
        assert not re.search(r"还有\d+天|时限已过", text)


def test_no_sentence_of_ours_uses_another_term() -> None:
    for name, cases in PHRASES.items():
        said = "".join(case.text for case in cases)
        assert not [term for term in FORBIDDEN if term in said], name


def test_a_countys_own_department_is_named() -> None:
    county = County(code="370871", name="高新区", government="管委会", education="教育局", target_year=2024)
    assert county.department("财政局、{education}") == "高新区财政局、教育局"
    assert not [c.name for c in load_counties(PARAMS) if not c.education]
