"""The items of 政府保障程度, 教育质量, 社会认可度 and 一票否决, evaluated from their records (RULES §4–§6)."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from fractions import Fraction
from typing import Any

from junheng.assess.model import Failure, ItemResult, MissingInput, PartResult, Verdict, combined
from junheng.assess.schools import Rules, School, decided, or_any
from junheng.exact import COMPARATORS, ZERO
from junheng.params.dictionary import Sheet
from junheng.params.formula import Lookup, Missing, Undefined, parse_formula, quiet
from junheng.params.interval import Interval, Open
from junheng.params.standard import Item, Part, StatementFigure
from junheng.workbook.model import CountyBook, Row

SCHOOLS = "schools"
SCHOOL_ROWS = "school_rows"
"""The rows of the 学校 sheet before campuses are merged (G6: a 村小 of a 乡镇中心校 counts by itself)."""
OF_SCHOOLS = (SCHOOLS, SCHOOL_ROWS)
COUNTY = "county"
Unsure = list[tuple["Subject", tuple[str, ...]]]
"""Subjects of which it is not known whether they are in scope, with the inputs that are missing."""


@dataclass(frozen=True)
class Subject:
    """One thing an item looks at: a merged school or a row of a sheet (`behind`), with its look-ups.

    `possible` gives what `lookup` does, with an interval for every number that is missing.
    """

    behind: School | Row
    code: str
    name: str
    lookup: Lookup
    possible: Lookup
    missing: Callable[[Iterable[str]], tuple[MissingInput, ...]]

    def meets(self, where: str | None) -> tuple[bool | None, tuple[str, ...]]:
        """Say whether the subject meets a condition; None, and which inputs are missing, when these decide it."""
        return decided(where, self.lookup, self.possible)


@dataclass(frozen=True)
class ItemSources:
    """Where items find their figures: all subjects by sheet, the year and the exceptions that are switched on."""

    subjects: dict[str, tuple[Subject, ...]]
    year: int
    exceptions: frozenset[str]
    settings: Mapping[str, str]
    _scopes: dict[tuple[str | None, str], tuple[list[Subject], Unsure]] = field(default_factory=dict)

    def in_scope(self, where: str | None, over: str) -> tuple[list[Subject], Unsure]:
        """Return the subjects of a sheet that meet `where` whatever is missing, and those for which a missing input decides.

        Many parts and figures ask for the same ones.
        """
        if (where, over) not in self._scopes:
            found = [(subject, subject.meets(where)) for subject in self.subjects[over]]
            chosen = [subject for subject, (inside, _) in found if inside]
            unsure = [(subject, names) for subject, (inside, names) in found if inside is None]
            self._scopes[where, over] = chosen, unsure
        return self._scopes[where, over]


def gather_evidence(
    book: CountyBook, schools: tuple[School, ...], rules: Rules, exceptions: Iterable[str]
) -> ItemSources:
    """Make every sheet's rows into subjects."""
    single = [replace(school, members=(member,)) for school in schools for member in school.members]
    subjects = {SCHOOLS: _school_subjects(schools), SCHOOL_ROWS: _school_subjects(single)}
    for sheet in rules.dictionary.sheets:
        if sheet.id != SCHOOLS:
            rows = (rules.county_row,) if sheet.id == COUNTY else book.rows(sheet.id)
            subjects[sheet.id] = tuple(_row_subject(row, sheet) for row in rows)
    return ItemSources(subjects, book.year, frozenset(exceptions), rules.standard.chosen)


def _school_subjects(schools: Iterable[School]) -> tuple[Subject, ...]:
    return tuple(Subject(s, s.code, s.name, s.lookup, s.possible, s.missing) for s in schools)


def _row_subject(row: Row, sheet: Sheet) -> Subject:
    name = f"{sheet.name}“{row.text(sheet.key)}”" if sheet.key else sheet.name

    def missing(names: Iterable[str]) -> tuple[MissingInput, ...]:
        return tuple(MissingInput(name, n, sheet.by_key[n].header, row.source(n)) for n in names)

    def possible(key: str) -> Any:
        return or_any(row.get(key), sheet.by_key.get(key), possible)

    return Subject(row, row.text(sheet.key) if sheet.key else "", name, row.get, possible, missing)


def evaluate_item(item: Item, evidence: ItemSources) -> ItemResult:
    """Return the item's verdict, part by part, with its statement's figures."""
    parts = tuple(_part(part, evidence) for part in item.active_parts(evidence.settings))
    figures = {name: statement_figure(figure, evidence) for name, figure in item.figures.items()}
    return ItemResult(item, combined(part.verdict for part in parts), parts, figures)


