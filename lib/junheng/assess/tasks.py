"""The city's 18 tasks (RULES §9): what the county's figures show, beside what the county reports of itself."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import Any

from junheng.assess.items import ItemSources, figure_gaps, gather_evidence, possible_figure, statement_figure
from junheng.assess.model import Assessment, MissingInput, PartResult, Verdict, combined
from junheng.assess.schools import Rules, county_missing, merged_schools
from junheng.exact import COMPARATORS
from junheng.params.brief import Brief
from junheng.params.dictionary import Dictionary
from junheng.params.formula import Formula, Missing, Undefined, parse_formula, quiet
from junheng.params.interval import ANY, Open
from junheng.params.settings import NumberSetting
from junheng.params.tasks import CityGoal, Task, TaskCheck, TaskPlan
from junheng.workbook.model import CountyBook, Hidden, Row


@dataclass(frozen=True, repr=False)
class CheckResult(Brief):
    """A check of a task. `verdict` None: not reached yet, and not due before `check.due`.

    `value` and `threshold` are exact (a share as a fraction); a `value` that is hidden is a text. Of an item's part
    that asks every school, `part` counts its failures. `nothing`: there was nothing to do.
    """

    check: TaskCheck
    verdict: Verdict | None
    value: Fraction | str | None
    threshold: Fraction | None
    missing: tuple[MissingInput, ...] = ()
    part: PartResult | None = None
    nothing: bool = False


@dataclass(frozen=True, repr=False)
class TaskResult(Brief):
    """One task: the computed checks and, in `row`, what the county reports.

    `verdict` None: nothing can be computed (or nothing is due), the county's word stands alone.
    """

    task: Task
    checks: tuple[CheckResult, ...]
    verdict: Verdict | None
    row: Row

    @property
    def reported(self) -> bool | None:
        """What the county says in 是否完成; None when it says nothing."""
        done = self.row.get("done")
        return done if isinstance(done, bool) else None

    @property
    def contradicts(self) -> bool:
        """The county's word and the figures disagree."""
        computed = {Verdict.MET: True, Verdict.UNMET: False}.get(self.verdict) if self.verdict else None
        return computed is not None and self.reported is not None and computed != self.reported

    @property
    def undone(self) -> bool:
        """Not done by the figures or, where they say nothing certain, by the county's word."""
        if self.verdict in (Verdict.MET, Verdict.UNMET):
            return self.verdict is Verdict.UNMET or self.reported is False
        return self.reported is False


@dataclass(frozen=True)
class _Sources:
    """Where a check finds its names: figures of the plan, amounts set by the office, the county's figures."""

    plan: TaskPlan
    evidence: ItemSources
    rules: Rules
    figures: Mapping[str, Fraction | None]
    amounts: Mapping[str, NumberSetting]

    def lookup(self, name: str) -> Any:
        if name in self.plan.figures:
            return self.figures[name]
        amount = self.amounts.get(name)
        return self.rules.county_row.get(name) if amount is None else amount.value

    def possible(self, name: str) -> Any:
        """Return what `lookup` does, with an interval for what is missing."""
        if name in self.plan.figures:
            return possible_figure(self.plan.figures[name], self.evidence)
        known = self.lookup(name)
        return ANY if known is None else known

    def missing(self, names: Iterable[str]) -> tuple[MissingInput, ...]:
        found: list[MissingInput] = []
        for name in names:
            if name in self.plan.figures:
                found += figure_gaps(self.plan.figures[name], self.evidence)
            elif name in self.amounts:
                label = self.amounts[name].name
                found.append(MissingInput(label, name, label, None, "尚未设定"))
            else:
                found.append(county_missing(self.rules, name))
        return tuple(dict.fromkeys(found))


def assess_tasks(
    assessment: Assessment, dictionary: Dictionary, plan: TaskPlan, inputs: Mapping[str, Fraction]
) -> tuple[TaskResult, ...]:
    """Return all tasks of `plan`, judged under the city's standard; `inputs` are the office's figures for the year."""
    sources = _sources(assessment, dictionary, plan, inputs)
    rows = {row.text("task"): row for row in assessment.book.rows("tasks")}
    return tuple(_task(task, assessment, sources, rows.get(task.id, Row({}))) for task in plan.tasks)


def _sources(
    assessment: Assessment, dictionary: Dictionary, plan: TaskPlan, inputs: Mapping[str, Fraction]
) -> _Sources:
    rules = Rules(dictionary, assessment.local.standard, assessment.book.county_row)
    schools = merged_schools(assessment.book, rules)
    evidence = gather_evidence(assessment.book, schools, rules, [use.id for use in assessment.exceptions])
    figures = {name: statement_figure(figure, evidence) for name, figure in plan.figures.items()}
    return _Sources(plan, evidence, rules, figures, plan.amounts(inputs))


