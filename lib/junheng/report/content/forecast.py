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
from junheng.report.content.model import Block, Paragraph, Table, TableCell, TableRow
from junheng.report.content.numbers import BLANK, gap_amount, unit_name
from junheng.report.content.tables.building import label, number_cell, verdict_cell


def forecast_blocks(made: Forecast, wording: Wording) -> tuple[Block, ...]:
    """Return the whole forecast."""
    say = wording.phrases.say
    blocks: list[Block] = [
        Paragraph(_lead(made, wording), "plain"),
        Paragraph(say("forecast.no_grades"), "plain"),
    ]
    blocks += [assumptions_table(made, wording), pupils_table(made, wording)]
    falling = [unit for unit in made.units if unit.falls("middle") or unit.falls("high")]
    blocks.append(Paragraph(_falling_said(made, wording), "plain"))
    if falling:
        rows = (TableRow(_falling_cells(made, unit)) for unit in falling)
        blocks.append(_table("forecast_falling", rows, wording))
    needs = [TableRow(cells) for unit in made.units if (cells := _needs_cells(made, unit))]
    if needs:
        blocks.append(_table("forecast_needs", needs, wording))
    else:
        blocks.append(Paragraph(say("forecast.needs_none", target=str(made.target)), "plain"))
    return tuple(blocks)


def _table(spec_id: str, rows: Iterable[TableRow], wording: Wording, notes: tuple[str, ...] = ()) -> Table:
    spec = wording.specs[spec_id]
    return Table(
        spec, tuple(rows), title=wording.phrases.say("forecast.title", title=spec.title), notes=notes
    )


def _lead(made: Forecast, wording: Wording) -> str:
    say, base = wording.phrases.say, made.base
    wanted = base.county.target_year
    if wanted == made.target:
        aim = say("forecast.aim_target", target=str(made.target))
    else:
        aim = say("forecast.aim_keep", wanted=str(wanted), years=made.target - base.year)
    return say(
        "forecast.lead", county=base.county.title, year=str(base.year), target=str(made.target), aim=aim
    )


def assumptions_table(made: Forecast, wording: Wording) -> Table:
    """What the forecast rests on, in three cases: shares that are assumed, and trends estimated from other counties."""
    say, assumptions = wording.phrases.say, made.assumptions
    rows = []
    for key in ("entrants", "stay", "transfer"):
        band = getattr(assumptions, key)
        values = tuple(band.of(case) for case in CASES)
        rows.append(_assumed(say(f"forecast.assume.{key}"), values, band.basis))
    own = (assumptions.own_trend,) * len(CASES)
    rows.append(_assumed(say("forecast.assume.own_trend"), own, assumptions.own_trend_basis))
    return _table("forecast_assumptions", (*rows, *_trend_rows(made, wording)), wording)


def _trend_rows(made: Forecast, wording: Wording) -> Iterator[TableRow]:
    say, trends, year = wording.phrases.say, made.trends, made.base.year
    seen = say("forecast.assume.unseen")
    if trends.counties:
        seen = say("forecast.assume.seen", counties=trends.counties, before=str(year - 1), year=str(year))
    for stage in STAGES:
        name = _stage(made, stage)
        weight = (trends.weight.get(stage, Fraction(1)),) * len(CASES)
        yield _assumed(say("forecast.assume.weight", stage=name), weight, seen)
        for (own, location), share in sorted(trends.drift.items()):
            if own == stage:
                told = say("forecast.assume.drift", stage=name, location=location)
                yield _assumed(told, (share,) * len(CASES), seen)
        if stage in trends.scatter:
            low, high = trends.scatter[stage]
            told = say("forecast.assume.scatter", stage=name)
            yield _assumed(told, (low, Fraction(0), high), say("forecast.assume.scatter_seen"))


def _assumed(name: str, shares: tuple[Fraction, ...], basis: str) -> TableRow:
    cells: dict[str, TableCell] = {
        case: TableCell(plain(share * 100)) for case, share in zip(CASES, shares, strict=True)
    }
    return TableRow({"name": TableCell(name), **cells, "basis": TableCell(basis)})


