"""Bringing together what several files and rows say about one school: equal figures agree, others are not chosen."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from fractions import Fraction

from junheng.exact import plain
from junheng.params.dictionary import Sheet
from junheng.workbook.importing.model import ImportedFigure, ImportedSchool, MissingFigure
from junheng.workbook.model import Content, Source


def merged(schools: Iterable[ImportedSchool], fields: Sheet) -> tuple[ImportedSchool, ...]:
    """Return one school a code, in the order in which the codes came."""
    groups: dict[str, list[ImportedSchool]] = {}
    for school in schools:
        groups.setdefault(school.code, []).append(school)
    return tuple(_one(code, group, fields) for code, group in groups.items())


def _one(code: str, group: Sequence[ImportedSchool], fields: Sheet) -> ImportedSchool:
    figures: dict[str, ImportedFigure] = {}
    lacks: dict[str, MissingFigure] = {}
    for key in fields.by_key:
        found = [school.figures[key] for school in group if key in school.figures]
        missed = [school.lacks[key] for school in group if key in school.lacks]
        # 附设班 come in the file of their own stage too: the same figure twice is one figure, never a sum.
        if len({figure.content for figure in found}) > 1:
            lacks[key] = _conflict(key, found)
        elif found:
            figures[key] = found[0]
        elif missed:
            lacks[key] = missed[0]
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
