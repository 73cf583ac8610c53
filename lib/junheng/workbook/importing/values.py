"""From the cells a rule names to a figure: words translated, units converted, formulas worked out, nothing guessed."""

from __future__ import annotations

from collections.abc import Mapping as Map
from dataclasses import dataclass, replace
from fractions import Fraction

from junheng.exact import plain
from junheng.params.dictionary import Field
from junheng.params.formula import parse_formula
from junheng.params.mapping import Mapping, Rule
from junheng.workbook.importing.labels import label
from junheng.workbook.importing.model import ImportedFigure, MissingFigure, SourceCell
from junheng.workbook.read.cells import CellRules, Reading
from junheng.workbook.read.grid import GridCell
from junheng.workbook.read.text import is_missing_mark

WORDS = ("text", "number", "percent", "bool")


@dataclass(frozen=True)
class Reader:
    """Reads figures by the rules of one mapping."""

    mapping: Mapping
    cells: CellRules
    conversions: Map[tuple[str, str], Fraction]

    def read(self, rule: Rule, places: Map[str, SourceCell], field: Field) -> ImportedFigure | MissingFigure:
        """Return the figure a rule yields, or why it yields none."""
        if rule.constant is not None:
            return self._constant(rule, field)
        found = {name: self._one(rule, place, field) for name, place in places.items()}
        sources = tuple(place.source for place in places.values())
        lacks = [one for one in found.values() if isinstance(one, MissingFigure)]
        if lacks:
            return replace(lacks[0], sources=sources)
        figures = {name: one for name, one in found.items() if isinstance(one, ImportedFigure)}
        if rule.formula is None:
            return self._plain(rule, figures["value"])
        return self._computed(rule, figures, field)

    def _constant(self, rule: Rule, field: Field) -> ImportedFigure | MissingFigure:
        text = rule.constant if isinstance(rule.constant, str) else plain(Fraction(rule.constant or 0))
        reading = self.cells.read(GridCell("text", text), field)
        if reading.fault:
            return MissingFigure(rule.key, f"映射中的固定值“{text}”不合规定，应为{reading.fault.expected}")
        return ImportedFigure(rule.key, reading.content, (), text, rule.remark or "映射中写明的固定值")

    def _plain(self, rule: Rule, figure: ImportedFigure) -> ImportedFigure | MissingFigure:
        # 艺术 tells nothing of 音乐 and 美术 alone, but that it is 0: then both are.
        if rule.whole and figure.content != 0:
            why = f"原表只有{rule.remark or '合计'}{plain(figure.content)}，请分列填写"  # type: ignore[arg-type]
            return MissingFigure(rule.key, why, figure.sources)
        return figure

    def _computed(
        self, rule: Rule, figures: Map[str, ImportedFigure], field: Field
    ) -> ImportedFigure | MissingFigure:
        contents = {name: figure.content for name, figure in figures.items()}
        value = parse_formula(rule.formula or "")(contents.__getitem__)
        sources = tuple(source for figure in figures.values() for source in figure.sources)
        shown = "，".join(
            f"{source.cell}为{figures[name].text}" for name, source in zip(figures, sources, strict=True)
        )
        if value < 0:
            why = f"按“{rule.remark or rule.formula}”计算得{plain(value)}，原表数据矛盾（{shown}）"
            return MissingFigure(rule.key, why, sources)
        done = "；".join(
            dict.fromkeys(f.remark for f in figures.values() if f.remark and f.remark != rule.remark)
        )
        remark = "；".join(filter(None, (rule.remark, done)))
        return ImportedFigure(
            rule.key, value, sources, shown, remark, any(f.presumed for f in figures.values())
        )

    def _one(self, rule: Rule, place: SourceCell, field: Field) -> ImportedFigure | MissingFigure:
        cell = place.cell
        if self._is_zero_blank(rule, cell, field):
            return ImportedFigure(rule.key, Fraction(0), (place.source,), "", "原表空白，按“空白为0”计0")
        given, word = self._translated(rule, cell)
        unit = place.unit if field.is_number and field.unit else field.unit
        # Converted before the limits are applied: 3,000,000元 are within them only as 300万元.
        factor = self._factor(unit, field)
        if factor is None:
            return MissingFigure(rule.key, f"原表单位为“{unit}”，不能换算为“{field.unit}”", (place.source,))
        reading = self.cells.read(given, self._as_given(field, unit, factor))
        if reading.fault:
            why = f"原表为“{reading.fault.found}”，应为{reading.fault.expected}"
            return MissingFigure(rule.key, why, (place.source,))
        if reading.content is None:
            return MissingFigure(rule.key, _blank_reason(cell), (place.source,))
        return self._converted(rule, reading, word, place, unit, factor, field)

    def _is_zero_blank(self, rule: Rule, cell: GridCell | None, field: Field) -> bool:
        return cell is None and field.is_number and (rule.blank or self.mapping.blank) == "zero"

    def _translated(self, rule: Rule, cell: GridCell | None) -> tuple[GridCell | None, str]:
        """Return the cell with its word translated, and what was translated."""
        if cell is None or cell.kind not in WORDS or not rule.values:
            return cell, ""
        words = {label(word): meaning for word, meaning in self.mapping.words(rule).items()}
        if label(cell.text) not in words:
            return cell, ""
        meaning = words[label(cell.text)]
        return GridCell("text", meaning), f"“{cell.text.strip()}”对照为“{meaning}”"

    def _factor(self, unit: str | None, field: Field) -> Fraction | None:
        if unit is None or unit == field.unit or not field.is_number or field.unit is None:
            return Fraction(1)
        return self.conversions.get((unit, field.unit))

    def _as_given(self, field: Field, unit: str | None, factor: Fraction) -> Field:
        """Return the field as its source writes it: in the source's unit, its limits not yet applied."""
        if factor == 1:
            return field
        kind = "decimal" if field.type == "int" else field.type
        return field.model_copy(update={"unit": unit, "type": kind, "min": None, "max": None})

    def _converted(
        self,
        rule: Rule,
        reading: Reading,
        word: str,
        place: SourceCell,
        unit: str | None,
        factor: Fraction,
        field: Field,
    ) -> ImportedFigure | MissingFigure:
        done = [rule.remark if rule.formula is None and not rule.whole else "", word, reading.repair or ""]
        content = reading.content
        if factor != 1 and isinstance(content, Fraction):
            content *= factor
            done.append(f"由{unit}换算为{field.unit}")
            again = self.cells.read(GridCell("number", plain(content)), field)
            if again.fault:
                why = f"换算后为{plain(content)}{field.unit}，应为{again.fault.expected}"
                return MissingFigure(rule.key, why, (place.source,))
        if place.row in place.grid.hidden:
            done.append("该行在原表中被隐藏或筛选")
        presumed = field.is_number and field.unit is not None and not place.stated
        return ImportedFigure(
            rule.key, content, (place.source,), place.text, "；".join(filter(None, done)), presumed
        )


def _blank_reason(cell: GridCell | None) -> str:
    if cell is None or not cell.text.strip():
        return "原表为空"
    return f"原表为“{cell.text.strip()}”，表示不适用或缺少" if is_missing_mark(cell.text) else "原表为空"
