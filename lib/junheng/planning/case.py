"""What a plan is made for: the county's units with what each has and needs, and every choice with its exact effects."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property
from typing import Any

from junheng.assess.disparity import weighted_cv_squared
from junheng.assess.model import Result, Unit
from junheng.assess.schools import Member, Rules, merged_schools
from junheng.assess.units import stage_share
from junheng.errors import ParamsProblem, did_you_mean
from junheng.exact import ZERO
from junheng.params.checks import Check
from junheng.params.dictionary import Dictionary
from junheng.params.formula import Formula, Missing, Undefined, parse_formula, quiet
from junheng.params.formula_text import expanded_names
from junheng.params.prices import Lever, PlanChoices, Prices
from junheng.params.standard import Indicator, Standard
from junheng.workbook.check.facts import RowFacts, SheetFacts
from junheng.workbook.model import CountyBook

CellKey = tuple[str, str, str]
"""School code, stage, indicator."""


@dataclass(frozen=True)
class Choice:
    """A lever at one row of the 学校 sheet: +1 receives, −1 gives (sign). `effects`: per unit of quantity, by cell."""

    lever: Lever
    member: Member
    sign: int
    most: Fraction | None
    why: str
    effects: Mapping[CellKey, Fraction]

    @property
    def code(self) -> str:
        return self.member.code

    @property
    def cost(self) -> Fraction:
        """万元 per unit of quantity; a move is paid for where it arrives."""
        return self.lever.price if self.sign > 0 else ZERO

    def field_changes(self) -> dict[str, Fraction]:
        """What one unit of quantity adds to the columns of the row; a missing value cannot be added to."""
        return {
            key: self.sign * amount
            for key, amount in self.lever.adds.items()
            if self.member.row.get(key) is not None
        }


@dataclass(frozen=True)
class Guard:
    """A data check as a limit: `slack` + Σ coefficient × quantity must stay at or above 0. Indices into the choices."""

    member: Member
    slack: Fraction
    coefficients: Mapping[int, Fraction]


@dataclass(frozen=True)
class Closed:
    """A lever that a row may not use, and why; `effects` as they would be."""

    lever: Lever
    member: Member
    why: str
    effects: Mapping[CellKey, Fraction]


@dataclass(frozen=True)
class PlanCase:
    """The county to plan for. `cells` holds the numerators as assessed, exact."""

    book: CountyBook
    result: Result
    prices: Prices
    limits: PlanChoices
    choices: tuple[Choice, ...]
    guards: tuple[Guard, ...]
    closed: tuple[Closed, ...]

    @cached_property
    def units(self) -> dict[tuple[str, str], Unit]:
        """The units by school code and stage."""
        return {unit.key: unit for unit in self.result.units}

    @cached_property
    def by_cell(self) -> dict[CellKey, tuple[int, ...]]:
        """The choices that change a cell, by cell."""
        found: dict[CellKey, list[int]] = defaultdict(list)
        for position, choice in enumerate(self.choices):
            for key in choice.effects:
                found[key].append(position)
        return {key: tuple(positions) for key, positions in found.items()}

    def held(self, unit: Unit, indicator: Indicator) -> Fraction:
        """Return the numerator as assessed; the unit must not be open."""
        numerator = unit.cells[indicator.id].numerator
        assert numerator is not None
        return numerator

    def after(self, unit: Unit, indicator: Indicator, amounts: Mapping[int, Fraction]) -> Fraction:
        """Return the numerator with the quantities `amounts` (by choice) carried out."""
        key = (*unit.key, indicator.id)
        return self.held(unit, indicator) + sum(
            (self.choices[n].effects[key] * amounts[n] for n in self.by_cell.get(key, ()) if n in amounts),
            ZERO,
        )

    def violated(self, amounts: Mapping[int, Fraction]) -> list[tuple[str, str]]:
        """Return (stage, indicator) of every coefficient of variation above its limit with the quantities, exactly."""
        standard = self.result.standard
        found = []
        for stage in standard.stages:
            units = self.result.stage_units(stage.id)
            pupils = [unit.students or ZERO for unit in units]
            for indicator in standard.indicators if len(units) > 1 else ():
                held = [self.after(unit, indicator, amounts) for unit in units]
                limit = standard.disparity.limits[stage.id]
                if any(held) and weighted_cv_squared(held, pupils)[2] > limit**2:
                    found.append((stage.id, indicator.id))
        return found

    def cost(self, amounts: Mapping[int, Fraction]) -> Fraction:
        """Return what the quantities (by choice) cost, in 万元, exactly."""
        return sum((self.choices[n].cost * amount for n, amount in amounts.items()), ZERO)


def build_case(
    book: CountyBook,
    dictionary: Dictionary,
    result: Result,
    prices: Prices,
    limits: PlanChoices,
    checks: Sequence[Check],
) -> PlanCase:
    """Gather units, choices and guards; raises ParamsProblem for a lever that the dictionary or standard does not fit."""
    rules = Rules(dictionary, result.standard, book.county_row)
    prices = prices.chosen(limits)
    _known_keys(prices, dictionary)
    _fitting(limits, book)
    _ascending(result)
    units = {unit.key: unit for unit in result.units}
    offers: list[Choice | Closed] = []
    for school in merged_schools(book, rules):
        stages = [stage for stage in school.stages if (school.code, stage) in units]
        for member in school.members if stages else ():
            for lever in prices.levers:
                effects = _effects(lever, member, school.code, stages, result)
                offers += _offers(lever, member, effects, limits) if effects else ()
    choices = tuple(offer for offer in offers if isinstance(offer, Choice))
    closed = tuple(offer for offer in offers if isinstance(offer, Closed))
    return PlanCase(book, result, prices, limits, choices, _guards(book, dictionary, checks, choices), closed)


def _known_keys(prices: Prices, dictionary: Dictionary) -> None:
    fields = dictionary.sheet("schools").by_key
    for lever in prices.levers:
        for key in lever.adds:
            if key not in fields or not fields[key].is_number:
                raise ParamsProblem(f"参数文件prices.yml的“{lever.id}”：学校表没有名为“{key}”的数值列。")


def _fitting(limits: PlanChoices, book: CountyBook) -> None:
    """Refuse a county's limits of schools that are not there and budgets of years that are over."""
    place = f"参数文件{book.year}/{book.county_record.code}.yml的plan"
    codes = {row.text("school_code") for row in book.rows("schools")}
    for limit in limits.limits:
        if limit.school_code not in codes:
            hint = did_you_mean(limit.school_code, codes)
            raise ParamsProblem(
                f"{place} → limits：采集工作簿中没有标识码为“{limit.school_code}”的学校。{hint}"
            )
    for year in limits.budget:
        if year <= book.year:
            raise ParamsProblem(f"{place} → budget：方案从{book.year + 1}年起安排，不能写{year}年的预算。")


