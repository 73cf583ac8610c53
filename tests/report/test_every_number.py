"""Every number in a Word file is one of the assessment, of the workbook's own words, or of params.

The allowed numbers are worked out here from the Assessment, without the code that writes reports, and kept small:
a figure of a school is allowed only where that school is named. The last test shows that a changed digit is found.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest
from docx.oxml.ns import qn

from junheng.assess.cycle import deadlines
from junheng.assess.gaps import shortfall
from junheng.assess.model import Assessment, Result, Unit, Verdict
from junheng.assess.tasks import assess_tasks
from junheng.assess.trend import Trend
from junheng.exact import ceil_div, exact, fixed, round_half_up
from junheng.lab import county as wb
from junheng.lab.records import city_records
from junheng.params.tasks import chinese_date
from junheng.report.word.text import Element, own_texts, paragraph_text
from tests.assess.make import PARAMS
from tests.golden.documents import YEAR
from tests.report.test_word_sample import part

pytestmark = pytest.mark.slow
NUMBER = re.compile(r"(?<![\w.])-?\d+(?:\.\d+)?|(?<=[A-Z])\d+|\d+(?:\.\d+)?")
COUNTIES = ("370832", "370826")
REPORTS = "assessment,self,schools"
PLACES = range(8)
CLEARLY = Fraction("1.25")
"""From here on a ratio is praised."""


@dataclass
class Register:
    """Numbers as they may be printed, by decimals; `literal` holds digits that stand in words."""

    printed: dict[int, set[str]] = field(default_factory=lambda: {places: set() for places in PLACES})
    literal: set[str] = field(default_factory=set)

    def add(self, *values: Any) -> None:
        for value in values:
            if isinstance(value, int | Fraction) and not isinstance(value, bool):
                shares = (1, 100) if -2 <= value <= 2 else (1,)
                for places, texts in self.printed.items():
                    texts.update(fixed(Fraction(value) * scale, places) for scale in shares)

    def quote(self, *texts: str) -> None:
        for text in texts:
            self.literal.update(NUMBER.findall(text))

    def knows(self, token: str) -> bool:
        places = len(token.partition(".")[2])
        return token in self.literal or token in self.printed.get(places, set())


@dataclass
class Known:
    """The register of a county, and one for each school by name."""

    county: Register = field(default_factory=Register)
    schools: dict[str, Register] = field(default_factory=dict)

    def knows(self, token: str, around: str) -> bool:
        if self.county.knows(token):
            return True
        return any(register.knows(token) for name, register in self.schools.items() if name in around)


def known(work: Any, assessment: Assessment, trend: Trend | None) -> Known:
    found = Known()
    _params(found.county, work, assessment)
    _book(found, assessment)
    for now in (assessment, *([trend.before] if trend else [])):
        for result in (now.national, now.local):
            _items(found.county, result)
            _spread(found.county, result)
            _counts(found.county, result)
        for unit in now.units:
            _unit(found.schools.setdefault(unit.school_name, Register()), unit, now.national)
    if trend:
        _trend(found.county, trend)
    _tasks(found.county, work, assessment)
    _praise(found, assessment)
    for row in city_records(work.data_dir, work.params_dir, work.year).rows("visits"):
        if row.text("county") == assessment.county.name:
            found.county.add(*(v.content for v in row.values.values() if isinstance(v.content, Fraction)))
    return found


def _praise(found: Known, assessment: Assessment) -> None:
    """How many times its threshold a mean is, and the lowest value of a unit: two decimals, rounded down."""
    result = assessment.national
    for row in result.disparities:
        if row.mean is not None:
            ratio = row.mean / result.standard.indicator(row.indicator).thresholds[row.stage]
            if ratio >= CLEARLY:
                found.county.add(Fraction(int(ratio * 100), 100))
    for unit in result.units:
        ratios = [cell.ratio for cell in unit.cells.values()]
        if None not in ratios and min(ratios) >= CLEARLY:  # type: ignore[type-var]
            found.schools[unit.school_name].add(Fraction(int(min(ratios) * 100), 100))  # type: ignore[type-var]


def _params(register: Register, work: Any, assessment: Assessment) -> None:
    for path in PARAMS.rglob("*.yml"):
        top = path.relative_to(PARAMS).parts[0]
        if top not in ("demo", "checks.yml", "counties.yml", "mappings") and not path.name.isdigit():
            register.quote(path.read_text(encoding="utf-8"))
    register.add(YEAR, YEAR - 1, assessment.county.target_year, assessment.county.target_year - YEAR)
    for stage in assessment.national.standard.stages:
        for indicator in assessment.national.standard.indicators:
            register.add(indicator.thresholds[stage.id])
    city = work.wording.city_year
    for day in (city.report_date, city.self_report_date):
        today = chinese_date(day, "")
        limit = chinese_date(city.rectification_deadline, "")
        for step in deadlines(work.wording.cycle, YEAR, limit, today):
            register.add(step.day.year, step.day.month, step.day.day)


def _book(found: Known, assessment: Assessment) -> None:
    """County figures, the county's own words, sums over schools, what the checks and the reader noted."""
    book = assessment.book
    for sheet, rows in book.sheets.items():
        for row in rows:
            numbers = [v.content for v in row.values.values() if isinstance(v.content, Fraction)]
            words = [v.content for v in row.values.values() if isinstance(v.content, str)]
            if sheet == "schools":
                register = found.schools.setdefault(row.text("school_name"), Register())
                register.add(*numbers)
                register.quote(*words)
            elif sheet != "ledger":
                found.county.add(*numbers)
                found.county.quote(*words)
    survey = book.rows("survey")
    keys = ("sent", "valid", "satisfied", "visited", "visited_satisfied")
    sums = {key: [row.get(key) for row in survey] for key in keys}
    totals = {k: sum(v) for k, v in sums.items() if all(isinstance(n, Fraction) for n in v)}
    found.county.add(*totals.values())
    for part_, whole in (("satisfied", "valid"), ("visited_satisfied", "visited")):
        for row in survey:
            if row.get(whole):
                found.county.add(Fraction(row.get(part_)) / row.get(whole))  # type: ignore[arg-type]
    found.county.quote(*(issue.message + issue.cell + issue.found for issue in book.issue_records))
    found.county.add(
        len(book.repaired), len(book.issue_records), sum(i.severity == "note" for i in book.issue_records)
    )
    schools = [row for row in book.rows("schools") if row.text("school_type") != "特殊教育学校"]
    for stem in ("students", "classes", "teachers", "staff"):
        stages = [
            [
                row.get(f"{stem}_{stage}") or 0
                for row in schools
                if isinstance(row.get(f"{stem}_{stage}"), Fraction)
            ]
            for stage in ("primary", "junior")
        ]
        found.county.add(*map(sum, stages), sum(map(sum, stages)))
    kinds = [row.text("school_type") for row in book.rows("schools") if row.get("counted") is not False]
    found.county.add(len(kinds), *(kinds.count(kind) for kind in set(kinds)))
    plain = [kind for kind in kinds if kind not in ("特殊教育学校", "小学教学点")]
    found.county.add(len(plain), sum(row.get("counted") is False for row in book.rows("schools")))


