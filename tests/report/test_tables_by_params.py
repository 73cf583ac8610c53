"""A standard grown by params alone: a made-up eighth indicator and a stricter threshold reach the tables."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from junheng.assess.engine import assess
from junheng.assess.model import Assessment
from junheng.lab.data_files import write_data_files
from junheng.params.dictionary import load_dictionary
from junheng.params.phrases import load_phrases
from junheng.params.standard import load_standards
from junheng.report.content.context import CountyContext, load_wording
from junheng.report.content.model import Table
from junheng.report.content.phrases import PhraseBook
from junheng.report.content.tables import FORMS
from junheng.report.content.tables.resources import disparity_table, resource_table
from tests.assess.make import book, school
from tests.golden import PARAMS

EIGHTH = """\
- id: L8
  name: 每百名学生拥有音乐专用教室数
  short: 音乐专用教室
  unit: 间
  numerator_unit: 间
  factor: 100
  split: true
  numerator: {primary: music_rooms, junior: music_rooms}
  thresholds: {primary: 0.5, junior: 0.5}
  gap_name: 音乐专用教室
  gap_unit: 间
  whole: true
  clause: 试验
items:
"""
STRICTER = "- {item: G9, part: share, threshold: 1.5, clause: 试验}\n"


@pytest.fixture
def params(tmp_path: Path) -> Path:
    """A copy of params/ with an indicator more and a stricter local threshold."""
    folder = tmp_path / "params"
    shutil.copytree(PARAMS, folder)
    national, local = (folder / "standards" / f"{name}.yml" for name in ("national", "jining"))
    text = national.read_text(encoding="utf-8")
    assert text.count("\nitems:\n") == 1
    national.write_text(text.replace("\nitems:\n", f"\n{EIGHTH}"), encoding="utf-8")
    local.write_text(local.read_text(encoding="utf-8").rstrip() + "\n" + STRICTER, encoding="utf-8")
    return folder


def assessed(params: Path) -> Assessment:
    schools = [school(1, music_rooms=1), school(2, music_rooms=4)]
    return assess(book(schools), load_dictionary(params), load_standards(params, 2024))


def tables(params: Path) -> dict[str, Table]:
    context = CountyContext(assessed(params), None, load_wording(params, 2024))
    return {form: table(context) for form, table in FORMS.items()}


def test_the_eighth_indicator_stands_in_every_table(params: Path):
    found = tables(params)
    for name in ("II-1", "II-2", "III"):
        headings = {column.key: column.heading for column in found[name].spec.columns}
        assert headings["L8"].startswith("每百名学生拥有音乐专用教室数\n")
    headings = [column.heading for column in found["III"].spec.columns]
    assert headings[-1] == "综合\nL9"
    assert found["II-2"].rows[1].cells["L8"].text == "0.20"
    assert found["II-2"].rows[1].cells["remark"].text == "L8未达标"
    assert found["III"].rows[1].cells["L8"].text == "0.600"
    assert found["II-1"].rows[0].cells["L8"].text == "1"


def test_the_eighth_indicator_stands_in_body_and_data(params: Path, tmp_path: Path):
    assessment = assessed(params)
    context = CountyContext(assessment, None, load_wording(params, 2024))
    assert any("L8 每百名" in row.cells["indicator"].text for row in resource_table(context).rows)
    assert any("L8 每百名" in row.cells["indicator"].text for row in disparity_table(context).rows)
    write_data_files(assessment, PhraseBook(load_phrases(params)), tmp_path)
    assert ",L8,1,500,0.2,0.5,0.4,未达标" in (tmp_path / "indicators.csv").read_text(encoding="utf-8")


def test_the_stricter_threshold_shows_both_verdicts(params: Path):
    row = tables(params)["IV"].rows[8]
    assert row.cells["verdict"].text == "达标（国家）\n未达标（济宁市）"


def test_every_table_of_a_document_keeps_the_names_of_schools_on_one_line() -> None:
    """Names of up to 14 letters; the ledger is a workbook, whose rows grow."""
    specs = load_wording(PARAMS, 2024).specs
    named = {
        (name, column.key): column.one_line
        for name, spec in specs.items()
        for column in spec.columns
        if column.key in ("school", "school_name") and name != "ledger"
    }
    assert len(named) > 15 and {key for key, letters in named.items() if letters < 14} == set()
