"""Bringing together what several files and rows say about one school: equal figures agree, others are not chosen."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from fractions import Fraction

from junheng.exact import plain
from junheng.params.dictionary import Sheet
from junheng.workbook.importing.model import Draft, ImportedFigure, ImportedSchool, MissingFigure
from junheng.workbook.model import Content, Source


def merge_drafts(drafts: Iterable[Draft], fields: Sheet) -> tuple[ImportedSchool, ...]:
    """Return one school a code, in the order in which the codes came."""
    groups: dict[str, list[Draft]] = {}
    for draft in drafts:
        groups.setdefault(draft.code, []).append(draft)
    return tuple(_school(code, group, fields) for code, group in groups.items())


def _school(code: str, drafts: Sequence[Draft], fields: Sheet) -> ImportedSchool:
    figures: dict[str, ImportedFigure] = {}
    lacks: dict[str, MissingFigure] = {}
    for field in fields.fields:
        found = [figure for draft in drafts for figure in draft.figures.get(field.key, ())]
        missed = [lack for draft in drafts for lack in draft.lacks.get(field.key, ())]
        # 附设班 come in the file of their own stage too: the same figure twice is one figure, never a sum.
        if len({figure.content for figure in found}) > 1:
            lacks[field.key] = _conflict(field.key, found)
        elif found:
            figures[field.key] = found[0]
        elif missed:
            lacks[field.key] = missed[0]
    return ImportedSchool(code, figures, lacks)


def _conflict(key: str, found: Sequence[ImportedFigure]) -> MissingFigure:
    """Two sources disagree: neither is taken."""
    shown = "、".join(f"{_shown(one.content)}（{_places(one.sources)}）" for one in found)
    return MissingFigure(
        key, f"同一学校有不同的数值：{shown}，请核对", tuple(s for one in found for s in one.sources)
    )


def _shown(content: Content) -> str:
    if isinstance(content, bool):
        return "是" if content else "否"
    return plain(content) if isinstance(content, Fraction) else str(content)


def _places(sources: Sequence[Source]) -> str:
    return "、".join(str(source) for source in sources) or "固定值"