def _items(register: Register, result: Result) -> None:
    for item in result.items:
        register.add(*item.figures.values())
        for part_ in item.parts:
            register.add(part_.value, part_.threshold, part_.rows, len(part_.failures))
            for failure in part_.failures:
                register.add(failure.value, failure.threshold)
                register.add(
                    *(
                        _in_print(v, part_.part.unit)
                        for v in (failure.value, failure.threshold)
                        if isinstance(v, Fraction)
                    )
                )
        register.add(sum(len(part_.failures) for part_ in item.parts))


def _spread(register: Register, result: Result) -> None:
    for row in result.disparities:
        register.add(row.mean, row.sd, row.cv, row.limit)


def _counts(register: Register, result: Result) -> None:
    groups: list[list[Any]] = [list(result.units), [d for d in result.disparities if d.verdict]]
    groups += [list(result.stage_units(stage.id)) for stage in result.standard.stages]
    groups += [list(result.group(g)) for g in ("government", "quality", "social", "veto")]
    for group in groups:
        _tally(register, [entry.verdict for entry in group])
    register.add(len(result.excluded), len({unit.school_code for unit in result.units}))
    worst = {Verdict.UNMET: 0, Verdict.UNKNOWN: 0}
    for code in {unit.school_code for unit in result.units}:
        seen = {unit.verdict for unit in result.units if unit.school_code == code}
        for verdict in worst:
            worst[verdict] += verdict in seen
    register.add(*worst.values(), worst[Verdict.UNMET] + worst[Verdict.UNKNOWN])
    for stage in result.standard.stages:
        units = result.stage_units(stage.id)
        for indicator in result.standard.indicators:
            _tally(register, [unit.cells[indicator.id].verdict for unit in units])
            failing = [
                u
                for u in units
                if u.verdict is Verdict.UNMET and u.cells[indicator.id].verdict is Verdict.UNMET
            ]
            gaps = [
                _enough(shortfall(unit, indicator) or Fraction(0), indicator.gap_unit) for unit in failing
            ]
            register.add(len(failing), _in_print(sum(gaps, Fraction(0)), indicator.gap_unit))


