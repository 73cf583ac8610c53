"""What moves with a teacher or a pupil in a trial (params/whatif.yml)."""

from __future__ import annotations

from pathlib import Path

from junheng.params.loader import Exact, Record, load_cached


class Followers(Record):
    """Fields that change with a head count: `follow` by the same number, `capped` by at most what the school has."""

    follow: tuple[str, ...]
    capped: tuple[str, ...] = ()


class Teacher(Followers):
    """A teacher also carries a degree, perhaps a subject and a 骨干 title; all by Chinese word."""

    degrees: dict[str, str]
    subjects: dict[str, str]
    backbone: str


class Moves(Record):
    """Field keys with `{stage}` in them; `plausible`: how far beyond the county's own range a figure is questioned."""

    teacher: Teacher
    pupil: Followers
    plausible: Exact


def load_moves(params_dir: Path) -> Moves:
    """Read params/whatif.yml; raises ParamsProblem."""
    return load_cached(params_dir / "whatif.yml", Moves)