def _task(task: Task, assessment: Assessment, sources: _Sources, row: Row) -> TaskResult:
    asked = [check for check in task.checks if check.years.holds(assessment.year)]
    found = [
        _from_item(check, assessment) if check.item else _printed(_own(check, sources), assessment.book)
        for check in asked
    ]
    checks = tuple(result for result in found if result is not None)
    judged = [result.verdict for result in checks if result.verdict is not None]
    return TaskResult(task, checks, combined(judged) if judged else None, row)


def _from_item(check: TaskCheck, assessment: Assessment) -> CheckResult | None:
    """Take over an item's part; None when the chosen settings leave that part out."""
    for result in assessment.local.items:
        for part in result.parts:
            if (result.item.id, part.part.id) == (check.item, check.part):
                value = part.value if isinstance(part.value, Fraction | Hidden) else None
                threshold = part.threshold if isinstance(part.threshold, Fraction) else None
                return CheckResult(check, part.verdict, value, threshold, part.missing, part)
    return None


def _printed(result: CheckResult, book: CountyBook) -> CheckResult:
    """Hide the figure when one of the county's figures behind it is hidden."""
    row = book.printed_county_row
    marks = [mark for name in sorted(result.check.names) if isinstance(mark := row.get(name), Hidden)]
    if not marks or not isinstance(result.value, Fraction):
        return result
    return replace(result, value=Hidden(marks[0], result.value))


def _own(check: TaskCheck, sources: _Sources) -> CheckResult:
    assert check.value is not None  # TaskCheck has either an item or a formula
    value, asked = parse_formula(check.value), check.asked()
    try:
        if check.nothing_when and parse_formula(check.nothing_when)(sources.lookup):
            return CheckResult(check, Verdict.MET, None, None, nothing=True)
        figure, threshold = _numbers(value, asked, sources)
    except Missing as error:
        found, threshold = (quiet(side, sources.lookup) for side in (value, asked))
        verdict = Verdict.UNMET if _fails(check, sources) else Verdict.UNKNOWN
        return CheckResult(check, verdict, found, threshold, sources.missing(error.names))
    except Undefined as error:
        reason = MissingInput(check.name, check.id, check.name, None, error.reason)
        return CheckResult(check, Verdict.UNKNOWN, None, None, (reason,))
    met = COMPARATORS[check.comparator](figure, threshold)
    if not met and check.due is not None and sources.evidence.year < check.due:
        return CheckResult(check, None, figure, threshold)
    return CheckResult(check, Verdict.MET if met else Verdict.UNMET, figure, threshold)


def _fails(check: TaskCheck, sources: _Sources) -> bool:
    """Say whether a check that is due fails whatever the missing inputs turn out to be."""
    assert check.value is not None
    if check.due is not None and sources.evidence.year < check.due:
        return False
    try:
        if check.nothing_when and parse_formula(check.nothing_when)(sources.possible):
            return False
        figure, asked = parse_formula(check.value)(sources.possible), check.asked()(sources.possible)
        return not COMPARATORS[check.comparator](figure, asked)
    except (Missing, Open, Undefined):
        return False


def _numbers(value: Formula, asked: Formula, sources: _Sources) -> tuple[Fraction, Fraction]:
    """Evaluate both sides; every missing name of both is reported together."""
    absent = [name for name in (*value.names, *asked.names) if sources.lookup(name) is None]
    if absent:
        raise Missing(*dict.fromkeys(absent))
    return Fraction(value(sources.lookup)), Fraction(asked(sources.lookup))


def city_goal_share(book: CountyBook, task: Task, goal: CityGoal) -> Fraction | None:
    """Return what the county reports for a count of the whole city; None when its row does not name that count.

    The row of the task must say one of the goal's words in 年度目标, and give a number in the goal's unit.
    """
    for row in book.rows("tasks"):
        said = row.text("target")
        if row.text("task") == task.id and any(word in said for word in goal.words):
            return _number(row, goal.unit)
    return None


def _number(row: Row, unit: str) -> Fraction | None:
    text = row.text("result").strip().removesuffix(unit)
    if row.text("unit") not in ("", unit):
        return None
    return Fraction(text) if text.replace(".", "", 1).isdecimal() and text.isascii() else None


def city_goal_verdict(goal: CityGoal, total: Fraction, silent: int, year: int) -> Verdict | None:
    """Judge a count of the whole city from its number, with `silent` counties reporting nothing of theirs.

    达标 when reached; 无法判定 while counties are silent; None (under way) before the goal's year.
    """
    if goal.target is not None and total >= goal.target:
        return Verdict.MET
    if silent:
        return Verdict.UNKNOWN
    return Verdict.UNMET if goal.due(year) else None
