"""Strict YAML: exact numbers, no guessed types, errors that name the place."""

from __future__ import annotations

from fractions import Fraction

import pytest

from junheng.errors import ParamsProblem
from junheng.params.loader import Exact, Record, load_record, read_yaml
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


def test_a_table_written_twice_is_refused(tmp_path):
    record = "- {id: a, title: 表, columns: [{key: x, heading: 甲, width: 10}]}\n"
    (tmp_path / "tables.yml").write_text(f"tables:\n{record}{record}", encoding="utf-8")
    with pytest.raises(ParamsProblem, match=r"表“a”在tables\.yml中重复定义"):
        load_tables(tmp_path)


@pytest.mark.parametrize("text", ["1.0e+999999999", "1.0e-999999999", ".inf", "-.inf", ".nan", "1.5e+31"])
def test_a_number_beyond_all_figures_is_named_and_fills_no_memory(tmp_path, text):
    (tmp_path / "x.yml").write_text(f"a: 1\nb: {text}\n", encoding="utf-8")
    with pytest.raises(ParamsProblem, match=r"x\.yml格式有误：第2行第4列，数“.*”过大、过小或不是数。"):
        read_yaml(tmp_path / "x.yml")
