"""What of our environment reaches the processes that run notebooks."""

from __future__ import annotations

import os
import signal
from pathlib import Path

import pytest

from junheng.errors import OutputProblem, UsageProblem
from junheng.processes import child_environment, time_limit, typed


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
