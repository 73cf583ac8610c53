"""What every section of a report draws on."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property
from pathlib import Path
from typing import Any

from junheng.assess.city import AssessedCounty, CityAssessment
from junheng.assess.city_records import CityRecords
from junheng.assess.cycle import Deadline, deadlines
from junheng.assess.model import Assessment
from junheng.assess.tasks import TaskResult, assess_tasks
from junheng.assess.trend import Trend
from junheng.exact import plain
from junheng.params.brief import Brief
from junheng.params.checks import load_check_settings
from junheng.params.city import City, CityYear, load_city, load_city_year
from junheng.params.city_rules import CityRules, load_city_rules
from junheng.params.counties import County
from junheng.params.dictionary import Dictionary, load_dictionary
from junheng.params.phrases import load_phrases
from junheng.params.settings import NumberSetting
from junheng.params.standard import Setting, Standard
from junheng.params.tables import TableSpec, load_tables
from junheng.params.tasks import Cycle, TaskPlan, chinese_date, load_cycle, load_tasks
from junheng.planning.plan import Plan
from junheng.report.content.creation import Creation
from junheng.report.content.model import Picture
from junheng.report.content.phrases import PhraseBook, listed

TO_WRITE = "____"
"""A blank to be written in by hand."""
DAY_TO_WRITE = "____年__月__日"


@dataclass(frozen=True, repr=False)
class Wording(Brief):
    """The words and forms of reports, read once: phrases, table forms, names, the year's dates, dictionary, tasks."""

    phrases: PhraseBook
    specs: Mapping[str, TableSpec]
    city: City
    city_year: CityYear
    dictionary: Dictionary
    tasks: TaskPlan
    cycle: Cycle
    rules: CityRules
    check_settings: tuple[NumberSetting, ...] = ()

    @property
    def amounts(self) -> tuple[NumberSetting, ...]:
        """The amounts decided where the sources are silent, and those the office gives, as they hold for the year."""
        return (*self.tasks.amounts(self.city_year.task_inputs).values(), *self.check_settings)

    def judged_tasks(self, assessment: Assessment) -> tuple[TaskResult, ...]:
        """Return the city's tasks, judged for a county."""
        return assess_tasks(assessment, self.dictionary, self.tasks, self.city_year.task_inputs)


class BaseContext(Brief):
    """What the sections of any report share: the words it is told in, and the figures it may refer to."""

    wording: Wording
    pictures: tuple[Picture, ...]
    fingerprints: tuple[tuple[str, str], ...]
    remarks: Mapping[str, str] = {}

    @property
    def place(self) -> Mapping[str, str]:
        """Whose report it is and of which year, as phrases and templates have it."""
        raise NotImplementedError

    @property
    def local(self) -> Standard:
        """The local standard, as it holds for the year."""
        raise NotImplementedError

    @property
    def year(self) -> str:
        """The assessed year, as it is printed."""
        return self.place["year"]

    @property
    def demo_mark(self) -> str:
        """演示数据 where any figure is made up, else empty."""
        raise NotImplementedError

    @property
    def standard(self) -> Standard:
        """The national standard, as it holds for the year."""
        raise NotImplementedError

    @property
    def specs(self) -> Mapping[str, TableSpec]:
        """The forms of all tables by id."""
        return self.wording.specs

    @cached_property
    def words(self) -> Mapping[str, object]:
        """What every phrase may use beside its own values: whose report it is, by what and by when, numbers of the standard.

        `national` and `local` are the bases of the two standards, `last` is the year before, `deadline` that of rectification.
        """
        year = self.wording.city_year
        return {
            **standard_words(self.standard, self.wording.phrases),
            **self.place,
            "office": self.wording.city.office,
            "national": self.standard.basis,
            "local": self.local.basis,
            "local_title": self.local.title,
            "source": year.data_source,
            "deadline": year.rectification_deadline,
            "last": str(int(self.year) - 1),
        }

    @cached_property
    def day(self) -> date:
        """The day of the report, by which deadlines are judged; raises ParamsProblem when it is no date."""
        return self._date("report_date")

    @cached_property
    def limit(self) -> date:
        """The day by which rectification is to be done; raises ParamsProblem when it is no date."""
        return self._date("rectification_deadline")

    def _date(self, key: str) -> date:
        return chinese_date(getattr(self.wording.city_year, key), f"params/{self.year}/city.yml的{key}")

    def say(self, name: str, /, **values: object) -> str:
        """Return a phrase with these values and the words of the report filled in; raises ParamsProblem."""
        return self.wording.phrases.say(name, **{**self.words, **values})

    def left_open(self, name: str, /, **values: object) -> str:
        """Say a phrase in which what is not given stays a blank to be written in."""
        return self.wording.phrases.leaving(TO_WRITE).say(name, **{**self.words, **values})

    def cite(self, *figures: str) -> str:
        """Refer to figures by name, those that were drawn."""
        drawn = {picture.name for picture in self.pictures}
        return "".join(self.say(f"figure.{name}") for name in figures if name in drawn)


