"""校际差异系数: the pupil-weighted population coefficient of variation (RULES §3)."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction

from junheng.assess.model import Disparity, Unit, Verdict, known_sum
from junheng.exact import ZERO, square_root
from junheng.params.standard import Standard

COMPOSITE = "composite"


def weighted_cv_squared(
    amounts: list[Fraction], students: list[Fraction]
) -> tuple[Fraction, Fraction, Fraction]:
    """Return (mean, variance, CV²) of amounts per pupil weighted by pupils, all exact.

    mean = Σx/ΣP; variance = ΣP(x/P − mean)²/ΣP. Raises ZeroDivisionError when the mean is 0.
    """
    # The clause weighs a school by its pupils and takes ΣP as the divisor: the ratio of totals, not the mean of the
    # schools, and the spread of all schools, not of a sample (no n − 1).
    pupils = sum(students, ZERO)
    mean = sum(amounts, ZERO) / pupils
    # Σx²/P ÷ ΣP − mean² is the same as ΣP(x/P − mean)² ÷ ΣP, with one pass and no rounding in fractions.
    squares = sum((x * x / p for x, p in zip(amounts, students, strict=True)), ZERO)
    variance = squares / pupils - mean**2
    return mean, variance, variance / mean**2


def disparities(units: tuple[Unit, ...], standard: Standard) -> tuple[Disparity, ...]:
    """Return one record per stage and indicator, and the composite (plain mean of the CVs, no limit) after each stage."""
    found: list[Disparity] = []
    for stage in standard.stages:
        own = [unit for unit in units if unit.stage == stage.id]
        if not own:
            continue
        rows = [_disparity(own, stage.id, indicator.id, standard) for indicator in standard.indicators]
        found += [*rows, _composite(rows, stage.id)]
    return tuple(found)


def _disparity(units: list[Unit], stage: str, indicator: str, standard: Standard) -> Disparity:
    row = Disparity(stage, indicator, len(units), standard.disparity.limits[stage], Verdict.UNKNOWN)
    unknown = sum(unit.cells[indicator].value is None for unit in units)
    if unknown:
        return replace(row, reason=f"{unknown}个评估单元无法判定")
    factor = standard.indicator(indicator).factor
    amounts = [(unit.cells[indicator].numerator or ZERO) * factor for unit in units]
    if not any(amounts):
        # Nobody has any: no coefficient exists, neither met nor missing; the units have all failed already (RULES §3).
        reason = "全县平均值为0，差异系数没有意义"
        return replace(row, verdict=None, mean=ZERO, sd=ZERO, reason=reason, undefined=True)
    mean, variance, squared = weighted_cv_squared(amounts, [unit.students or ZERO for unit in units])
    return replace(
        row,
        # Squares are compared: a root is hardly ever a fraction.
        verdict=Verdict.MET if squared <= standard.disparity.limits[stage] ** 2 else Verdict.UNMET,
        mean=mean,
        sd=square_root(variance),
        cv_squared=squared,
        cv=square_root(squared),
    )


def _composite(rows: list[Disparity], stage: str) -> Disparity:
    row = Disparity(stage, COMPOSITE, rows[0].units)
    total = known_sum(one.cv for one in rows)
    if total is not None:
        return replace(row, cv=total / len(rows))
    missing = any(one.verdict is Verdict.UNKNOWN for one in rows)
    reason = "有指标的差异系数无法判定" if missing else "有指标的差异系数没有意义"
    return replace(row, reason=reason, undefined=not missing)
