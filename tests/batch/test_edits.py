"""What people change in a published folder or lay into it is kept beside when the report is made anew, and named."""

from __future__ import annotations

import dataclasses
import os
import shutil
from pathlib import Path

import pytest

from junheng import by_hand
from junheng.batch import run as run_module
from junheng.batch.edits import added_files, keep_edits
from junheng.batch.job import JobResult, Places, Status
from junheng.batch.run import run_batch
from junheng.batch.staleness import MANIFEST
from junheng.cli.show import closing_table
from tests.batch.fakes import SerialExecutor, fake_tools, make_project, request_for

CODE = "370883"
STEM = f"{CODE}_邹城市"
WORD = "邹城市义务教育优质均衡发展督导评估报告（2024年度）"


def run(places: Places, word: str = "内容") -> JobResult:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(run_module, "executor_for", lambda r, p, t, folder, told: SerialExecutor(t, folder))
        request = request_for(places, CODE, force=True)
        (result,) = run_batch(request, lambda r: None, tools=fake_tools(places, word))
    assert result.status is Status.DONE, result.reason
    return result


@pytest.fixture
def places(tmp_path: Path) -> Places:
    places = make_project(tmp_path / "project", (CODE,))
    run(places)
    return places


def beside(places: Places) -> dict[str, bytes | str]:
    folder = places.out / "2024" / f"{STEM}（人工修改）"
    found = (path for path in sorted(folder.rglob("*")) if path.is_symlink() or path.is_file())
    return {
        path.relative_to(folder).as_posix(): str(path.readlink()) if path.is_symlink() else path.read_bytes()
        for path in found
    }


def test_an_untouched_folder_leaves_nothing_beside(places: Places) -> None:
    assert run(places, "别的").kept == () and beside(places) == {}


def test_edited_and_added_files_are_kept_and_named(places: Places) -> None:
    published = places.out / "2024" / STEM
    (published / f"{WORD}.docx").write_bytes(b"edited in Word")
    (published / "签字扫描件.pdf").write_bytes(b"%PDF signed")
    (published / "往来" / "函").mkdir(parents=True)
    (published / "往来" / "函" / "复函.txt").write_bytes(b"letter")
    (published / "外部").symlink_to(places.root)
    (published / f"~${WORD}.docx").write_bytes(b"somebody has it open")
    (published / "data" / ".~lock.units.csv#").write_bytes(b"somebody has it open")
    (published / "空").mkdir()
    result = run(places, "别的")
    assert beside(places) == {
        f"{WORD}（人工修改）.docx": b"edited in Word",
        "签字扫描件.pdf": b"%PDF signed",
        "往来/函/复函.txt": b"letter",
        "外部": str(places.root),
    }
    told = closing_table([result], "济宁市标准")
    for name in ("签字扫描件.pdf", f"{WORD}（人工修改）.docx", "往来/函/复函.txt"):
        assert f"“{STEM}（人工修改）/{name}”" in told
    assert "make notebook" in told and (published / f"{WORD}.docx").read_bytes() != b"edited in Word"
    assert not (published / "签字扫描件.pdf").exists()


def test_nothing_that_was_kept_is_overwritten(places: Places) -> None:
    published = places.out / "2024" / STEM
    for content in (b"first", b"second", b"first"):
        (published / "扫描件.pdf").write_bytes(content)
        run(places, str(content))
    assert beside(places) == {"扫描件.pdf": b"first", "扫描件（2）.pdf": b"second"}


def test_without_a_manifest_everything_may_be_somebodys_work(places: Places) -> None:
    published = places.out / "2024" / STEM
    (published / MANIFEST).write_text("{", encoding="utf-8")
    names = {path.name for path in published.rglob("*") if path.is_file()} - {MANIFEST}
    run(places, "别的")
    assert {Path(name).name.replace("（人工修改）", "") for name in beside(places)} == names


@pytest.mark.parametrize("kind", ["file", "link"])
def test_what_stands_in_the_folders_place_is_moved_aside(places: Places, kind: str) -> None:
    published, other = places.out / "2024" / STEM, places.root / "elsewhere"
    shutil.move(published, other)
    if kind == "file":
        published.write_bytes(b"x")
    else:
        published.symlink_to(other)
    result = run(places, "别的")
    assert result.kept == (f"{STEM}（人工修改）/{STEM}",)
    assert beside(places) == {STEM: b"x" if kind == "file" else str(other)}
    assert published.is_dir() and not published.is_symlink() and (other / MANIFEST).is_file()


@pytest.mark.parametrize("laid", ["the folder", "a folder in it"])
def test_no_copy_goes_through_a_link(places: Places, laid: str) -> None:
    """Whoever may write into the year's folder could otherwise put a file of his into any folder of the user who runs us."""
    year, other = places.out / "2024", places.root / "home" / ".ssh"
    other.mkdir(parents=True)
    (year / STEM / ".ssh").mkdir()
    (year / STEM / ".ssh" / "authorized_keys").write_bytes(b"theirs")
    kept = year / f"{STEM}（人工修改）"
    if laid == "the folder":
        kept.symlink_to(other.parent)
    else:
        kept.mkdir()
        (kept / ".ssh").symlink_to(other)
    result = run(places, "别的")
    assert not any(other.iterdir())
    named = "（人工修改）（2）/.ssh/" if laid == "the folder" else "（人工修改）/.ssh_"
    assert result.kept == (f"{STEM}{named}authorized_keys",)
    assert (year / result.kept[0]).read_bytes() == b"theirs"


def test_a_copy_that_cannot_be_made_leaves_the_published_report(
    places: Places, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*given: object) -> None:
        raise OSError(28, "No space left on device")

    published = places.out / "2024" / STEM
    (published / "扫描件.pdf").write_bytes(b"signed")
    monkeypatch.setattr(by_hand.shutil, "copyfileobj", full)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(run_module, "executor_for", lambda r, p, t, folder, told: SerialExecutor(t, folder))
        request = dataclasses.replace(request_for(places, CODE), force=True)
        (result,) = run_batch(request, lambda r: None, tools=fake_tools(places, "别的"))
    assert result.status is Status.FAILED and "磁盘空间不足" in result.reason
    assert (published / "扫描件.pdf").read_bytes() == b"signed"


def test_pipes_among_the_files_do_not_stop_anything(places: Places) -> None:
    published = places.out / "2024" / STEM
    os.mkfifo(published / "pipe")
    assert keep_edits(published) == () and added_files(published) == ("pipe",)
