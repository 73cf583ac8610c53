"""The command line: one Chinese sentence for a wrong call, exit codes, the closing table, Ctrl-C."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

import psutil
import pytest
from openpyxl import load_workbook

from junheng import __version__
from junheng.batch.job import Places
from junheng.cli.main import guarded
from junheng.cli.running import run_request
from tests.batch.fakes import REPO, fake_tools, make_project, request_for
from tests.messy.builder import school, write_book
from tests.waiting import PATIENCE, require_gone, until

JUNHENG = Path(sys.executable).with_name("junheng")


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Places:
    places = make_project(tmp_path / "project", ("370811", "370883"))
    monkeypatch.setenv("JUNHENG_HOME", str(places.root))
    monkeypatch.chdir(places.root)
    return places


@pytest.mark.parametrize(
    ("call", "says"),
    [
        ("run", "缺少选项“--year”"),
        ("run --year", "选项“--year”后面要写值"),
        ("run --year 24", "年份应写作四位数字，例如2024，现为“24”"),
        ("run --year 二〇二四", "年份应写作四位数字，例如2024，现为“二〇二四”"),
        ("run --year 2024.0", "年份应写作四位数字"),
        ("run --yeer 2024", "没有“--yeer”这个选项。是否要写“--year”"),
        ("rum --year 2024", "没有“rum”这个命令。是否要写“run”"),
        ("run --year 2024 --county 邹成市", "是否要写“邹城市”"),
        ("run --year 2024 --county 37088", "是否要写“370883”"),
        ("run --year 2024 --county 370826", "没有微山县的工作簿“370826_微山县.xlsx”"),
        ("run --year 2022", "缺少2022年度的数据目录“data/2022”。现有年度：2024"),
        ("run --year 2024 --reports asessment", "是否要写“assessment”"),
        ("run --year 2024 --reports ,", "没有写明报告"),
        ("run --year 2024 --jobs 0", "选项“--jobs”应为正整数，现为“0”"),
        ("run --year 2024 --force=1", "选项“--force”后面不能写值"),
        ("run --year 2024 邹城市", "命令中多出“邹城市”"),
        ("run --year 2024 --data nowhere", "目录“nowhere”不存在（选项--data）"),
        ("check --year 2022", "缺少2022年度的数据目录"),
        ("notebook new --year 2031 --county 邹城市", "2031年度还没有参数（缺少“params/2031/city.yml”）"),
    ],
)
def test_a_wrong_call_is_one_sentence(
    project: Places, capsys: pytest.CaptureFixture[str], call: str, says: str
) -> None:
    assert guarded(call.split()) == 2
    out, err = capsys.readouterr()
    assert out == "" and says in err
    assert err.startswith("错误：") and err.endswith(("。\n", "？\n")) and err.count("\n") == 1


def test_year_without_parameters(project: Places, capsys: pytest.CaptureFixture[str]) -> None:
    (project.data / "2031").mkdir()
    assert guarded(["run", "--year", "2031"]) == 2
    assert "2031" in capsys.readouterr().err


def test_missing_tools(
    project: Places, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", "")
    assert guarded(["run", "--year", "2024"]) == 2
    assert "LibreOffice" in capsys.readouterr().err


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write anywhere")
def test_output_folder_that_cannot_be_written(project: Places, capsys: pytest.CaptureFixture[str]) -> None:
    project.out.mkdir(mode=0o555)
    assert guarded(["run", "--year", "2024"]) == 2
    assert "无法写入" in capsys.readouterr().err


def test_output_folder_that_is_a_file(project: Places, capsys: pytest.CaptureFixture[str]) -> None:
    project.out.write_text("")
    assert guarded(["run", "--year", "2024"]) == 2
    assert "无法写入" in capsys.readouterr().err


@pytest.mark.parametrize("call", ["--help", "run --help", "check --help", ""])
def test_help_is_chinese(capsys: pytest.CaptureFixture[str], call: str) -> None:
    assert guarded(call.split()) == (0 if call else 2)
    shown = "".join(capsys.readouterr())
    assert "用法：" in shown and "选项：" in shown
    for word in ("Usage", "Options", "Commands", "Show", "required", "default", "OPTIONS"):
        assert word not in shown


def test_version(capsys: pytest.CaptureFixture[str]) -> None:
    assert guarded(["--version"]) == 0
    assert capsys.readouterr().out.strip() == __version__


def test_closing_table_and_exit_codes(project: Places, capsys: pytest.CaptureFixture[str]) -> None:
    request = request_for(project, "370811", "370883", workers=1)
    assert run_request(request, fake_tools(project, c370811="data")) == 1
    out, err = capsys.readouterr()
    assert out.splitlines()[0].split() == ["县（市、区）", "结果", "国家标准", "济宁市标准", "请打开"]
    assert "任城区        失败  —         —           outputs/2024/问题/370811_任城区_issues.csv" in out
    assert "    原因：370883_邹城市.xlsx〔学校〕A1，现为“约50”，应为数值。" in out
    assert "邹城市        完成  达标      未达标      outputs/2024/370883_邹城市/邹城市义务教育" in out
    assert "共2个县（市、区）：完成1个，已是最新0个，失败1个。" in out
    assert "[2/2]" in err
    assert run_request(request, fake_tools(project)) == 0
    assert run_request(request, fake_tools(project)) == 0
    assert "完成0个，已是最新2个，失败0个" in capsys.readouterr().out


def test_a_console_that_knows_no_chinese() -> None:
    environment = {**os.environ, "LANG": "C", "LC_ALL": "C", "PYTHONIOENCODING": "ascii", "PYTHONUTF8": "0"}
    done = subprocess.run([JUNHENG, "run"], env=environment, capture_output=True, check=False)
    assert done.returncode == 2 and "缺少选项“--year”" in done.stderr.decode("utf-8")


INTERRUPTED = f"""
import sys
sys.path.insert(0, {str(REPO)!r})
from pathlib import Path
from junheng.batch.job import Places
from junheng.cli.running import run_request
from tests.waiting import PATIENCE, require_gone, until
from tests.batch.fakes import fake_tools, request_for

