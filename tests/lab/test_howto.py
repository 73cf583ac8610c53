"""The analyst's pages: every command on them runs on the demo data, writes nothing, and the errors printed are true."""

from __future__ import annotations

import re
import shlex
from pathlib import Path

import pytest

from junheng.cli.main import guarded
from tests.assess.make import PARAMS, ROOT

PAGES = {
    name: (ROOT / "docs" / "howto" / f"{name}.md").read_text(encoding="utf-8")
    for name in ("explain", "forecast")
}
COMMANDS = [
    line
    for page in PAGES.values()
    for line in re.findall(r"^ {4}\.venv/bin/junheng (.*)$", page, re.MULTILINE)
]
FOLDERS = ["--data", str(ROOT / "data"), "--params", str(PARAMS)]


def run(command: str, capsys: pytest.CaptureFixture[str]) -> str:
    assert guarded([*shlex.split(command), *FOLDERS]) == 0
    out, err = capsys.readouterr()
    assert err == ""
    return out


@pytest.mark.parametrize("command", [c for c in COMMANDS if not c.startswith("backtest")])
def test_the_commands_run(
    command: str, capsys: pytest.CaptureFixture[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    out = run(command, capsys)
    assert (
        "【预测，不是评估结果】" in out if command.startswith("forecast") else "判定" in out or "结论" in out
    )
    assert list(tmp_path.iterdir()) == []


@pytest.mark.slow
def test_the_errors_printed_are_those_of_the_command(capsys: pytest.CaptureFixture[str]) -> None:
    total = run("backtest 2024", capsys).split("合计  ")[-1]
    found = re.findall(r"(小学|初中) +(\d+) +([\d.]+) +([\d.]+) +(-?[\d.]+) +([\d.]+)", total)
    assert [row[0] for row in found] == ["小学", "初中"]
    page = PAGES["forecast"]
    for stage, schools, error, naive, bias, inside in found:
        assert f"{stage}{schools}所" in page
        assert f"| {stage} | {error}% | {naive}% | {bias}% | {inside}% |" in page


@pytest.mark.parametrize(
    ("command", "says"),
    [
        ("forecast 370883 2024 --to 2024", "预测年度应在2025至2034之间，现为2024"),
        ("forecast 370883 2024 --to 2099", "预测年度应在2025至2034之间"),
        ("forecast 邹成市 2024", "是否要写“邹城市”"),
        ("backtest 2022", "2022年度还没有参数（缺少“params/2022/city.yml”）"),
    ],
)
def test_a_wrong_call_is_one_sentence(command: str, says: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert guarded([*command.split(), *FOLDERS]) == 2
    out, err = capsys.readouterr()
    assert out == "" and says in err