@dataclass(frozen=True, repr=False)
class CountyContext(BaseContext):
    """One county's report: its assessment, the comparison with last year (None without its workbook), its figures.

    `fingerprints` are (what, SHA-256) of the inputs, printed in the notes on method;
    `defaults` are the standard's settings before the county's own choices;
    `plan` is the least-cost plan to pass when the county's file asks for it (plan: in_report);
    `small_counts` is the rule on small counts as printed, empty where nothing is hidden;
    `own_cells` says which cells the county's own notebook adds to the standard one or changes.
    `creation` is what the 创建方案 rests on, where it is asked for.
    `remarks` are texts to print at the end of a section, by its name;
    `records` is what the city's own workbook says (visits, third parties, papers received).
    """

    assessment: Assessment
    trend: Trend | None
    wording: Wording
    pictures: tuple[Picture, ...] = ()
    fingerprints: tuple[tuple[str, str], ...] = ()
    defaults: tuple[Setting, ...] = ()
    plan: Plan | None = None
    small_counts: str = ""
    own_cells: tuple[str, ...] = ()
    creation: Creation | None = None
    remarks: Mapping[str, str] = field(default_factory=dict)
    records: CityRecords = field(default_factory=CityRecords)

    @property
    def standard(self) -> Standard:
        return self.assessment.national.standard

    @property
    def local(self) -> Standard:
        return self.assessment.local.standard

    @cached_property
    def words(self) -> Mapping[str, object]:
        """Those of every report, and of the county: `target` the year by which it is to pass, `left` and `past` the years to it.

        `finish` is the last year of a plan that the county makes now: its target year, or next year when that has come.
        """
        county, year = self.assessment.county, self.assessment.year
        return {
            **super().words,
            "government": county.government,
            "target": str(county.target_year),
            "left": county.target_year - year,
            "past": year - county.target_year,
            "finish": str(max(county.target_year, year + 1)),
        }

    @property
    def county(self) -> str:
        """The county's full name, as it is printed."""
        return self.assessment.county.title

    @property
    def place(self) -> Mapping[str, str]:
        return {"county": self.county, "year": str(self.assessment.year)}

    @property
    def demo_mark(self) -> str:
        return self.wording.city.demo_keyword if self.assessment.book.demo else ""

    @cached_property
    def tasks(self) -> tuple[TaskResult, ...]:
        """The city's tasks, judged."""
        return self.wording.judged_tasks(self.assessment)

    def deadlines(self, today: str) -> tuple[Deadline, ...]:
        """The steps of the yearly cycle as seen on `today` (2025年4月25日); raises ParamsProblem for no date."""
        day = chinese_date(today, f"params/{self.year}/city.yml中的日期")
        return deadlines(self.wording.cycle, self.assessment.year, self.limit, day)


@dataclass(frozen=True, repr=False)
class CityContext(BaseContext):
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
        return {m.county.code: m.tasks or self.wording.judged_tasks(m.assessment) for m in self.city.members}

    @property
    def place(self) -> Mapping[str, str]:
        return {"city": self.wording.city.name, "year": str(self.city.year)}

    @property
    def demo_mark(self) -> str:
        return self.wording.city.demo_keyword if self.city.demo else ""

    @property
    def standard(self) -> Standard:
        return self.city.standard

    @property
    def counties(self) -> tuple[County, ...]:
        """All counties of the city: those that are in, then those left out."""
        return (*(m.county for m in self.city.members), *(gone.county for gone in self.city.left_out))

    @property
    def local(self) -> Standard:
        return self.city.members[0].assessment.local.standard


def names(things: Iterable[AssessedCounty | County]) -> str:
    """Name counties, by their title, joined with 、."""
    return listed((thing.county if isinstance(thing, AssessedCounty) else thing).title for thing in things)


def standard_words(standard: Standard, phrases: PhraseBook) -> dict[str, object]:
    """Return the numbers of the standard that any sentence may use, so that none has to know them (七项, 六项, 85%).

    `indicators` how many there are, `may_miss` how many of them a unit may miss, `least` how many it must meet, `floor`
    85%, `unit_rule` when a unit is 达标, `exceptions` the exceptions' ids (E1至E4).
    """
    rule, ids = standard.unit_rule, [exception.id for exception in standard.exceptions]
    words: dict[str, object] = {
        "indicators": len(standard.indicators),
        "may_miss": rule.may_miss,
        "least": len(standard.indicators) - rule.may_miss,
        "floor": f"{plain(rule.floor * 100)}%",
        "exceptions": "、".join(ids) if len(ids) < 3 else f"{ids[0]}至{ids[-1]}",
    }
    return {**words, "unit_rule": phrases.say("unit_rule", **words)}


def load_wording(params_dir: Path, year: int) -> Wording:
    """Read the words and forms for `year`; raises ParamsProblem."""
    return Wording(
        phrases=PhraseBook(load_phrases(params_dir)),
        specs=load_tables(params_dir),
        city=load_city(params_dir),
        city_year=load_city_year(params_dir, year),
        dictionary=load_dictionary(params_dir),
        tasks=load_tasks(params_dir),
        cycle=load_cycle(params_dir),
        rules=load_city_rules(params_dir),
        check_settings=load_check_settings(params_dir),
    )
