"""Every sentence over generated counties: no empty slot, no doubled sign, no sentence twice, however poor the data."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from random import Random
from typing import Any

import pytest

from junheng.assess.engine import assess
from junheng.assess.trend import compare
from junheng.params.phrases import PLACEHOLDER, load_phrases
from junheng.report.content.context import Context, Wording, load_wording
from junheng.report.content.model import Document, Heading, Paragraph, Table
from junheng.report.content.phrases import nested
from junheng.report.content.reports import COMPOSERS
from junheng.workbook.model import CountyBook
from tests.assess.cities import JUNIOR
from tests.assess.make import DICTIONARY, LOCAL, NATIONAL, PARAMS, book, school

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
PER_HEAD = ("工资收入", "生均", "当地公务员", "人均")
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
    context = Context(assessed, trend, wording, defaults=NATIONAL.settings)
    return (compose(context) for compose in COMPOSERS.values())


def texts(document: Document) -> Iterator[str]:
    for block in (block for blocks in document.blocks.values() for block in blocks):
        if isinstance(block, Heading | Paragraph):
            yield block.text
        elif isinstance(block, Table):
            yield block.caption
            yield from (cell.text for row in block.rows for cell in row.cells.values())
            yield from block.printed_notes


def faults(text: str) -> list[str]:
    """What is wrong with one text of a document."""
    found = [match[0] for match in BROKEN.finditer(text)]
    found += [m[0] for m in MONEY.finditer(text) if not any(word in text for word in PER_HEAD)]
    found += [name for name in NAMES if name[-1].isdigit() and re.search(rf"{name}[\d.]", text)]
    return found


def pages(document: Document) -> Iterator[list[str]]:
    """The paragraphs of a document; of 一校一策 those of each school's page."""
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


@pytest.mark.parametrize("seed", range(80))
def test_no_document_has_a_faulty_sentence(seed: int) -> None:
    before = replace(one_county(seed + 1000), year=2023) if seed % 3 else None
    for document in documents(one_county(seed), before, EVERY if seed % 2 else WORDING):
        wrong = {text: found for text in texts(document) if (found := faults(text))}
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