def _ascending(result: Result) -> None:
    for indicator in result.standard.indicators:
        if indicator.comparator != ">=":
            raise ParamsProblem(f"指标“{indicator.name}”以低为好，最少投入方案只支持以高为好的指标。")


def _offers(
    lever: Lever, member: Member, effects: Mapping[CellKey, Fraction], limits: PlanChoices
) -> Iterator[Choice | Closed]:
    """Yield what the lever can do at this row: receive, and for a move also give; or why it may not receive."""
    usable = _open(lever, member)
    own = next((x for x in limits.limits if (x.school_code, x.lever) == (member.code, lever.id)), None)
    if own is not None and own.most == 0:
        yield Closed(lever, member, own.why, effects)
    elif not usable:
        yield Closed(lever, member, lever.why, effects)
    elif own is not None:
        yield Choice(lever, member, 1, own.most, own.why, effects)
    else:
        yield Choice(lever, member, 1, _bound(lever.most, member), lever.why if lever.most else "", effects)
    if lever.kind == "move" and usable:
        lost = {key: -amount for key, amount in effects.items()}
        yield Choice(lever, member, -1, _bound(lever.spare, member), lever.why, lost)


def _open(lever: Lever, member: Member) -> bool:
    return lever.where is None or bool(quiet(parse_formula(lever.where), member.lookup))


def _bound(formula: str | None, member: Member) -> Fraction | None:
    """Return a limit; one whose inputs are missing allows nothing."""
    if formula is None:
        return None
    return max(Fraction(quiet(parse_formula(formula), member.lookup) or ZERO), ZERO)