def statement_figure(figure: StatementFigure, evidence: ItemSources) -> Fraction | None:
    """Return a statement's figure: the number of subjects in scope, or a formula over sums; None when open."""
    chosen, unsure = evidence.in_scope(figure.where, figure.over)
    if unsure:
        return None
    if figure.show == "count" or figure.value is None:
        return Fraction(len(chosen))
    value = quiet(parse_formula(figure.value), sums_of(chosen))
    return None if value is None else Fraction(value)


def figure_gaps(figure: StatementFigure, evidence: ItemSources) -> tuple[MissingInput, ...]:
    """Return what keeps a statement's figure open: missing inputs, or why its formula has no value."""
    chosen, unsure = evidence.in_scope(figure.where, figure.over)
    names = parse_formula(figure.value).names if figure.value and figure.show != "count" else ()
    return _scope_missing(unsure) + _absent(chosen, names)


def possible_figure(figure: StatementFigure, evidence: ItemSources) -> Any:
    """Return every value a statement's figure may have, None when nothing can be said."""
    chosen, unsure = evidence.in_scope(figure.where, figure.over)
    if figure.show == "count" or figure.value is None:
        return Interval(Fraction(len(chosen)), Fraction(len(chosen) + len(unsure)))
    try:
        return parse_formula(figure.value)(possible_sums(chosen, unsure))
    except (Missing, Open, Undefined):
        return None


def sums_of(subjects: list[Subject]) -> Lookup:
    """Look names up as sums over `subjects`; None, or Missing is raised, when any of them lacks the name."""

    def lookup(name: str) -> Any:
        values = [subject.lookup(name) for subject in subjects]
        return None if None in values else sum(values, ZERO)

    return lookup


def possible_sums(subjects: list[Subject], unsure: Unsure) -> Lookup:
    """Look names up as the sums they may have, when each row of `unsure` may count or not."""

    def lookup(name: str) -> Any:
        sure = [subject.possible(name) for subject in subjects]
        others = [subject.possible(name) for subject, _ in unsure]
        if None in sure or None in others:
            return None
        return sum((Interval.of(value).with_zero() for value in others), sum(sure, ZERO))

    return lookup


def _part(part: Part, evidence: ItemSources) -> PartResult:
    chosen, unsure = evidence.in_scope(part.where, part.over)
    if not chosen and not unsure:
        return _nothing_in_scope(part, evidence)
    return _TOTAL_OR_EACH[part.kind](part, chosen, unsure, evidence)


def _nothing_in_scope(part: Part, evidence: ItemSources) -> PartResult:
    """No such school: 达标 by the setting `no_subject` (RULES §4). No record of another sheet is missing data."""
    threshold = _plain_threshold(part, evidence.year)
    of_schools = part.over in OF_SCHOOLS
    if of_schools and evidence.settings.get("no_subject") == "met":
        return PartResult(part, Verdict.MET, None, threshold, empty=True)
    reason = "没有此类学校" if of_schools else "没有可供判定的记录"
    missing = MissingInput(part.name, part.id, part.name, None, reason)
    return PartResult(part, Verdict.UNKNOWN, None, threshold, missing=(missing,), empty=True)


def _plain_threshold(part: Part, year: int) -> Fraction | str | None:
    """The threshold when it is a constant; None when it depends on the subject."""
    formula = part.threshold_for(year)
    return None if formula.names else _as_figure(formula(lambda name: None))


def _total(part: Part, chosen: list[Subject], unsure: Unsure, evidence: ItemSources) -> PartResult:
    formula, asked = parse_formula(part.value), part.threshold_for(evidence.year)
    absent = _scope_missing(unsure) + _absent(chosen, formula.names + asked.names)
    threshold = _plain_threshold(part, evidence.year)
    if absent:
        nearest = _failing_total(part, chosen, unsure, evidence)
        verdict = Verdict.UNKNOWN if nearest is None else Verdict.UNMET
        return PartResult(part, verdict, None, threshold, missing=absent, rows=len(chosen), nearest=nearest)
    try:
        value, threshold = formula(sums_of(chosen)), asked(sums_of(chosen))
    except Undefined as error:
        return _without_base(part, error.reason, threshold, evidence)
    verdict = Verdict.MET if COMPARATORS[part.comparator](value, threshold) else Verdict.UNMET
    return PartResult(part, verdict, value, threshold, rows=len(chosen))


