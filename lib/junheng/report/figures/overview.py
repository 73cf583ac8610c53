"""Figure 1: the county's state on one sheet: verdicts, units, indicators and coefficients, items."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from junheng.assess.model import Assessment, Disparity, ItemResult, Unit, Verdict
from junheng.params.standard import Stage, Standard
from junheng.report.figures.canvas import WIDTH, Box, Canvas
from junheng.report.figures.disparity import cv_text
from junheng.report.figures.panels import Drawing, no_units, percent, scope, tally, text_width, wrapped
from junheng.report.figures.style import FAIL, GRID, INK, MUTED, VERDICT_LOOKS, StageLook, stage_look

LABEL = 26.0
GROUPS = {"government": "政府保障程度", "quality": "教育质量", "social": "社会认可度", "veto": "一票否决"}
VETOES = {Verdict.MET: "未出现", Verdict.UNMET: "出现", Verdict.UNKNOWN: "无法判定"}
"""What the verdicts say of a veto."""
CELL_STEP = 8.4
MATRIX_ROW = 9.0
LIMIT_AT = 0.7
"""Where a cell of the matrix has the limit of the coefficient, as a share of the cell's width."""


def overview(assessment: Assessment) -> Drawing:
    """Draw the state of the county."""
    canvas = Canvas()
    y = _tiles(canvas, assessment, 0.5)
    y = _units(canvas, assessment, y + 7)
    y = _matrix(canvas, assessment, y + 6)
    y = _items(canvas, assessment, y + 6)
    _legend(canvas, y + 3)
    canvas.height = y + 6
    caption = f"{scope(assessment)}义务教育优质均衡发展总体情况"
    return Drawing(canvas, caption, _alt(caption, assessment))


def _verdict_box(canvas: Canvas, box: Box, verdict: Verdict) -> None:
    look = VERDICT_LOOKS[verdict]
    canvas.boxes([box], fill=look.fill, edge=look.edge, hatch=look.hatch, line=0.8)


def _plate(canvas: Canvas, box: Box, verdict: Verdict, text: str, size: float) -> None:
    """Write on an area of a verdict; on a hatched one the text gets a white ground."""
    _verdict_box(canvas, box, verdict)
    middle_x, middle_y = box.x + box.width / 2, box.y + box.height / 2
    if VERDICT_LOOKS[verdict].hatch:
        width, height = text_width(text, size) + 2, size * 0.45
        canvas.boxes(
            [Box(middle_x - width / 2, middle_y - height / 2, width, height)], fill="white", zorder=3
        )
    canvas.text(
        middle_x, middle_y, text, size=size, bold=True, align="center", colour=VERDICT_LOOKS[verdict].text
    )


def _tiles(canvas: Canvas, assessment: Assessment, top: float) -> float:
    """Draw the verdicts under both standards and a tile for each field; return where they end."""
    half = (WIDTH - 2) / 2
    for number, result in enumerate((assessment.national, assessment.local)):
        box = Box(0.5 + number * (half + 1), top, half, 8.5)
        _plate(canvas, box, result.overall, f"{result.standard.title}：{result.overall}", 11)
    tiles = _fields(assessment)
    width = (WIDTH - 1 - 2 * (len(tiles) - 1)) / len(tiles)
    for number, (name, verdict, note) in enumerate(tiles):
        x = 0.5 + number * (width + 2)
        canvas.text(x + width / 2, top + 13, name, align="center", bold=True)
        said = VETOES[verdict] if name == GROUPS["veto"] else str(verdict)
        _plate(canvas, Box(x, top + 15.5, width, 7), verdict, said, 9.5)
        canvas.text(x + width / 2, top + 25, note, align="center", colour=MUTED)
    return top + 27


def _fields(assessment: Assessment) -> list[tuple[str, Verdict, str]]:
    result = assessment.national
    met = sum(unit.verdict is Verdict.MET for unit in result.units)
    fields = [("资源配置", result.resource, f"单元达标{met}/{len(result.units)}")]
    verdicts = {"government": result.government, "quality": result.quality, "social": result.social}
    for group, verdict in verdicts.items():
        items = result.group(group)
        met = sum(item.verdict is Verdict.MET for item in items)
        fields.append((GROUPS[group], verdict, f"达标{met}/{len(items)}项"))
    counted = tally(item.verdict for item in result.group("veto"))
    note = f"出现{counted[Verdict.UNMET]}项"
    note += f"、待定{counted[Verdict.UNKNOWN]}项" if counted[Verdict.UNKNOWN] else ""
    return [*fields, (GROUPS["veto"], result.veto, note)]


