"""Why no plan fits, in words: the least that would have to be given up, and which limits stand in the way.

The programme is solved once more with every requirement, coefficient of variation and the budget allowed to be missed
at a price per unit missed (an elastic relaxation). What is still missed then is what the limits do not allow.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from fractions import Fraction

import numpy as np

from junheng.assess.model import Unit
from junheng.exact import fixed, plain
from junheng.params.standard import Indicator
from junheng.planning.case import Case, CellKey
from junheng.planning.linear import Answer, solve
from junheng.planning.programme import Programme

SECONDS = 20.0
TOLERANCE = 1e-6


def missing_reasons(case: Case) -> tuple[str, ...]:
    """Say which units cannot be planned for because data are missing."""
    return tuple(dict.fromkeys(_missing(case)))


def _missing(case: Case) -> Iterator[str]:
    for unit in case.result.units:
        absent = {m.header: m for cell in unit.cells.values() for m in cell.missing}
        for missing in absent.values():
            place = f"（{missing.source}）" if missing.source else ""
            yield f"{_name(case, unit)}缺少“{missing.header}”{place}，补齐后才能测算。"


def limit_reasons(case: Case) -> tuple[str, ...]:
    """Say which requirements no plan can meet, and what limits them."""
    programme = Programme(case, elastic=True).build()
    standard = case.result.standard
    for stage in standard.stages:
        for indicator in standard.indicators:
            if len(case.result.stage_units(stage.id)) > 1 and _has_any(case, stage.id, indicator):
                programme.add_cone(stage.id, indicator.id)
    answer = _elastic(programme)
    if answer.values is None:
        return ("在求解时限内未能找出原因，请放宽限制后重试。",)
    return tuple(_told(case, programme, answer.values))


def _elastic(programme: Programme) -> Answer:
    """Solve with what may be missed, cutting until the coefficients of variation hold or the time is over."""
    started = time.monotonic()
    answer = solve(programme.program, SECONDS)
    while answer.values is not None and programme.cut(answer.values, TOLERANCE):
        left = SECONDS - (time.monotonic() - started)
        better = solve(programme.program, left) if left > 0 else None
        if better is None or better.values is None:
            break
        answer = better
    return answer


def _has_any(case: Case, stage: str, indicator: Indicator) -> bool:
    return any(case.held(unit, indicator) for unit in case.result.stage_units(stage))


def _told(case: Case, programme: Programme, values: np.ndarray) -> Iterator[str]:
    missed = {name: float(values[n]) for name, n in programme.slack.items() if values[n] > TOLERANCE}
    for name in missed:
        if name[0] == "unit":
            yield _unit_reason(case, programme, values, (name[1], name[2], name[3]))
        elif name[0] == "cv":
            yield _cv_reason(case, name[1], name[2])
    lacking = sum(amount for name, amount in missed.items() if name[0] == "budget")
    if lacking:
        yield _budget_reason(case, lacking)


def _budget_reason(case: Case, lacking: float) -> str:
    budget = case.limits.budget
    lacks = f"至少还差{fixed(Fraction(lacking), 2)}万元。"
    if len(budget) == 1:
        return f"预算{plain(sum(budget.values(), Fraction(0)))}万元，{lacks}"
    years = "、".join(f"{year}年{plain(amount)}万元" for year, amount in sorted(budget.items()))
    total = plain(sum(budget.values(), Fraction(0)))
    return f"预算合计{total}万元（{years}，各年结余不结转），人、间等按整数安排，{lacks}"


def _unit_reason(case: Case, programme: Programme, values: np.ndarray, key: CellKey) -> str:
    unit = case.units[key[:2]]
    indicator = case.result.standard.indicator(key[2])
    assert unit.students is not None
    share = case.result.standard.unit_rule.floor if values[programme.miss[key]] > 0.5 else Fraction(1)
    amounts = {
        n: Fraction(float(values[programme.quantity[n]])) * programme.size(n)
        for n in case.by_cell.get(key, ())
    }
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


def _limits(case: Case, key: CellKey, amounts: dict[int, Fraction]) -> Iterator[str]:
    """Name each measure that would help and what keeps it from helping more."""
    seen = set()
    for closed in case.closed:
        if closed.effects.get(key, Fraction(0)) > 0:
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


def _cv_reason(case: Case, stage: str, indicator_id: str) -> str:
    standard = case.result.standard
    row = case.result.disparity(stage, indicator_id)
    now = fixed(row.cv, standard.disparity.decimals) if row.cv is not None else "无法判定"
    return (
        f"全县{standard.stage(stage).name}{standard.indicator(indicator_id).name}差异系数现为{now}，"
        f"在现有限制下降不到限值{fixed(standard.disparity.limits[stage], 2)}以内。"
    )


def _name(case: Case, unit: Unit) -> str:
    stage = case.result.standard.stage(unit.stage)
    return f"{unit.school_name}（{stage.part_name if unit.combined else stage.name}）"
