"""Errors that reach an analyst: one clear Chinese sentence each, never a traceback."""

from __future__ import annotations

from collections.abc import Iterable
from difflib import get_close_matches


class JunhengError(Exception):
    """A failure whose message (Simplified Chinese) can be shown to an analyst as it is."""

    exit_code = 1


class UsageProblem(JunhengError):
    """A wrong call, a missing input or a missing tool: nothing was computed (exit code 2)."""

    exit_code = 2


class ParamsProblem(UsageProblem):
    """A record under params/ that cannot be used; the message names file and record."""


class DataProblem(JunhengError):
    """A workbook whose errors forbid a report (exit code 1)."""


class OutputProblem(JunhengError):
    """A produced file that failed its check after writing (exit code 1)."""


def did_you_mean(word: str, known: Iterable[str]) -> str:
    """Return a Chinese hint naming the known words nearest to `word`, or an empty string."""
    near = get_close_matches(word, list(known), n=2, cutoff=0.6)
    return f"是否要写“{'”或“'.join(near)}”？" if near else ""
