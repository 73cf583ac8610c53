"""The whole assessment report as content: every county shape gives grammatical text, whatever is missing."""

from __future__ import annotations

import random
import re
from dataclasses import replace

import pytest

from junheng.assess.engine import assess
from junheng.assess.trend import compare
from junheng.params.city import CountyYear, ExceptionUse
from junheng.params.standard import load_standards
from junheng.report.content.context import CountyContext, load_wording
from junheng.report.content.model import Document, Heading, Paragraph, Table
from junheng.report.content.reports import COMPOSERS, WANTED
from junheng.workbook.model import CountyBook, Row, Value
from tests.assess.make import DICTIONARY, PARAMS, book, school
from tests.golden import sample

WORDING = load_wording(PARAMS, 2024)
STANDARDS = load_standards(PARAMS, 2024)
BROKEN = re.compile(r"None|nan|NaN|Fraction|\{|\}|。。|，，|，。|、。|：。|（）|“”|\d+/\d+")


ZERO = re.compile(
    r"(?<![\d.])0(?:项|个|所)(?:超过|未|均)|(?:未达标|未完成|未填报|无法判定|新增评估单元|减少)0(?:项|个|所)"
)
"""A count of nothing is said in words (没有, 全部), not as 0项."""


def context_of(
    county: CountyBook, before: CountyBook | None = None, choices: CountyYear | None = None
) -> CountyContext:
    now = assess(county, DICTIONARY, STANDARDS, choices)
    trend = compare(now, assess(before, DICTIONARY, load_standards(PARAMS, 2023))) if before else None
    defaults = STANDARDS[0].settings
    return CountyContext(now, trend, WORDING, fingerprints=(("工作簿", "0" * 64),), defaults=defaults)


def report(
    county: CountyBook, before: CountyBook | None = None, choices: CountyYear | None = None
) -> Document:
    return COMPOSERS["assessment"](context_of(county, before, choices))


def texts(document: Document) -> list[str]:
    found = []
    for block in (block for blocks in document.blocks.values() for block in blocks):
        if isinstance(block, Heading | Paragraph):
            found.append(block.text)
        elif isinstance(block, Table):
            found += [cell.text for row in block.rows for cell in row.cells.values()]
            found += [row.text for row in block.rows]
    return found


def blanked(county: CountyBook, share: float, seed: int) -> CountyBook:
    """Make some figures of every sheet missing, the names and types kept."""
    chance = random.Random(seed)
    kept = (
        "school_code",
        "school_name",
        "school_type",
        "counted",
        "parent_code",
        "item",
        "subject",
        "group",
        "task",
    )

    def row(old: Row) -> Row:
        gone = {k for k in old.values if k not in kept and chance.random() < share}
        return Row({k: Value(None, v.source) if k in gone else v for k, v in old.values.items()}, old.number)

    return replace(county, sheets={name: tuple(map(row, rows)) for name, rows in county.sheets.items()})


SHAPES = {
    "sample": lambda: (sample(2024).book, sample(2023).book),
    "no last year": lambda: (sample(2024).book, None),
    "one school": lambda: (book([school(1)]), None),
    "all passed twice": lambda: (book([school(1)]), replace(book([school(1)]), year=2023)),
    "nothing but a special school": lambda: (
        book([school(1, school_type="特殊教育学校", students_primary=0)]),
        None,
    ),
    "no tasks, no survey": lambda: (
        book([school(1)], survey=[], vetoes=[], qualitative=[], monitoring=[]),
        None,
    ),
    "a few blanks": lambda: (blanked(sample(2024).book, 0.01, 1), sample(2023).book),
    "half blank": lambda: (blanked(sample(2024).book, 0.5, 2), blanked(sample(2023).book, 0.5, 3)),
    "all blank": lambda: (blanked(sample(2024).book, 1, 4), blanked(sample(2023).book, 1, 5)),
}


MAY_BE_EMPTY = {
    # no figures were drawn here; without a good figure nothing is praised
    "assessment": [["annex_figures"], ["achievements", "annex_figures"]],
    "self": [["annex_figures"]],
    "schools": [[], ["schools"]],  # no school left
}


@pytest.mark.slow
@pytest.mark.parametrize("shape", SHAPES)
def test_every_shape_of_county_reads_well(shape: str) -> None:
    context = context_of(*SHAPES[shape]())
    for name in filter(lambda one: WANTED[one](context), COMPOSERS):
        document = COMPOSERS[name](context)
        bad = [text for text in texts(document) if BROKEN.search(text) or ZERO.search(text)]
        assert not bad, name
        empty = [part for part, blocks in document.blocks.items() if not blocks and part != "contents"]
        assert empty in MAY_BE_EMPTY.get(name, [[]]), name


def test_every_document_is_one_that_some_shape_of_county_gets() -> None:
    contexts = [context_of(*shape()) for shape in SHAPES.values()]
    never = {name for name in COMPOSERS if not any(WANTED[name](context) for context in contexts)}
    # These rest on a plan, last year's ledger or the city's register, and have tests of their own.
    assert never == {"creation", "rectify_report", "interview", "supervision"}


def test_exceptions_and_settings_in_use_are_printed_with_their_basis() -> None:
    choices = CountyYear(
        exceptions=(ExceptionUse(id="E2", basis="市政府教育督导委员会2024年第3次会议纪要"),),
        settings={"g3_reading": "pooled"},
    )
    told = "".join(texts(report(book([school(1)]), choices=choices)))
    assert "启用例外情形E2" in told
    assert "市政府教育督导委员会2024年第3次会议纪要" in told
    assert "合计1间以上（本县选用，默认为每12个班级音乐、美术专用教室各1间以上，分别计算）" in told


def test_settings_and_no_exceptions_are_printed_by_default() -> None:
    told = "".join(texts(report(book([school(1)]))))
    assert "规程所列例外情形（E1至E4）均未启用" in told
    assert all(setting.options[setting.value] in told for setting in STANDARDS[0].settings)


def test_a_problem_names_school_value_standard_and_gap() -> None:
    told = report(book([school(1, teaching_area=1500), school(2)])).blocks["problems"][0].text
    assert told == "1. 小学生均教学及辅助用房面积不足：1个单元低于标准值4.5㎡，为第1小学（3.00㎡，缺750㎡）。"


def test_the_target_year_is_named() -> None:
    open_, failed = (
        report(book([school(1, pe_primary=None)])),
        report(book([school(1, pe_primary=1), school(2)])),
    )
    assert "须尽快补报" in open_.blocks["conclusion"][1].text
    passed = report(book([school(1)]))  # no junior school: nobody to keep for three years, 达标
    assert "已如期达标" in passed.blocks["conclusion"][1].text
    assert "未如期达标，须限期整改" in failed.blocks["conclusion"][1].text


def test_what_has_failed_for_certain_is_said_beside_what_is_open() -> None:
    vetoes = [{"item": f"V{n}", "present": n == 1} for n in range(1, 7)]
    found = report(book([school(1, pe_primary=0)], {"teacher_pay": None}, vetoes=vetoes))
    said = found.blocks["conclusion"][1].text
    assert said.startswith("已确定未达标的方面：资源配置与校际均衡、一票否决（存在相关情形）。")
    assert "因数据缺失尚无法判定的方面：政府保障程度" in said
    whole = report(book([school(1, pe_primary=0)]))
    assert all("已确定" not in getattr(block, "text", "") for block in whole.blocks["conclusion"])
