"""The city's 18 tasks and its yearly cycle as data (params/tasks.yml, params/cycle.yml; RULES §9).

A task carries what the policy says (title, goal, departments) and the checks that the county's figures allow;
everything else is left to what the county reports of itself.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date
from fractions import Fraction
from pathlib import Path
from typing import Literal

from pydantic import model_validator

from junheng.errors import ParamsProblem, did_you_mean
from junheng.params.counties import County
from junheng.params.formula import Formula, FormulaText, parse_formula
from junheng.params.loader import Exact, Record, load_cached
from junheng.params.settings import NumberSetting
from junheng.params.standard import Comparator, StatementFigure, Years


class TaskCheck(Record):
    """What is computed for a task: a part of an item (`item`, `part`), or a formula over figures of its own.

    Formulas read the plan's `figures`, its `inputs` and the county's figures. `nothing_when` holds where there is
    nothing to do (no large school last year): 达标 then. Before the year `due` a goal not yet reached is no failure.
    """

    id: str
    name: str
    item: str | None = None
    part: str | None = None
    value: FormulaText | None = None
    comparator: Comparator = ">="
    threshold: Exact | str | None = None
    nothing_when: FormulaText | None = None
    nothing: str = ""
    show: Literal["int", "percent", "decimal"] = "int"
    unit: str = ""
    years: Years = Years()
    due: int | None = None

    @model_validator(mode="after")
    def _one_source(self) -> TaskCheck:
        own = self.value is not None and self.threshold is not None
        if own == (self.item is not None and self.part is not None):
            raise ValueError("应写明item和part，或写明value和threshold，两者取一")
        return self

    def asked(self) -> Formula:
        """The threshold as a formula."""
        return parse_formula(str(self.threshold))

    @property
    def names(self) -> frozenset[str]:
        """The names its own formulas read; none when it takes over a part of an item."""
        return frozenset((*parse_formula(self.value).names, *self.asked().names) if self.value else ())


class CityGoal(Record):
    """What the whole city is to reach: a count (`target`), or a requirement that only words can answer (none).

    It is a row of 市级目标 in the city's workbook under its `name`. A requirement with a `unit` has a number beside the
    words. A county's 完成值 counts towards a count when the `words` of the task's row name it.
    `period` year: every year anew; total: up to the year `by` (open when the policy names none).
    """

    id: str
    name: str
    target: Exact | None = None
    unit: str = ""
    words: tuple[str, ...] = ()
    period: Literal["year", "total"] = "total"
    by: int | None = None
    years: Years = Years()

    @model_validator(mode="after")
    def _counted_in_a_unit(self) -> CityGoal:
        if self.target is not None and not self.unit:
            raise ValueError("有目标值target的，应写明单位unit")
        return self

    def due(self, year: int) -> bool:
        """Say whether it is to be reached by the end of `year`: one without a year never is."""
        return self.period == "year" or (self.by is not None and year >= self.by)


class Task(Record):
    """One of the 18 tasks: `goal` is its yearly or final target in the words of the policy."""

    id: str
    title: str
    goal: str
    departments: str
    clause: str
    checks: tuple[TaskCheck, ...] = ()
    city_goals: tuple[CityGoal, ...] = ()


class TaskPlan(Record):
    """All tasks, the figures their checks read, and the amounts: `inputs` only the office can give for a year,
    `settings` are decided and may be changed for a year."""

    basis: str
    everyone: str = ""
    figures: dict[str, StatementFigure] = {}
    inputs: tuple[NumberSetting, ...] = ()
    settings: tuple[NumberSetting, ...] = ()
    county_departments: dict[str, str] = {}
    tasks: tuple[Task, ...]

    def responsible(self, departments: str, county: County) -> str:
        """Name who is responsible in one county: for the city's departments its own, for 各县市区政府、管委会 its government.

        Words that are no department of the city's are the county's own and stand as they are.
        """
        others = departments.replace(self.everyone, "，") if self.everyone else departments
        named = [part for part in re.split("[、，]", others) if part]
        if not all(part in self.county_departments for part in named):
            return departments.replace(self.everyone, county.government) if self.everyone else departments
        own = [self.county_departments[part] for part in named]
        return county.department("、".join(own)) if own else county.government

    def task(self, task_id: str) -> Task:
        """Return the task of this id, which the plan must have."""
        return next(task for task in self.tasks if task.id == task_id)

    def amounts(self, given: Mapping[str, Fraction]) -> dict[str, NumberSetting]:
        """Return settings and inputs by id, with what the office gave for the year; raises ParamsProblem."""
        known = {amount.id: amount for amount in (*self.settings, *self.inputs)}
        for name in given:
            if name not in known:
                raise ParamsProblem(f"task_inputs中没有名为“{name}”的数值。{did_you_mean(name, known)}")
        return {
            name: amount.model_copy(update={"value": given.get(name, amount.value)})
            for name, amount in known.items()
        }

    @model_validator(mode="after")
    def _goals_told_apart(self) -> TaskPlan:
        names = [goal.name for goal in self.city_goals]
        for position, name in enumerate(names):
            if names.index(name) != position:
                raise ValueError(f"city_goals中有两项名为“{name}”，市级工作簿按名称填写，名称不得重复")
        return self

    @property
    def city_goals(self) -> tuple[CityGoal, ...]:
        """The goals of the whole city, in the order of their tasks."""
        return tuple(goal for task in self.tasks for goal in task.city_goals)


class Step(Record):
    """A step of the yearly cycle: due on a day of the assessed year plus `later` years; without a day the county's
    rectification deadline (params/<YEAR>/city.yml) is meant. It is done when all its `marks` are there; one `when_met`
    is asked only of counties that meet the national standard.
    """

    id: str
    name: str
    who: str
    clause: str
    month: int | None = None
    day: int | None = None
    later: int = 0
    marks: tuple[str, ...] = ()
    when_met: bool = False


class Place(Record):
    """What a county may have come to in the cycle; `id` is the mark by which it is known."""

    id: str
    name: str


class Cycle(Record):
    """The yearly cycle: its steps in order of time, and the places a county passes."""

    steps: tuple[Step, ...]
    places: tuple[Place, ...] = ()

    @model_validator(mode="after")
    def _marks_are_places(self) -> Cycle:
        known = [place.id for place in self.places]
        for step in self.steps:
            for mark in step.marks:
                if mark not in known:
                    raise ValueError(f"“{step.id}”的marks中“{mark}”不在places中。{did_you_mean(mark, known)}")
        return self


def load_tasks(params_dir: Path) -> TaskPlan:
    """Read params/tasks.yml; raises ParamsProblem."""
    return load_cached(params_dir / "tasks.yml", TaskPlan)


def load_cycle(params_dir: Path) -> Cycle:
    """Read params/cycle.yml; raises ParamsProblem."""
    return load_cached(params_dir / "cycle.yml", Cycle)


def chinese_date(text: str, where: str) -> date:
    """Read a date as the office writes it (2025年4月25日); raises ParamsProblem naming `where` it stands."""
    digits = "".join(char if char.isdigit() else " " for char in text).split()
    try:
        year, month, day = (int(part) for part in digits)
        return date(year, month, day)
    except ValueError as error:
        raise ParamsProblem(f"{where}“{text}”不是日期，应写作“2025年4月25日”。") from error
