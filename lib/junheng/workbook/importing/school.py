"""One school's workbook of forms: which rules apply to the school, and what its forms hold for them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence

from junheng.params.dictionary import Field
from junheng.params.mapping import STAGES, Rule, Spot
from junheng.workbook.importing.county import CountyTest
from junheng.workbook.importing.forms import FormSheet
from junheng.workbook.importing.labels import NotThere, label
from junheng.workbook.importing.model import Findings, MissingFigure, NotImported, SourceCell
from junheng.workbook.importing.source import Found, SchoolReader
from junheng.workbook.importing.values import Reader
from junheng.workbook.read.grid import Grid

FORM = "表"
"""The kind of `NotThere` that a whole form is."""


class SchoolForms(SchoolReader):
    """The forms of one file."""

    def __init__(self, file: str, sheets: Sequence[Grid], reader: Reader, county: CountyTest) -> None:
        super().__init__(reader, county)
        self.file = file
        self.not_there: list[NotThere] = []
        groups = frozenset(label(word) for word in self.mapping.groups)
        self.forms: dict[str, list[FormSheet]] = defaultdict(list)
        for sheet in sheets:
            form = FormSheet(sheet, groups, reader.cells.units)
            self.forms[form.number].append(form)

    def read(self, findings: Findings) -> None:
        """Add the school, or why it is left out, and what its forms lack."""
        super().read(findings)
        findings.not_there += self.not_there

    def keys(self) -> Iterable[str]:
        return self.mapping.by_key

    def left_out(self) -> NotImported | None:
        types = self.mapping.by_key.get("school_type", ())
        places = (self._resolve(spot) for rule in types for spot in rule.spots.values())
        return self._elsewhere() or self.not_assessed(p for p in places if isinstance(p, SourceCell))

    def without_code(self, reason: str) -> NotImported:
        return NotImported(self.file, "", "", "", reason, fault=True)

    def by_rule(self, key: str, item: Field) -> Found:
        """Return what the first rule yields whose places are all there; else why none could be used."""
        kind = "" if key == "school_type" else self.school_type
        rules = [r for r in self.mapping.by_key.get(key, ()) if not r.only or kind in r.only]
        lost: list[tuple[Rule, NotThere]] = []
        stage = STAGES.get(item.stage or "", "")
        for rule in rules:
            parts = self._every(rule, stage)
            if parts:
                summed = rule.model_copy(update={"formula": " + ".join(parts)})
                return self.reader.read(summed, parts, item)
            places = {name: self._resolve(spot, stage) for name, spot in rule.spots.items()}
            missing = [place for place in places.values() if isinstance(place, NotThere)]
            if not missing:
                return self.reader.read(rule, places, item)  # type: ignore[arg-type]
            lost.append((rule, missing[0]))
        return self._lost(key, lost) if lost else None

    def _lost(self, key: str, lost: Sequence[tuple[Rule, NotThere]]) -> MissingFigure:
        """Say why no rule could be used; a needed place that is not in its form is a failure."""
        strange = [(rule, fault) for rule, fault in lost if fault.kind != FORM]
        if not strange:
            forms = dict.fromkeys(fault.sought for _, fault in lost)
            return MissingFigure(key, f"缺少表{'、'.join(forms)}")
        others = next((fault for _, fault in strange if fault.of_others), None)
        if others is not None:  # the form is as it should be, and does not tell the stages apart
            name = others.sought.rpartition("/")[2]
            return MissingFigure(key, f"原表〔{others.sheet}〕中“{name}”不是该学段单独的数值，请分学段填写")
        rule, fault = strange[0]
        if rule.needed and fault not in self.not_there:
            self.not_there.append(fault)
        return MissingFigure(key, f"原表〔{fault.sheet}〕中没有{fault.kind}“{fault.sought}”")

    def _every(self, rule: Rule, stage: str) -> dict[str, SourceCell]:
        """Return the places that a rule adds up, by made-up names; none for a rule that reads one place."""
        if not rule.every:
            return {}
        forms = [form for number in rule.form for form in self.forms.get(number, ())]
        places = next(filter(None, (form.find_every(rule, stage) for form in forms)), [])
        return {f"part{number}": place for number, place in enumerate(places, 1)}

    def _resolve(self, spot: Spot, stage: str = "") -> SourceCell | NotThere:
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
        return faults[0] if faults else NotThere(self.file, "", FORM, spot.form[0])

    def _elsewhere(self) -> NotImported | None:
        county = self.mapping.county
        if county is None:
            return None
        places = [self._resolve(county.model_copy(update={"row": (row,)})) for row in county.rows]
        texts = [place.text for place in places if isinstance(place, SourceCell) and place.cell]
        if self.county.owns(texts) is not False:
            return None
        return NotImported(self.file, county.form[0], "", "、".join(texts), "属于其他县（市、区）")
