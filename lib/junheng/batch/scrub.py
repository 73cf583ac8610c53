"""Making an executed notebook fit to be delivered: the same bytes every time, and no trace of the machine."""

from __future__ import annotations

import re
from collections.abc import Mapping
from html import escape
from pathlib import Path
from typing import Any

from junheng.lab.notebooks import KERNEL, PARAMETERS, with_values
from junheng.processes import SHORTEST_SECRET, typed
from junheng.workbook.read.password import VARIABLE

INJECTED = "injected-parameters"
LANGUAGE = {
    "file_extension": ".py",
    "mimetype": "text/x-python",
    "name": "python",
    "pygments_lexer": "ipython3",
}
_ADDRESS = re.compile(r"\bat 0x[0-9a-fA-F]{6,}")
_START = r"(?<![A-Za-z0-9_.\-])"
_END = r"(?![A-Za-z0-9_\-]|\.[A-Za-z0-9_])"
_END_OF_CHINESE = r"(?![\w\-]|\.\w)"
"""A place ends where no other name can go on: `/srv/a见` names `/srv/a`, but `/srv/报告见` may be a folder 报告见."""


class PathScrubber:
    """Replaces absolute places by names. `names` maps each place to what is written in its stead.

    The password of the workbooks, which a cell can print, is taken out too.
    """

    def __init__(self, names: Mapping[Path, str]) -> None:
        self._password = typed(VARIABLE)
        places: dict[str, str] = {}
        for path, name in names.items():
            # A folder reached by a link is named by either of its two paths.
            for spelling in (path, path.resolve()):
                if len(spelling.parts) > 1:  # never the root of the file system
                    places[str(spelling)] = name
        longest_first = sorted(places, key=len, reverse=True)
        self.names = places
        alternatives = (
            _START + re.escape(place) + (_END if place[-1].isascii() else _END_OF_CHINESE)
            for place in longest_first
        )
        self._pattern = re.compile("|".join(alternatives) or r"(?!)")

    def clean(self, text: str) -> str:
        """Return `text` with every known place replaced and memory addresses hidden."""
        if self._may_stand_in(text):
            text = self._pattern.sub(lambda m: self.names[m[0]], text)
        return _ADDRESS.sub("at 0x…", self._without_password(text))

    def _without_password(self, text: str) -> str:
        """A short or plain number may be a figure: it is a password only where the variable stands beside it."""
        sure = len(self._password) >= SHORTEST_SECRET and not self._password.isdecimal()
        if self._password and (sure or VARIABLE in text):
            for spelling in {self._password, repr(self._password)[1:-1], escape(self._password)}:
                text = text.replace(spelling, "（保密）")
        return text

    def first_left(self, text: str) -> str | None:
        """Return the first known place that stands in `text`, or None."""
        found = self._pattern.search(text) if self._may_stand_in(text) else None
        return found[0] if found else None

    def _may_stand_in(self, text: str) -> bool:
        """A plain search, which is far faster than the pattern; the pattern decides on what it finds."""
        return any(place in text for place in self.names)


def scrub_notebook(notebook: Any, parameters: Mapping[str, str | int], scrubber: PathScrubber) -> Any:
    """Return the executed notebook without times and places; its parameters get logical names."""
    notebook.metadata = type(notebook.metadata)(kernelspec=dict(KERNEL), language_info=dict(LANGUAGE))
    for number, cell in enumerate(notebook.cells):
        for key in ("papermill", "execution", "collapsed"):
            cell.metadata.pop(key, None)
        if PARAMETERS in cell.metadata.get("tags", []):  # the default county is another county's business
            cell.source = with_values(cell.source, {name: repr(value) for name, value in parameters.items()})
        if INJECTED in cell.metadata.get("tags", []):
            cell.source = parameter_source(parameters)
            # papermill gives the cell it puts in a random id.
            cell.id = INJECTED
        cell.setdefault("id", f"cell-{number}")
        cell.source = scrubber.clean(cell.source)
        for output in cell.get("outputs", []):
            _scrub_output(output, scrubber)
    return notebook


def parameter_source(parameters: Mapping[str, str | int]) -> str:
    """The injected cell as it is delivered."""
    return "\n".join(["# 本次运行的参数", *(f"{name} = {value!r}" for name, value in parameters.items())])


def _scrub_output(output: Any, scrubber: PathScrubber) -> None:
    if output.output_type == "stream":
        output.text = scrubber.clean(output.text)
    for kind, content in output.get("data", {}).items():
        if isinstance(content, str) and not kind.startswith(("image/png", "image/jpeg", "application/pdf")):
            output.data[kind] = scrubber.clean(content)
