"""Files are there whole or not at all; what the system says is said in Chinese."""

from __future__ import annotations

import errno
import os
from pathlib import Path

import pytest
from lxml.etree import SerialisationError

from junheng.batch import tools
from junheng.by_hand import put
from junheng.cli.main import guarded
from junheng.errors import OutputProblem, refused, system_reason
from junheng.files import open_log, whole_file, write_whole


def test_the_old_file_stays_until_the_new_one_is_complete(tmp_path: Path) -> None:
    path = tmp_path / "a" / "表.xlsx"
    write_whole(path, b"old")
    with pytest.raises(ZeroDivisionError), whole_file(path) as stream:
        stream.write(b"half")
        raise ZeroDivisionError
    assert path.read_bytes() == b"old"
    (path.with_name(f".{path.name}.part")).write_bytes(b"left by a killed process")
    write_whole(path, b"new")
    assert path.read_bytes() == b"new" and [p.name for p in path.parent.iterdir()] == [path.name]


@pytest.mark.parametrize(
    ("number", "words"),
    [
        (errno.ENOSPC, "磁盘空间不足"),
        (errno.EROFS, "没有写入权限"),
        (errno.EXDEV, "系统错误EXDEV"),
        (None, "系统错误"),
    ],
)
def test_what_the_system_says(number: int | None, words: str) -> None:
    error = OSError(number, "english") if number else OSError("english")
    assert words in refused(error) and "english" not in refused(error)


def test_a_refusal_of_the_system_is_one_chinese_sentence(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*given: object) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC), str(tmp_path / "甲.xlsx"))

    monkeypatch.setattr("junheng.cli.template.write_templates", full)
    assert guarded(["template", "--year", "2024", "--out", str(tmp_path)]) == 1
    said = capsys.readouterr().err
    assert said == "错误：无法读写“甲.xlsx”：磁盘空间不足，请清理磁盘后重新运行。\n"


@pytest.mark.slow
def test_a_font_cache_is_there_whole_or_not_at_all(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """matplotlib's own way would leave its lock behind when killed, and every later kernel would wait for it."""
    runtime = tmp_path / "run"
    runtime.mkdir()
    monkeypatch.setenv("MPLCONFIGDIR", "")
    with monkeypatch.context() as patch:
        patch.setattr(Path, "replace", lambda *given: (_ for _ in ()).throw(KeyboardInterrupt))
        with pytest.raises(KeyboardInterrupt):
            tools.prepare_matplotlib(tmp_path / "project", runtime)
    folder = tmp_path / "project" / ".junheng" / "matplotlib"
    assert not list(folder.glob("fontlist-*")) and not list(folder.glob("*lock*"))
    (runtime / "font-cache").rename(runtime / "former")
    tools.prepare_matplotlib(tmp_path / "project", runtime)
    assert [path.name.startswith("fontlist-") for path in folder.iterdir()] == [True]


@pytest.mark.parametrize(
    ("error", "words"),
    [
        (MemoryError(), "内存不足"),
        (OSError(errno.ENOMEM, "Cannot allocate memory"), "内存不足"),
        (ImportError("x.so: failed to map segment: Cannot allocate memory"), "内存不足"),
        (ValueError("quantization error"), "内存不足"),  # Pillow's word for it
        (RuntimeError("can't start new thread"), "内存不足"),
        (SerialisationError("IO_ENOSPC"), "磁盘空间不足"),
        (RuntimeError("No space left on device"), "磁盘空间不足"),
        (OSError(errno.EDQUOT, "x"), "磁盘空间不足"),
        (ValueError("x"), ""),
        (OSError(errno.ENOENT, "x"), ""),
    ],
)
def test_what_the_machine_lacks_is_known_by_whatever_library_says_it(error: Exception, words: str) -> None:
    known = system_reason(error)
    assert words in known and bool(words) == bool(known)


def test_too_little_memory_for_a_command_is_one_sentence(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def short(*given: object) -> None:
        raise MemoryError

    monkeypatch.setattr("junheng.cli.template.write_templates", short)
    assert guarded(["template", "--year", "2024"]) == 1
    assert capsys.readouterr().err.startswith("错误：内存不足")


def test_what_somebody_laid_in_the_way_is_not_followed(tmp_path: Path) -> None:
    """In a folder that others can write to, too: a link under a name of ours would have us overwrite what it leads to."""
    precious, path, log = (tmp_path / name for name in ("precious", "表.xlsx", "batch.log"))
    precious.write_bytes(b"keep")
    path.with_name(f".{path.name}.part").symlink_to(precious)
    write_whole(path, b"ours")
    assert path.read_bytes() == b"ours" and not path.is_symlink()
    for mode in ("w", "a"):
        for lay in (lambda: log.symlink_to(precious), lambda: os.mkfifo(log)):
            log.unlink(missing_ok=True)
            lay()
            with open_log(log, mode) as stream:
                stream.write("ours")
            assert log.read_bytes() == b"ours" and log.is_file() and not log.is_symlink()
    assert precious.read_bytes() == b"keep"


@pytest.mark.skipif(os.getuid() != 0, reason="only root can lay a link in another user's name")
def test_a_folder_that_another_users_link_leads_to_is_not_written_to(tmp_path: Path) -> None:
    theirs, ours = tmp_path / "问题反馈", tmp_path / "disk"
    ours.mkdir()
    theirs.symlink_to(ours)
    write_whole(theirs / "表.xlsx", b"ours")  # the office's own link to a larger disk
    os.lchown(theirs, 12345, 12345)
    with pytest.raises(OutputProblem, match=r"表2\.xlsx.*所在目录是他人设置的链接"):
        put(theirs / "表2.xlsx", b"ours")
    assert [path.name for path in ours.iterdir()] == ["表.xlsx"]
