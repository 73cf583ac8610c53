"""A trial beside the official assessment: what was changed, and units, coefficients, items and verdicts before and after."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from fractions import Fraction
from typing import Any

from junheng.assess.disparity import COMPOSITE
from junheng.assess.model import Assessment, Result, Unit, Verdict
from junheng.assess.trend import Both, disparity_pairs, unit_pairs
from junheng.assess.whatif import Change
from junheng.exact import plain
from junheng.params.formula_text import SIGN_OF
from junheng.params.standard import ASPECTS, Indicator
from junheng.params.tables import TableSpec
from junheng.report.content.context import Wording
from junheng.report.content.explain.figures import exact_text
from junheng.report.content.model import Block, Paragraph, Table, TableCell, TableRow
from junheng.report.content.numbers import BLANK, cell_text, cv_text, unit_name
from junheng.report.content.statements import item_statement
from junheng.report.content.tables.building import (
    MARKS,
    Cells,
    aspect_cell,
    expanded,
    grouped,
    label,
    numbered,
    row,
    verdict_cell,
    worse,
)


def trial_blocks(
    official: Assessment, trial: Assessment, changes: tuple[Change, ...], wording: Wording
) -> tuple[Block, ...]:
    """Return the whole comparison as blocks; every table's title says that it is a trial."""
    say = wording.phrases.say
    if not changes:
        return (Paragraph(say("trial.none"), "plain"),)
    moved = [both for both in unit_pairs(official, trial) if _differs(both.before, both.now)]
    items = items_table(official, trial, wording)
    return (
        changes_table(changes, wording),
        verdicts_table(official, trial, wording),
        Paragraph(_counts(moved, wording), "plain"),
        *([units_table(official, trial, moved, wording)] if moved else []),
        disparities_table(official, trial, wording),
        items if items.rows else Paragraph(say("trial.no_items"), "plain"),
    )


def _made(spec: TableSpec, rows: Iterable[TableRow], wording: Wording) -> Table:
    return Table(spec, tuple(rows), title=wording.phrases.say("trial.title", title=spec.title))


def changes_table(changes: tuple[Change, ...], wording: Wording) -> Table:
    """Every change on record, in the order made."""
    rows = numbered(
        {
            "action": change.action,
            "subject": change.subject,
            "what": change.what,
            "before": _figure(change.before, change.unit),
            "after": _figure(change.after, change.unit),
        }
        for change in changes
    )
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
    rows = (
        row({"aspect": label(name), **{key: aspect_cell(result, aspect) for key, result in sides.items()}})
        for aspect, name in ASPECTS.items()
    )
    local = official.local.standard.title
    spec = expanded(wording.specs["trial_verdicts"], official.national.standard, local=local)
    return _made(spec, rows, wording)


def _differs(before: Unit | None, after: Unit | None) -> bool:
    if before is None or after is None:
        return True
    if (before.verdict, before.students) != (after.verdict, after.students):
        return True
    return any(
        (cell.value, cell.verdict) != (after.cells[key].value, after.cells[key].verdict)
        for key, cell in before.cells.items()
    )


def _counts(moved: list[Both], wording: Wording) -> str:
    if not moved:
        return wording.phrases.say("trial.no_units")
    turned = [(both.before.verdict, both.now.verdict) for both in moved if both.before and both.now]
    return wording.phrases.say(
        "trial.units",
        changed=len(moved),
        improved=turned.count((Verdict.UNMET, Verdict.MET)),
        worsened=turned.count((Verdict.MET, Verdict.UNMET)),
        opened=sum(both.before is None for both in moved),
        closed=sum(both.now is None for both in moved),
    )


def units_table(official: Assessment, trial: Assessment, moved: list[Both], wording: Wording) -> Table:
    """The units that changed: pupils, the indicators that changed, the verdict."""
    standard = official.national.standard
    groups: list[tuple[Cells, Iterable[Cells]]] = []
    for both in moved:
        unit = both.any
        head = {"school": label(unit_name(unit, standard)), "stage": label(standard.stage(unit.stage).name)}
        sides = ((official.national, both.before), (trial.national, both.now))
        groups.append((head, _unit_lines(sides, wording)))
    return _made(wording.specs["trial_units"], grouped(groups), wording)


