"""Strict YAML: exact numbers, no guessed types, errors that name the place."""

from __future__ import annotations

from fractions import Fraction

import pytest

from junheng.errors import ParamsProblem
from junheng.params.formula import FormulaText
from junheng.params.loader import Exact, Record, Staged, load_record, read_yaml
from junheng.params.phrases import load_phrases
from junheng.params.tables import load_tables


def written(tmp_path, text, name="甲.yml"):
    path = tmp_path / name
    path.write_text(text, encoding="utf-8")
    return path


def test_a_record_may_take_over_what_another_says(tmp_path):
    text = "a: &a {b: 1, c: 2}\nd:\n  <<: *a\n  c: 3\n"
    assert read_yaml(written(tmp_path, text))["d"] == {"b": 1, "c": 3}


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("a: 0.1", Fraction(1, 10)),
        ("a: 010101", "010101"),
        ("a: no", "no"),
        ("a: on", "on"),
        ("a: 2024-04-25", "2024-04-25"),
        ("a: 9.14403e17", "9.14403e17"),
        ("a: true", True),
        ("a: 'true'", "true"),
        ("a: 7", 7),
        ("a: 0", 0),
        ("a: 1:30", "1:30"),
        ("a:", None),
    ],
)
def test_no_guessing(tmp_path, text, expected):
    value = read_yaml(written(tmp_path, text))["a"]
    assert (value, type(value)) == (expected, type(expected))


@pytest.mark.parametrize("text", ["a: 1\na: 2", "a: [1", "a: !!python/object/apply:os.system [echo]"])
def test_broken_files_are_one_sentence(tmp_path, text):
    with pytest.raises(ParamsProblem, match=r"甲\.yml"):
        read_yaml(written(tmp_path, text))


class _Thing(Record):
    id: str
    limit: Exact


class _Things(Record):
    things: tuple[_Thing, ...]


@pytest.mark.parametrize(
    ("text", "fragment"),
    [
        ("things: [{id: L1, limit: 高}]", "things → L1 → limit"),
        ("things: [{id: L1, limit: true}]", "应为数值"),
        ("things: [{id: L1, limit: 1, lmit: 2}]", "lmit"),
    ],
)
def test_a_record_at_fault_is_named(tmp_path, text, fragment):
    with pytest.raises(ParamsProblem, match=fragment):
        load_record(written(tmp_path, text), _Things)


def test_a_missing_file_is_named(tmp_path):
    with pytest.raises(ParamsProblem, match=r"没有\.yml"):
        read_yaml(tmp_path / "没有.yml")


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("a: [1\n", "第2行第1列，括号、引号没有成对，或缩进不齐"),
        ("a: 甲: 乙\n", "第1行第5列，冒号的位置不对"),
        ("a:\n\tb: 1\n", "第2行第1列，有不能用在这里的字符；缩进请用空格"),
        ('a: "甲\n', "引号没有成对"),
        ("甲\n乙: 1\n", "冒号"),
    ],
)
def test_what_is_wrong_in_a_file_is_said_in_chinese(tmp_path, text, says):
    (tmp_path / "x.yml").write_text(text, encoding="utf-8")
    with pytest.raises(ParamsProblem, match=r"x\.yml格式有误") as told:
        read_yaml(tmp_path / "x.yml")
    assert says in str(told.value)


def test_a_table_written_twice_is_refused(tmp_path):
    record = "- {id: a, title: 表, columns: [{key: x, heading: 甲, width: 10}]}\n"
    (tmp_path / "tables.yml").write_text(f"tables:\n{record}{record}", encoding="utf-8")
    with pytest.raises(ParamsProblem, match=r"tables\.yml有误：“a”重复（第2、3行）"):
        load_tables(tmp_path)


@pytest.mark.parametrize("text", ["1.0e+999999999", "1.0e-999999999", ".inf", "-.inf", ".nan", "1.5e+31"])
def test_a_number_beyond_all_figures_is_named_and_fills_no_memory(tmp_path, text):
    (tmp_path / "x.yml").write_text(f"a: 1\nb: {text}\n", encoding="utf-8")
    with pytest.raises(ParamsProblem, match=r"x\.yml格式有误：第2行第4列，数“.*”过大、过小或不是数。"):
        read_yaml(tmp_path / "x.yml")


class Ruled(Record):
    where: FormulaText | None = None


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("where: a >= 1", ""),
        ("where: a >=", "公式“a >=”写法有误（第4个字符附近）（共1处）。"),
        ("where: open('x')", "公式“open('x')”用了不允许的写法：open('x')（共1处）。"),
        ("where: a ** 2", "公式“a ** 2”用了不允许的写法：a ** 2（共1处）。"),
        ("where: 3", "应为文字，现为“3”；数字作文字用时请加引号（共1处）。"),
    ],
)
def test_a_formula_is_read_with_its_file_and_told_with_its_place(tmp_path, text, told):
    path = written(tmp_path, f"# 口径\n{text}\n")
    if not told:
        assert load_record(path, Ruled).where == "a >= 1"
        return
    with pytest.raises(ParamsProblem) as caught:
        load_record(path, Ruled)
    assert str(caught.value) == f"参数文件甲.yml的“where”（第2行）有误：{told}"


def test_a_phrase_that_cannot_be_read_is_told_in_chinese(tmp_path):
    (tmp_path / "phrases").mkdir()
    written(tmp_path / "phrases", "a: 甲\nb:\n- {when: x > 1, txt: 乙}\n")
    with pytest.raises(
        ParamsProblem, match=r"^参数文件甲\.yml的“b → 第1项 → text”（第3行）有误：缺少这一项（共2处）。$"
    ):
        load_phrases(tmp_path)


class Each(Staged):
    id: str
    words: dict[str, tuple[str, ...]] = {}


def test_a_record_stands_for_one_a_stage():
    each = Each(id="a_{s}", stages=("primary", "junior"), words={"{stage}": ("{s}部",)})
    names = {"primary": "小学", "junior": "初中"}
    assert [(one.id, one.words, one.stages) for one in each.for_stages(names)] == [
        ("a_primary", {"小学": ("primary部",)}, ()),
        ("a_junior", {"初中": ("junior部",)}, ()),
    ]
    assert list(Each(id="b").for_stages(names)) == [Each(id="b")]
