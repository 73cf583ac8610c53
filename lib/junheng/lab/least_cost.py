"""The plan's calls for notebooks, the command line and the batch: make it, tell it, write it, put it into the report."""

from __future__ import annotations

import weakref

from junheng.assess.model import Assessment
from junheng.assess.sensitivity import sensitivity
from junheng.assess.shortfall import unit_lacks
from junheng.errors import DataProblem
from junheng.lab.workspace import Workspace
from junheng.params.checks import load_checks
from junheng.params.prices import load_prices
from junheng.planning.case import unit_prices
from junheng.planning.optimise import Watch, unwatched
from junheng.planning.plan import Plan, make_plan
from junheng.report.content.firmness import flips_table, influences_table, lacks_table
from junheng.report.content.model import Table
from junheng.report.content.plan import plan_heading, plan_tables
from junheng.report.excel.sheets import workbook_bytes

_plans: dict[int, Plan] = {}
"""Plans by the identity of the assessment they are for, which report and ledger share; each goes with its assessment."""


def longest(work: Workspace) -> float:
    """The seconds after which a search that has not ended fails."""
    return float(load_prices(work.params_dir).search.seconds)


def plan(work: Workspace, assessment: Assessment, watch: Watch = unwatched) -> Plan:
    """Return the least-cost plan to pass; raises DataProblem when the workbook has errors, ParamsProblem.

    Without a budget of the county's it is spread evenly up to its target year. `watch` is told of the search as it
    goes on.
    """
    made = _plans.get(id(assessment))
    if made is not None:
        return made
    if assessment.book.blocking:
        first = assessment.book.blocking[0]
        raise DataProblem(
            f"采集工作簿有{len(assessment.book.blocking)}处错误，改正后才能测算。{first.message}"
        )
    found = make_plan(
        assessment,
        work.wording.dictionary,
        load_prices(work.params_dir),
        work.choices.plan,
        load_checks(work.params_dir),
        watch,
        last_year=assessment.county.target_year,
    )
    _plans[id(assessment)] = found
    weakref.finalize(assessment, _plans.pop, id(assessment), None)
    return found


def report_plan(work: Workspace, assessment: Assessment) -> Plan | None:
    """Return the plan for report and ledger when the county's file asks for it (plan: in_report), else None."""
    return plan(work, assessment) if work.choices.plan.in_report else None


def plan_file(work: Workspace, assessment: Assessment, found: Plan) -> bytes:
    """Return the plan, the shortfall of every unit and the sensitivity of the verdicts as an Excel file."""
    wording, budget = work.wording, work.choices.plan.budget
    tables = plan_tables(found, assessment, budget, wording)
    tables += [
        shortfall_table(work, assessment),
        flips(work, assessment),
        influences_table(assessment, wording.specs),
    ]
    heading = plan_heading(assessment, wording.phrases)
    return workbook_bytes(tables, heading, heading)


def shortfall_table(work: Workspace, assessment: Assessment) -> Table:
    """Return what every failing unit lacks and what its school must get, with the indicator cheapest to leave."""
    prices = load_prices(work.params_dir).chosen(work.choices.plan)
    standard = assessment.national.standard
    lacks = unit_lacks(assessment, work.wording.dictionary, unit_prices(prices, standard))
    return lacks_table(lacks, assessment, work.wording.specs)


def flips(work: Workspace, assessment: Assessment) -> Table:
    """Return the verdicts within one teacher, one room or 2% of the pupils of turning."""
    dictionary = work.wording.dictionary
    return flips_table(sensitivity(assessment, dictionary), assessment, dictionary, work.wording.specs)
