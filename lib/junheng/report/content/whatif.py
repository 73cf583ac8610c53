"""A trial beside the official assessment: what was changed, and units, coefficients, items and verdicts before and after."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from fractions import Fraction
from typing import Any

from junheng.assess.disparity import COMPOSITE
from junheng.assess.model import Assessment, Disparity, Result, Unit, Verdict
from junheng.assess.whatif import Change
from junheng.exact import plain
from junheng.params.formula_text import SIGN_OF
from junheng.params.standard import Indicator
from junheng.params.tables import TableSpec
from junheng.report.content.context import Wording
from junheng.report.content.explain.figures import exact_text
from junheng.report.content.model import Block, Paragraph, Table, TableCell, TableRow
from junheng.report.content.numbers import BLANK, cell_text, cv_text, unit_name
from junheng.report.content.statements import item_statement
from junheng.report.content.tables.building import MARKS, expanded, label, verdict_cell, veto_cell

ASPECTS = {
    "resource": "资源配置",
    "government": "政府保障程度",
    "quality": "教育质量",
    "social": "社会认可度",
    "veto": "一票否决",
    "overall": "总体结论",
}
ABSENT = TableCell(BLANK)
Pair = tuple[Unit | None, Unit | None]


def trial_blocks(
    official: Assessment, trial: Assessment, changes: tuple[Change, ...], wording: Wording
) -> tuple[Block, ...]:
    """Return the whole comparison as blocks; every table's title says that it is a trial."""
    say = wording.phrases.say
    if not changes:
        return (Paragraph(say("trial.none"), "plain"),)
    pairs = unit_pairs(official, trial)
    moved = [pair for pair in pairs if _differs(*pair)]
    blocks: list[Block] = [changes_table(changes, wording), verdicts_table(official, trial, wording)]
    blocks.append(Paragraph(_counts(moved, wording), "plain"))
    if moved:
        blocks.append(units_table(official, trial, moved, wording))
    blocks.append(disparities_table(official, trial, wording))
    items = items_table(official, trial, wording)
    blocks.append(items if items.rows else Paragraph(say("trial.no_items"), "plain"))
    return tuple(blocks)


def _made(spec: TableSpec, rows: Iterable[TableRow], wording: Wording, notes: tuple[str, ...] = ()) -> Table:
    title = wording.phrases.say("trial.title", title=spec.title)
    return Table(spec, tuple(rows), title=title, notes=notes)


def changes_table(changes: tuple[Change, ...], wording: Wording) -> Table:
    """Every change on record, in the order made."""
    rows = [
        TableRow(
            {
                "number": TableCell(str(number)),
                "action": TableCell(change.action),
                "subject": TableCell(change.subject),
                "what": TableCell(change.what),
                "before": TableCell(_figure(change.before, change.unit)),
                "after": TableCell(_figure(change.after, change.unit)),
            }
        )
        for number, change in enumerate(changes, 1)
    ]
    return _made(wording.specs["trial_changes"], rows, wording)


def _figure(value: Any, unit: str) -> str:
    return BLANK if value is None else exact_text(value) + (unit if isinstance(value, Fraction) else "")


def verdicts_table(official: Assessment, trial: Assessment, wording: Wording) -> Table:
    """The aspects and the overall verdict under both standards."""
    sides = {
        "national_before": official.national,
        "national_after": trial.national,
        "local_before": official.local,
        "local_after": trial.local,
    }
    rows = []
    for aspect, name in ASPECTS.items():
        cell = veto_cell if aspect == "veto" else verdict_cell
        shown = {key: cell(getattr(result, aspect)) for key, result in sides.items()}
        rows.append(TableRow({"aspect": label(name), **shown}))
    national, local = official.national.standard, official.local.standard
    spec = expanded(wording.specs["trial_verdicts"], national, local=local.title)
    return _made(spec, rows, wording)


def unit_pairs(official: Assessment, trial: Assessment) -> list[Pair]:
    """Return every unit as (official, trial), a side None where it is not there."""
    before = {unit.key: unit for unit in official.units}
    after = {unit.key: unit for unit in trial.units}
    return [(before.get(key), after.get(key)) for key in dict.fromkeys([*before, *after])]


def _differs(before: Unit | None, after: Unit | None) -> bool:
    if before is None or after is None:
        return True
    if (before.verdict, before.students) != (after.verdict, after.students):
        return True
    return any(
        (cell.value, cell.verdict) != (after.cells[key].value, after.cells[key].verdict)
        for key, cell in before.cells.items()
    )


def _counts(moved: list[Pair], wording: Wording) -> str:
    if not moved:
        return wording.phrases.say("trial.no_units")
    both = [(b.verdict, a.verdict) for b, a in moved if b is not None and a is not None]
    return wording.phrases.say(
        "trial.units",
        changed=len(moved),
        improved=both.count((Verdict.UNMET, Verdict.MET)),
        worsened=both.count((Verdict.MET, Verdict.UNMET)),
        opened=sum(before is None for before, _ in moved),
        closed=sum(after is None for _, after in moved),
    )


def units_table(official: Assessment, trial: Assessment, moved: list[Pair], wording: Wording) -> Table:
    """The units that changed: pupils, the indicators that changed, the verdict."""
    rows = [row for pair in moved for row in _unit_rows(official, trial, *pair, wording)]
    return _made(wording.specs["trial_units"], rows, wording)


