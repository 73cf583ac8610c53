"""What is a county's own is decided by its workbook, not by what is about to be sent."""

from __future__ import annotations

import os
import shutil
import signal
from pathlib import Path

import pytest

from junheng.delivery import roster as roster_module
from junheng.delivery.roster import load_roster
from junheng.errors import OutputProblem, UsageProblem
from tests.delivery.make import OTHER, OTHER_SCHOOLS, OWN, REPO, YEAR, office


def test_the_workbook_decides(tmp_path: Path) -> None:
    places = office(tmp_path / "office")
    book = places.data / str(YEAR) / f"{OWN.stem}.xlsx"
    shutil.copy(REPO / "tests" / "golden" / "370883_2024.xlsx", book)
    units = places.year_dir(YEAR) / OWN.stem / "data" / "units.csv"
    with units.open("a", encoding="utf-8") as stream:
        stream.write("2137110001,任城区运河小学,primary,1,7,1,达标\n")
    roster = load_roster(places, YEAR)
    own = roster.own(OWN)
    assert len(own.names) > 20 and not own.names & set(OTHER_SCHOOLS.values())
    assert not own.codes & OTHER_SCHOOLS.keys()
    assert roster.own(OTHER).codes == OTHER_SCHOOLS.keys()  # no workbook: the published list
    assert own.figures == {"1.5707963267948966", "0.31415926535897931"}


def test_without_any_list_nobody_can_tell(tmp_path: Path) -> None:
    places = office(tmp_path / "office")
    (places.data / str(YEAR) / f"{OTHER.stem}.xlsx").write_bytes(b"broken")
    shutil.rmtree(places.year_dir(YEAR) / OTHER.stem)
    with pytest.raises(UsageProblem, match="任城区的采集工作簿无法读取"):
        load_roster(places, YEAR)


STARTED_BY = os.getpid()


def _killed(*given: object) -> None:
    if os.getpid() != STARTED_BY:
        os.kill(os.getpid(), signal.SIGKILL)


def test_a_reader_that_is_killed_ends_in_one_sentence(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Without the names of one county nobody can say what is in the packages of the others."""
    monkeypatch.setattr(roster_module, "_schools", _killed)
    with pytest.raises(OutputProblem, match="中途退出（可能内存不足）"):
        load_roster(office(tmp_path / "office"), YEAR)