def _scope_missing(unsure: Unsure) -> tuple[MissingInput, ...]:
    return tuple(m for subject, names in unsure for m in subject.missing(names))


def _failing_total(
    part: Part, chosen: list[Subject], unsure: Unsure, evidence: ItemSources
) -> Fraction | None:
    """Return the nearest a total can come to its threshold if it fails whatever is missing, else None."""
    sums = possible_sums(chosen, unsure)
    try:
        value, asked = parse_formula(part.value)(sums), part.threshold_for(evidence.year)(sums)
        if COMPARATORS[part.comparator](value, asked):
            return None
    except (Missing, Open, Undefined):
        return None
    return _nearest(value, part.comparator)


def _nearest(value: Any, comparator: str) -> Fraction:
    """Return the end of what a failing value may be that is nearest to its threshold."""
    interval = Interval.of(value)
    return Fraction(interval.high if comparator in (">=", ">") else interval.low)


def _without_base(
    part: Part, reason: str, threshold: Fraction | str | None, evidence: ItemSources
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


def _each(part: Part, chosen: list[Subject], unsure: Unsure, evidence: ItemSources) -> PartResult:
    failures: list[Failure] = []
    absent = list(_scope_missing(unsure))
    used: dict[str, None] = {}
    last: Any = None
    for subject in chosen:
        try:
            last, asked, exception = judged(part, subject, evidence)
        except Missing as error:
            absent += subject.missing(error.names)
            failures += certain_failure(part, subject, evidence)
            continue
        except Undefined as error:
            absent.append(MissingInput(subject.name, part.id, part.name, None, error.reason))
            continue
        used.update({exception: None} if exception else {})
        if not COMPARATORS[part.comparator](last, asked):
            failures.append(Failure(subject.code, subject.name, _as_figure(last), _as_figure(asked)))
    verdict = Verdict.UNMET if failures else Verdict.UNKNOWN if absent else Verdict.MET
    value = Fraction(len(failures)) if part.show != "text" else _as_figure(last)
    threshold = _plain_threshold(part, evidence.year)
    return PartResult(
        part, verdict, value, threshold, tuple(failures), tuple(absent), len(chosen), tuple(used)
    )


def certain_failure(part: Part, subject: Subject, evidence: ItemSources) -> tuple[Failure, ...]:
    """Return the failure of a subject that fails whatever its missing inputs are, relaxations included; else ()."""
    try:
        ways = [*_ways(part, evidence, subject.possible, lambda where: subject.meets(where)[0] is not False)]
        if any(COMPARATORS[part.comparator](value, asked) for value, asked, _ in ways):
            return ()
    except (Missing, Open, Undefined):
        return ()
    value, asked, _ = ways[0]
    # The threshold at its mildest: of what it may be, the end that is nearest to the value.
    nearest, opposite = _nearest(value, part.comparator), -_nearest(-Interval.of(asked), part.comparator)
    return (Failure(subject.code, subject.name, nearest, opposite, missing=True),)


def judged(part: Part, subject: Subject, evidence: ItemSources) -> tuple[Any, Any, str | None]:
    """Return (value, threshold, exception used) for one subject: the plain requirement first, then relaxations."""
    tried: list[tuple[Any, Any, str | None]] = []
    for way in _ways(part, evidence, subject.lookup, lambda where: parse_formula(where)(subject.lookup)):
        if COMPARATORS[part.comparator](*way[:2]):
            return way
        tried.append(way)
    return tried[0]


def _ways(
    part: Part, evidence: ItemSources, lookup: Lookup, applies: Callable[[str], Any]
) -> Iterator[tuple[Any, Any, str | None]]:
    """Yield (value, threshold, exception) of each way to meet a part: the plain one, then what exceptions relax."""
    value, asked = parse_formula(part.value)(lookup), part.threshold_for(evidence.year)(lookup)
    yield value, asked, None
    for relaxed in part.relaxed:
        if relaxed.exception in evidence.exceptions and applies(relaxed.where):
            other = parse_formula(relaxed.value)(lookup) if relaxed.value else value
            eased = parse_formula(relaxed.threshold)(lookup) if relaxed.threshold else asked
            yield other, eased, relaxed.exception


def _as_figure(value: Any) -> Fraction | str | None:
    if isinstance(value, bool):
        return "是" if value else "否"
    return value if value is None or isinstance(value, str) else Fraction(value)


_TOTAL_OR_EACH: dict[str, Callable[..., PartResult]] = {"total": _total, "each": _each}
