"""Why no plan fits, in words: the least that would have to be given up, and which limits stand in the way.

The programme is solved once more with every requirement, coefficient of variation and the budget allowed to be missed
at a price per unit missed (an elastic relaxation). What is still missed then is what the limits do not allow.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from fractions import Fraction

import numpy as np

from junheng.assess.model import MissingInput, Unit
from junheng.exact import ZERO, fixed, in_full, plain
from junheng.params.standard import Indicator
from junheng.planning.case import CellKey, PlanCase
from junheng.planning.linear import Answer, Effort, solve
from junheng.planning.programme import Programme
from junheng.planning.rounding import exact_amounts

CUT_ROUNDS = 80
FURTHEST = 3
"""How many units and limits the reason for a coefficient of variation names."""
TOLERANCE = 1e-6


def missing_reasons(case: PlanCase) -> tuple[str, ...]:
    """Say which units cannot be planned for because data are missing."""
    return tuple(
        dict.fromkeys(
            f"{_name(case, unit)}缺少“{missing.header}”，补齐后才能测算。" for unit, missing in _missing(case)
        )
    )


def missing_places(case: PlanCase) -> tuple[str, ...]:
    """Say in which cells the missing data belong, for those who fill them in."""
    places = tuple(dict.fromkeys(str(missing.source) for _, missing in _missing(case) if missing.source))
    return (f"缺少的数据应填在：{'、'.join(places)}。",) if places else ()


def _missing(case: PlanCase) -> Iterator[tuple[Unit, MissingInput]]:
    for unit in case.result.units:
        absent = {m.header: m for cell in unit.cells.values() for m in cell.missing}
        yield from ((unit, missing) for missing in absent.values())


def limit_reasons(case: PlanCase) -> tuple[str, ...]:
    """Say which requirements no plan can meet, and what limits them: first the units', then the spread's."""
    programme = Programme(case, elastic=True).build()
    effort = Effort.of(case.prices.search)
    answer = solve(programme.program, effort)
    reasons = tuple(_telling(case, programme, answer.values))
    if not reasons:
        answer = _with_cones(programme, answer, effort)
        reasons = tuple(_telling(case, programme, answer.values))
    if answer.values is None:
        return ("未能找出原因，请放宽限制后重试。",)
    return reasons


def _with_cones(programme: Programme, answer: Answer, effort: Effort) -> Answer:
    """Bring in the coefficients of variation as they are violated, cutting until they hold or after many rounds."""
    for _ in range(CUT_ROUNDS):
        if answer.values is None:
            break
        amounts = exact_amounts(programme, answer.values)
        new = [cone for cone in programme.case.violated(amounts) if cone not in programme.cones]
        for cone in new:
            programme.add_cone(*cone)
        if not (new or programme.cut(answer.values, TOLERANCE)):
            break
        better = solve(programme.program, effort, relaxed=True)
        if better.values is None:
            break
        answer = better
    return answer


def _telling(case: PlanCase, programme: Programme, values: np.ndarray | None) -> Iterator[str]:
    if values is None:
        return
    missed = {name: float(values[n]) for name, n in programme.slack.items() if values[n] > TOLERANCE}
    for name in missed:
        if name[0] == "unit":
            yield _unit_reason(case, programme, values, (name[1], name[2], name[3]))
        elif name[0] == "cv":
            yield _cv_reason(case, programme, values, name[1], name[2])
    lacking = sum(amount for name, amount in missed.items() if name[0] == "budget")
    if lacking:
        yield _budget_reason(case, lacking)


def _budget_reason(case: PlanCase, lacking: float) -> str:
    budget = case.limits.budget
    lacks = f"至少还差{fixed(Fraction(lacking), 2)}万元。"
    if len(budget) == 1:
        return f"预算{plain(sum(budget.values(), ZERO))}万元，{lacks}"
    years = "、".join(f"{year}年{plain(amount)}万元" for year, amount in sorted(budget.items()))
    total = plain(sum(budget.values(), ZERO))
    return f"预算合计{total}万元（{years}，各年结余不结转），人、间等按整数安排，{lacks}"


def _unit_reason(case: PlanCase, programme: Programme, values: np.ndarray, key: CellKey) -> str:
    unit = case.units[key[:2]]
    indicator = case.result.standard.indicator(key[2])
    assert unit.students is not None
    share = case.result.standard.unit_rule.floor if values[programme.miss[key]] > 0.5 else Fraction(1)
    amounts = _cell_amounts(case, programme, values, key)
    now, most = (
        number * indicator.factor / unit.students
        for number in (case.held(unit, indicator), case.after(unit, indicator, amounts))
    )
    asked = share * indicator.thresholds[unit.stage]
    note = "" if share == 1 else f"（标准值的{plain(share * 100)}%）"
    limits = "；".join(_limits(case, key, amounts)) or "没有可用的措施"
    return (
        f"{_name(case, unit)}{indicator.name}现为{fixed(now, indicator.decimals)}{indicator.unit}，"
        f"在现有限制下最多达到{fixed(most, indicator.decimals)}{indicator.unit}，"
        f"仍低于{plain(asked)}{indicator.unit}{note}。限制：{limits}。"
    )


def _limits(case: PlanCase, key: CellKey, amounts: dict[int, Fraction]) -> Iterator[str]:
    """Name each measure that would help and what keeps it from helping more."""
    seen = set()
    for closed in case.closed:
        if closed.effects.get(key, ZERO) > 0:
            yield f"{closed.lever.name}不可用（{closed.why}）"
    for position, amount in amounts.items():
        choice = case.choices[position]
        if choice.sign < 0 or choice.lever.id in seen or choice.effects[key] <= 0:
            continue
        seen.add(choice.lever.id)
        if choice.most is not None and amount >= choice.most - choice.lever.step:
            used = int(choice.most / choice.lever.step) * choice.lever.step
            why = f"，{choice.why}" if choice.why else ""
            yield f"{choice.lever.name}上限{plain(used)}{choice.lever.unit}已用足{why}"
        elif choice.lever.kind == "move":
            yield f"{choice.lever.name}已无可调出的来源"


def _cell_amounts(
    case: PlanCase, programme: Programme, values: np.ndarray, key: CellKey
) -> dict[int, Fraction]:
    return {
        n: Fraction(float(values[programme.quantity[n]])) * programme.size(n)
        for n in case.by_cell.get(key, ())
    }


def _cv_reason(
    case: PlanCase, programme: Programme, values: np.ndarray, stage: str, indicator_id: str
) -> str:
    """Name the coefficient, the units furthest from the mean whatever is done, and what keeps the low ones low."""
    standard, indicator = case.result.standard, case.result.standard.indicator(indicator_id)
    row = case.result.disparity(stage, indicator_id)
    now = fixed(row.cv, standard.disparity.decimals) if row.cv is not None else "无法判定"
    amounts = {
        unit.key: _cell_amounts(case, programme, values, (*unit.key, indicator_id))
        for unit in case.result.stage_units(stage)
    }
    named, low = _furthest(case, stage, indicator, amounts)
    limits = dict.fromkeys(
        text for unit in low for text in _limits(case, (*unit.key, indicator_id), amounts[unit.key])
    )
    held = "；".join(list(limits)[:FURTHEST]) or "没有可用的措施"
    return (
        f"全县{standard.stage(stage).name}{indicator.name}差异系数现为{now}，"
        f"在现有限制下降不到限值{in_full(standard.disparity.limits[stage], 2)}以内。"
        f"采取措施后离全县平均值最远的是{named}。限制：{held}。"
    )


def _furthest(
    case: PlanCase,
    stage: str,
    indicator: Indicator,
    amounts: Mapping[tuple[str, str], Mapping[int, Fraction]],
) -> tuple[str, list[Unit]]:
    """Return the units that add most to the spread after the measures, in words, and those below the mean, worst first."""
    units = case.result.stage_units(stage)
    after = {unit.key: case.after(unit, indicator, amounts[unit.key]) for unit in units}
    pupils = {unit.key: unit.students or Fraction(1) for unit in units}
    mean = sum(after.values(), ZERO) / sum(pupils.values(), ZERO)
    off = {key: after[key] - mean * pupils[key] for key in after}
    order = sorted(units, key=lambda unit: off[unit.key] ** 2 / pupils[unit.key], reverse=True)
    named = "、".join(
        f"{_name(case, unit)}{fixed(after[unit.key] / pupils[unit.key] * indicator.factor, indicator.decimals)}{indicator.unit}"
        for unit in order[:FURTHEST]
    )
    return named, [unit for unit in order if off[unit.key] < 0]


def _name(case: PlanCase, unit: Unit) -> str:
    stage = case.result.standard.stage(unit.stage)
    return f"{unit.school_name}（{stage.part_name if unit.combined else stage.name}）"
