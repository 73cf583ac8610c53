"""How figures are printed beside their verdicts (RULES §10): one place for every table, sentence and figure."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from fractions import Fraction

from junheng.assess.gaps import LARGE, MONEY, Shortfall, rounded_up
from junheng.assess.gaps import PRINT as PRINT
from junheng.assess.model import Cell, Disparity, Unit
from junheng.exact import fixed, honest_decimals, plain, round_half_up
from junheng.params.standard import Indicator, Standard
from junheng.report.content.model import BLANK as BLANK
from junheng.report.content.model import EDGE_MARK as EDGE_MARK
from junheng.workbook.model import Source

REQUIRED = {">=": "不低于", "<=": "不超过", ">": "高于", "<": "低于", "==": "为"}
"""How a requirement is said: 应不低于95%."""
MINUS = "\u2212"
"""The minus sign of print: a hyphen-minus is thinner than a plus sign, and a line may break behind it."""


def requirement(comparator: str, asked: str) -> str:
    """The word of a requirement before its figure: 应不低于95%, but 应达到100%, above which nothing is."""
    return "达到" if comparator == ">=" and asked == "100%" else REQUIRED[comparator]


FIGURE = re.compile(rf"(-?\d+(?:\.(\d+))?){EDGE_MARK}?")


def beside_limit(value: Fraction | None, limit: Fraction, comparator: str, decimals: int) -> str:
    """Write `value`; where its rounding would contradict the verdict, with more places and the mark 临界."""
    if value is None:
        return BLANK
    # Print and verdict must agree (RULES §10): 7.4996 under a limit of 7.5 is not printed as 7.50, but as 7.4996※.
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


@dataclass(frozen=True, slots=True)
class PrintedDifference:
    """The difference of two figures as they are printed, which a reader works out from them (RULES §10).

    `decimals` are those of the figure that is printed with more places.
    """

    value: Fraction
    decimals: int

    @property
    def amount(self) -> str:
        """The difference without its sign."""
        return fixed(abs(self.value), self.decimals)

    @property
    def plain(self) -> str:
        """The difference as a number: 0.012, -0.012, 0.000."""
        return fixed(self.value, self.decimals)

    def worded(self, unit: str = "") -> str:
        """Write 上升0.012, 下降0.012 or 持平."""
        if not self.value:
            return "持平"
        return f"{'上升' if self.value > 0 else '下降'}{self.amount}{unit}"

    @property
    def signed(self) -> str:
        """Write +0.012, −0.012 (with the minus sign, which no line ends on) or 持平."""
        if not self.value:
            return "持平"
        return f"{'+' if self.value > 0 else MINUS}{self.amount}"


def difference(now: str, before: str) -> PrintedDifference | None:
    """Return `now` less `before`, two figures as printed (※ allowed); None when one of them is no figure."""
    mine, theirs = FIGURE.fullmatch(now), FIGURE.fullmatch(before)
    if mine is None or theirs is None:
        return None
    # Of the printed figures, not of the exact ones: whoever subtracts what stands in the table must find the same.
    places = max(len(mine[2] or ""), len(theirs[2] or ""))
    return PrintedDifference(Fraction(mine[1]) - Fraction(theirs[1]), places)


def printed_share(share: Fraction | None) -> Fraction | None:
    """Return a share as its per cent is printed (one decimal): what a sentence on its rise or fall goes by."""
    return None if share is None else round_half_up(share, 3)


LARGE_MONEY = "万元"


def in_print(amount: Fraction, unit: str) -> tuple[Fraction, str]:
    """Return an amount and its unit as printed: 8767000元 is 876.7万元."""
    return (amount / LARGE, LARGE_MONEY) if unit == MONEY and abs(amount) >= LARGE else (amount, unit)


def amount_said(amount: Fraction, unit: str) -> str:
    """Write an amount with its unit, exactly."""
    number, unit = in_print(amount, unit)
    return f"{plain(number)}{unit}"


def gap_amount(gap: Fraction, indicator: Indicator) -> str:
    """Write a gap with its unit, rounded up: 3人, 87.68万元."""
    return amount_said(rounded_up(gap, indicator.gap_unit), indicator.gap_unit)


def gap_text(short: Shortfall) -> str:
    """Write a shortfall with its name and unit: 高于规定学历教师3人."""
    return f"{short.indicator.gap_name}{gap_amount(short.gap, short.indicator)}"


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
