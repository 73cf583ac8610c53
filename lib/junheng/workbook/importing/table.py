"""Sources with one row a school: the wide export of the statistics, and anything a user's own mapping describes."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from collections.abc import Mapping as Map
from dataclasses import dataclass
from pathlib import PurePath

from junheng.errors import DataProblem
from junheng.params.dictionary import Field
from junheng.params.mapping import STAGES, Mapping, Rule, Spot
from junheng.workbook.importing.county import CountyTest
from junheng.workbook.importing.labels import NUMBERING, Header, LabelledColumn, NotThere, label
from junheng.workbook.importing.model import Findings, MissingFigure, NotImported, SourceCell
from junheng.workbook.importing.source import Found, SchoolReader
from junheng.workbook.importing.values import Reader
from junheng.workbook.read.grid import Grid, GridCell
from junheng.workbook.read.text import fold_key

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


class TableSource:
    """One sheet whose rows are schools."""

    def __init__(self, grid: Grid, reader: Reader, county: CountyTest, findings: Findings) -> None:
        self.grid = grid
        self.mapping = reader.mapping
        self.reader = reader
        self.county = county
        self.findings = findings
        self.found: dict[str, FoundRule] = {}
        self.county_column: int | None = None
        self.broad: tuple[str, ...] = ()
        """The stages that the word for this sheet's stage may mean together; none when it means one."""

    def read(self) -> None:
        """Read every row; raises DataProblem when the sheet's stage cannot be told."""
        header, first = self.header()
        variant = self._variant(header) if self.mapping.variants else ""
        self.found = dict(self._all_found(header, variant))
        if self.mapping.county is not None:
            found = self._column(header, self.mapping.county)
            if isinstance(found, NotThere):
                self.findings.not_there.append(found)
            else:
                self.county_column = found.number
        if "school_code" not in self.found:
            return
        for number, cells in self.grid.rows.items():
            if number >= first and any(cell.text.strip() for cell in cells.values()):
                SchoolRow(self, number, cells).read(self.findings)

    def header(self) -> tuple[Header, int]:
        """Return the header above the first row that has a school's code, and that row's number."""
        anchor, row = find_anchor(self.grid, self.mapping)
        grid = self.grid
        below = [n for n in grid.rows if n > row]
        coded = [n for n in below if _is_code(grid.cell(n, anchor))]
        # Codes that Excel has spoilt are none; they stand in the first row in which the column says anything.
        filled = [n for n in below if grid.cell(n, anchor) and not _is_numbering(grid.rows[n])]
        first = next(iter(coded or filled or below), row + 1)
        # Above the code's own header only rows of several cells are header rows; a single cell is the title.
        above = [n for n in grid.rows if n < first and not _is_numbering(grid.rows[n])]
        rows = [n for n in above if n >= row or len(grid.rows[n]) > 1]
        return Header(grid, rows, self.reader.cells.units), first

    def _variant(self, header: Header) -> str:
        """Return the stage this sheet is of, told by its file's name, its own name or its title; never guessed."""
        grid = self.grid
        title = " ".join(c.text for n in grid.rows if n < header.rows[0] for c in grid.rows[n].values())
        texts = (PurePath(self.grid.file).stem, self.grid.name, title)
        told = {self._stage_in(text) for text in texts}
        if len(told - {""}) == 1:
            stage = (told - {""}).pop()
            words = [w for w in self.mapping.variants[stage] if any(w in text for text in texts)]
            if all(word in self.mapping.broad for word in words):
                self.broad = tuple(dict.fromkeys(s for word in words for s in self.mapping.broad[word]))
            return stage
        wanted = "或".join(STAGES[stage] for stage in self.mapping.variants)
        raise DataProblem(
            f"{self.grid.file}〔{self.grid.name}〕是哪个学段的数据无法确定，请在文件名中写明“{wanted}”后重试。"
        )

    def _stage_in(self, text: str) -> str:
        """Return the one stage a text names; "" when it names none or more than one."""
        bare = text.replace(BOTH_STAGES, "")  # 中小学 names no stage, though 小学 is in it
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
                self.findings.not_there += missing[:1]

    def _column(self, header: Header, spot: Spot) -> LabelledColumn | NotThere:
        found = header.find(spot.column, spot.alone)
        if isinstance(found, LabelledColumn):
            return found
        several = tuple(f"“{column.text}”（{column.cell}）" for column in found)
        near = () if several else header.near(spot.column[0])
        return NotThere(self.grid.file, self.grid.name, "表头", spot.column[0], near, several)