def _section(canvas: Canvas, y: float, title: str, note: str = "") -> float:
    canvas.text(0.5, y, title, size=9, bold=True)
    if note:
        canvas.text(WIDTH - 0.5, y, note, align="right", colour=MUTED)
    canvas.lines([((0.5, y + 2.8), (WIDTH - 0.5, y + 2.8))], colour=GRID)
    return y + 4.5


def _units(canvas: Canvas, assessment: Assessment, top: float) -> float:
    """Draw a bar of the three verdicts for each stage; return where it ends."""
    y = _section(canvas, top, "评估单元达标情况")
    left, right = LABEL + 1, WIDTH - 56
    for stage in assessment.national.standard.stages:
        units = assessment.national.stage_units(stage.id)
        canvas.text(1, y + 3, f"{stage.name}（{len(units)}个）")
        if units:
            _unit_bar(canvas, units, Box(left, y, right - left, 6))
        else:
            canvas.text(left, y + 3, no_units(stage), colour=MUTED)
        y += 8
    return y


def _unit_bar(canvas: Canvas, units: Sequence[Unit], bar: Box) -> None:
    counted = tally(unit.verdict for unit in units)
    x = bar.x
    for verdict, count in counted.items():
        width = bar.width * count / len(units)
        if count:
            _verdict_box(canvas, Box(x, bar.y, width, bar.height), verdict)
        x += width
    met, unmet, unknown = counted.values()
    share = "" if unknown else f"（{percent(met, len(units))}）"  # not known while a unit is open
    text = f"达标{met}个{share}，未达标{unmet}个"
    middle = bar.y + bar.height / 2
    note = f"{text}，\n无法判定{unknown}个" if unknown else text
    canvas.text(bar.x + bar.width + 2, middle, note)


def _matrix(canvas: Canvas, assessment: Assessment, top: float) -> float:
    """Draw shares of units meeting an indicator, and coefficients against limits; return where they end."""
    standard = assessment.national.standard
    y = _section(canvas, top, "各项指标：达标单元比例（%）与校际差异系数", "竖线为差异系数限值")
    step = (WIDTH - LABEL) / len(standard.indicators)
    names = [wrapped(indicator.short, step / 3.0) for indicator in standard.indicators]
    head = 1.6 + 1.75 * max(name.count("\n") + 1 for name in names)
    for number, name in enumerate(names):
        canvas.text(LABEL + step * (number + 0.5), y + head - 1.6, name, align="center")
    y += 2 * head - 2
    for stage in standard.stages:
        units = assessment.national.stage_units(stage.id)
        if not units:
            continue
        look = stage_look(standard, stage.id)
        canvas.text(1, y + MATRIX_ROW / 2, f"{stage.name}达标比例")
        canvas.text(1, y + MATRIX_ROW * 1.5, f"{stage.name}差异系数")
        for number, indicator in enumerate(standard.indicators):
            cell = Box(LABEL + step * number + 1.5, y, step - 3, MATRIX_ROW)
            _share_cell(canvas, cell, [unit.cells[indicator.id].verdict for unit in units], look)
            below = Box(cell.x, y + MATRIX_ROW, cell.width, MATRIX_ROW)
            _cv_cell(canvas, below, assessment.national.disparity(stage.id, indicator.id), standard, look)
        y += 2 * MATRIX_ROW
    return y


def _share_cell(canvas: Canvas, cell: Box, verdicts: Sequence[Verdict], look: StageLook) -> None:
    counted = tally(verdicts)
    met, unknown = counted[Verdict.MET], counted[Verdict.UNKNOWN]
    share = percent(met, len(verdicts)).rstrip("%") if not unknown else Verdict.UNKNOWN.value
    end, one = cell.x + cell.width * met / len(verdicts), cell.width / len(verdicts)
    canvas.text(cell.x + cell.width / 2, cell.y + 2.6, share, align="center")
    canvas.boxes([Box(cell.x, cell.y + 5, cell.width, 2.4)], fill="white", edge="#9A9A9A", line=0.5)
    canvas.boxes([Box(cell.x, cell.y + 5, end - cell.x, 2.4)], fill=look.colour, zorder=3)
    open_look = VERDICT_LOOKS[Verdict.UNKNOWN]
    open_part = Box(end, cell.y + 5, one * unknown, 2.4)
    canvas.boxes([open_part], fill=open_look.fill, edge=open_look.edge, hatch="......", line=0.5, zorder=3)


