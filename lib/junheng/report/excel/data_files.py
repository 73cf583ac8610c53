"""The data files of the output contract (data/*.csv, verdict.json): exact names, columns and order.

Numbers are plain decimals with up to 17 significant digits; what could not be determined is empty.
A text that a spreadsheet would take for a formula (it begins with = + - @, a full-width one of these,
a tab or a line break) gets a leading apostrophe; numbers never do.
"""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterable, Iterator
from fractions import Fraction
from pathlib import Path

from junheng.assess.model import Assessment, ItemResult, PartResult
from junheng.exact import plain
from junheng.report.content.phrases import PhraseBook
from junheng.report.content.statements import item_statement, said_threshold
from junheng.workbook.model import CountyBook, Issue

Field = Fraction | int | str | None

DATA_COLUMNS: dict[str, tuple[str, ...]] = {
    "units.csv": ("school_code", "school_name", "stage", "students", "met_count", "min_ratio", "verdict"),
    "indicators.csv": (
        "school_code",
        "school_name",
        "stage",
        "indicator",
        "numerator",
        "students",
        "value",
        "threshold",
        "ratio",
        "verdict",
    ),
    "disparity.csv": ("stage", "indicator", "mean", "sd", "cv", "limit", "verdict"),
    "items.csv": (
        "item",
        "value",
        "national_threshold",
        "national_verdict",
        "jining_threshold",
        "jining_verdict",
        "statement",
    ),
    "issues.csv": ("severity", "check", "sheet", "cell", "found", "message"),
}
VERDICT_FILE = "verdict.json"
VERDICT_KEYS = (
    "county_code",
    "county",
    "year",
    "resource",
    "government",
    "quality",
    "social",
    "veto",
    "overall",
    "overall_jining",
)
FORMULA_STARTS = tuple("=+-@＝＋－＠\t\r\n")
JOINT = "；"
PER_SUBJECT = "逐个核定"
"""Stands for a threshold that depends on the school (⌈classes/12⌉, 100 × the base amount)."""


def write_data_files(assessment: Assessment, phrases: PhraseBook, folder: Path) -> tuple[Path, ...]:
    """Write all data files into `folder` (made when absent) and return them."""
    folder.mkdir(parents=True, exist_ok=True)
    return (
        _write(folder, "units.csv", _unit_rows(assessment)),
        _write(folder, "indicators.csv", _indicator_rows(assessment)),
        _write(folder, "disparity.csv", _disparity_rows(assessment)),
        _write(folder, "items.csv", _item_rows(assessment, phrases)),
        _write_verdicts(assessment, folder / VERDICT_FILE),
        write_issues(assessment.book, folder),
    )


def write_issues(book: CountyBook, folder: Path) -> Path:
    """Write issues.csv alone: a county whose errors forbid a report still gets it."""
    folder.mkdir(parents=True, exist_ok=True)
    return _write(folder, "issues.csv", (_issue_row(issue) for issue in book.issues))


def _write(folder: Path, name: str, rows: Iterable[tuple[Field, ...]]) -> Path:
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(DATA_COLUMNS[name])
    writer.writerows(tuple(_written(field) for field in row) for row in rows)
    path = folder / name
    path.write_bytes(text.getvalue().encode("utf-8"))
    return path


def _written(field: Field) -> str:
    if field is None:
        return ""
    return neutral(field) if isinstance(field, str) else plain(Fraction(field))


def neutral(text: str) -> str:
    """Return `text` so that no spreadsheet takes it for a formula."""
    return f"'{text}" if text.startswith(FORMULA_STARTS) else text


def _unit_rows(assessment: Assessment) -> Iterator[tuple[Field, ...]]:
    for unit in assessment.units:
        name = (unit.school_code, unit.school_name, unit.stage)
        yield (*name, unit.students, unit.met_count, unit.min_ratio, str(unit.verdict))


def _indicator_rows(assessment: Assessment) -> Iterator[tuple[Field, ...]]:
    for unit in assessment.units:
        for cell in unit.cells.values():
            yield (
                unit.school_code,
                unit.school_name,
                unit.stage,
                cell.indicator,
                cell.numerator,
                unit.students,
                cell.value,
                cell.threshold,
                cell.ratio,
                str(cell.verdict),
            )


def _disparity_rows(assessment: Assessment) -> Iterator[tuple[Field, ...]]:
    for row in assessment.national.disparities:
        verdict = str(row.verdict) if row.verdict else None
        yield (row.stage, row.indicator, row.mean, row.sd, row.cv, row.limit, verdict)


def _item_rows(assessment: Assessment, phrases: PhraseBook) -> Iterator[tuple[Field, ...]]:
    for national in assessment.national.items:
        local = assessment.local.item(national.item.id)
        yield (
            national.item.id,
            JOINT.join(_part_value(part) for part in national.parts),
            _thresholds(national),
            str(national.verdict),
            _thresholds(local),
            str(local.verdict),
            item_statement(national, assessment, phrases),
        )


def _part_value(part: PartResult) -> str:
    """The figure of a total, the number that fail an `each` (empty while open), or the sheet's own word."""
    if isinstance(part.value, Fraction):
        return "" if part.part.kind == "each" and part.missing and not part.failures else plain(part.value)
    return part.value or ""


def _thresholds(result: ItemResult) -> str:
    return JOINT.join(_threshold(part) for part in result.parts)


def _threshold(part: PartResult) -> str:
    if isinstance(part.threshold, Fraction):
        return plain(part.threshold)
    return said_threshold(part.threshold) or (PER_SUBJECT if part.part.kind == "each" else "")


def _issue_row(issue: Issue) -> tuple[Field, ...]:
    accepted = f"（已认可：{issue.accepted}）" if issue.accepted else ""
    return (
        issue.severity.value,
        issue.check,
        issue.sheet,
        issue.cell,
        issue.found,
        issue.message + accepted,
    )


def _write_verdicts(assessment: Assessment, path: Path) -> Path:
    national = assessment.national
    values = (
        assessment.county.code,
        assessment.county.name,
        assessment.year,
        *(str(getattr(national, key)) for key in ("resource", "government", "quality", "social", "veto")),
        str(national.overall),
        str(assessment.local.overall),
    )
    text = json.dumps(dict(zip(VERDICT_KEYS, values, strict=True)), ensure_ascii=False, indent=2)
    path.write_bytes(f"{text}\n".encode())
    return path