def _unit_rows(
    official: Assessment, trial: Assessment, before: Unit | None, after: Unit | None, wording: Wording
) -> Iterator[TableRow]:
    unit = after or before
    assert unit is not None
    lines = list(_unit_lines(official, trial, before, after, wording))
    standard = official.national.standard
    for position, cells in enumerate(lines):
        head = {"school": label(unit_name(unit, standard), len(lines))}
        head["stage"] = label(standard.stage(unit.stage).name, len(lines))
        yield TableRow({**({} if position else head), **cells})


def _unit_lines(
    official: Assessment, trial: Assessment, before: Unit | None, after: Unit | None, wording: Wording
) -> Iterator[dict[str, TableCell]]:
    say = wording.phrases.say
    mine, theirs = _count(before), _count(after)
    if mine.text != theirs.text:
        yield _line(say("trial.students"), mine, theirs, BLANK)
    for indicator in official.national.standard.indicators:
        mine, theirs = (_value(unit, indicator) for unit in (before, after))
        limits = [
            _threshold(result, unit, indicator)
            for result, unit in ((official.national, before), (trial.national, after))
        ]
        known = [limit for limit in limits if limit]
        if (mine.number, mine.mark) != (theirs.number, theirs.mark):
            told = "→".join(dict.fromkeys(known))
            yield _line(f"{indicator.id} {indicator.name}", mine, theirs, told)
    yield _line(say("trial.unit_row"), _verdict(before), _verdict(after), BLANK)


def _line(name: str, before: TableCell, after: TableCell, threshold: str) -> dict[str, TableCell]:
    cells = {"indicator": TableCell(name), "before": before, "after": after}
    return {**cells, "threshold": TableCell(threshold)}


def _verdict(unit: Unit | None) -> TableCell:
    return ABSENT if unit is None else verdict_cell(unit.verdict)


def _count(unit: Unit | None) -> TableCell:
    return ABSENT if unit is None or unit.students is None else TableCell(plain(unit.students), unit.students)


def _value(unit: Unit | None, indicator: Indicator) -> TableCell:
    if unit is None:
        return ABSENT
    cell = unit.cells[indicator.id]
    return TableCell(cell_text(cell, indicator), cell.value, MARKS[cell.verdict])


def _threshold(result: Result, unit: Unit | None, indicator: Indicator) -> str:
    if unit is None:
        return ""
    own = result.standard.indicator(indicator.id)
    return f"{SIGN_OF[own.comparator]}{plain(own.thresholds[unit.stage])}{own.unit}"


def disparities_table(official: Assessment, trial: Assessment, wording: Wording) -> Table:
    """Every coefficient of variation before and after."""
    rows: list[TableRow] = []
    standard = official.national.standard
    after = {(row.stage, row.indicator): row for row in trial.national.disparities}
    for stage in standard.stages:
        own = [row for row in official.national.disparities if row.stage == stage.id]
        for position, row in enumerate(own):
            head = {} if position else {"stage": label(stage.name, len(own))}
            rows.append(
                TableRow({**head, **_cv_cells(official, trial, row, after.get((row.stage, row.indicator)))})
            )
    return _made(wording.specs["trial_disparities"], rows, wording)


def _cv_cells(
    official: Assessment, trial: Assessment, before: Disparity, after: Disparity | None
) -> dict[str, TableCell]:
    standard = official.national.standard
    name = "综合" if before.indicator == COMPOSITE else _named(standard.indicator(before.indicator))
    limits = [f"≤{plain(row.limit)}" for row in (before, after) if row is not None and row.limit is not None]
    cells = {"indicator": TableCell(name), "limit": TableCell("→".join(dict.fromkeys(limits)) or BLANK)}
    for key, result, row in (("before", official.national, before), ("after", trial.national, after)):
        mark = MARKS[row.verdict] if row is not None and row.verdict is not None else ""
        cells[key] = ABSENT if row is None else TableCell(cv_text(row, result.standard), row.cv, mark)
        verdict = row.verdict if row is not None else None
        cells[f"verdict_{key}"] = ABSENT if verdict is None else verdict_cell(verdict)
    return cells


def _named(indicator: Indicator) -> str:
    return f"{indicator.id} {indicator.name}"


def items_table(official: Assessment, trial: Assessment, wording: Wording) -> Table:
    """The items whose sentence or verdict (under either standard) changed."""
    rows = []
    for item in official.national.items:
        sides = [_item_side(assessment, item.item.id, wording) for assessment in (official, trial)]
        if sides[0] != sides[1]:
            cells = {"name": TableCell(f"{item.item.id} {item.item.name}")}
            for suffix, (said, verdict) in zip(("before", "after"), sides, strict=True):
                cells[suffix], cells[f"verdict_{suffix}"] = TableCell(said), verdict
            rows.append(TableRow(cells))
    return _made(wording.specs["trial_items"], rows, wording)


def _item_side(assessment: Assessment, item_id: str, wording: Wording) -> tuple[str, TableCell]:
    national, local = assessment.national.item(item_id), assessment.local.item(item_id)
    said = item_statement(national, assessment, wording.phrases)
    if national.verdict is local.verdict:
        return said, verdict_cell(national.verdict)
    title = assessment.local.standard.title
    worst = MARKS[Verdict.UNMET if Verdict.UNMET in (national.verdict, local.verdict) else Verdict.UNKNOWN]
    return said, TableCell(f"{national.verdict}（{title}{local.verdict}）", mark=worst)
