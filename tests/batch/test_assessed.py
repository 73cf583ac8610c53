"""A summary reads those counties anew of which something changed, and no others; what it takes over is the same."""

from __future__ import annotations

import pickle
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from junheng.assess.city import CityAssessment
from junheng.batch import assessed
from junheng.batch.city import city_job, digests_by_county
from junheng.batch.job import Places
from junheng.batch.plan import Request
from junheng.lab import city as lab
from junheng.lab import county as county_lab
from junheng.workbook.read import school_lists
from tests.batch.fakes import REPO
from tests.messy.builder import school, write_book

STEMS = ("370811_任城区", "370881_曲阜市", "370883_邹城市")
BROKEN = "370826_微山县"


class Site:
    """A city of three workbooks and a broken one, summed up as the batch has it done; `read` are the files opened."""

    def __init__(self, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        self.places = Places(REPO, folder / "data", folder / "params", folder / "out")
        (folder / "data" / "2024").mkdir(parents=True)
        shutil.copytree(REPO / "params", folder / "params")
        for number, stem in enumerate(STEMS):
            self.write(stem, number)
        (folder / "data" / "2024" / f"{BROKEN}.xlsx").write_bytes(b"nothing")
        self.read: list[str] = []
        self.before: dict[str, str] = {}
        monkeypatch.setattr(county_lab, "open_county_book", self.noting(county_lab.open_county_book))
        monkeypatch.setattr(school_lists, "open_file", self.noting(school_lists.open_file))

    def noting(self, call: Callable[..., Any]) -> Callable[..., Any]:
        def noted(path: Path, *more: Any, **named: Any) -> Any:
            self.read.append(path.stem)
            return call(path, *more, **named)

        return noted

    def write(self, stem: str, number: int, pupils: int = 500) -> None:
        schools = [
            school(
                school_code=f"213783{100 * number + one:04d}",
                school_name=f"{stem[7:]}第{one}小学",
                students_primary=pupils,
            )
            for one in range(1, 7)
        ]
        write_book(self.places.data / "2024" / f"{stem}.xlsx", schools)

    def sum_up(self, force: bool = False, well: bool = True) -> tuple[CityAssessment, set[str], list[str]]:
        """Return the summary, the workbooks that were opened, and what was said per county."""
        job = city_job(Request(2024, self.places))
        assessed.prepare(job.assessed, job.keys, force)
        work = lab.open_city(
            2024, str(self.places.data), str(self.places.params), "", cache_dir=str(job.assessed)
        )
        own = digests_by_county(self.places, 2024)
        said = assessed.plan_said(job.assessed, job.keys, work.counties, self.before, own)
        self.before = dict(job.inputs.digests)
        self.read.clear()
        found = lab.gather(work)
        if well:
            assessed.settle(job.assessed)
        return found, set(self.read), said


@pytest.fixture
def site(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Site:
    return Site(tmp_path, monkeypatch)


def told(found: CityAssessment) -> list[Any]:
    kept = [(m.county.code, m.verdict, m.met_units, m.mean_cv, m.assessment.book) for m in found.members]
    return [*kept, *((gone.county.code, gone.cause, gone.detail) for gone in found.left_out)]


def test_nothing_changed_and_nothing_is_read(site: Site) -> None:
    first, read, said = site.sum_up()
    assert read == {*STEMS, BROKEN} and "邹城市：重新评估（首次汇总）" in said
    second, read, said = site.sum_up()
    assert read == set()
    assert told(second) == told(first)
    assert "邹城市：数据和参数未变，沿用已有评估" in said


def test_one_changed_and_one_is_read(site: Site) -> None:
    site.sum_up()
    site.write(STEMS[1], 1, pupils=520)
    found, read, said = site.sum_up()
    assert read == {STEMS[1]}
    (changed,) = (m for m in found.members if m.county.name == "曲阜市")
    assert changed.assessment.units[0].students == 520
    assert "曲阜市：重新评估（采集工作簿“data/2024/370881_曲阜市.xlsx”有改动）" in said
    assert "邹城市：数据和参数未变，沿用已有评估" in said and "兖州区：没有采集工作簿" in said


def test_a_countys_own_parameters_concern_it_alone_and_the_standard_all(site: Site) -> None:
    site.sum_up()
    (site.places.params / "2024" / "370883.yml").write_text("internal_note: 复核\n", encoding="utf-8")
    assert site.sum_up()[1] == {STEMS[2]}
    standard = site.places.params / "standards" / "national.yml"
    standard.write_text(standard.read_text(encoding="utf-8") + "\n", encoding="utf-8")
    assert site.sum_up()[1] == {*STEMS, BROKEN}


def test_a_run_that_failed_keeps_nothing(site: Site) -> None:
    site.sum_up(well=False)
    assert site.sum_up()[1] == {*STEMS, BROKEN}


def test_who_forces_it_trusts_nothing_kept(site: Site) -> None:
    site.sum_up()
    assert site.sum_up(force=True)[1] == {*STEMS, BROKEN}


def test_another_countys_schools_are_seen_in_what_was_kept(site: Site) -> None:
    """Whether a list is another county's depends on that county's workbook, which may be the one that changed."""
    site.sum_up()
    shutil.copy(
        site.places.data / "2024" / f"{STEMS[2]}.xlsx", site.places.data / "2024" / f"{STEMS[1]}.xlsx"
    )
    found, read, _ = site.sum_up()
    assert read == {STEMS[1]}
    assert "曲阜市" in {gone.county.name for gone in found.left_out}


class Trap:
    """What somebody might lay in place of an entry."""

    def __reduce__(self) -> Any:
        return Path.touch, (Path("sprung"),)


@pytest.mark.parametrize("content", [b"", b"\x80\x05", pickle.dumps(Trap()), pickle.dumps({"a": 1})])
def test_a_damaged_or_foreign_entry_is_read_anew_and_runs_nothing(
    site: Site, content: bytes, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.chdir(tmp_path)
    site.sum_up()
    (entry,) = site.places.year_dir(2024).glob(".assessed/370883-*.pickle")
    entry.write_bytes(content)
    assert site.sum_up()[1] == {STEMS[2]}
    assert not (tmp_path / "sprung").exists()
