"""校际差异系数: the pupil-weighted population coefficient of variation (RULES §3)."""

from __future__ import annotations

from fractions import Fraction

from junheng.assess.model import Disparity, Unit, Verdict
from junheng.exact import square_root
from junheng.params.standard import Standard

COMPOSITE = "composite"


def weighted_cv_squared(
    amounts: list[Fraction], students: list[Fraction]
) -> tuple[Fraction, Fraction, Fraction]:
    """Return (mean, variance, CV²) of amounts per pupil weighted by pupils, all exact.

    mean = Σx/ΣP; variance = ΣP(x/P − mean)²/ΣP. Raises ZeroDivisionError when the mean is 0.
    """
    pupils = sum(students, Fraction(0))
    mean = sum(amounts, Fraction(0)) / pupils
    # Σx²/P ÷ ΣP − mean² is the same as ΣP(x/P − mean)² ÷ ΣP, with one pass and no rounding in fractions.
    variance = (
        sum((x * x / p for x, p in zip(amounts, students, strict=True)), Fraction(0)) / pupils - mean**2
    )
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
    limit = standard.disparity.limits[stage]
    unknown = sum(unit.cells[indicator].value is None for unit in units)
    if unknown:
        return _open(stage, indicator, limit, len(units), f"{unknown}个评估单元无法判定")
    factor = standard.indicator(indicator).factor
    amounts = [(unit.cells[indicator].numerator or Fraction(0)) * factor for unit in units]
    if not any(amounts):
        return _undefined(stage, indicator, limit, len(units))
    mean, variance, squared = weighted_cv_squared(amounts, [unit.students or Fraction(0) for unit in units])
    # Squares are compared: a root is hardly ever a fraction.
    verdict = Verdict.MET if squared <= limit**2 else Verdict.UNMET
    return Disparity(
        stage,
        indicator,
        mean,
        square_root(variance),
        squared,
        square_root(squared),
        limit,
        verdict,
        len(units),
    )


def _open(stage: str, indicator: str, limit: Fraction, units: int, reason: str) -> Disparity:
    return Disparity(stage, indicator, None, None, None, None, limit, Verdict.UNKNOWN, units, reason)


def _undefined(stage: str, indicator: str, limit: Fraction, units: int) -> Disparity:
    """Nobody has any: no coefficient exists, neither met nor missing; the units have all failed already (RULES §3)."""
    zero, reason = Fraction(0), "全县平均值为0，差异系数没有意义"
    return Disparity(stage, indicator, zero, zero, None, None, limit, None, units, reason, undefined=True)


def _composite(rows: list[Disparity], stage: str) -> Disparity:
    values = [row.cv for row in rows]
    known = [value for value in values if value is not None]
    units = rows[0].units
    if len(known) == len(values):
        return Disparity(
            stage, COMPOSITE, None, None, None, sum(known, Fraction(0)) / len(values), None, None, units
        )
    missing = any(row.verdict is Verdict.UNKNOWN for row in rows)
    reason = "有指标的差异系数无法判定" if missing else "有指标的差异系数没有意义"
    return Disparity(
        stage, COMPOSITE, None, None, None, None, None, None, units, reason, undefined=not missing
    )
