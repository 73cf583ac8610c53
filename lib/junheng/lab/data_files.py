"""The data files of the output contract (data/*.csv, verdict.json), written from the frames: exact names, columns and order.

Numbers are plain decimals with up to 17 significant digits; what could not be determined is empty.
A text that a spreadsheet would take for a formula (it begins with = + - @, a full-width one of these,
a tab or a line break) gets a leading apostrophe; numbers never do.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING, Any

from junheng.assess.model import Assessment
from junheng.exact import plain
from junheng.lab.frames import frame_of
from junheng.report.content.phrases import PhraseBook
from junheng.workbook.model import CountyBook

if TYPE_CHECKING:
    import pandas as pd

DATA_COLUMNS: Mapping[str, tuple[str, ...]] = {
    "units.csv": (
        "school_code", "school_name", "stage", "students", "met_count", "min_ratio", "verdict", "school_type", "location",
    ),
    "indicators.csv": (
        "school_code", "school_name", "stage", "indicator", "numerator", "students", "value", "threshold", "ratio", "verdict",
    ),
    "disparity.csv": ("stage", "indicator", "mean", "sd", "cv", "limit", "verdict"),
    "items.csv": (
        "item", "value", "national_threshold", "national_verdict", "jining_threshold", "jining_verdict", "statement",
    ),
    "issues.csv": ("severity", "check", "sheet", "cell", "found", "message"),
}  # fmt: skip
"""The columns of each file, in order. A file is named after its frame, a column after the frame's key."""
OTHER_KEYS = {"jining_threshold": "local_threshold", "jining_verdict": "local_verdict"}
"""The contract names the city; the frame, which serves any city, does not."""
VERDICT_FILE = "verdict.json"
SUMMARY = "summary.json"
"""What the notebook tells the batch (counts of repairs and so on), beside the outputs; read, then removed."""
_ASPECTS = ("resource", "government", "quality", "social", "veto", "overall")
VERDICT_KEYS = ("county_code", "county", "year", *_ASPECTS, "overall_jining")
FORMULA_STARTS = tuple("=+-@＝＋－＠\t\r\n")
ISSUES = "issues.csv"


def write_data_files(assessment: Assessment, phrases: PhraseBook, folder: Path) -> tuple[Path, ...]:
    """Write all data files into `folder` (made when absent) and return them."""
    folder.mkdir(parents=True, exist_ok=True)
    names = [name for name in DATA_COLUMNS if name != ISSUES]
    return (
        *(_write(folder, name, assessment, phrases) for name in names),
        _write_verdicts(assessment, folder / VERDICT_FILE),
        write_issues(assessment.book, folder),
    )


def write_issues(book: CountyBook, folder: Path) -> Path:
    """Write issues.csv alone: a county whose errors forbid a report still gets it."""
    folder.mkdir(parents=True, exist_ok=True)
    return _write(folder, ISSUES, book)


def _write(folder: Path, name: str, of: Any, phrases: PhraseBook | None = None) -> Path:
    path = folder / name
    made = frame_of(of, path.stem, keys=True, exact=True, phrases=phrases)
    path.write_bytes(csv_text(made, DATA_COLUMNS[name]).encode("utf-8"))
    return path


def csv_text(made: pd.DataFrame, columns: Iterable[str]) -> str:
    """Return these columns of an exact frame as CSV."""
    import pandas as pd

    chosen = {name: [_written(value) for value in made[OTHER_KEYS.get(name, name)]] for name in columns}
    text: str = pd.DataFrame(chosen, dtype=object).to_csv(index=False, lineterminator="\n")
    return text


def _written(value: Any) -> str:
    if isinstance(value, str):
        return neutral(value)
    return plain(value) if isinstance(value, Fraction) else ""


def neutral(text: str) -> str:
    """Return `text` so that no spreadsheet takes it for a formula."""
    return f"'{text}" if text.startswith(FORMULA_STARTS) else text


def _write_verdicts(assessment: Assessment, path: Path) -> Path:
    values = (
        assessment.county.code,
        assessment.county.name,
        assessment.year,
        *(str(getattr(assessment.national, key)) for key in _ASPECTS),
        str(assessment.local.overall),
    )
    text = json.dumps(dict(zip(VERDICT_KEYS, values, strict=True)), ensure_ascii=False, indent=2)
    path.write_bytes(f"{text}\n".encode())
    return path
