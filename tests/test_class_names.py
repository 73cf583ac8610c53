"""A class is found by its name: no two of the project share one (an underscore in front makes no other name)."""

from __future__ import annotations

import ast
from collections import defaultdict
from pathlib import Path

LIB = Path(__file__).parent.parent / "lib"


def places(root: Path) -> dict[str, list[str]]:
    """Where each name of a class is given."""
    found: dict[str, list[str]] = defaultdict(list)
    for path in sorted(root.rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"), str(path))):
            if isinstance(node, ast.ClassDef):
                found[node.name.lstrip("_")].append(f"{path.relative_to(root)}:{node.lineno}")
    return found


def doubled(root: Path) -> dict[str, list[str]]:
    return {name: where for name, where in places(root).items() if len(where) > 1}


def test_no_two_classes_share_a_name() -> None:
    assert doubled(LIB) == {}


def test_a_doubled_name_is_told_with_both_places(tmp_path: Path) -> None:
    (tmp_path / "one.py").write_text("class Cell: ...\n", encoding="utf-8")
    (tmp_path / "two.py").write_text("\ndef make():\n    class _Cell: ...\n", encoding="utf-8")
    assert doubled(tmp_path) == {"Cell": ["one.py:1", "two.py:3"]}
