"""Sentences as data (params/phrases/*.yml): a phrase is one text, or cases chosen by the values it is said with."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path
from typing import Any

from pydantic import TypeAdapter, ValidationError

from junheng.errors import ParamsProblem
from junheng.params.formula import parse_formula
from junheng.params.loader import Record, read_yaml, stamp_of

PLACEHOLDER = re.compile(r"\{(\w+)(?:\|(\w+))?\}")


class PhraseCase(Record):
    """One wording; it holds when the formula `when` does (no formula: always)."""

    when: str | None = None
    text: str

    def names(self) -> set[str]:
        """The values the case needs."""
        used = {name for name, _ in PLACEHOLDER.findall(self.text)}
        return used | set(parse_formula(self.when).names if self.when else ())


Phrase = tuple[PhraseCase, ...]
_PHRASES = TypeAdapter(dict[str, str | tuple[PhraseCase, ...]])


def load_phrases(params_dir: Path) -> Mapping[str, Phrase]:
    """Return all phrases by id from params/phrases/*.yml; raises ParamsProblem (an id written twice included)."""
    found: dict[str, Phrase] = {}
    for path in sorted((params_dir / "phrases").glob("*.yml")):
        for name, phrase in _file(path, stamp_of(path)).items():
            if name in found:
                raise ParamsProblem(f"句式“{name}”在{path.name}中重复定义。")
            found[name] = (PhraseCase(text=phrase),) if isinstance(phrase, str) else phrase
    return found


@lru_cache(maxsize=64)
def _file(path: Path, stamp: tuple[int, int] | None) -> dict[str, str | tuple[PhraseCase, ...]]:
    return _checked(path, read_yaml(path))


def _checked(path: Path, data: Any) -> dict[str, str | tuple[PhraseCase, ...]]:
    try:
        phrases = _PHRASES.validate_python(data or {})
    except ValidationError as error:
        first = error.errors()[0]
        place = " → ".join(str(step) for step in first["loc"][:2])
        raise ParamsProblem(f"句式文件{path.name}的“{place}”有误：{first['msg']}。") from error
    for phrase in phrases.values():
        for case in () if isinstance(phrase, str) else phrase:
            case.names()
    return phrases
