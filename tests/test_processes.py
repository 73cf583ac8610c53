"""What of our environment reaches the processes that run notebooks."""

from __future__ import annotations

import pytest

from junheng.processes import child_environment


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
