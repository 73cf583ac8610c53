"""The city's blank workbook: every goal and every county has its row, and last year's open measures and letters are carried over."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from junheng.exact import plain
from junheng.params.city import load_city
from junheng.params.dictionary import Dictionary, load_city_dictionary
from junheng.params.tasks import CityGoal, TaskPlan, load_tasks
from junheng.params.template import load_template
from junheng.workbook.city import CARRIED, CLOSED, ENDED
from junheng.workbook.model import Content, CountyBook
from junheng.workbook.template.book import Blank, write_blank


def write_city_blank(params_dir: Path, year: int, last: CountyBook | None) -> bytes:
    """Return the bytes of the workbook of `year`; `last` is last year's."""
    dictionary = load_city_dictionary(params_dir)
    known = {
        "goals": tuple(_goals(load_tasks(params_dir), year)),
        "teams": tuple(_left_open(last, dictionary, "teams", CLOSED)),
        "register": tuple(
            {**row, "carried": CARRIED} for row in _left_open(last, dictionary, "register", ENDED)
        ),
    }
    city = load_city(params_dir).unit(year)
    return write_blank(
        Blank(city, year, dictionary, load_template(params_dir).of_city(), last, {}, known=known)
    )


def goal_target(goal: CityGoal) -> str:
    """Say what a goal asks and by when: 400名，2025年底前; 每年40期."""
    amount = "" if goal.target is None else f"{plain(goal.target)}{goal.unit}"
    if goal.period == "year":
        return f"每年{amount}"
    return "，".join(filter(None, (amount, f"{goal.by}年底前" if goal.by else "")))


def _goals(plan: TaskPlan, year: int) -> Iterator[dict[str, Content]]:
    for task in plan.tasks:
        for goal in task.city_goals:
            if goal.years.holds(year):
                yield {"task": task.id, "goal": goal.name, "target": goal_target(goal), "unit": goal.unit}


def _left_open(
    last: CountyBook | None, dictionary: Dictionary, sheet: str, closed: str
) -> Iterator[dict[str, Content]]:
    for row in last.rows(sheet) if last else ():
        if row.text("state") != closed:
            yield {field.key: row.get(field.key) for field in dictionary.sheet(sheet).fields}
