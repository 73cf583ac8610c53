"""Whatever people changed in a file of ours, or laid in its place, is kept beside and named by every command that replaces it."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import pytest

from junheng import by_hand
from junheng.batch import run as run_module
from junheng.batch.job import JobResult
from junheng.batch.run import run_batch
from junheng.batch.work import lay_out_issues
from junheng.by_hand import put, rewriting, take_away
from junheng.cli.main import guarded
from junheng.cli.show import closing_table
from junheng.errors import OutputProblem
from junheng.lab import county as wb
from junheng.lab import trials
from tests.assess.make import ROOT
from tests.batch.fakes import SerialExecutor, fake_tools, make_project, request_for
from tests.messy.builder import write_book


def seen(folder: Path) -> dict[str, bytes | str]:
    """What people see in a folder: files by their content, links by where they lead, `folder` for one."""
    return {
        path.name: str(path.readlink())
        if path.is_symlink()
        else path.read_bytes()
        if path.is_file()
        else "other"
        for path in folder.glob("[!.]*")
    }


def test_what_is_as_we_left_it_is_replaced_without_a_word(tmp_path: Path) -> None:
    path = tmp_path / "清单.xlsx"
    assert [put(path, data) for data in (b"1", b"1", b"2", b"1")] == [""] * 4
    assert seen(tmp_path) == {"清单.xlsx": b"1"} and take_away(path) == "" and seen(tmp_path) == {}
    assert put(path, b"3") == "" and take_away(tmp_path / "没有.xlsx") == ""


def test_what_somebody_changed_is_kept_once_and_every_version_of_it(tmp_path: Path) -> None:
    path = tmp_path / "a" / "清单.xlsx"
    put(path, b"ours")
    said = []
    for changed in (b"theirs", b"more", b"theirs"):
        path.write_bytes(changed)
        said.append(put(path, b"ours"))
    names = ["清单（人工修改）.xlsx", "清单（人工修改）（2）.xlsx", "清单（人工修改）.xlsx"]
    assert said == [f"“a/清单.xlsx”不是本系统写出的原样，已另存为“{name}”，未予覆盖。" for name in names]
    assert seen(path.parent) == {"清单.xlsx": b"ours", names[0]: b"theirs", names[1]: b"more"}
    path.write_bytes(b"at last")
    assert "（人工修改）（3）.xlsx" in take_away(path) and path.name not in seen(path.parent)


def test_a_file_that_was_there_before_us_is_somebodys(tmp_path: Path) -> None:
    (tmp_path / "plan.json").write_bytes(b"{}")
    assert "“plan（人工修改）.json”" in put(tmp_path / "plan.json", b"[]")
    (tmp_path / "same.json").write_bytes(b"[]")
    assert put(tmp_path / "same.json", b"[]") == ""  # nothing is lost
    known = "44136fa355b3678a1146ad16f7e8649e94fb4fc21fe77e8310c060f61caaff8a"
    (tmp_path / "known.json").write_bytes(b"{}")
    assert put(tmp_path / "known.json", b"[]", [known]) == ""


@pytest.mark.parametrize("kind", ["link", "dangling", "folder", "pipe"])
def test_what_is_no_file_is_moved_aside_and_never_followed(tmp_path: Path, kind: str) -> None:
    path, other = tmp_path / "b.csv", tmp_path / "other.csv"
    other.write_bytes(b"not ours")
    make: dict[str, Callable[[], object]] = {
        "link": lambda: path.symlink_to(other),
        "dangling": lambda: path.symlink_to(tmp_path / "nowhere"),
        "folder": path.mkdir,
        "pipe": lambda: os.mkfifo(path),
    }
    make[kind]()
    assert "“b（人工修改）.csv”" in put(path, b"ours")
    assert seen(tmp_path)["b.csv"] == b"ours" and other.read_bytes() == b"not ours"
    assert "b（人工修改）.csv" in {one.name for one in tmp_path.iterdir()}


@pytest.mark.parametrize("step", [1, 2])
def test_a_killed_run_leaves_nothing_that_looks_changed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, step: int
) -> None:
    """Killed before the note or between the note and the file: what stands there is ours all the same."""
    path, calls, real = tmp_path / "a.csv", [], by_hand.write_whole

    def killed(*given: object) -> None:
        calls.append(given)
        if len(calls) == step:
            raise KeyboardInterrupt
        real(*given)  # type: ignore[arg-type]

    put(path, b"1")
    with monkeypatch.context() as patch:
        patch.setattr(by_hand, "write_whole", killed)
        with pytest.raises(KeyboardInterrupt):
            put(path, b"2")
    assert path.read_bytes() == b"1" and put(path, b"3") == "" and seen(tmp_path) == {"a.csv": b"3"}


def test_a_refusal_is_one_sentence_and_loses_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "a.csv"
    path.write_bytes(b"theirs")

    def full(*given: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(by_hand.shutil, "copyfileobj", full)
    with pytest.raises(OutputProblem, match="磁盘空间不足"):
        put(path, b"ours")
    assert path.read_bytes() == b"theirs"


# The commands


def both(call: list[str], path: Path, capsys: pytest.CaptureFixture[str]) -> str:
    """Call twice, with a change by hand to the file between; return what is said, the change being safe."""
    guarded(call)
    ours = path.read_bytes()
    path.write_bytes(b"changed by hand")
    capsys.readouterr()
    guarded(call)
    assert path.read_bytes() == ours
    assert path.with_name(f"{path.stem}（人工修改）{path.suffix}").read_bytes() == b"changed by hand"
    told = capsys.readouterr()
    assert f"“{path.parent.name}/{path.name}”不是本系统写出的原样" in told.out + told.err
    return told.out + told.err


@pytest.mark.parametrize(
    "name",
    ["问题反馈/2024年度数据核查汇总（部分县区）.xlsx", "问题反馈/370883_邹城市_问题反馈.xlsx", "问题/370883_邹城市_issues.csv"],
)  # fmt: skip
def test_check(tmp_path: Path, capsys: pytest.CaptureFixture[str], name: str) -> None:
    (tmp_path / "data" / "2024").mkdir(parents=True)
    write_book(tmp_path / "data" / "2024" / "370883_邹城市.xlsx")
    path = tmp_path / "out" / "2024" / name
    call = ["check", "--year", "2024", "--county", "邹城市", "--data", str(tmp_path / "data")]
    call += ["--out", str(tmp_path / "out"), "--params", str(ROOT / "params")]
    if "issues" in name:  # an earlier run's list of errors, which a good check takes away
        (tmp_path / "issues.csv").write_text("a", encoding="utf-8")
        lay_out_issues(tmp_path / "issues.csv", path)
        path.write_bytes(b"changed by hand")
        assert guarded(call) == 0 and not path.exists()
        assert path.with_name(f"{path.stem}（人工修改）.csv").read_bytes() == b"changed by hand"
        assert f"“{name}”不是本系统写出的原样" in capsys.readouterr().out
    else:
        both(call, path, capsys)


def test_template(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    call = [
        "template",
        "--year",
        "2024",
        "--county",
        "邹城市",
        "--data",
        str(tmp_path),
        "--out",
        str(tmp_path),
    ]
    both(
        [*call, "--params", str(ROOT / "params")],
        tmp_path / "2024" / "采集表" / "370883_邹城市.xlsx",
        capsys,
    )


@pytest.mark.parametrize("option", ["--out", "--xlsx"])
def test_plan(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, option: str
) -> None:
    monkeypatch.chdir(ROOT)
    path = tmp_path / f"plan.{'json' if option == '--out' else 'xlsx'}"
    both(["plan", "370872", "2024", option, str(path)], path, capsys)


def test_trials_saved_in_a_notebook(tmp_path: Path) -> None:
    work = wb.open_workspace(
        "370826", 2024, str(ROOT / "data"), str(ROOT / "params"), str(tmp_path), "assessment"
    )
    trials.saved(work, "方案", b"xlsx", {})
    (tmp_path / "试算" / "方案.xlsx").write_bytes(b"changed by hand")
    assert "已另存为“方案（人工修改）.xlsx”" in str(trials.saved(work, "方案", b"other", {}).data)
    assert seen(tmp_path / "试算")["方案（人工修改）.xlsx"] == b"changed by hand"


def test_a_folder_written_again_keeps_what_somebody_changed_in_it(tmp_path: Path) -> None:
    def write_all(text: bytes) -> None:
        with rewriting(tmp_path):
            for name in ("报告.docx", "台账.xlsx", "报告.pdf"):
                (tmp_path / name).write_bytes(text)

    write_all(b"1")
    write_all(b"2")
    assert set(seen(tmp_path).values()) == {b"2"}
    (tmp_path / "报告.docx").write_bytes(b"mine")
    (tmp_path / "~$报告.docx").write_bytes(b"Word is open")
    write_all(b"3")
    write_all(b"4")
    assert seen(tmp_path) == {
        "报告.docx": b"4", "台账.xlsx": b"4", "报告.pdf": b"4",
        "报告（人工修改）.docx": b"mine", "~$报告.docx": b"Word is open",
    }  # fmt: skip


def test_a_draft_edited_in_word_is_kept_when_the_notebook_runs_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(wb, "project_root", lambda: tmp_path)
    monkeypatch.setattr(wb, "make_pdf", lambda word: word.with_suffix(".pdf"))
    out = tmp_path / "outputs" / "草稿" / "2024" / "370826_微山县"
    work = wb.open_workspace("370826", 2024, str(ROOT / "data"), str(ROOT / "params"), str(out), "assessment")
    assessment = wb.assess(work, wb.read(work))

    def written() -> str:
        return str(wb.show_written(work, wb.write(work, assessment, {})).data)

    assert "人工修改" not in written()
    ledger = next(out.glob("*.xlsx"))
    ledger.write_bytes(b"the office's own words")
    assert "已另存，未予覆盖：</p><ul><li>微山县整改台账（2024年度）（人工修改）.xlsx</li>" in written()
    assert seen(out)["微山县整改台账（2024年度）（人工修改）.xlsx"] == b"the office's own words"


def test_a_list_of_issues_on_which_a_clerk_ticked_things_off(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    places = make_project(tmp_path / "project", ("370883",))
    monkeypatch.setattr(run_module, "executor_for", lambda r, p, t, folder, told: SerialExecutor(t, folder))

    def run(**faults: str) -> JobResult:
        tools = fake_tools(places, **faults)
        (result,) = run_batch(request_for(places, "370883"), lambda r: None, tools=tools)
        return result

    first = run(c370883="data")
    assert isinstance(first.open, Path) and first.notes == ()
    first.open.write_bytes(b"ticked off")
    told = closing_table([run(c370883="data")], "标准")
    assert "“问题/370883_邹城市_issues.csv”不是本系统写出的原样" in told
    assert "370883_邹城市_issues.csv" in seen(first.open.parent) and run(c370883="data").notes == ()
    first.open.write_bytes(b"more")
    assert "（人工修改）（2）.csv" in run().notes[0]
    assert b"more" in seen(first.open.parent).values() and not first.open.exists()