class SchoolRow(SchoolReader):
    """One row of such a sheet."""

    def __init__(self, source: TableSource, number: int, cells: Cells) -> None:
        super().__init__(source.reader, source.county)
        self.source = source
        self.number = number
        self.cells = cells

    def keys(self) -> Iterable[str]:
        return self.source.found

    def left_out(self) -> NotImported | None:
        found = self.source.found.get("school_type")
        columns = [found.columns["value"].number] if found and "value" in found.columns else []
        return self._not_a_school() or self._elsewhere() or self.not_assessed(map(self._place, columns))

    def without_code(self, reason: str) -> NotImported:
        return NotImported.at(self._place(self._code_column), reason, fault=True)

    def by_rule(self, key: str, item: Field) -> Found:
        found = self.source.found.get(key)
        if found is None:
            return None
        rule, spots = found.rule, found.rule.spots
        if self._is_mixed(rule):
            own, names = rule.variant, "、".join(STAGES[stage] for stage in self.source.broad)
            return MissingFigure(
                key, f"原表未说明{names}是否合计，该校兼有各学段或类型不明，请填写其中{STAGES[own]}的数值"
            )
        places = {
            name: SourceCell(
                self.source.grid, self.number, c.number, c.unit or spots[name].unit, bool(c.unit)
            )
            for name, c in found.columns.items()
        }
        return self.reader.read(rule, places, item)

    def _is_mixed(self, rule: Rule) -> bool:
        """Say whether a figure may be the sum of several stages: the sheet's word is broad, and the school has them."""
        broad = self.source.broad
        paths = [path for spot in rule.spots.values() for path in spot.column]
        if not broad or not rule.variant or all(STAGES[rule.variant] in path for path in paths):
            return False
        has = self.dictionary.stages_of(self.school_type) if self.school_type else broad
        return any(stage in has for stage in broad if stage != rule.variant)

    @property
    def _code_column(self) -> int:
        return self.source.found["school_code"].columns["value"].number

    def _place(self, column: int) -> SourceCell:
        return SourceCell(self.source.grid, self.number, column, None)

    def _not_a_school(self) -> NotImported | None:
        """Recognise totals, notes and rows without a code; each is reported."""
        if _is_code(self.cells.get(self._code_column)):
            return None
        words = [fold_key(cell.text) for _, cell in sorted(self.cells.items())]
        first = self._place(min(self.cells))
        if any(word.endswith(TOTALS) for word in words[:3]):
            return NotImported.at(first, "按合计行处理")
        if words[0].startswith(NOTES):
            return NotImported.at(first, "按注释处理")
        code = self.cells.get(self._code_column)
        told = f"学校标识码“{code.text}”不是完整的号码" if code and code.text.strip() else "没有学校标识码"
        return NotImported.at(first, f"{told}，请核对", fault=len(self.cells) > 1)

    def _elsewhere(self) -> NotImported | None:
        if self.source.county_column is None:
            return None
        place = self._place(self.source.county_column)
        own = self.county.owns([place.text])
        if own:
            return None
        why = "所属县（市、区）无法确认，请核对" if own is None else "属于其他县（市、区）"
        return NotImported.at(place, why, fault=own is None)


def find_anchor(grid: Grid, mapping: Mapping) -> tuple[int, int]:
    """Return the column and the row of the header of the school's code; raises DataProblem when there is none."""
    paths = [path for rule in mapping.by_key["school_code"] for path in rule.column]
    leaves = {label(path.split("/")[-1]) for path in paths}
    for number in list(grid.rows)[:SEARCH_ROWS]:
        for column, cell in grid.rows[number].items():
            if label(cell.text) in leaves:
                return column, number
    raise DataProblem(
        f"{grid.file}〔{grid.name}〕前{SEARCH_ROWS}行中没有表头“{paths[0]}”，不能按“{mapping.name}”读取。"
    )


def has_headers(grid: Grid, names: Sequence[str]) -> bool:
    """Say whether each of the texts is a label among the sheet's first rows."""
    rows = [grid.rows[number] for number in list(grid.rows)[:SEARCH_ROWS]]
    seen = {label(cell.text) for cells in rows for cell in cells.values()}
    return all(label(name) in seen for name in names)


def _is_code(cell: GridCell | None) -> bool:
    return cell is not None and CODE_LIKE.match(fold_key(cell.text)) is not None


def _is_numbering(cells: Cells) -> bool:
    return all(NUMBERING.match(fold_key(cell.text)) for cell in cells.values())
