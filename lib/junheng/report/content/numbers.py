"""How figures are printed beside their verdicts (RULES §10): one place for every table, sentence and figure."""

from __future__ import annotations

from collections.abc import Iterable
from fractions import Fraction

from junheng.assess.gaps import Shortfall
from junheng.assess.model import Cell, Disparity, Unit
from junheng.exact import ceil_div, fixed, honest_decimals
from junheng.params.standard import Indicator, Standard
from junheng.workbook.model import Source

EDGE_MARK = "※"
BLANK = "——"


def beside_limit(value: Fraction | None, limit: Fraction, comparator: str, decimals: int) -> str:
    """Write `value`; where its rounding would contradict the verdict, with more places and the mark 临界."""
    if value is None:
        return BLANK
    places = honest_decimals(value, limit, comparator, decimals)
    return fixed(value, places) + (EDGE_MARK if places > decimals else "")


def cell_text(cell: Cell, indicator: Indicator) -> str:
    """Write one indicator value of a unit."""
    return beside_limit(cell.value, cell.threshold, indicator.comparator, indicator.decimals)


def cv_text(row: Disparity, standard: Standard) -> str:
    """Write a coefficient of variation (the composite has no limit to contradict)."""
    places = standard.disparity.decimals
    if row.cv is None or row.limit is None:
        return BLANK if row.cv is None else fixed(row.cv, places)
    return beside_limit(row.cv, row.limit, "<=", places)


def whole_up(amount: Fraction) -> str:
    """Write a gap: the least whole amount that closes it, so that adding what is printed is always enough."""
    return str(ceil_div(amount))


def gap_text(short: Shortfall) -> str:
    """Write a shortfall with its name and unit: 高于规定学历教师3人."""
    return f"{short.indicator.gap_name}{whole_up(short.gap)}{short.indicator.gap_unit}"


def unit_name(unit: Unit, standard: Standard) -> str:
    """Name a unit; a combined school's stage stands behind its name: 某某学校（小学部）."""
    part = f"（{standard.stage(unit.stage).part_name}）"
    return (
        unit.school_name + part if unit.combined and not unit.school_name.endswith(part) else unit.school_name
    )


def source_places(sources: Iterable[Source | None]) -> str:
    """Write the cells of one figure in short: file〔sheet〕K12、L12."""
    found: dict[tuple[str, str], dict[str, None]] = {}
    for source in sources:
        if source is not None:
            found.setdefault((source.file, source.sheet), {})[source.cell] = None
    return "；".join(f"{file}〔{sheet}〕{'、'.join(cells)}" for (file, sheet), cells in found.items())