def _enough(gap: Fraction, unit: str) -> Fraction:
    """A gap rounded up: whole, money from 1万元 on to 0.01万元."""
    whole = Fraction(ceil_div(gap))
    return Fraction(ceil_div(gap / 100) * 100) if unit == "元" and whole >= 10000 else whole


def _in_print(amount: Fraction, unit: str) -> Fraction:
    return amount / 10000 if unit == "元" and amount >= 10000 else amount


def _tally(register: Register, verdicts: list[Any]) -> None:
    register.add(len(verdicts))
    for verdict in Verdict:
        count = verdicts.count(verdict)
        register.add(count, *([Fraction(count, len(verdicts))] if verdicts else []))


def _unit(register: Register, unit: Unit, result: Result) -> None:
    register.add(unit.students, unit.grades, unit.classes, unit.met_count)
    peers = result.stage_units(unit.stage)
    for indicator in result.standard.indicators:
        cell = unit.cells[indicator.id]
        register.add(cell.value, cell.threshold)
        for gap in (shortfall(unit, indicator), shortfall(unit, indicator, result.standard.unit_rule.floor)):
            word = indicator.gap_unit
            register.add(*([_in_print(_enough(gap, word), word)] if gap is not None else []))
        values = [v for peer in peers if (v := peer.cells[indicator.id].value) is not None]
        if cell.value is not None:
            register.add(len(values), 1 + sum(value > cell.value for value in values))


def _trend(register: Register, trend: Trend) -> None:
    for stage in trend.stages:
        for now, before in trend.disparities(stage.stage):
            if before and now.cv is not None and before.cv is not None:
                register.add(abs(round_half_up(now.cv, 3) - round_half_up(before.cv, 3)))
        register.add(*map(len, (stage.improved, stage.worsened, stage.opened, stage.closed)))
        shares = [
            Fraction(sum(unit.verdict is Verdict.MET for unit in units), len(units))
            for units in (stage.now, stage.before)
            if units
        ]
        printed = [round_half_up(share, 3) for share in shares]
        register.add(*shares, *([abs(printed[0] - printed[1])] if len(printed) == 2 else []))
    changed = [(now.verdict, before.verdict) for now, before in trend.items]
    register.add(
        changed.count((Verdict.MET, Verdict.UNMET)), sum(before is Verdict.MET for _, before in changed)
    )


