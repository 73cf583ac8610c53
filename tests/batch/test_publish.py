"""Publishing is one step: a report is there whole, old or new, whatever happens in between."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from junheng.batch import publish as publishing
from junheng.batch.lock import BusyError, Lock
from junheng.batch.publish import publish, recover, staging_folder

LOOP = """
import sys
from pathlib import Path
from junheng.batch import publish as p
final, exchange = Path(sys.argv[1]), sys.argv[2] == "exchange"
if not exchange:
    p._exchange = lambda one, other: False
version = 0
while True:
    version += 1
    with p.staging_folder(final) as staging:
        (staging / "data").mkdir()
        for name in ("a", "b", "data/c"):
            (staging / name).write_text(str(version))
        p.publish(staging, final)
    print(version, flush=True)
"""


def write(staging: Path, text: str) -> None:
    (staging / "data").mkdir()
    for name in ("a", "b", "data/c"):
        (staging / name).write_text(text)


def versions(final: Path) -> list[str]:
    return [(final / name).read_text() for name in ("a", "b", "data/c")]


@pytest.mark.parametrize("exchange", [True, False])
def test_a_new_report_takes_the_place_of_the_old(
    tmp_path: Path, exchange: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    if not exchange:
        monkeypatch.setattr(publishing, "_exchange", lambda one, other: False)
    final = tmp_path / "370883_邹城市"
    for text in ("1", "2"):
        with staging_folder(final) as staging:
            write(staging, text)
            publish(staging, final)
        assert versions(final) == [text] * 3
    assert [p.name for p in tmp_path.iterdir()] == [final.name]


def test_a_failed_run_leaves_the_old_report_and_nothing_else(tmp_path: Path) -> None:
    final = tmp_path / "x"
    with staging_folder(final) as staging:
        write(staging, "1")
        publish(staging, final)
    with pytest.raises(ValueError), staging_folder(final) as staging:
        (staging / "a").write_text("half")
        raise ValueError
    assert versions(final) == ["1"] * 3 and len(list(tmp_path.iterdir())) == 1


@pytest.mark.slow
@pytest.mark.parametrize("how", ["exchange", "rename"])
def test_killed_at_any_moment_the_report_is_whole(tmp_path: Path, how: str) -> None:
    final = tmp_path / "370883_邹城市"
    chance = random.Random(7)
    for _ in range(15):
        process = subprocess.Popen([sys.executable, "-c", LOOP, str(final), how], stdout=subprocess.PIPE)
        assert process.stdout is not None
        process.stdout.readline()  # at least one report is published
        time.sleep(chance.random() * 0.05)
        process.send_signal(signal.SIGKILL)
        process.wait()
        process.stdout.close()
        recover(tmp_path)
        assert len(set(versions(final))) == 1
        assert [p.name for p in tmp_path.iterdir()] == [final.name]


def test_a_report_set_aside_comes_back(tmp_path: Path) -> None:
    aside = tmp_path / ".old-370883_邹城市"
    aside.mkdir()
    (aside / "a").write_text("1")
    recover(tmp_path)
    assert (tmp_path / "370883_邹城市" / "a").read_text() == "1"


def test_a_report_set_aside_by_a_living_run_stays_there(tmp_path: Path) -> None:
    """Without the system's exchange a run renames twice; a run of another city beside it must not put the old one back."""
    aside = tmp_path / ".old-x"
    with staging_folder(tmp_path / "x"):
        aside.mkdir()
        recover(tmp_path)
        assert aside.is_dir() and not (tmp_path / "x").exists()
    recover(tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == ["x"]


def test_staging_of_a_living_owner_is_left_alone(tmp_path: Path) -> None:
    with staging_folder(tmp_path / "x") as staging:
        recover(tmp_path)
        assert staging.is_dir()
    (tmp_path / ".staging-x-dead").mkdir()
    recover(tmp_path)
    assert list(tmp_path.iterdir()) == []


def test_a_lock_names_its_holder_and_is_free_after_it(tmp_path: Path) -> None:
    path = tmp_path / ".lock"
    with Lock(path), pytest.raises(BusyError, match=f"进程{os.getpid()}"):
        Lock(path).acquire()
    assert not path.exists()


def test_a_lock_of_a_killed_process_is_free(tmp_path: Path) -> None:
    path = tmp_path / ".lock"
    code = (
        "import sys, os, signal; from pathlib import Path; from junheng.batch.lock import Lock;"
        "Lock(Path(sys.argv[1])).acquire(); os.kill(os.getpid(), signal.SIGKILL)"
    )
    subprocess.run([sys.executable, "-c", code, str(path)], check=False)
    assert path.exists()
    with Lock(path):
        pass


@pytest.mark.parametrize("kind", ["link", "dangling", "file"])
def test_what_stands_in_place_of_the_folder_is_replaced_not_followed(tmp_path: Path, kind: str) -> None:
    final, elsewhere = tmp_path / "out" / "370883_邹城市", tmp_path / "elsewhere"
    final.parent.mkdir()
    elsewhere.mkdir()
    (elsewhere / "precious").write_text("keep")
    if kind == "file":
        final.write_text("in the way")
    else:
        final.symlink_to(elsewhere if kind == "link" else tmp_path / "nowhere")
    with staging_folder(final) as staging:
        write(staging, "1")
        publish(staging, final)
    assert versions(final) == ["1"] * 3 and not final.is_symlink()
    assert [path.name for path in final.parent.iterdir()] == [final.name]
    assert [path.name for path in elsewhere.iterdir()] == ["precious"]


def test_links_under_the_names_of_ours_are_removed_and_not_followed(tmp_path: Path) -> None:
    year, elsewhere = tmp_path / "2024", tmp_path / "elsewhere"
    year.mkdir()
    elsewhere.mkdir()
    (elsewhere / "precious").write_text("keep")
    (year / ".staging-a").symlink_to(elsewhere)
    (year / ".staging-a.lock").symlink_to(elsewhere / "precious")
    (year / ".staging-b.lock").mkdir()
    (year / ".old-c").symlink_to(elsewhere)
    (year / "c").mkdir()
    recover(year)
    assert [path.name for path in year.iterdir()] == ["c"]
    assert (elsewhere / "precious").read_text() == "keep"
