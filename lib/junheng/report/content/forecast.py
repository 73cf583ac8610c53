"""The forecast as blocks: assumptions, pupils, who will fall below, what each unit will need; every title says 预测."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from fractions import Fraction

from junheng.assess.back_test import BackTest
from junheng.assess.forecast import STAGES, Forecast, UnitForecast
from junheng.assess.model import Unit, Verdict
from junheng.exact import fixed, plain
from junheng.params.forecast import CASES
from junheng.report.content.context import Wording
from junheng.report.content.model import Block, Paragraph, Table, TableRow
from junheng.report.content.numbers import BLANK, gap_amount, unit_name
from junheng.report.content.tables.building import Cells, grouped, label, number_cell, row, verdict_cell


def forecast_blocks(made: Forecast, wording: Wording) -> tuple[Block, ...]:
    """Return the whole forecast."""
    say = wording.phrases.say
    needs = [row(cells) for unit in made.units if (cells := _needs_cells(made, unit))]
    none = Paragraph(say("forecast.needs_none", target=str(made.target)), "plain")
    return (
        Paragraph(_lead(made, wording), "plain"),
        Paragraph(say("forecast.no_grades"), "plain"),
        assumptions_table(made, wording),
        pupils_table(made, wording),
        Paragraph(falling_said(made, wording), "plain"),
        *falling_table(made, wording),
        _table("forecast_needs", needs, wording) if needs else none,
    )


def _table(spec_id: str, rows: Iterable[TableRow], wording: Wording, notes: tuple[str, ...] = ()) -> Table:
    spec = wording.specs[spec_id]
    title = wording.phrases.say("forecast.title", title=spec.title)
    return Table(spec, tuple(rows), title=title, notes=notes)


def _lead(made: Forecast, wording: Wording) -> str:
    say, base, target = wording.phrases.say, made.base, str(made.target)
    wanted = base.county.target_year
    if wanted == made.target:
        aim = say("forecast.aim_target", target=target)
    else:
        aim = say("forecast.aim_keep", wanted=str(wanted), years=made.target - base.year)
    return say("forecast.lead", county=base.county.title, year=str(base.year), target=target, aim=aim)


def assumptions_table(made: Forecast, wording: Wording, own_years: bool = False) -> Table:
    """What the forecast rests on, in three cases: shares that are assumed, and trends.

    These are estimated from other counties, or from the county's own two years (`own_years`).
    """
    say, assumptions = wording.phrases.say, made.assumptions
    rows = []
    for key in ("entrants", "stay", "transfer"):
        band = getattr(assumptions, key)
        rows.append(_assumed(say(f"forecast.assume.{key}"), [band.of(case) for case in CASES], band.basis))
    own = [assumptions.own_trend] * len(CASES)
    rows.append(_assumed(say("forecast.assume.own_trend"), own, assumptions.own_trend_basis))
    return _table(
        "forecast_assumptions", map(row, (*rows, *_trend_cells(made, wording, "own_" * own_years))), wording
    )


def _trend_cells(made: Forecast, wording: Wording, whose: str) -> Iterator[Cells]:
    say, trends, year = wording.phrases.say, made.trends, made.base.year
    seen = say(f"forecast.assume.{whose}unseen")
    if trends.counties:
        period = {"before": str(year - 1), "year": str(year)}
        seen = say(f"forecast.assume.{whose}seen", counties=trends.counties, **period)
    for stage in STAGES:
        name = _stage(made, stage)
        weight = trends.weight.get(stage, Fraction(1))
        yield _assumed(say("forecast.assume.weight", stage=name), [weight] * len(CASES), seen)
        for (own, location), share in sorted(trends.drift.items()):
            if own == stage:
                told = say("forecast.assume.drift", stage=name, location=location)
                yield _assumed(told, [share] * len(CASES), seen)
        if stage in trends.scatter:
            low, high = trends.scatter[stage]
            told = say("forecast.assume.scatter", stage=name)
            yield _assumed(told, [low, Fraction(0), high], say(f"forecast.assume.{whose}scatter_seen"))


def _assumed(name: str, shares: list[Fraction], basis: str) -> Cells:
    told: Cells = {case: plain(share * 100) for case, share in zip(CASES, shares, strict=True)}
    return {"name": name, **told, "basis": basis}


def pupils_table(made: Forecast, wording: Wording) -> Table:
    """Pupils of the county by stage and year; this year's figures are the same in every case."""
    years = range(made.base.year, made.target + 1)
    groups = (
        ({"stage": label(_stage(made, stage))}, [_pupils_cells(made, stage, year) for year in years])
        for stage in STAGES
    )
    return _table("forecast_pupils", grouped(groups), wording)


