"""Sources with one row a school: the wide export of the statistics, and anything a user's own mapping describes."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from collections.abc import Mapping as Map
from dataclasses import dataclass, field
from pathlib import PurePath

from junheng.errors import DataProblem
from junheng.params.dictionary import Dictionary
from junheng.params.mapping import STAGES, Mapping, Rule, Spot
from junheng.workbook.importing.county import CountyTest, Standing
from junheng.workbook.importing.labels import NUMBERING, Header, LabelledColumn, NotThere, label
from junheng.workbook.importing.model import (
    Draft,
    ImportedFigure,
    MissingFigure,
    NotImported,
    SourceCell,
    SourceSheet,
    row_stages,
)
from junheng.workbook.importing.values import Reader
from junheng.workbook.read.grid import GridCell, address
from junheng.workbook.read.text import fold_key, shorten

SEARCH_ROWS = 40
CODE_LIKE = re.compile(r"^'?[0-9]{6,}")
TOTALS = ("合计", "总计", "小计")
BOTH_STAGES = "中小学"
NOTES = ("注", "说明", "备注", "填表")


Cells = Map[int, GridCell]


@dataclass(frozen=True)
class FoundRule:
    """The rule chosen for a key in a sheet, and its columns by the names of its spots."""

    rule: Rule
    columns: dict[str, LabelledColumn]


@dataclass
class TableSource:
    """One sheet whose rows are schools."""

    sheet: SourceSheet
    mapping: Mapping
    reader: Reader
    dictionary: Dictionary
    county: CountyTest
    drafts: list[Draft] = field(default_factory=list)
    left_out: list[NotImported] = field(default_factory=list)
    not_there: list[NotThere] = field(default_factory=list)
    found: dict[str, FoundRule] = field(default_factory=dict)
    county_column: int | None = None
    broad: tuple[str, ...] = ()
    """The stages that the word for this sheet's stage may mean together; none when it means one."""

    def read(self) -> None:
        """Read every row; raises DataProblem when the sheet's stage cannot be told."""
        header, first = self._header()
        variant = self._variant(header) if self.mapping.variants else ""
        self.found = dict(self._all_found(header, variant))
        self.county_column = self._county_column(header)
        if "school_code" not in self.found:
            return
        for number, cells in self.sheet.grid.rows.items():
            if number >= first and any(cell.text.strip() for cell in cells.values()):
                self._row(number, cells)

    def _header(self) -> tuple[Header, int]:
        """Return the header above the first row that has a school's code, and that row's number."""
        anchor, row = find_anchor(self.sheet, self.mapping)
        grid = self.sheet.grid
        below = [n for n in grid.rows if n > row]
        coded = [n for n in below if _is_code(grid.cell(n, anchor))]
        first = coded[0] if coded else (below[0] if below else row + 1)
        above = [n for n in grid.rows if n < first and not _is_numbering(grid.rows[n])]
        rows = [n for n in above if n >= row or len(grid.rows[n]) > 1]
        return Header(grid, rows, self.reader.cells.units), first

    def _variant(self, header: Header) -> str:
        """Return the stage this sheet is of, told by its file's name, its own name or its title; never guessed."""
        grid = self.sheet.grid
        title = " ".join(c.text for n in grid.rows if n < header.rows[0] for c in grid.rows[n].values())
        texts = (PurePath(self.sheet.file).stem, self.sheet.name, title)
        told = {self._stage_in(text) for text in texts}
        if len(told - {""}) == 1:
            stage = (told - {""}).pop()
            words = [w for w in self.mapping.variants[stage] if any(w in text for text in texts)]
            if all(word in self.mapping.broad for word in words):
                self.broad = tuple(dict.fromkeys(s for word in words for s in self.mapping.broad[word]))
            return stage
        wanted = "或".join(STAGES[stage] for stage in self.mapping.variants)
        raise DataProblem(
            f"{self.sheet.file}〔{self.sheet.name}〕是哪个学段的数据无法确定，请在文件名中写明“{wanted}”后重试。"
        )

    def _stage_in(self, text: str) -> str:
        """Return the one stage a text names; "" when it names none or more than one."""
        bare = text.replace(BOTH_STAGES, "")
        told = [
            stage for stage, words in self.mapping.variants.items() if any(word in bare for word in words)
        ]
        return told[0] if len(told) == 1 else ""

    def _all_found(self, header: Header, variant: str) -> Iterator[tuple[str, FoundRule]]:
        for key, rules in self.mapping.by_key.items():
            usable = [rule for rule in rules if rule.variant in ("", variant)]
            missing: list[NotThere] = []
            for rule in usable:
                columns = {name: self._column(header, spot) for name, spot in rule.spots.items()}
                lost = [one for one in columns.values() if isinstance(one, NotThere)]
                if not lost:
                    yield key, FoundRule(rule, columns)  # type: ignore[arg-type]
                    break
                missing += lost[:1] if rule.needed else ()
            else:
                self.not_there += missing[:1]

    def _column(self, header: Header, spot: Spot) -> LabelledColumn | NotThere:
        found = header.find(spot.column, spot.alone)
        if isinstance(found, LabelledColumn):
            return found
        several = tuple(f"“{column.text}”（{column.cell}）" for column in found)
        near = () if several else header.near(spot.column[0])
        return NotThere(self.sheet.file, self.sheet.name, "表头", spot.column[0], near, several)

    def _county_column(self, header: Header) -> int | None:
        if self.mapping.county is None:
            return None
        found = self._column(header, self.mapping.county)
        if isinstance(found, NotThere):
            self.not_there.append(found)
            return None
        return found.number

    def _row(self, number: int, cells: Cells) -> None:
        skipped = self._not_a_school(number, cells) or self._elsewhere(number) or self._not_assessed(number)
        if skipped:
            self.left_out.append(skipped)
            return
        code = self._figure("school_code", number)
        if not isinstance(code, ImportedFigure):
            reason = f"学校标识码不能使用：{code.reason}" if code else "没有学校标识码"
            self._leave(number, self.found["school_code"].columns["value"].number, reason)
            return
        draft = Draft(str(code.content))
        stages = self._stages(number)
        for key in self.found:
            got = self._figure(key, number, stages)
            if got is not None:
                draft.add(got)
        self.drafts.append(draft)

    def _stages(self, number: int) -> tuple[str, ...] | None:
        """Return the stages of a row's school; None when its type is not known."""
        kind = self._figure("school_type", number)
        if not isinstance(kind, ImportedFigure):
            return None
        return row_stages(self.dictionary, lambda key: self._figure(key, number))

    def _figure(
        self, key: str, number: int, stages: tuple[str, ...] | None = None
    ) -> ImportedFigure | MissingFigure | None:
        """Return what a row holds for a key; None where the key does not apply to the school."""
        found = self.found.get(key)
        if found is None:
            return None
        item = self.dictionary.sheet("schools").by_key[key]
        if item.stage and stages is not None and item.stage not in stages:
            return None
        if self._is_mixed(found.rule, number):
            own, names = found.rule.variant, "、".join(STAGES[stage] for stage in self.broad)
            return MissingFigure(
                key, f"原表未说明{names}是否合计，该校兼有各学段或类型不明，请填写其中{STAGES[own]}的数值"
            )
        spots = found.rule.spots
        places = {
            name: SourceCell(
                self.sheet, number, c.number, c.unit or spots[name].unit, stated=c.unit is not None
            )
            for name, c in found.columns.items()
        }
        return self.reader.read(found.rule, places, item)

    def _is_mixed(self, rule: Rule, number: int) -> bool:
        """Say whether a figure may be the sum of several stages: the sheet's word is broad, and the school has them."""
        paths = [path for spot in rule.spots.values() for path in spot.column]
        if not self.broad or not rule.variant or all(STAGES[rule.variant] in path for path in paths):
            return False
        kind = self._figure("school_type", number)
        has = self.dictionary.stages_of(str(kind.content)) if isinstance(kind, ImportedFigure) else self.broad
        return any(stage in has for stage in self.broad if stage != rule.variant)

    def _not_a_school(self, number: int, cells: Cells) -> NotImported | None:
        """Recognise totals, notes and rows without a code; each is reported."""
        if _is_code(cells.get(self.found["school_code"].columns["value"].number)):
            return None
        words = [fold_key(cell.text) for _, cell in sorted(cells.items())]
        first = min(cells)
        if any(word.endswith(TOTALS) for word in words[:3]):
            return self._out(number, first, "按合计行处理")
        if words[0].startswith(NOTES):
            return self._out(number, first, "按注释处理")
        return self._out(number, first, "没有学校标识码，请核对", fault=len(cells) > 1)

    def _elsewhere(self, number: int) -> NotImported | None:
        if self.county_column is None:
            return None
        cell = self.sheet.grid.cell(number, self.county_column)
        standing = self.county.of([cell.text] if cell else [])
        if standing is Standing.OWN:
            return None
        why = "属于其他县（市、区）" if standing is Standing.OTHER else "所属县（市、区）无法确认，请核对"
        return self._out(number, self.county_column, why, fault=standing is Standing.UNKNOWN)

    def _not_assessed(self, number: int) -> NotImported | None:
        found = self.found.get("school_type")
        if found is None or "value" not in found.columns:
            return None
        cell = self.sheet.grid.cell(number, found.columns["value"].number)
        if cell is None or label(cell.text) not in {label(word) for word in self.mapping.skip}:
            return None
        return self._out(number, found.columns["value"].number, "不参加评估的办学类型")

    def _leave(self, number: int, column: int, reason: str) -> None:
        self.left_out.append(self._out(number, column, reason, fault=True))

    def _out(self, number: int, column: int, reason: str, fault: bool = False) -> NotImported:
        cell = self.sheet.grid.cell(number, column)
        found = shorten(cell.text) if cell else ""
        return NotImported(self.sheet.file, self.sheet.name, address(number, column), found, reason, fault)