def _tasks(register: Register, work: Any, assessment: Assessment) -> None:
    wording = work.wording
    results = assess_tasks(assessment, wording.dictionary, wording.tasks, wording.city_year.task_inputs)
    for result in results:
        for check in result.checks:
            register.add(check.value, check.threshold)
    _tally(register, [result.verdict for result in results if result.verdict])
    for answers in ([result.reported for result in results], [result.undone for result in results]):
        register.add(*(answers.count(answer) for answer in (True, False, None)))
    register.add(sum(result.contradicts for result in results))


def chunks(word: Path) -> Iterator[tuple[str, str]]:
    """Yield the texts of a Word file with the words around that say whose figures they are."""
    body = part(word).find(qn("w:body"))
    assert body is not None
    heading = caption = ""
    for child in body:
        if child.tag == qn("w:p"):
            text = paragraph_text(child)
            style = child.find(f"{qn('w:pPr')}/{qn('w:pStyle')}")
            kind = "" if style is None else style.get(qn("w:val"), "")
            heading = text if kind.startswith("Heading") else heading
            caption = text if kind == "TableCaption" else caption
            if not kind.startswith("Contents"):
                yield from ((piece, text + heading) for piece in _pieces(text))
        elif child.tag == qn("w:tbl"):
            yield from _rows(child, caption + heading)


def _pieces(text: str) -> list[str]:
    """A paragraph without its number and those of captions, annexes and items of a list."""
    text = re.sub(r"^(\d+\.\s|（\d+）|[表图]\d+　|附件：?\d+\.?)", "", text)
    return [re.sub(r"(见|报告)?(表|图|附件)\d+|第\d+项|[0-9a-f]{64}|\b\d{10}\b", "", text)]


def _rows(table: Element, caption: str) -> Iterator[tuple[str, str]]:
    school = ""
    for row in table.findall(qn("w:tr")):
        if row.find(f"{qn('w:trPr')}/{qn('w:tblHeader')}") is not None:
            continue
        cells = [
            "".join(piece.text or "" for p in cell.iter(qn("w:p")) for piece in own_texts(p))
            for cell in row.findall(qn("w:tc"))
        ]
        if cells and cells[0].isdigit():
            cells = cells[1:]
            school = "|".join(cells)  # rows below a merged cell belong to the school above
        text = re.sub(r"\d+\.\s|[0-9a-f]{64}|[A-Z]+\d+|\b\d{10}\b", "", "|".join(cells))
        yield text, f"{text}{caption}{school}"


def unknown_numbers(word: Path, allowed: Known) -> list[str]:
    return [
        f"{token}：{text[:60]}"
        for text, around in chunks(word)
        for token in NUMBER.findall(text)
        if not allowed.knows(token, around)
    ]


@pytest.fixture(scope="module", params=COUNTIES)
def county(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> tuple[list[Path], Known]:
    folder = tmp_path_factory.mktemp(request.param)
    work = wb.open_workspace(request.param, YEAR, "data", "params", str(folder), REPORTS)
    assessment = wb.assess(work, wb.read(work))
    trend = wb.compare(work, assessment)
    pictures = wb.draw(work, assessment, trend)
    wb.write(work, assessment, wb.compose(work, assessment, trend, pictures))
    return sorted(folder.glob("*.docx")), known(work, assessment, trend)


def test_every_number_in_the_reports_is_known(county: tuple[list[Path], Known]) -> None:
    words, allowed = county
    assert len(words) == 3
    found: Iterable[str] = [entry for word in words for entry in unknown_numbers(word, allowed)]
    assert not list(found)


def test_a_changed_digit_would_be_found(county: tuple[list[Path], Known]) -> None:
    """Among numbers with decimals in sentences and tables, over four fifths of changes of the last digit are refused."""
    words, allowed = county
    refused = total = 0
    for word in words:
        for text, around in chunks(word):
            for token in NUMBER.findall(text):
                if "." in token and token not in allowed.county.literal:
                    places = len(token.partition(".")[2])
                    changed = fixed(exact(Fraction(token)) + 3 * Fraction(1, 10**places), places)
                    total += 1
                    refused += not allowed.knows(changed, around)
    assert total > 300
    assert refused / total > 0.8, (refused, total)
