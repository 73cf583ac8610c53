"""The whole assessment of a county: one generic evaluation, run for the national and for the local standard."""

from __future__ import annotations

from collections.abc import Iterable

from junheng.assess.disparity import disparities
from junheng.assess.items import evaluate_item, gather_evidence
from junheng.assess.model import Assessment, Disparity, Result, Unit, Verdict, combined
from junheng.assess.schools import Rules, merged_schools
from junheng.assess.units import build_units
from junheng.params.city import CountyYear
from junheng.params.dictionary import Dictionary
from junheng.params.standard import Standard
from junheng.workbook.model import CountyBook


def assess(
    book: CountyBook,
    dictionary: Dictionary,
    standards: tuple[Standard, Standard],
    choices: CountyYear | None = None,
) -> Assessment:
    """Assess `book` under (national, local); `choices` switches exceptions and settings. Raises ParamsProblem."""
    choices = choices or CountyYear()
    national, local = (standard.with_settings(choices.settings) for standard in standards)
    used = tuple(choices.exceptions)
    ids = tuple(use.id for use in used)
    return Assessment(
        county=book.county_record,
        year=book.year,
        book=book,
        national=evaluate(book, dictionary, national, ids),
        local=evaluate(book, dictionary, local, ids),
        exceptions=used,
        trial=book.trial,
    )


def evaluate(
    book: CountyBook, dictionary: Dictionary, standard: Standard, exception_ids: Iterable[str] = ()
) -> Result:
    """Return the county's result under one standard."""
    rules = Rules(dictionary, standard, book.county_row)
    exceptions = standard.switched_on(exception_ids)
    schools = merged_schools(book, rules)
    units, excluded = build_units(schools, standard, exceptions)
    spread = disparities(units, standard)
    evidence = gather_evidence(book, schools, rules, [e.id for e in exceptions])
    items = tuple(evaluate_item(item, evidence) for item in standard.items)
    groups = {
        group: combined(result.verdict for result in items if result.item.group == group)
        for group in ("government", "quality", "social", "veto")
    }
    resource = resource_verdict(units, spread)
    return Result(
        standard,
        units,
        excluded,
        spread,
        items,
        resource,
        **groups,
        overall=combined([resource, *groups.values()]),
    )


def resource_verdict(units: tuple[Unit, ...], spread: tuple[Disparity, ...]) -> Verdict:
    """Every unit 达标 and every CV within its limit (RULES §3); a CV that does not exist judges nothing."""
    verdicts = [unit.verdict for unit in units] + [row.verdict for row in spread if row.verdict is not None]
    return combined(verdicts)
