"""One school's workbook of forms: which rules apply to the school, and what its forms hold for them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field

from junheng.params.dictionary import Dictionary
from junheng.params.mapping import STAGES, Mapping, Rule, Spot
from junheng.workbook.importing.county import CountyTest, Standing
from junheng.workbook.importing.forms import FormSheet
from junheng.workbook.importing.labels import NotThere, label
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


@dataclass(frozen=True)
class NoForm:
    """A school's workbook lacks a form."""

    form: str


Resolved = SourceCell | NotThere | NoForm


@dataclass
class SchoolSource:
    """The forms of one file."""

    file: str
    sheets: Sequence[SourceSheet]
    mapping: Mapping
    reader: Reader
    dictionary: Dictionary
    county: CountyTest
    drafts: list[Draft] = field(default_factory=list)
    left_out: list[NotImported] = field(default_factory=list)
    not_there: list[NotThere] = field(default_factory=list)

    def read(self) -> None:
        """Read the school; a file of another county, of a type that is not assessed, or without code is left out."""
        groups = frozenset(label(word) for word in self.mapping.groups)
        self.forms: dict[str, list[FormSheet]] = defaultdict(list)
        for sheet in self.sheets:
            form = FormSheet(sheet, groups, self.reader.cells.units)
            self.forms[form.number].append(form)
        skipped = self._elsewhere() or self._not_assessed()
        if skipped:
            self.left_out.append(skipped)
            return
        code = self._figure("school_code", None, "")
        if not isinstance(code, ImportedFigure):
            reason = code.reason if code else "没有学校标识码"
            self._leave(f"学校标识码不能使用：{reason}", fault=True)
            return
        self.drafts.append(self._draft(str(code.content)))

    def _draft(self, code: str) -> Draft:
        kind = self._figure("school_type", None, "")
        school_type = str(kind.content) if isinstance(kind, ImportedFigure) else ""
        stages = self._stages(school_type) if school_type else None
        draft = Draft(code)
        for key in self.mapping.by_key:
            found = self._figure(key, stages, school_type)
            if found is not None:
                draft.add(found)
        return draft

    def _stages(self, school_type: str) -> tuple[str, ...]:
        return row_stages(self.dictionary, lambda key: self._figure(key, None, school_type))

    def _figure(
        self, key: str, stages: tuple[str, ...] | None, school_type: str
    ) -> ImportedFigure | MissingFigure | None:
        """Return what the forms hold for a key; None where the key does not apply to the school."""
        item = self.dictionary.sheet("schools").by_key[key]
        if item.stage and stages is not None and item.stage not in stages:
            return None
        rules = [r for r in self.mapping.by_key.get(key, ()) if not r.only or school_type in r.only]
        lost: list[tuple[Rule, NotThere | NoForm]] = []
        stage = STAGES.get(item.stage or "", "")
        for rule in rules:
            parts = self._every(rule, stage)
            if parts:
                summed = rule.model_copy(update={"formula": " + ".join(parts)})
                return self.reader.read(summed, parts, item)
            places = {name: self._resolve(spot, stage) for name, spot in rule.spots.items()}
            missing = [place for place in places.values() if not isinstance(place, SourceCell)]
            if not missing:
                return self.reader.read(rule, places, item)  # type: ignore[arg-type]
            lost.append((rule, missing[0]))
        return self._lost(key, lost) if lost else None

    def _lost(self, key: str, lost: Sequence[tuple[Rule, NotThere | NoForm]]) -> MissingFigure:
        """Say why no rule could be used; a needed place that is not in its form is a failure."""
        strange = [(rule, fault) for rule, fault in lost if isinstance(fault, NotThere)]
        if not strange:
            forms = dict.fromkeys(fault.form for _, fault in lost if isinstance(fault, NoForm))
            return MissingFigure(key, f"缺少表{'、'.join(forms)}")
        others = next((fault for _, fault in strange if fault.of_others), None)
        if others is not None:  # the form is as it should be, and does not tell the stages apart
            name = others.sought.rpartition("/")[2]
            return MissingFigure(key, f"原表〔{others.sheet}〕中“{name}”不是该学段单独的数值，请分学段填写")
        rule, fault = strange[0]
        if rule.needed:
            self.not_there.append(fault)
        return MissingFigure(key, f"原表〔{fault.sheet}〕中没有{fault.kind}“{fault.sought}”")

    def _every(self, rule: Rule, stage: str) -> dict[str, SourceCell]:
        """Return the places that a rule adds up, by made-up names; none for a rule that reads one place."""
        if not rule.every:
            return {}
        forms = [form for number in rule.form for form in self.forms.get(number, ())]
        places = next(filter(None, (form.find_every(rule, stage) for form in forms)), [])
        return {f"part{number}": place for number, place in enumerate(places, 1)}

    def _resolve(self, spot: Spot, stage: str = "") -> Resolved:
        """Return the place of a spot in the first of its forms that has it, among the rows of a stage if one is given."""
        faults: list[NotThere] = []
        for number in spot.form:
            found = [form.find(spot, stage) for form in self.forms.get(number, ())]
            places = [place for place in found if isinstance(place, SourceCell)]
            if len(places) == 1:
                return places[0]
            if places:
                cells = tuple(str(place.source) for place in places)
                return NotThere(self.file, number, "单元格", spot.column[0], several=cells)
            faults += [fault for fault in found if isinstance(fault, NotThere)]
        return faults[0] if faults else NoForm(spot.form[0])

    def _elsewhere(self) -> NotImported | None:
        county = self.mapping.county
        if county is None:
            return None
        texts: list[str] = []
        for row in county.rows:
            place = self._resolve(county.model_copy(update={"row": (row,)}))
            cell = place.sheet.grid.cell(place.row, place.column) if isinstance(place, SourceCell) else None
            texts += [cell.text] if cell else []
        if self.county.of(texts) is not Standing.OTHER:
            return None
        return NotImported(self.file, county.form[0], "", "、".join(texts), "属于其他县（市、区）")

    def _not_assessed(self) -> NotImported | None:
        words = {label(word) for word in self.mapping.skip}
        for rule in self.mapping.by_key.get("school_type", ()):
            for place in map(self._resolve, rule.spots.values()):
                cell = (
                    place.sheet.grid.cell(place.row, place.column) if isinstance(place, SourceCell) else None
                )
                if cell is not None and label(cell.text) in words and isinstance(place, SourceCell):
                    source = place.source
                    why = "不参加评估的办学类型"
                    return NotImported(self.file, source.sheet, source.cell, cell.text, why)
        return None

    def _leave(self, reason: str, fault: bool = False) -> None:
        self.left_out.append(NotImported(self.file, "", "", "", reason, fault))
