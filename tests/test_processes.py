"""What of our environment reaches the processes that run notebooks."""

from __future__ import annotations

import ctypes
import os
import pickle
import signal
from collections.abc import Callable
from pathlib import Path

import pytest

from junheng.errors import OutputProblem, UsageProblem
from junheng.processes import LostProcess, apart, child_environment, children, time_limit, typed


def test_only_what_is_allowed_reaches_a_child(monkeypatch: pytest.MonkeyPatch) -> None:
    secret = {
        "JUNHENG_PASSPHRASE_370883": "s", "JUNHENG_PASSPHRASE_FILE": "/x", "JUNHENG_SIGNING_KEY_FILE": "/x",
        "JUNHENG_SIGNING_KEY_PASSWORD": "s", "JUNHENG_PDF_P12_PASSWORD": "s", "AWS_SECRET_ACCESS_KEY": "s",
        "PYTHONPATH": "/wrong", "PYTHONHOME": "/wrong", "PYTHONSTARTUP": "/x", "LD_PRELOAD": "/x", "HTTPS_PROXY": "s",
    }  # fmt: skip
    kept = {
        "PATH": "/bin",
        "HOME": "/home/x",
        "LC_CTYPE": "C",
        "TMPDIR": "/t",
        "JUNHENG_PASSWORD": "workbook",
    }
    for name, value in {**secret, **kept}.items():
        monkeypatch.setenv(name, value)
    found = child_environment({"PYTHONUTF8": "1"})
    assert not set(secret) & set(found)
    assert kept.items() <= found.items() and found["PYTHONUTF8"] == "1"


def test_what_takes_too_long_is_stopped_and_named(tmp_path: Path) -> None:
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    with (
        pytest.raises(OutputProblem, match=r"检查输出文件超过时限（0\.2秒），已停止"),
        time_limit(0.2, "检查输出文件"),
    ):
        pipe.read_bytes()
    with time_limit(60, "检查"):
        pass
    assert signal.getitimer(signal.ITIMER_REAL) == (0.0, 0.0)


def test_a_secret_typed_in_a_gbk_terminal_is_what_was_typed(monkeypatch: pytest.MonkeyPatch) -> None:
    for encoding in ("utf-8", "gb18030"):
        monkeypatch.setitem(os.environb, b"JUNHENG_PASSPHRASE_370883", "密码密码密码1".encode(encoding))
        assert typed("JUNHENG_PASSPHRASE_370883") == "密码密码密码1"
    assert typed("JUNHENG_PASSPHRASE_000000") == ""
    monkeypatch.setitem(os.environb, b"JUNHENG_PASSWORD", b"a\xff")
    with pytest.raises(UsageProblem, match="环境变量JUNHENG_PASSWORD的内容不是UTF-8或GBK"):
        typed("JUNHENG_PASSWORD")


def test_work_apart_gives_back_what_it_returns_or_raises() -> None:
    assert apart(lambda: ["甲"] * 3_000_000, 600, 1000)[-1] == "甲"
    with pytest.raises(ValueError, match="乙"):
        apart(lambda: (_ for _ in ()).throw(ValueError("乙")), 600, 1000)


@pytest.mark.parametrize(
    "work",
    [
        lambda: ctypes.CDLL(None).pause(),  # in C, where no signal of Python gets through
        lambda: os.kill(os.getpid(), signal.SIGSEGV),
        lambda: os._exit(0),
        lambda: bytearray(10**9),
        lambda: lambda: None,  # cannot be sent
    ],
    ids=["hangs", "crashes", "ends", "memory", "no answer"],
)
def test_work_apart_that_hangs_or_crashes_is_lost_alone(work: Callable[[], object]) -> None:
    before = set(children())
    with pytest.raises((LostProcess, AttributeError, pickle.PicklingError)):
        apart(work, 2.0, 100)
    assert set(children()) <= before