def _unit_lines(sides: tuple[tuple[Result, Unit | None], ...], wording: Wording) -> Iterator[Cells]:
    say = wording.phrases.say
    counts = [_count(unit) for _, unit in sides]
    if counts[0].text != counts[1].text:
        yield _line(say("trial.students"), counts)
    for indicator in sides[0][0].standard.indicators:
        values = [_value(unit, indicator) for _, unit in sides]
        if (values[0].number, values[0].mark) != (values[1].number, values[1].mark):
            limits = dict.fromkeys(_threshold(result, unit, indicator) for result, unit in sides if unit)
            yield _line(f"{indicator.id} {indicator.name}", values, "→".join(limits))
    absent = TableCell(BLANK)
    yield _line(say("trial.unit_row"), [verdict_cell(unit.verdict) if unit else absent for _, unit in sides])


def _line(name: str, sides: list[TableCell], threshold: str = BLANK) -> Cells:
    return {"indicator": name, "before": sides[0], "after": sides[1], "threshold": threshold}


def _count(unit: Unit | None) -> TableCell:
    if unit is None or unit.students is None:
        return TableCell(BLANK)
    return TableCell(plain(unit.students), unit.students)


def _value(unit: Unit | None, indicator: Indicator) -> TableCell:
    if unit is None:
        return TableCell(BLANK)
    cell = unit.cells[indicator.id]
    return TableCell(cell_text(cell, indicator), cell.value, MARKS[cell.verdict])


def _threshold(result: Result, unit: Unit, indicator: Indicator) -> str:
    own = result.standard.indicator(indicator.id)
    return f"{SIGN_OF[own.comparator]}{plain(own.thresholds[unit.stage])}{own.unit}"


def disparities_table(official: Assessment, trial: Assessment, wording: Wording) -> Table:
    """Every coefficient of variation before and after."""
    pairs = [*disparity_pairs(official, trial)]
    rows = grouped(
        (
            {"stage": label(stage.name)},
            [_cv_cells(both, official, trial) for both in pairs if both.any.stage == stage.id],
        )
        for stage in official.national.standard.stages
    )
    return _made(wording.specs["trial_disparities"], rows, wording)


def _cv_cells(both: Both, official: Assessment, trial: Assessment) -> Cells:
    cells: dict[str, TableCell | str] = {"indicator": "综合"}
    key, limits = both.any.indicator, []
    if key != COMPOSITE:
        cells["indicator"] = f"{key} {official.national.standard.indicator(key).name}"
    for side, each, assessment in (("before", both.before, official), ("after", both.now, trial)):
        cells |= {side: BLANK, f"verdict_{side}": BLANK}
        if each is not None:
            mark = MARKS[each.verdict] if each.verdict else ""
            cells[side] = TableCell(cv_text(each, assessment.national.standard), each.cv, mark)
            limits += [] if each.limit is None else [f"≤{plain(each.limit)}"]
            cells[f"verdict_{side}"] = verdict_cell(each.verdict) if each.verdict else BLANK
    return {**cells, "limit": "→".join(dict.fromkeys(limits)) or BLANK}


def items_table(official: Assessment, trial: Assessment, wording: Wording) -> Table:
    """The items whose sentence or verdict (under either standard) changed."""
    rows = []
    for item in official.national.items:
        before, after = (_item_side(side, item.item.id, wording) for side in (official, trial))
        if before != after:
            cells = {"name": f"{item.item.id} {item.item.name}", "before": before[0], "after": after[0]}
            rows.append(row({**cells, "verdict_before": before[1], "verdict_after": after[1]}))
    return _made(wording.specs["trial_items"], rows, wording)


def _item_side(assessment: Assessment, item_id: str, wording: Wording) -> tuple[str, TableCell]:
    national, local = assessment.national.item(item_id), assessment.local.item(item_id)
    said = item_statement(national, assessment, wording.phrases)
    if national.verdict is local.verdict:
        return said, verdict_cell(national.verdict)
    title = assessment.local.standard.title
    mark = MARKS[worse(national.verdict, local.verdict)]
    return said, TableCell(f"{national.verdict}（{title}{local.verdict}）", mark=mark)