if __name__ == "__main__":
    root = Path(sys.argv[1])
    places = Places(root, root / "data", root / "params", root / "outputs")
    tools = fake_tools(places, c370883="slow")
    request = request_for(places, "370811", "370883", workers=2)
    sys.exit(run_request(request, tools, heard_by=lambda result: (root / "heard").touch()))
"""


@pytest.mark.slow
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGKILL])
def test_interrupted_finished_reports_are_kept(project: Places, tmp_path: Path, number: int) -> None:
    script = tmp_path / "interrupted.py"
    script.write_text(INTERRUPTED, encoding="utf-8")
    process = subprocess.Popen(
        [sys.executable, str(script), str(project.root)],
        stdout=subprocess.PIPE,
        start_new_session=True,
        preexec_fn=hear_interrupts,
    )
    finished = project.out / "2024" / "370811_任城区" / "manifest.json"
    until((project.root / "heard").exists)
    workers = psutil.Process(process.pid).children(recursive=True)
    os.kill(process.pid, number)
    said, _ = process.communicate(timeout=PATIENCE)
    require_gone(workers)
    assert finished.exists()
    if number == signal.SIGINT:
        assert process.returncode == 130 and "任城区" in said.decode("utf-8")
        assert not [p for p in (project.out / "2024").iterdir() if p.name.startswith(".")]
    assert run_request(request_for(project, "370811", "370883", workers=1), fake_tools(project)) == 0
    assert not [p for p in (project.out / "2024").iterdir() if p.name.startswith(".")]


def hear_interrupts() -> None:
    """A test run started in the background ignores SIGINT, and its children would inherit that."""
    signal.signal(signal.SIGINT, signal.SIG_DFL)


def test_check_returns_every_workbook(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A good county, one with an error, one that cannot be read, and the rest not sent."""
    data = tmp_path / "data" / "2024"
    data.mkdir(parents=True)
    write_book(data / "370883_邹城市.xlsx")
    write_book(data / "370881_曲阜市.xlsx", [school(students_primary="约400")])
    (data / "370811_任城区.xlsx").write_bytes(b"PK\x03\x04 broken")
    call = ["check", "--year", "2024", "--data", str(tmp_path / "data"), "--out", str(tmp_path / "out")]
    assert guarded([*call, "--params", str(REPO / "params")]) == 1
    folder = tmp_path / "out" / "2024" / "问题反馈"
    assert sorted(path.name for path in folder.glob("[!.]*")) == [
        "2024年度数据核查汇总.xlsx",
        "370811_任城区_问题反馈.xlsx",
        "370881_曲阜市_问题反馈.xlsx",
        "370883_邹城市_问题反馈.xlsx",
    ]
    rows = list(load_workbook(folder / "2024年度数据核查汇总.xlsx")["汇总"].iter_rows(values_only=True))
    states = {row[2]: row[3] for row in rows}
    assert states | {"任城区": "无法读取", "曲阜市": "有错误", "邹城市": "通过", "微山县": "未报送"} == states
    refused = load_workbook(folder / "370811_任城区_问题反馈.xlsx")["问题反馈"]
    assert "370811_任城区.xlsx不完整" in refused["H4"].value
    issues = load_workbook(folder / "2024年度数据核查汇总.xlsx")["错误和警告"].iter_rows(values_only=True)
    assert any(row[1] == "曲阜市" and row[6] == "约400" and row[9] == "bad_number" for row in issues)
    told = capsys.readouterr().out
    assert (
        "共14个县（市、区）：无法读取1个，未报送11个，有错误1个，通过1个。改正或报送后才能生成报告。" in told
    )
    before = (folder / "2024年度数据核查汇总.xlsx").read_bytes()
    assert guarded([*call, "--params", str(REPO / "params"), "--county", "邹城市"]) == 0
    assert (folder / "2024年度数据核查汇总（部分县区）.xlsx").is_file()
    assert (folder / "2024年度数据核查汇总.xlsx").read_bytes() == before
