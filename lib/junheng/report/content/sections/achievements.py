"""主要成效 of the city's letter: what improved, what is clearly exceeded, the best units; nothing without a figure."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction

from junheng.assess.model import Unit, Verdict
from junheng.exact import fixed, round_half_up
from junheng.report.content.context import CountyContext
from junheng.report.content.model import Block, Paragraph
from junheng.report.content.numbers import cv_text, difference, printed_share, unit_name
from junheng.report.content.phrases import listed

MOST = 3
"""How many of a kind are named."""
CLEARLY = Fraction("1.25")
"""A mean or a school's lowest value this many times its threshold is worth a word."""
LEAST_FALL = Fraction("0.01")
"""A coefficient of variation that fell by less is no success."""
ORDINALS = "一二三"


def achievements(context: CountyContext) -> tuple[Block, ...]:
    """One paragraph; none where no figure deserves praise."""
    kinds = (_improved(context), _exceeded(context), _best(context))
    found = [
        context.say(f"praise.{name}", told="；".join(told))
        for name, kind in zip(("improved", "exceeded", "best"), kinds, strict=True)
        if (told := list(kind))
    ]
    if not found:
        return ()
    numbered = (f"{ORDINALS[n]}是{text}" for n, text in enumerate(found)) if len(found) > 1 else found
    return (Paragraph(context.say("praise.lead", told="".join(numbered))),)


def _improved(context: CountyContext) -> Iterator[str]:
    """Since last year: shares of units that rose, coefficients that fell most, items that are met now."""
    if context.trend is None:
        return
    standard = context.assessment.national.standard
    for stage in context.trend.stages:
        now, before = printed_share(stage.share_now), printed_share(stage.share_before)
        if now is not None and before is not None and now > before:
            name = standard.stage(stage.stage).name
            yield context.say("praise.share", stage=name, now=now, before=before)
    yield from _calmer(context)
    better = [
        now.item
        for now, old in context.trend.items
        if (old.verdict, now.verdict) == (Verdict.UNMET, Verdict.MET)
    ]
    named = [item.short for item in better if item.group != "veto"]
    if named:
        yield context.say("praise.items", names=listed(f"“{name}”" for name in named))


def _calmer(context: CountyContext) -> Iterator[str]:
    assert context.trend is not None
    result, before = context.assessment.national, context.trend.before.national
    old = {(row.stage, row.indicator): row for row in before.disparities}
    falls = []
    for row in result.disparities:
        was = old.get((row.stage, row.indicator))
        if row.limit is None or was is None:
            continue
        now_text, old_text = cv_text(row, result.standard), cv_text(was, before.standard)
        fall = difference(now_text, old_text)
        if fall and -fall.value >= LEAST_FALL:
            falls.append((fall.value, row, now_text, old_text))
    for _, row, now_text, old_text in sorted(falls, key=lambda fall: fall[0])[:MOST]:
        indicator = result.standard.indicator(row.indicator).name
        stage = result.standard.stage(row.stage).name
        yield context.say("praise.cv", stage=stage, indicator=indicator, now=now_text, before=old_text)


def _exceeded(context: CountyContext) -> Iterator[str]:
    """The means that are clearly above the threshold, the highest first."""
    standard, found = context.assessment.national.standard, []
    for row in context.assessment.national.disparities:
        if row.limit is None or row.mean is None:
            continue
        indicator = standard.indicator(row.indicator)
        ratio = row.mean / indicator.thresholds[row.stage]
        if indicator.comparator == ">=" and ratio >= CLEARLY:
            found.append((ratio, row, indicator, row.mean))
    for _, row, indicator, mean in sorted(found, key=lambda one: one[0], reverse=True)[:MOST]:
        yield context.say(
            "praise.mean",
            stage=standard.stage(row.stage).name,
            indicator=indicator.name,
            mean=fixed(mean, indicator.decimals),
            unit=indicator.unit,
            # Of the printed mean: whoever divides what stands beside it must find the same.
            ratio=_down(round_half_up(mean, indicator.decimals) / indicator.thresholds[row.stage]),
        )


def _best(context: CountyContext) -> Iterator[str]:
    """The units whose lowest value is clearly above its threshold, in order."""
    standard = context.assessment.national.standard
    ranked = [
        (ratio, unit) for unit in context.assessment.units if (ratio := _lowest(unit)) and ratio >= CLEARLY
    ]
    for ratio, unit in sorted(ranked, key=lambda one: (-one[0], one[1].school_code))[:MOST]:
        yield context.say("praise.unit", name=unit_name(unit, standard), ratio=_down(ratio))


def _lowest(unit: Unit) -> Fraction | None:
    ratios = [cell.ratio for cell in unit.cells.values()]
    known = [ratio for ratio in ratios if isinstance(ratio, Fraction)]
    return min(known) if known and len(known) == len(ratios) else None


def _down(ratio: Fraction) -> str:
    """Two decimals, never more than there is."""
    # Cut off, not rounded: 1.259 times the threshold is praised as 1.25 times, which is true.
    return fixed(Fraction(int(ratio * 100), 100), 2)
