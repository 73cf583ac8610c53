"""What the sections of the city's summary draw on."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import Any

from junheng.assess.city import CityAssessment, Member
from junheng.assess.tasks import TaskResult, assess_tasks
from junheng.params.brief import Brief
from junheng.params.counties import County
from junheng.params.standard import Standard
from junheng.params.tables import TableSpec
from junheng.params.tasks import chinese_date
from junheng.report.content.context import Wording
from junheng.report.content.model import Picture
from junheng.report.content.phrases import listed
from junheng.report.content.standard_words import standard_words


@dataclass(frozen=True, repr=False)
class CityContext(Brief):
    """The city's assessment, the words it is told in, its figures; `fingerprints` are (what, SHA-256) of the inputs.

    `small_counts` is the rule on small counts as printed, empty where nothing is hidden; `history` are the earlier runs
    of the year (report/page/history.py).
    """

    city: CityAssessment
    wording: Wording
    pictures: tuple[Picture, ...] = ()
    fingerprints: tuple[tuple[str, str], ...] = ()
    small_counts: str = ""
    history: Sequence[Any] = ()

    @cached_property
    def tasks(self) -> Mapping[str, tuple[TaskResult, ...]]:
        """The city's tasks, judged for every county, by its code."""
        wording = self.wording
        inputs = wording.city_year.task_inputs
        return {
            m.county.code: assess_tasks(m.assessment, wording.dictionary, wording.tasks, inputs)
            for m in self.city.members
        }

    @property
    def counties(self) -> tuple[County, ...]:
        """All counties of the city: those that are in, then those left out."""
        return (*(m.county for m in self.city.members), *(gone.county for gone in self.city.left_out))

    @cached_property
    def day(self) -> date:
        """The day of the report, by which deadlines are judged; raises ParamsProblem when it is no date."""
        return chinese_date(
            self.wording.city_year.report_date, f"params/{self.city.year}/city.yml的report_date"
        )

    @cached_property
    def words(self) -> Mapping[str, object]:
        """What every phrase may use beside its own values."""
        return standard_words(self.standard, self.wording.phrases)

    def say(self, name: str, /, **values: object) -> str:
        return self.wording.phrases.say(name, **{**self.words, **values})

    def cite(self, *figures: str) -> str:
        """Refer to figures by name, those that were drawn."""
        drawn = {picture.name for picture in self.pictures}
        return "".join(self.say(f"figure.{name}") for name in figures if name in drawn)

    @property
    def specs(self) -> Mapping[str, TableSpec]:
        return self.wording.specs

    @property
    def standard(self) -> Standard:
        return self.city.standard


def names(things: Iterable[Member | County]) -> str:
    """Name counties, by their title, joined with 、."""
    return listed((thing.county if isinstance(thing, Member) else thing).title for thing in things)
