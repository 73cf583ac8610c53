"""The documents of all demo counties and of the city as content, made once for the tests that compare what they say."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache

from junheng.assess.city import AssessedCounty, CityAssessment
from junheng.lab import city as city_lab
from junheng.lab import county as county_lab
from junheng.report.content.context import CityContext
from junheng.report.content.model import Document, Heading, Paragraph, Table
from junheng.report.content.names import REPORTS

YEAR = 2024


@dataclass(frozen=True)
class Demo:
    """The demo city, and every document by the county's code and the report's name (`city` has one)."""

    context: CityContext
    documents: dict[tuple[str, str], Document]

    @property
    def city(self) -> CityAssessment:
        return self.context.city

    @property
    def members(self) -> tuple[AssessedCounty, ...]:
        return self.city.members


@cache
def demo() -> Demo:
    """Make all documents; nothing is written."""
    work = city_lab.open_city(YEAR, "data", "params", "")
    city = city_lab.gather(work)
    documents = {(work.wording.city.code, "city"): city_lab.compose(work, city)}
    for member in city.members:
        own = county_lab.open_workspace(member.county.code, YEAR, "data", "params", "", ",".join(REPORTS))
        made = county_lab.compose(own, member.assessment, member.trend)
        documents |= {(member.county.code, report): document for report, document in made.items()}
    return Demo(city_lab.make_context(work, city), documents)


def paragraphs(document: Document, *sections: str) -> Iterator[str]:
    """The paragraphs of these sections (of all when none is named), in their order."""
    for name, blocks in document.blocks.items():
        if not sections or name in sections:
            yield from (block.text for block in blocks if isinstance(block, Paragraph))


def tables(document: Document, spec: str) -> list[Table]:
    """The tables made from the table form `spec`."""
    found = (block for blocks in document.blocks.values() for block in blocks if isinstance(block, Table))
    return [table for table in found if table.spec.id == spec]


def texts(document: Document) -> Iterator[str]:
    """All words of a document: headings, paragraphs, tables with titles and notes."""
    for blocks in document.blocks.values():
        for block in blocks:
            if isinstance(block, Heading | Paragraph):
                yield block.text
            elif isinstance(block, Table):
                yield from (block.caption, *block.printed_notes)
                for row in block.rows:
                    yield from (row.text, *(cell.text for cell in row.cells.values()))
