"""What every section of a report draws on."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path

from junheng.assess.city_records import CityRecords
from junheng.assess.cycle import Deadline, deadlines
from junheng.assess.model import Assessment
from junheng.assess.tasks import TaskResult, assess_tasks
from junheng.assess.trend import Trend
from junheng.params.brief import Brief
from junheng.params.checks import load_check_settings
from junheng.params.city import City, CityYear, load_city, load_city_year
from junheng.params.dictionary import Dictionary, load_dictionary
from junheng.params.phrases import load_phrases
from junheng.params.settings import NumberSetting
from junheng.params.standard import Setting
from junheng.params.tables import TableSpec, load_tables
from junheng.params.tasks import Cycle, TaskPlan, chinese_date, load_cycle, load_tasks
from junheng.planning.plan import Plan
from junheng.report.content.model import Picture
from junheng.report.content.phrases import PhraseBook
from junheng.report.content.standard_words import standard_words


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
    check_settings: tuple[NumberSetting, ...] = ()

    @property
    def amounts(self) -> tuple[NumberSetting, ...]:
        """The amounts decided where the sources are silent, and those the office gives, as they hold for the year."""
        return (*self.tasks.amounts(self.city_year.task_inputs).values(), *self.check_settings)


@dataclass(frozen=True, repr=False)
class Context(Brief):
    """One county's report: its assessment, the comparison with last year (None without its workbook), its figures.

    `fingerprints` are (what, SHA-256) of the inputs, printed in the notes on method;
    `defaults` are the standard's settings before the county's own choices;
    `plan` is the least-cost plan to pass when the county's file asks for it (plan: in_report);
    `small_counts` is the rule on small counts as printed, empty where nothing is hidden;
    `own_cells` says which cells the county's own notebook adds to the standard one or changes.
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
    remarks: Mapping[str, str] = field(default_factory=dict)
    records: CityRecords = field(default_factory=CityRecords)

    @cached_property
    def words(self) -> Mapping[str, object]:
        """What every phrase may use beside its own values."""
        return standard_words(self.assessment.national.standard, self.wording.phrases)

    def say(self, name: str, /, **values: object) -> str:
        return self.wording.phrases.say(name, **{**self.words, **values})

    def cite(self, *figures: str) -> str:
        """Refer to figures by name, those that were drawn."""
        drawn = {picture.name for picture in self.pictures}
        return "".join(self.say(f"figure.{name}") for name in figures if name in drawn)

    @cached_property
    def tasks(self) -> tuple[TaskResult, ...]:
        """The city's tasks, judged."""
        return assess_tasks(
            self.assessment,
            self.wording.dictionary,
            self.wording.tasks,
            self.wording.city_year.task_inputs,
        )

    def deadlines(self, today: str) -> tuple[Deadline, ...]:
        """The steps of the yearly cycle as seen on `today` (2025年4月25日); raises ParamsProblem for no date."""
        where = f"params/{self.assessment.year}/city.yml中的"
        limit = chinese_date(self.wording.city_year.rectification_deadline, f"{where}整改时限")
        day = chinese_date(today, f"{where}日期")
        return deadlines(self.wording.cycle, self.assessment.year, limit, day)

    @property
    def county(self) -> str:
        return self.assessment.county.title


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
        check_settings=load_check_settings(params_dir),
    )