def find_anchor(sheet: SourceSheet, mapping: Mapping) -> tuple[int, int]:
    """Return the column and the row of the header of the school's code; raises DataProblem when there is none."""
    paths = [path for rule in mapping.by_key["school_code"] for path in rule.column]
    leaves = {label(path.split("/")[-1]) for path in paths}
    for number in list(sheet.grid.rows)[:SEARCH_ROWS]:
        for column, cell in sheet.grid.rows[number].items():
            if label(cell.text) in leaves:
                return column, number
    raise DataProblem(
        f"{sheet.file}〔{sheet.name}〕前{SEARCH_ROWS}行中没有表头“{paths[0]}”，不能按“{mapping.name}”读取。"
    )


def has_headers(sheet: SourceSheet, names: Sequence[str]) -> bool:
    """Say whether each of the texts is a label among the sheet's first rows."""
    rows = [sheet.grid.rows[number] for number in list(sheet.grid.rows)[:SEARCH_ROWS]]
    seen = {label(cell.text) for cells in rows for cell in cells.values()}
    return all(label(name) in seen for name in names)


def _is_code(cell: GridCell | None) -> bool:
    return cell is not None and CODE_LIKE.match(fold_key(cell.text)) is not None


def _is_numbering(cells: Cells) -> bool:
    return all(NUMBERING.match(fold_key(cell.text)) for cell in cells.values())
