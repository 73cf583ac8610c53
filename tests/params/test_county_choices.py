"""A county's own YAML: what is mistyped or written twice is refused in Chinese, with the lines."""

import shutil
from pathlib import Path

import pytest

from junheng.errors import ParamsProblem
from junheng.params.city import load_city_year, load_county_year
from junheng.params.standard import load_standards, require_choices

PARAMS = Path(__file__).parents[2] / "params"

TWICE = """\
exceptions:
- {id: E2, basis: 会议纪要第1号}
- {id: E1, basis: 会议纪要第1号}
- id: E2
  basis: 会议纪要第2号
"""
ACCEPTED = "- {check: drop, sheet: 学校, cell: K2, who: 甲, when: 2025-01-02, why: 已核实}\n"


def refusal(tmp_path: Path, text: str) -> str:
    folder = tmp_path / "2024"
    folder.mkdir(exist_ok=True)
    (folder / "370883.yml").write_text(text, encoding="utf-8")
    with pytest.raises(ParamsProblem) as caught:
        load_county_year(tmp_path, 2024, "370883")
    return str(caught.value)


def test_an_exception_listed_twice_is_refused_with_both_lines(tmp_path: Path) -> None:
    said = refusal(tmp_path, TWICE)
    assert "370883.yml" in said and "“E2”重复（第2、4行）" in said


def test_an_issue_accepted_twice_is_refused_with_both_lines(tmp_path: Path) -> None:
    assert "“drop 学校 K2”重复（第2、3行）" in refusal(tmp_path, "accepted:\n" + ACCEPTED * 2)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("exceptions: [E1]", "“exceptions → 第1项”（第1行）有误：应为“名称: 内容”的一组，现为“E1”"),
        ("exceptions: E1", "“exceptions”（第1行）有误：应为逐项以“- ”列出的清单，现为“E1”"),
        ("settings: {}\nexceptions:", "“exceptions”（第2行）有误：应为逐项以“- ”列出的清单，现为空"),
        ("exceptions:\n- {id: E1}", "“exceptions → E1 → basis”（第2行）有误：缺少这一项"),
        ("exceptions:\n- {id: E1, basis: 2024}", "应为文字，现为“2024”；数字作文字用时请加引号"),
        ("settings: {quality: 0.5}", "应为文字，现为“0.5”"),
        ("settings: [a]", "现为一个清单"),
        ("exeptions: []", "“exeptions”（第1行）有误：没有这一项，请核对写法"),
        ("plan: {in_report: 可以}", "应为true或false，现为“可以”"),
        ("[]", "370883.yml有误：应为“名称: 内容”的一组，现为一个清单"),
    ],
)
def test_what_is_mistyped_is_refused_in_chinese(tmp_path: Path, text: str, said: str) -> None:
    refused = refusal(tmp_path, text)
    assert said in refused and "Input" not in refused


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("exceptions:\n- {id: E9, basis: 会议纪要}\n", "没有编号为“E9”的例外情形（可用的为E1、E2、E3、E4）"),
        ("settings: {qualty: x}\n", "没有名为“qualty”的口径设置"),
        ("settings: {no_subject: 也许}\n", "口径设置“no_subject”的取值“也许”不可用"),
    ],
)
def test_what_the_standard_does_not_know_is_refused_before_anything_runs(
    tmp_path: Path, text: str, said: str
) -> None:
    params = tmp_path / "params"
    shutil.copytree(PARAMS, params)
    (params / "2024" / "370883.yml").write_text(text, encoding="utf-8")
    with pytest.raises(ParamsProblem, match=r"370883\.yml有误") as caught:
        require_choices(params, 2024, "370883")
    assert said in str(caught.value)


def test_the_engine_never_applies_an_exception_twice() -> None:
    national, _ = load_standards(PARAMS, 2024)
    with pytest.raises(ParamsProblem, match="“E2”重复"):
        national.switched_on(("E2", "E2"))


def test_a_contents_list_needs_the_annexes_in_the_same_file(tmp_path: Path) -> None:
    text = (PARAMS / "2024" / "city.yml").read_text(encoding="utf-8")
    for name in ("contents_list", "separate_annexes"):
        assert f"{name}: false" in text
        text = text.replace(f"{name}: false", f"{name}: true")
    folder = tmp_path / "2024"
    folder.mkdir()
    (folder / "city.yml").write_text(text, encoding="utf-8")
    with pytest.raises(ParamsProblem, match="contents_list和separate_annexes只能有一项为true"):
        load_city_year(tmp_path, 2024)
