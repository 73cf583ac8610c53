"""The items of 政府保障程度, 教育质量, 社会认可度 and 一票否决, evaluated from their records (RULES §4–§6)."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from junheng.assess.model import Failure, ItemResult, MissingInput, PartResult, Verdict, combined
from junheng.assess.schools import Rules, School, county_missing
from junheng.exact import COMPARATORS
from junheng.params.formula import Formula, Missing, Undefined, parse_formula
from junheng.params.standard import Figure, Item, Part
from junheng.workbook.model import CountyBook, Row

SCHOOLS = "schools"
COUNTY = "county"


@dataclass(frozen=True)
class Subject:
    """One thing an item looks at: a merged school or a row of another sheet, with its look-ups."""

    code: str
    name: str
    lookup: Callable[[str], Any]
    missing: Callable[[Iterable[str]], tuple[MissingInput, ...]]


@dataclass(frozen=True)
class Evidence:
    """Where items find their figures: all subjects by sheet, the year and the exceptions that are switched on."""

    subjects: dict[str, tuple[Subject, ...]]
    year: int
    exceptions: frozenset[str]
    settings: Mapping[str, str]


def gather_evidence(
    book: CountyBook, schools: tuple[School, ...], rules: Rules, exceptions: Iterable[str]
) -> Evidence:
    """Make every sheet's rows into subjects."""
    subjects = {SCHOOLS: tuple(Subject(s.code, s.name, s.lookup, s.missing) for s in schools)}
    for sheet in rules.dictionary.sheets:
        if sheet.id == COUNTY:
            subjects[COUNTY] = (_county_subject(rules),)
        elif sheet.id != SCHOOLS:
            subjects[sheet.id] = tuple(_row_subject(row, sheet.id, rules) for row in book.rows(sheet.id))
    return Evidence(subjects, book.year, frozenset(exceptions), rules.standard.chosen)


def _county_subject(rules: Rules) -> Subject:
    return Subject(
        "", "县级数据", rules.county_row.get, lambda names: tuple(county_missing(rules, n) for n in names)
    )


def _row_subject(row: Row, sheet_id: str, rules: Rules) -> Subject:
    sheet = rules.dictionary.sheet(sheet_id)
    name = f"{sheet.name}“{row.text(sheet.key)}”" if sheet.key else sheet.name

    def missing(names: Iterable[str]) -> tuple[MissingInput, ...]:
        return tuple(MissingInput(name, n, sheet.by_key[n].header, row.source(n)) for n in names)

    return Subject(row.text(sheet.key) if sheet.key else "", name, row.get, missing)


def evaluate_item(item: Item, evidence: Evidence) -> ItemResult:
    """Return the item's verdict, part by part, with its statement's figures."""
    parts = tuple(_part(part, evidence) for part in item.active_parts(evidence.settings))
    figures = {name: statement_figure(figure, evidence) for name, figure in item.figures.items()}
    return ItemResult(item, combined(part.verdict for part in parts), parts, figures)


def statement_figure(figure: Figure, evidence: Evidence) -> Fraction | None:
    """Return a statement's figure: the number of subjects in scope, or a formula over sums; None when open."""
    chosen, unsure = _in_scope(figure.where, evidence.subjects[figure.over])
    if unsure:
        return None
    if figure.show == "count" or figure.value is None:
        return Fraction(len(chosen))
    try:
        formula = parse_formula(figure.value)
        return Fraction(formula(summed(chosen, formula)))
    except (Missing, Undefined):
        return None


def figure_gaps(figure: Figure, evidence: Evidence) -> tuple[MissingInput, ...]:
    """Return what keeps a statement's figure open: missing inputs, or why its formula has no value."""
    chosen, unsure = _in_scope(figure.where, evidence.subjects[figure.over])
    missing = tuple(m for subject, names in unsure for m in subject.missing(names))
    names = parse_formula(figure.value).names if figure.value and figure.show != "count" else ()
    return missing + _absent(chosen, names)


def _in_scope(
    where: str | None, subjects: tuple[Subject, ...]
) -> tuple[list[Subject], list[tuple[Subject, tuple[str, ...]]]]:
    """Return the subjects that meet `where`, and those for which an input of `where` is missing."""
    if where is None:
        return list(subjects), []
    formula = parse_formula(where)
    chosen, unsure = [], []
    for subject in subjects:
        try:
            if formula(subject.lookup):
                chosen.append(subject)
        except Missing as error:
            unsure.append((subject, error.names))
    return chosen, unsure


def summed(subjects: list[Subject], formula: Formula) -> Callable[[str], Any]:
    """Look names up as sums over `subjects`; raises Missing when any of them lacks the name."""

    def lookup(name: str) -> Any:
        values = [_quiet(subject, name) for subject in subjects]
        return None if None in values else sum(values, Fraction(0))

    return lookup


def _quiet(subject: Subject, name: str) -> Any:
    try:
        return subject.lookup(name)
    except Missing:
        return None


