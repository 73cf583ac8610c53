"""A slip in a name that one parameter file takes from another is told before anything is computed."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from junheng.cli.main import guarded
from junheng.errors import ParamsProblem
from junheng.params.references import references, require_known_names

PARAMS = Path(__file__).resolve().parents[2] / "params"
NATIONAL = "standards/national.yml"


@pytest.mark.parametrize("year", [2023, 2024, 2025])
def test_every_name_of_the_project_is_there(year: int) -> None:
    found = list(references(PARAMS, year))
    assert len(found) > 1000
    assert [one for one in found if one.word not in one.known] == []


@pytest.mark.parametrize(
    ("file", "old", "new", "told"),
    [
        (NATIONAL, "thresholds: {primary: 4.2", "thresholds: {primry: 4.2", "“L1”有误：没有名为“primry”的学段。是否要写“primary”？"),
        (NATIONAL, "  thresholds: {primary: 4.2, junior", "  thresholds: {junior", "“L1”有误：没有名为“primary”的学段"),
        (NATIONAL, "    primary: backbone_primary", "    primary: backbone_primry", "“L2”有误：没有名为“backbone_primry”的数据项"),
        (NATIONAL, "limits: {primary: 0.50", "limits: {primry: 0.50", "“disparity”有误：没有名为“primry”的学段"),
        (NATIONAL, "小学教学点: 50", "小学教学站: 50", "“unit_rule”有误：没有名为“小学教学站”的办学类型"),
        (NATIONAL, "特殊教育学校: 特", "特教学校: 特", "“unit_rule”有误：没有名为“特教学校”的办学类型"),
        (NATIONAL, "preschool: preschool_students", "preschool: preschol", "“split”有误：没有名为“preschol”的学校数据项"),
        (NATIONAL, "over: qualitative", "over: qualitativ", "没有名为“qualitativ”的工作表"),
        (NATIONAL, "when: {g3_reading: ", "when: {g3_readin: ", "没有名为“g3_readin”的口径设置"),
        (NATIONAL, "exception: E3", "exception: E99", "没有名为“E99”的例外情形"),
        ("dictionary/school.yml", "vocabulary: school_type", "vocabulary: school_typ", "“school_type”有误：没有名为“school_typ”的词表"),
        ("dictionary/school.yml", "stage: primary", "stage: primry", "没有名为“students_primry”的在校生数"),
        ("prices.yml", "adds: {teaching_area: 1}", "adds: {teaching_aera: 1}", "没有名为“teaching_aera”的学校数据项"),
        ("prices.yml", "where: not dense_urban", "where: not dense_urbn", "没有名为“dense_urbn”的数据项"),
        ("small_counts.yml", "tied: [special_funds]", "tied: [special_fund]", "“disabled”有误：没有名为“special_fund”的县级数据项"),
        ("small_counts.yml", "fields: [summary]", "fields: [sumary]", "“qualitative”有误：没有名为“sumary”的数据项"),
        ("template.yml", "carried: [school_code", "carried: [schoolcode", "“carried”有误：没有名为“schoolcode”的学校数据项"),
    ],
)  # fmt: skip
def test_a_slip_is_told_with_what_was_meant(tmp_path: Path, file: str, old: str, new: str, told: str) -> None:
    params = changed(tmp_path, file, old, new)
    with pytest.raises(ParamsProblem) as caught:
        require_known_names(params, 2024)
    name = "dictionary" if file.startswith("dictionary") else file
    assert str(caught.value).startswith(f"参数文件{name}的") and told in str(caught.value)


def changed(tmp_path: Path, file: str, old: str, new: str) -> Path:
    params = shutil.copytree(PARAMS, tmp_path / "params")
    text = (params / file).read_text(encoding="utf-8")
    assert old in text
    (params / file).write_text(text.replace(old, new, 1), encoding="utf-8")
    return params


def test_no_command_goes_on_with_it(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A type that is misspelt would make units of 教学点 with a few pupils."""
    params = changed(tmp_path, NATIONAL, "小学教学点: 50", "小学教学站: 50")
    places = ["--year", "2024", "--data", str(PARAMS.parent / "data"), "--out", str(tmp_path / "out")]
    for command in ("check", "run"):
        assert guarded([command, "--county", "370883", "--params", str(params), *places]) == 2
        assert "没有名为“小学教学站”的办学类型" in capsys.readouterr().err
    assert list((tmp_path / "out").glob("2024/*_*")) == []