def _cv_cell(canvas: Canvas, cell: Box, row: Disparity, standard: Standard, look: StageLook) -> None:
    failed = row.verdict is Verdict.UNMET
    text = cv_text(row, standard)
    canvas.text(
        cell.x + cell.width / 2,
        cell.y + 2.6,
        text,
        align="center",
        bold=failed,
        colour=FAIL if failed else INK,
    )
    y = cell.y + 5
    limit_x = cell.x + cell.width * LIMIT_AT
    canvas.lines([((limit_x, y - 0.4), (limit_x, y + 2.8))], colour=INK, line=1.3, zorder=4)
    canvas.lines([((cell.x, y + 2.4), (cell.x + cell.width, y + 2.4))], colour=GRID)
    if row.cv is not None and row.limit:
        share = min(float(row.cv / row.limit) * LIMIT_AT, 1.0)
        style: dict[str, Any] = (
            {"fill": FAIL, "edge": "white", "hatch": "////"} if failed else {"fill": look.colour}
        )
        canvas.boxes([Box(cell.x, y, cell.width * share, 2.4)], line=0, **style)


def _items(canvas: Canvas, assessment: Assessment, top: float) -> float:
    """Draw a square for every item, by group; return where it ends."""
    y = _section(canvas, top, "各项内容评估结果（国家标准）", "编号G3即政府保障程度第3项，余类推")
    for group, name in GROUPS.items():
        items = assessment.national.group(group)
        step = min(CELL_STEP + 0.2, (WIDTH - LABEL) / max(len(items), 1))
        canvas.text(1, y + 3.4, name)
        for number, item in enumerate(items):
            _plate(canvas, Box(LABEL + 0.5 + number * step, y, step - 1, 6.8), item.verdict, item.item.id, 8)
        if group == "veto":
            x = LABEL + 3 + len(items) * step
            canvas.text(x, y + 3.4, "浅色为未出现，深色为出现", colour=MUTED)
        y += CELL_STEP
    stricter = _stricter(assessment)
    if stricter:
        canvas.text(1, y + 2, f"按{assessment.local.standard.title}另有未达标：{'、'.join(stricter)}")
        y += 4.5
    return y


def _stricter(assessment: Assessment) -> list[str]:
    """Return the items that the local standard alone finds unmet."""
    national = {item.item.id: item.verdict for item in assessment.national.items}
    local: tuple[ItemResult, ...] = assessment.local.items
    return [
        i.item.id
        for i in local
        if i.verdict is Verdict.UNMET and national.get(i.item.id) is not Verdict.UNMET
    ]


def _legend(canvas: Canvas, y: float) -> None:
    x = 1.0
    for verdict in Verdict:
        _verdict_box(canvas, Box(x, y - 1.6, 6, 3.2), verdict)
        canvas.text(x + 7.5, y, str(verdict))
        x += 24
    canvas.boxes([Box(x, y - 1.2, 6, 2.4)], fill=FAIL, edge="white", hatch="////", line=0)
    canvas.text(x + 7.5, y, "差异系数超过限值")


def _alt(caption: str, assessment: Assessment) -> str:
    national, local = assessment.national, assessment.local
    parts = [f"{result.standard.title}{result.overall}" for result in (national, local)]
    for name, verdict, note in _fields(assessment):
        parts.append(f"{name}{VETOES[verdict] if name == GROUPS['veto'] else verdict}（{note}）")
    parts += [_stage_said(assessment, stage) for stage in national.standard.stages]
    missed = [item.item.id for item in national.items if item.verdict is Verdict.UNMET]
    parts.append(f"未达标项目：{'、'.join(missed)}" if missed else "没有未达标项目")
    return f"总览图：{caption}。{'；'.join(parts)}。"


def _stage_said(assessment: Assessment, stage: Stage) -> str:
    units = assessment.national.stage_units(stage.id)
    if not units:
        return no_units(stage)
    counted = tally(unit.verdict for unit in units)
    over = sum(d.verdict is Verdict.UNMET for d in assessment.national.disparities if d.stage == stage.id)
    text = (
        f"{stage.name}{len(units)}个评估单元中达标{counted[Verdict.MET]}个、未达标{counted[Verdict.UNMET]}个"
    )
    unknown = counted[Verdict.UNKNOWN]
    return text + (f"、无法判定{unknown}个" if unknown else "") + f"，差异系数超过限值{over}项"