def pupils_table(made: Forecast, wording: Wording) -> Table:
    """Pupils of the county by stage and year; this year's figures are the same in every case."""
    years = range(made.base.year, made.target + 1)
    rows = []
    for stage in STAGES:
        now = made.totals[made.base.year, stage, "middle"]
        for year in years:
            head = {"stage": label(_stage(made, stage), len(years))} if year == made.base.year else {}
            cells: dict[str, TableCell] = {
                case: number_cell(made.totals[year, stage, case]) for case in CASES
            }
            change = fixed((made.totals[year, stage, "middle"] / now - 1) * 100, 1) if now else BLANK
            rows.append(
                TableRow({**head, "year": TableCell(str(year)), **cells, "change": TableCell(change)})
            )
    return _table("forecast_pupils", rows, wording)


def _stage(made: Forecast, stage: str) -> str:
    return made.base.national.standard.stage(stage).name


def _falling_said(made: Forecast, wording: Wording) -> str:
    return wording.phrases.say(
        "forecast.falling",
        target=str(made.target),
        met=sum(unit.now.verdict is Verdict.MET for unit in made.units),
        middle=sum(unit.falls("middle") for unit in made.units),
        high=sum(unit.falls("high") for unit in made.units),
    )


def _head(made: Forecast, unit: UnitForecast) -> dict[str, TableCell]:
    name = unit_name(unit.now, made.base.national.standard)
    return {"school": TableCell(name), "stage": TableCell(_stage(made, unit.now.stage))}


def _falling_cells(made: Forecast, unit: UnitForecast) -> dict[str, TableCell]:
    verdicts = {
        f"verdict_{case}": verdict_cell(then.verdict) if (then := unit.then[case]) else TableCell(BLANK)
        for case in ("middle", "high")
    }
    pupils = {case: number_cell(unit.pupils(case)) for case in ("middle", "high")}
    gaps = _gaps_text(made, unit.then["high"] or unit.now)
    return {
        **_head(made, unit),
        "now": number_cell(unit.now.students),
        **pupils,
        **verdicts,
        "gaps": TableCell(gaps),
    }


def _gaps_text(made: Forecast, unit: Unit) -> str:
    """Write what a unit lacks: L4 教学及辅助用房120㎡."""
    standard = made.base.national.standard
    told = []
    for key, gap in made.gaps(unit).items():
        indicator = standard.indicator(key)
        told.append(f"{key} {indicator.gap_name}{gap_amount(gap, indicator)}")
    return "、".join(told) or "无"


def _needs_cells(made: Forecast, unit: UnitForecast) -> dict[str, TableCell] | None:
    """The row of a unit that will need something in the middle or the high case; None for one that will not."""
    sides = [then for case in ("middle", "high") if (then := unit.then[case]) is not None]
    if len(sides) < 2:
        return None
    classes = [made.classes_needed(side) for side in sides]
    staff = [made.staff_needed(side, made.staff_of(unit.now)) for side in sides]
    gaps = [_gaps_text(made, side) for side in sides]
    if not any(classes) and not any(staff) and set(gaps) == {"无"}:
        return None
    pupils = "／".join(_whole(unit.pupils(case)) for case in CASES)
    return {
        **_head(made, unit),
        "pupils": TableCell(f"{_whole(unit.now.students)}→{pupils}"),
        "classes": TableCell(_both(classes)),
        "staff": TableCell(_both(staff)),
        "gaps": TableCell(gaps[0] if gaps[0] == gaps[1] else "；".join(gaps)),
    }


def _whole(value: Fraction | None) -> str:
    return BLANK if value is None else fixed(value, 0)


def _both(values: list[int | None]) -> str:
    return "／".join(BLANK if value is None else str(value) for value in values)


def back_test_table(
    tests: Mapping[str, tuple[BackTest, ...]], wording: Wording, stages: Mapping[str, str]
) -> Table:
    """The errors county by county (keys are names, in order)."""
    rows = [row for county, found in tests.items() for row in _back_test_rows(county, found, stages)]
    return _table("forecast_back_test", rows, wording, (wording.phrases.say("forecast.back_test_note"),))


def _back_test_rows(
    county: str, found: tuple[BackTest, ...], stages: Mapping[str, str]
) -> Iterator[TableRow]:
    for position, test in enumerate(found):
        head = {} if position else {"county": label(county, len(found))}
        yield TableRow(
            {
                **head,
                "stage": TableCell(stages[test.stage]),
                "schools": number_cell(test.schools),
                "error": number_cell(test.error * 100, 2),
                "naive": number_cell(test.naive * 100, 2),
                "bias": number_cell(test.bias * 100, 2),
                "inside": number_cell(Fraction(100 * test.inside, test.schools), 1),
            }
        )