def _effects(
    lever: Lever, member: Member, school_code: str, stages: Sequence[str], result: Result
) -> dict[CellKey, Fraction]:
    """Return what one unit of quantity adds to the numerators of the school's units, by cell; {} for none."""
    fields, derived = member.rules.school_fields, member.rules.standard.derived
    if any(fields[key].stage not in (None, *member.stages) for key in lever.adds):
        return {}
    effects: dict[CellKey, Fraction] = {}
    for stage in (stage for stage in stages if stage in member.stages):
        for indicator in result.standard.indicators:
            formula = indicator.formula(stage)
            if lever.adds.keys().isdisjoint(expanded_names(formula.names, derived)):
                continue
            share = quiet(stage_share, member, stage) if indicator.split else Fraction(1)
            gained = quiet(slope, formula, member.lookup, lever.adds, derived)
            # A row whose figures are missing is changed by no plan: nobody knows what it would become.
            if share and gained:
                effects[(school_code, stage, indicator.id)] = gained * share
    return effects


def slope(
    formula: Formula,
    lookup: Callable[[str], Any],
    adds: Mapping[str, Fraction],
    derived: Mapping[str, str] | None = None,
) -> Fraction:
    """Return how much `formula` grows with one step of `adds`; raises ParamsProblem if not at a constant rate."""

    def shifted(times: int) -> Callable[[str], Any]:
        def look(name: str) -> Any:
            if derived and name in derived:
                return parse_formula(derived[name])(look)
            value = lookup(name)
            return value + times * adds[name] if name in adds and value is not None else value

        return look

    # Three points show what has no constant rate (ceil, max, products); two would not.
    now, once, twice = (Fraction(formula(shifted(times))) for times in (0, 1, 2))
    if twice - once != once - now:
        raise ParamsProblem(f"公式“{formula.text}”不是所列各项的一次式，不能用于最少投入方案。")
    return once - now


def _guards(
    book: CountyBook, dictionary: Dictionary, checks: Sequence[Check], choices: Sequence[Choice]
) -> tuple[Guard, ...]:
    """Turn the error checks (parts ≤ wholes) and "no figure below 0" into limits over the choices of each row."""
    sheet = dictionary.sheet("schools")
    facts = SheetFacts(book, sheet, dictionary)
    rules = [
        (check, rule)
        for check in checks
        if check.severity == "error" and sheet.id in check.sheets and check.over is None
        for rule in [check.formula.difference()]
        if rule is not None
    ]
    by_row: dict[int, list[int]] = defaultdict(list)
    for position, choice in enumerate(choices):
        # By identity: two rows may bear the same code, and each has its own limits.
        by_row[id(choice.member)].append(position)
    found: list[Guard] = []
    for positions in by_row.values():
        member = choices[positions[0]].member
        view = RowFacts(member.row, facts, facts)
        own = {n: choices[n].field_changes() for n in positions}
        for check, rule in rules:
            found += _guard(check.condition, rule, view, member, own)
        keys = {key for changes in own.values() for key, amount in changes.items() if amount < 0}
        for key in sorted(keys):
            found += _guard(None, parse_formula(key), view, member, own)
    return tuple(found)


def _guard(
    condition: Formula | None,
    rule: Formula,
    view: RowFacts,
    member: Member,
    own: Mapping[int, Mapping[str, Fraction]],
) -> list[Guard]:
    """Return the guard when the rule holds now and some choice works against it."""
    touching = {n: changes for n, changes in own.items() if not changes.keys().isdisjoint(rule.names)}
    if not touching:
        return []
    try:
        if condition is not None and not condition(view.lookup):
            return []
        slack = Fraction(rule(view.lookup))
        rates = {n: slope(rule, view.lookup, changes) for n, changes in touching.items()}
    except (Missing, Undefined):
        return []
    rates = {n: rate for n, rate in rates.items() if rate}
    # A rule that does not hold today is an error of the workbook, which no plan has to mend.
    return [Guard(member, slack, rates)] if slack >= 0 and any(rate < 0 for rate in rates.values()) else []


def unit_prices(prices: Prices, standard: Standard) -> dict[tuple[str, str], Fraction]:
    """Return 万元 for one more of an indicator's numerator, by (stage, indicator): the cheapest addition."""
    found: dict[tuple[str, str], Fraction] = {}
    for stage in standard.stages:
        for indicator in standard.indicators:
            formula = indicator.formula(stage.id)
            gains = [
                (lever.price, slope(formula, lambda name: ZERO, lever.adds, standard.derived))
                for lever in prices.levers
                if lever.kind == "add"
            ]
            costs = [price / gain for price, gain in gains if gain > 0]
            if costs:
                found[(stage.id, indicator.id)] = min(costs)
    return found