def _pupils_cells(made: Forecast, stage: str, year: int) -> Cells:
    now = made.totals[made.base.year, stage, "middle"]
    change = fixed((made.totals[year, stage, "middle"] / now - 1) * 100, 1) if now else BLANK
    told: Cells = {case: number_cell(made.totals[year, stage, case]) for case in CASES}
    return {"year": str(year), **told, "change": change}


def _stage(made: Forecast, stage: str) -> str:
    return made.base.national.standard.stage(stage).name


def falling_table(made: Forecast, wording: Wording) -> tuple[Table, ...]:
    """The units that pass today and would not in the middle or high case; nothing when there are none."""
    rows = [row(_falling_cells(made, u)) for u in made.units if u.falls("middle") or u.falls("high")]
    return (_table("forecast_falling", rows, wording),) if rows else ()


def falling_said(made: Forecast, wording: Wording) -> str:
    """How many units that pass today would not at the target."""
    return wording.phrases.say(
        "forecast.falling",
        target=str(made.target),
        met=sum(unit.now.verdict is Verdict.MET for unit in made.units),
        middle=sum(unit.falls("middle") for unit in made.units),
        high=sum(unit.falls("high") for unit in made.units),
    )


def _head(made: Forecast, unit: UnitForecast) -> Cells:
    name = unit_name(unit.now, made.base.national.standard)
    return {"school": name, "stage": _stage(made, unit.now.stage)}


def _falling_cells(made: Forecast, unit: UnitForecast) -> Cells:
    cells = {**_head(made, unit), "now": number_cell(unit.now.students)}
    for case in ("middle", "high"):
        then = unit.then[case]
        cells[case] = number_cell(unit.pupils(case))
        cells[f"verdict_{case}"] = verdict_cell(then.verdict) if then else BLANK
    return {**cells, "gaps": _gaps_text(made, unit.then["high"] or unit.now)}


def _gaps_text(made: Forecast, unit: Unit) -> str:
    """Write what a unit lacks: L4 教学及辅助用房120㎡."""
    told = []
    for key, gap in made.gaps(unit).items():
        indicator = made.base.national.standard.indicator(key)
        told.append(f"{key} {indicator.gap_name}{gap_amount(gap, indicator)}")
    return "、".join(told) or "无"


def _needs_cells(made: Forecast, unit: UnitForecast) -> Cells | None:
    """The row of a unit that will need something in the middle or the high case; None for one that will not."""
    sides = [then for case in ("middle", "high") if (then := unit.then[case]) is not None]
    # A unit that has no pupils left in one of the cases needs nothing there, so it is told by the pupils table alone.
    if len(sides) < 2:
        return None
    classes = [made.classes_needed(side) for side in sides]
    staff = [made.staff_needed(side, made.staff[unit.now.key]) for side in sides]
    gaps = [_gaps_text(made, side) for side in sides]
    if not any(classes) and not any(staff) and set(gaps) == {"无"}:
        return None
    pupils = "／".join(number_cell(unit.pupils(case)).text for case in CASES)
    return {
        **_head(made, unit),
        "pupils": f"{number_cell(unit.now.students).text}→{pupils}",
        "classes": "／".join(number_cell(count).text for count in classes),
        "staff": "／".join(number_cell(count).text for count in staff),
        "gaps": "；".join(dict.fromkeys(gaps)),
    }


def back_test_table(
    tests: Mapping[str, tuple[BackTest, ...]], wording: Wording, stages: Mapping[str, str]
) -> Table:
    """The errors county by county (keys are names, in order)."""
    rows = grouped(
        ({"county": label(county)}, [_back_test_cells(test, stages) for test in found])
        for county, found in tests.items()
    )
    return _table("forecast_back_test", rows, wording, (wording.phrases.say("forecast.back_test_note"),))


def _back_test_cells(test: BackTest, stages: Mapping[str, str]) -> Cells:
    return {
        "stage": stages[test.stage],
        "schools": number_cell(test.schools),
        "error": number_cell(test.error * 100, 2),
        "naive": number_cell(test.naive * 100, 2),
        "bias": number_cell(test.bias * 100, 2),
        "inside": number_cell(Fraction(100 * test.inside, test.schools), 1),
    }