def _part(part: Part, evidence: Evidence) -> PartResult:
    chosen, unsure = _in_scope(part.where, evidence.subjects[part.over])
    missing = tuple(m for subject, names in unsure for m in subject.missing(names))
    if not chosen and not missing:
        return _nothing_in_scope(part, evidence)
    return _TOTAL_OR_EACH[part.kind](part, chosen, missing, evidence)


def _nothing_in_scope(part: Part, evidence: Evidence) -> PartResult:
    if part.when_none == "met":
        return PartResult(part, Verdict.MET, Fraction(0), _plain_threshold(part, evidence.year))
    reason = MissingInput(part.name, part.id, part.name, None, "没有可供判定的记录")
    return PartResult(part, Verdict.UNKNOWN, None, _plain_threshold(part, evidence.year), missing=(reason,))


def _plain_threshold(part: Part, year: int) -> Fraction | str | None:
    """The threshold when it is a constant; None when it depends on the subject."""
    formula = part.threshold_for(year)
    return None if formula.names else _as_figure(formula(lambda name: None))


def _total(
    part: Part, chosen: list[Subject], missing: tuple[MissingInput, ...], evidence: Evidence
) -> PartResult:
    formula, asked = parse_formula(part.value), part.threshold_for(evidence.year)
    absent = missing + _absent(chosen, formula.names + asked.names)
    threshold = _plain_threshold(part, evidence.year)
    if absent:
        return PartResult(part, Verdict.UNKNOWN, None, threshold, missing=absent, rows=len(chosen))
    try:
        value, threshold = formula(summed(chosen, formula)), asked(summed(chosen, asked))
    except Undefined as error:
        return _without_base(part, error.reason, threshold, evidence)
    verdict = Verdict.MET if COMPARATORS[part.comparator](value, threshold) else Verdict.UNMET
    return PartResult(part, verdict, value, threshold, rows=len(chosen))


def _without_base(
    part: Part, reason: str, threshold: Fraction | str | None, evidence: Evidence
) -> PartResult:
    """A ratio whose base was reported as 0: open, unless the setting says that nobody to count is 达标."""
    if part.base_may_be_none and evidence.settings.get("no_base") == "met":
        return PartResult(part, Verdict.MET, None, threshold)
    missing = MissingInput(part.name, part.id, part.name, None, reason)
    return PartResult(part, Verdict.UNKNOWN, None, threshold, missing=(missing,))


def _absent(subjects: list[Subject], names: tuple[str, ...]) -> tuple[MissingInput, ...]:
    found: dict[MissingInput, None] = {}
    for subject in subjects:
        for name in names:
            try:
                value = subject.lookup(name)
            except Missing as error:
                found.update(dict.fromkeys(subject.missing(error.names)))
            else:
                if value is None:
                    found.update(dict.fromkeys(subject.missing([name])))
    return tuple(found)


def _each(
    part: Part, chosen: list[Subject], missing: tuple[MissingInput, ...], evidence: Evidence
) -> PartResult:
    failures: list[Failure] = []
    absent = list(missing)
    used: dict[str, None] = {}
    last: Any = None
    for subject in chosen:
        try:
            last, asked, exception = judged(part, subject, evidence)
        except Missing as error:
            absent += subject.missing(error.names)
            continue
        except Undefined as error:
            absent.append(MissingInput(subject.name, part.id, part.name, None, error.reason))
            continue
        used.update({exception: None} if exception else {})
        if not COMPARATORS[part.comparator](last, asked):
            failures.append(Failure(subject.code, subject.name, _as_figure(last), _as_figure(asked)))
    verdict = Verdict.UNMET if failures else Verdict.UNKNOWN if absent else Verdict.MET
    value = _as_figure(last) if part.show == "text" else Fraction(len(failures))
    threshold = _plain_threshold(part, evidence.year)
    if part.show == "text" and last is None:
        value = None
    return PartResult(
        part, verdict, value, _as_figure(threshold), tuple(failures), tuple(absent), len(chosen), tuple(used)
    )


def judged(part: Part, subject: Subject, evidence: Evidence) -> tuple[Any, Any, str | None]:
    """Return (value, threshold, exception used) for one subject: the plain requirement first, then relaxations."""
    value = parse_formula(part.value)(subject.lookup)
    asked = part.threshold_for(evidence.year)(subject.lookup)
    if COMPARATORS[part.comparator](value, asked):
        return value, asked, None
    for relaxed in part.relaxed:
        if relaxed.exception not in evidence.exceptions or not parse_formula(relaxed.where)(subject.lookup):
            continue
        other = parse_formula(relaxed.value)(subject.lookup) if relaxed.value else value
        eased = parse_formula(relaxed.threshold)(subject.lookup) if relaxed.threshold else asked
        if COMPARATORS[part.comparator](other, eased):
            return other, eased, relaxed.exception
    return value, asked, None


def _as_figure(value: Any) -> Fraction | str | None:
    if isinstance(value, bool):
        return "是" if value else "否"
    return value if value is None or isinstance(value, str) else Fraction(value)


_TOTAL_OR_EACH: dict[str, Callable[..., PartResult]] = {"total": _total, "each": _each}
