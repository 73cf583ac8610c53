"""Sentences as data (params/phrases/*.yml): a phrase is one text, or cases chosen by the values it is said with."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any

from pydantic import BeforeValidator, RootModel

from junheng.errors import ParamsProblem
from junheng.params.formula import FormulaText
from junheng.params.loader import Record, load_cached

PLACEHOLDER = re.compile(r"\{(\w+)(?:\|(\w+))?\}")


class PhraseCase(Record):
    """One wording; it holds when the formula `when` does (no formula: always)."""

    when: FormulaText | None = None
    text: str


Phrase = tuple[PhraseCase, ...]


def _cases(phrase: Any) -> Any:
    """A phrase is written as a text, or as a list of cases."""
    return [{"text": phrase}] if isinstance(phrase, str) else phrase


class _PhraseFile(RootModel[dict[str, Annotated[Phrase, BeforeValidator(_cases)]]]):
    pass


def load_phrases(params_dir: Path) -> Mapping[str, Phrase]:
    """Return all phrases by id from params/phrases/*.yml; raises ParamsProblem (an id written twice included)."""
    found: dict[str, Phrase] = {}
    for path in sorted((params_dir / "phrases").glob("*.yml")):
        for name, phrase in load_cached(path, _PhraseFile).root.items():
            if name in found:
                raise ParamsProblem(f"句式“{name}”在{path.name}中重复定义。")
            found[name] = phrase
    return found
