"""The one county and year that an analyst's command is about.

Apart from the other options, which must not import what a notebook needs: `run` with nothing to do takes half a second.
"""

from __future__ import annotations

from typing import Any

import click

from junheng.batch.job import Places
from junheng.cli.words import Year
from junheng.lab.workspace import Workspace, open_workspace


def subject_arguments(command: Any) -> Any:
    """One county and year, named without options."""
    year = click.argument("year", metavar="年度", type=Year())
    return click.argument("county", metavar="县")(year(command))


def opened(folders: Places, county: str, year: int) -> Workspace:
    """Return the workspace of one county and year; nothing is written. Raises UsageProblem and ParamsProblem."""
    return open_workspace(county, year, str(folders.data), str(folders.params), "", "assessment")
