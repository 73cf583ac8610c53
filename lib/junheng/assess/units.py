"""Evaluation units and their seven indicators (RULES §1 and §2)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import Any

from junheng.assess.model import Cell, Excluded, MissingInput, Unit, Verdict, known_sum
from junheng.assess.schools import Member, School, decided
from junheng.exact import ZERO
from junheng.params.formula import Formula, Lookup, Missing, Undefined, parse_formula, quiet
from junheng.params.interval import Interval, Open
from junheng.params.standard import ExceptionRule, Indicator, Standard
from junheng.workbook.model import Source


@dataclass(frozen=True, slots=True)
class Contribution:
    """What one row adds to a unit's numerator: `amount` by the formula × its `part` for the stage.

    Either is None for want of the inputs `missing`. `exception` is the one that adds it, if any; `unsure` are the inputs
    that would decide whether it holds.
    """

    member: Member
    stage: str
    formula: Formula
    amount: Fraction | None
    part: Fraction | None
    missing: tuple[MissingInput, ...] = ()
    exception: ExceptionRule | None = None
    unsure: tuple[str, ...] = ()

    @property
    def result(self) -> Fraction | None:
        """Amount × part; None when it could not be determined."""
        return None if self.amount is None or self.part is None else self.amount * self.part


def build_units(
    schools: Iterable[School], standard: Standard, exceptions: tuple[ExceptionRule, ...]
) -> tuple[tuple[Unit, ...], tuple[Excluded, ...]]:
    """Return the units (primary first, then junior, by school code) and what is no unit, with the reason."""
    units: list[Unit] = []
    excluded: list[Excluded] = []
    for school in schools:
        reason = _out_of_scope(school, standard)
        stages = [] if reason else [s.id for s in standard.stages if _has_pupils(school, s.id)]
        units += [_unit(school, stage, standard, exceptions) for stage in stages]
        if not stages:
            known, students = (school.code, school.name, school.school_type), quiet(school.lookup, "students")
            excluded.append(Excluded(*known, students, reason or "义务教育阶段在校生数为0"))
    order = {stage.id: position for position, stage in enumerate(standard.stages)}
    return tuple(sorted(units, key=lambda u: (order[u.stage], u.school_code))), tuple(excluded)


def _out_of_scope(school: School, standard: Standard) -> str | None:
    rule = standard.unit_rule
    if school.school_type in rule.out_of_scope:
        return rule.out_of_scope[school.school_type]
    least = rule.minimum_students.get(school.school_type)
    counts = [school.lookup(f"students_{stage.id}") for stage in standard.stages]
    if least is not None and None not in counts and sum(counts, ZERO) < least:
        return f"{school.school_type}在校生不足{least}人"
    return None


def _has_pupils(school: School, stage: str) -> bool:
    """A stage whose number of pupils is missing is still a unit: it is 无法判定, not gone."""
    return stage in school.stages and school.lookup(f"students_{stage}") != 0


def _unit(school: School, stage: str, standard: Standard, exceptions: tuple[ExceptionRule, ...]) -> Unit:
    students = school.lookup(f"students_{stage}")
    cells = {i.id: _cell(school, stage, i, students, exceptions) for i in standard.indicators}
    ratios = [cell.ratio for cell in cells.values()]
    return Unit(
        school_code=school.code,
        school_name=school.name,
        stage=stage,
        school_type=school.school_type,
        sponsor=school.main.row.text("sponsor"),
        location=school.main.row.text("location"),
        students=students,
        grades=school.lookup(f"grades_{stage}"),
        classes=school.lookup(f"classes_{stage}"),
        combined=len(school.stages) > 1,
        cells=cells,
        met_count=sum(cell.verdict is Verdict.MET for cell in cells.values()),
        min_ratio=None if None in ratios else min(r for r in ratios if r is not None),
        verdict=unit_verdict(cells.values(), standard),
        campuses=tuple(member.code for member in school.members[1:]),
    )


def unit_verdict(cells: Iterable[Cell], standard: Standard) -> Verdict:
    """At most `may_miss` unmet, each at least `floor` of its threshold (RULES §2).

    What is certain decides first: a unit that misses too much by its known indicators, or by the best that an open one
    can still be, is 未达标. Only then does a missing input leave it open.
    """
    cells, rule = tuple(cells), standard.unit_rule
    missed = [ratio for cell in cells if (ratio := certain_miss(cell)) is not None]
    if len(missed) > rule.may_miss or any(ratio < rule.floor for ratio in missed):
        return Verdict.UNMET
    return Verdict.UNKNOWN if any(cell.verdict is Verdict.UNKNOWN for cell in cells) else Verdict.MET


def certain_miss(cell: Cell) -> Fraction | None:
    """Return the ratio of a cell that certainly misses its threshold, at best; None for any other."""
    if cell.verdict is Verdict.UNKNOWN:
        return cell.best if cell.best is not None and cell.best < 1 else None
    return cell.ratio if cell.verdict is Verdict.UNMET else None


def _cell(
    school: School,
    stage: str,
    indicator: Indicator,
    students: Fraction | None,
    exceptions: tuple[ExceptionRule, ...],
) -> Cell:
    parts = tuple(contributions(school, stage, indicator, exceptions))
    # Each input once: several rows, or an exception, may lack the same one.
    missing = dict.fromkeys(absent for part in parts for absent in part.missing)
    if students is None:
        missing |= dict.fromkeys(school.missing([f"students_{stage}"]))
    numerator = None if missing else known_sum(part.result for part in parts)
    used = [p.exception.id for p in parts if p.exception and p.amount != 0 and not p.unsure]
    threshold = indicator.thresholds[stage]
    value = None if numerator is None or not students else numerator * indicator.factor / students
    ratio = threshold_ratio(value, threshold, indicator.comparator)
    return Cell(
        indicator=indicator.id,
        numerator=numerator,
        value=value,
        threshold=threshold,
        ratio=ratio,
        verdict=Verdict.UNKNOWN if ratio is None else Verdict.MET if ratio >= 1 else Verdict.UNMET,
        missing=tuple(missing),
        exception=used[-1] if used else None,
        sources=tuple(_sources(school, stage, indicator)),
        best=_best(school, stage, indicator, exceptions) if missing else None,
    )


def contributions(
    school: School, stage: str, indicator: Indicator, exceptions: tuple[ExceptionRule, ...]
) -> Iterator[Contribution]:
    """Yield what the rows of a school add to a unit's numerator, then what switched-on exceptions add (RULES §8).

    Where it is not known whether an exception holds, and it would add something, the unit is open: never a silent choice.
    """
    members = school.members_of(stage)
    for member in members:
        yield _contribution(member, stage, indicator, indicator.formula(stage))
    for rule in exceptions:
        text = rule.adds.get(indicator.id, {}).get(stage)
        if text is None:
            continue
        inside, absent = decided(rule.where, school.lookup, school.possible)
        for member in members if inside is not False else ():
            found = replace(_contribution(member, stage, indicator, parse_formula(text)), exception=rule)
            if inside:
                yield found
            elif found.amount != 0:
                yield replace(found, amount=None, missing=school.missing(absent), unsure=absent)


def _contribution(member: Member, stage: str, indicator: Indicator, formula: Formula) -> Contribution:
    """What a row has for a stage; a split resource is shared by weight × pupils (RULES §2)."""
    amount = part = None
    missing: tuple[MissingInput, ...] = ()
    try:
        amount = formula(member.lookup)
        part = stage_share(member, stage) if indicator.split else Fraction(1)
    except Missing as error:
        missing = member.missing(error.names)
    except Undefined as error:
        why = f"无法分摊资源（{error.reason}）"
        missing = (MissingInput(member.row.text("school_name"), "students", "在校生数", None, why),)
    return Contribution(member, stage, formula, amount, part, missing)


def _best(
    school: School, stage: str, indicator: Indicator, exceptions: tuple[ExceptionRule, ...]
) -> Fraction | None:
    """Return the best ratio a cell can have, whatever its missing inputs turn out to be; None when nothing is certain.

    Every missing input is taken as the interval from 0 up; the pupils of the unit itself must be known, for without
    them it is not even certain that there is a unit.
    """
    students = school.lookup(f"students_{stage}")
    if not students or any(_may_add(exception, indicator, stage, school) for exception in exceptions):
        return None
    whole = Interval.of(0)
    try:
        for member in school.members_of(stage):
            amount = indicator.formula(stage)(member.possible)
            whole += amount * stage_share(member, stage, member.possible) if indicator.split else amount
    except (Open, Missing, Undefined):
        return None
    value = whole * indicator.factor / students
    end = value.high if indicator.comparator == ">=" else value.low
    if isinstance(end, float):  # infinite: nothing bounds it
        return None
    return threshold_ratio(end, indicator.thresholds[stage], indicator.comparator)


def _may_add(exception: ExceptionRule, indicator: Indicator, stage: str, school: School) -> bool:
    """Say whether a switched-on exception may add to this indicator."""
    adds = stage in exception.adds.get(indicator.id, {})
    return adds and decided(exception.where, school.lookup, school.possible)[0] is not False


def _sources(school: School, stage: str, indicator: Indicator) -> Iterator[Source]:
    """The cells behind an indicator: those of its formula, then the pupils that the split and the value need."""
    for member in school.members_of(stage):
        sharers = member.sharers if indicator.split else (stage,)
        pupils = (member.rules.standard.split.pupils[s] for s in sharers)
        for name in (*indicator.formula(stage).names, *pupils):
            source = member.row.source(name)
            if source is not None:
                yield source


def stage_share(member: Member, stage: str, lookup: Lookup | None = None) -> Any:
    """Return the part of a member's shared resources that belongs to `stage`; raises Missing or Undefined.

    With `lookup` other than the member's own (one that gives intervals), the part may be an interval.
    """
    if member.sharers == (stage,):
        return Fraction(1)
    split, lookup = member.rules.standard.split, lookup or member.lookup
    weights, columns = split.weights, split.pupils
    pupils: dict[str, Any] = {s: lookup(columns[s]) for s in member.sharers}
    unknown = [columns[s] for s, count in pupils.items() if count is None]
    if unknown:
        raise Missing(*unknown)
    own = weights[stage] * pupils[stage]
    others = sum((weights[s] * count for s, count in pupils.items() if s != stage), ZERO)
    if own + others == 0:
        raise Undefined("各学段在校生数均为0")
    return own / (own + others)


def threshold_ratio(value: Fraction | None, threshold: Fraction, comparator: str) -> Fraction | None:
    """Return how far a value reaches its threshold: 1 and more is reached, whichever way the comparator looks."""
    if value is None:
        return None
    if comparator == ">=":
        return value / threshold
    # Where less is better, nothing at all meets any threshold: 1 is as good as any ratio above it.
    return threshold / value if value else Fraction(1)
