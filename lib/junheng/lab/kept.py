"""Counties as an earlier summary assessed them, so that only those are read anew of which something changed.

The batch says in keys.json what each county depends on; an entry holds for its key alone and is used by nobody else. New
entries bear another ending until the batch has seen that no input changed meanwhile. They are pickles, since an
assessment is a web of some ten thousand exact values with their cells; only classes of ours and plain values are loaded.
"""

from __future__ import annotations

import json
import pickle
from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum
from pathlib import Path
from typing import Any

from junheng.assess.city import AssessedCounty, LeftOut
from junheng.files import write_whole
from junheng.params.counties import County
from junheng.workbook.read.school_lists import SchoolList

KEYS = "keys.json"
ENDING, NEW = ".pickle", ".new"
OURS = ("junheng.params.", "junheng.workbook.", "junheng.assess.", "junheng.errors")
PLAIN = {
    "builtins": {"set", "frozenset"},
    "fractions": {"Fraction"},
    "datetime": {"date"},
    "pathlib": {"PosixPath"},
}
PARSERS = {("junheng.params.formula", "parse_formula")}
"""The only functions that loading may call."""


@dataclass(frozen=True)
class KeptEntry:
    """What came of a county, and the lists of schools that were read of its workbooks, by year."""

    outcome: AssessedCounty | LeftOut
    lists: Mapping[int, SchoolList | None]


@dataclass(frozen=True)
class Kept:
    """The entries of one folder, each under the key that its county has now; without a folder nothing is kept."""

    folder: Path | None = None
    keys: Mapping[str, str] | None = None

    @classmethod
    def of(cls, folder: str) -> Kept:
        """Open the folder that the batch names; an empty name is none."""
        if not folder:
            return cls()
        return cls(Path(folder), json.loads((Path(folder) / KEYS).read_text(encoding="utf-8")))

    def find(self, county: County) -> KeptEntry | None:
        """The entry of a county under its present key; one that cannot be loaded is none."""
        path = self._path(county, ENDING)
        if path is None or not path.is_file():
            return None
        try:
            with path.open("rb") as stream:
                found = _Loader(stream).load()
        except Exception:  # damaged, or of another version: the county is read again
            return None
        return found if isinstance(found, KeptEntry) else None

    def keep(self, county: County, entry: KeptEntry) -> None:
        """Keep an entry, not yet to be used."""
        path = self._path(county, NEW)
        if path is not None:
            write_whole(path, pickle.dumps(entry, protocol=pickle.HIGHEST_PROTOCOL))

    def _path(self, county: County, ending: str) -> Path | None:
        key = (self.keys or {}).get(county.code)
        return self.folder / f"{entry_name(county.code, key)}{ending}" if self.folder and key else None


def entry_name(code: str, key: str) -> str:
    """The name of an entry's file, without ending."""
    return f"{code}-{key}"


class _Loader(pickle.Unpickler):
    """Loads classes of ours and plain values: a file that somebody else laid here runs nothing."""

    def find_class(self, module: str, name: str) -> Any:
        if (module, name) == ("builtins", "getattr"):  # how Python 3.11 pickles a member of an Enum
            return _member
        if (module, name) in PARSERS or name in PLAIN.get(module, ()):
            return super().find_class(module, name)
        if module.startswith(OURS) or (module, name) == (__name__, KeptEntry.__name__):
            found = super().find_class(module, name)
            if isinstance(found, type):
                return found
        raise pickle.UnpicklingError(f"{module}.{name}")


def _member(kind: type[Enum], name: str) -> Enum:
    if not (isinstance(kind, type) and issubclass(kind, Enum)):
        raise pickle.UnpicklingError(f"{kind!r}.{name}")
    return kind[name]
