"""任务责任书 (实施意见四（一）): a letter for every department of the county with something to do, and for every school."""

from __future__ import annotations

from collections.abc import Iterable

from junheng.report.content.context import CountyContext
from junheng.report.content.document import Letter
from junheng.report.content.model import Paragraph, Table
from junheng.report.content.sections import plans
from junheng.report.content.sections.problems import planned
from junheng.report.content.tables.building import Cells, numbered


def letters(context: CountyContext) -> tuple[Letter, ...]:
    """The departments in the order in which their first task is told, then the schools that have measures to take."""
    schools = (
        (plan.name, list(plans.measures(context, plan, items))) for plan, items in plans.with_items(context)
    )
    return (
        *(_letter(context, party, "duties", rows) for party, rows in by_department(context).items()),
        *(_letter(context, party, "school_measures", rows) for party, rows in schools if rows),
    )


def _letter(context: CountyContext, party: str, table: str, rows: Iterable[Cells]) -> Letter:
    # The only table of its letter, told of in the sentence before it: no caption, no number; whose duties they are
    # stands above it.
    spec = context.specs[table]
    columns = tuple(column for column in spec.columns if column.key != "department")
    made = Table(spec.model_copy(update={"title": "", "columns": columns}), numbered(rows))
    opening = Paragraph(context.say("duties.opening", count=len(made.rows)))
    return Letter({"party": party}, {"opening": (opening,), "duties": (made,)})


def by_department(context: CountyContext) -> dict[str, list[Cells]]:
    """What every department of the county has to do: the city's tasks not done, then what does not meet the standard."""
    found: dict[str, list[Cells]] = {}
    for cells in planned(context):
        for department in parted(context, cells["department"]):
            found.setdefault(department, []).append(cells)
    return found


def parted(context: CountyContext, departments: str) -> list[str]:
    """Name each department with its county: 邹城市财政局、教育和体育局 are 邹城市财政局 and 邹城市教育和体育局.

    The county's government, which assigns the duties, is none of them; words of the county's own stand as they are.
    """
    county = context.assessment.county
    if departments == county.government:
        return []
    if not departments.startswith(county.name):
        return [departments]
    return [county.department(part) for part in departments.removeprefix(county.name).split("、")]
