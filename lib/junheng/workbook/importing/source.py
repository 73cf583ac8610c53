"""One school of a source, read by the rules of a mapping: a row of a table and a file of forms alike."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterable
from functools import cached_property

from junheng.params.dictionary import Dictionary, Field
from junheng.params.mapping import Mapping
from junheng.workbook.importing.county import CountyTest
from junheng.workbook.importing.labels import label
from junheng.workbook.importing.model import (
    Findings,
    ImportedFigure,
    ImportedSchool,
    MissingFigure,
    NotImported,
    SourceCell,
)
from junheng.workbook.importing.values import Reader
from junheng.workbook.model import Content

Found = ImportedFigure | MissingFigure | None


class SchoolReader(ABC):
    """Reads one school, or says why it is left out: no code, another county's, a type that is not assessed."""

    def __init__(self, reader: Reader, county: CountyTest) -> None:
        self.reader = reader
        self.county = county

    @property
    def mapping(self) -> Mapping:
        """The mapping by whose rules the school is read."""
        return self.reader.mapping

    @property
    def dictionary(self) -> Dictionary:
        """The dictionary of the collection workbook that is filled."""
        return self.reader.cells.dictionary

    @abstractmethod
    def left_out(self) -> NotImported | None:
        """Return why this is no school to import; None for one that is."""

    @abstractmethod
    def without_code(self, reason: str) -> NotImported:
        """Return what is left out for want of a usable code."""

    @abstractmethod
    def keys(self) -> Iterable[str]:
        """Return the keys that the source may hold."""

    @abstractmethod
    def by_rule(self, key: str, item: Field) -> Found:
        """Return what the rules of a key yield; None where none is made for this school."""

    def read(self, findings: Findings) -> None:
        """Add the school, or why it is left out."""
        skipped = self.left_out()
        if skipped:
            findings.left_out.append(skipped)
            return
        code = self.figure("school_code")
        if not isinstance(code, ImportedFigure):
            reason = f"学校标识码不能使用：{code.reason}" if code else "没有学校标识码"
            findings.left_out.append(self.without_code(reason))
            return
        found = {key: self.figure(key) for key in self.keys() if self._applies(key)}
        figures = {key: one for key, one in found.items() if isinstance(one, ImportedFigure)}
        lacks = {key: one for key, one in found.items() if isinstance(one, MissingFigure)}
        findings.schools.append(ImportedSchool(str(code.content), figures, lacks))

    def _applies(self, key: str) -> bool:
        """Say whether a key may be the school's: not one of a stage that it has not."""
        stage = self.dictionary.sheet("schools").by_key[key].stage
        return stage is None or self.stages is None or stage in self.stages

    def figure(self, key: str) -> Found:
        """Return what the source holds for a key, whichever stages the school has."""
        return self.by_rule(key, self.dictionary.sheet("schools").by_key[key])

    @cached_property
    def school_type(self) -> str:
        """The school's type; empty when it is not known."""
        kind = self.figure("school_type")
        return str(kind.content) if isinstance(kind, ImportedFigure) else ""

    @cached_property
    def stages(self) -> tuple[str, ...] | None:
        """The school's stages: its type's, and those of pupils that the source tells apart (附设班); None without a type.

        A cell that is read for whichever stage the type has says nothing of another stage.
        """
        if not self.school_type:
            return None
        pupils = [self.figure(f"students_{stage}") for stage in self.dictionary.stages_of(self.school_type)]
        taken = {source for found in pupils if isinstance(found, ImportedFigure) for source in found.sources}

        def content(key: str) -> Content:
            found = self.figure(key)
            apart = isinstance(found, ImportedFigure) and taken.isdisjoint(found.sources)
            return found.content if apart and isinstance(found, ImportedFigure) else None

        return self.dictionary.row_stages(content)

    def not_assessed(self, places: Iterable[SourceCell]) -> NotImported | None:
        """Return that a school is left out for the type that one of these cells names."""
        words = {label(word) for word in self.mapping.skip}
        skipped = (place for place in places if place.cell and label(place.text) in words)
        return next((NotImported.at(place, "不参加评估的办学类型") for place in skipped), None)
