"""What a collection workbook becomes once read: records of values that know where they came from."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum
from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from junheng.errors import DataProblem
from junheng.params.brief import Brief, Shown
from junheng.params.counties import County

if TYPE_CHECKING:
    import pandas as pd

Content = Fraction | str | bool | None


class Hidden(str):
    """A content that is not to be printed: as a text it is the mark in its place; `exact` is what it stands for.

    It is no number, so arithmetic on it fails instead of telling it.
    """

    exact: Fraction

    def __new__(cls, mark: str, exact: Fraction) -> Hidden:
        made = super().__new__(cls, mark)
        made.exact = exact
        return made

    # Else pickle would make it of the mark alone, without what it stands for.
    def __getnewargs__(self) -> tuple[str, Fraction]:  # type: ignore[override]
        return str(self), self.exact


class Source(NamedTuple):
    """Where a value stands: file name (no folder), sheet name, cell address such as `K12`."""

    file: str
    sheet: str
    cell: str

    def __str__(self) -> str:
        return f"{self.file}〔{self.sheet}〕{self.cell}"


@dataclass(frozen=True, slots=True, repr=False)
class Value(Brief):
    """One value. `content` None means missing; `text` is what the cell held; `repair` says what was mended (Chinese)."""

    content: Content
    source: Source | None = None
    text: str = ""
    repair: str | None = None

    def __reduce__(self) -> tuple[type[Value], tuple[Any, ...]]:
        """Pickled by its parts: what dataclasses with slots do by themselves takes ten times as long to load."""
        return Value, (self.content, self.source, self.text, self.repair)


MISSING = Value(None)


@dataclass(frozen=True, slots=True, repr=False)
class Row(Brief):
    """One record of a sheet: values by dictionary key, and its row number in the file (0 for 县级数据)."""

    values: Mapping[str, Value]
    number: int = 0

    def get(self, key: str) -> Content:
        """Return the content under `key`; None when missing or not there."""
        return self.values.get(key, MISSING).content

    def text(self, key: str) -> str:
        """Return the content under `key` as text; empty when missing."""
        content = self.get(key)
        return "" if content is None else str(content)

    def figure(self, key: str) -> Fraction | None:
        """Return the number under `key`; None when it is missing, hidden or no number."""
        content = self.get(key)
        return content if isinstance(content, Fraction) else None

    def source(self, key: str) -> Source | None:
        """Return where the value under `key` stands, also when it is missing; None when nothing says."""
        return self.values.get(key, MISSING).source

    def changed(self, contents: Mapping[str, Content], repair: str | None = None) -> Row:
        """Return the row with these contents, each in the cell of the former one; `repair`, if given, says what was done."""
        values = dict(self.values)
        for key, content in contents.items():
            old = values.get(key, MISSING)
            values[key] = replace(old, content=content, repair=repair or old.repair)
        return replace(self, values=values)


@dataclass(frozen=True, slots=True)
class ImportOrigin:
    """What the statistics say of a figure of 学校 that was imported: the school's code, the key, and the place read."""

    code: str
    key: str
    content: Content
    place: str


class Severity(StrEnum):
    """How grave an issue is: an error keeps the county's report from being published."""

    ERROR = "error"
    WARNING = "warning"
    NOTE = "note"

    @property
    def label(self) -> str:
        """The word for it in lists of issues."""
        return {"error": "错误", "warning": "警告", "note": "提示"}[self.value]


@dataclass(frozen=True, slots=True, repr=False)
class Issue(Brief):
    """One thing wrong or notable in a workbook. All texts are Chinese and can be shown as they are.

    `check` is the id of the check (params/checks.yml); `sheet` and `cell` may be empty when the whole file is meant;
    `accepted` says who accepted it, when and why (params/<YEAR>/<code>.yml), and then it no longer blocks.
    """

    severity: Severity
    check: str
    file: str
    sheet: str
    cell: str
    found: str
    expected: str
    remedy: str
    subject: str = ""
    clause: str = ""
    accepted: str = ""

    @property
    def blocks(self) -> bool:
        """Whether it keeps the report from being published: an error that nobody accepted."""
        return self.severity is Severity.ERROR and not self.accepted

    @property
    def place(self) -> str:
        """File, sheet and cell as one text, as far as they are known."""
        return "".join([self.file, f"〔{self.sheet}〕" if self.sheet else "", self.cell])

    @property
    def message(self) -> str:
        """Place, subject, found, expected and remedy; a note may have nothing to expect."""
        subject = f"{self.subject}：" if self.subject else ""
        found = f"现为“{self.found}”" if self.found else "为空" if self.cell else ""
        expected = f"应为{self.expected}" if self.expected else ""
        clauses = "，".join(text for text in (found, expected) if text)
        return f"{self.place}{'，' if self.place else ''}{subject}{clauses}。{self.remedy}"


@dataclass(frozen=True, repr=False)
class CountyBook(Shown):
    """One county's figures of one year, or the city's own workbook. `sheets` maps a sheet id of the dictionary to its rows, in file order.

    `sheets["county"]` holds exactly one row. `sha256` is the digest of the file's bytes, `values_digest` that of its
    values (empty when unknown); `demo` marks invented figures. `last` is last year's book as the checks used it;
    `origins` what the statistics said where the book was made by an import;
    `params_dir` the params/ it was read with (None: the project's). `trial`: a school or figure was changed, added or
    dropped on purpose, so that no report may be written of it.

    Engines use the records; the properties `schools`, `county`, `issues` and `repairs` are the same as DataFrames, made
    anew at each call, with dictionary keys as columns (Chinese headings: `wb.frame(book, "schools")`).
    """

    county_record: County
    year: int
    file: str
    sha256: str
    sheets: Mapping[str, tuple[Row, ...]]
    issue_records: tuple[Issue, ...] = ()
    demo: bool = False
    headers: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    values_digest: str = ""
    last: CountyBook | None = field(default=None, repr=False)
    origins: tuple[ImportOrigin, ...] = field(default=(), repr=False)
    params_dir: Path | None = field(default=None, repr=False, compare=False)
    trial: bool = False
    calls = (
        'wb.frame(book, "schools")',
        "book.issues",
        'book.where("小学在校生数", "学校名称")',
        "assessment = wb.assess(work, book)",
    )

    def about(self) -> str:
        counts = [f"{s.label}{sum(i.severity is s for i in self.issue_records)}处" for s in Severity]
        tried = "，含试算值" if self.trial else ""
        kind = "市级工作簿" if self.of_city else "采集工作簿"
        schools = "" if self.of_city else f"学校{len(self.rows('schools'))}所，"
        return (
            f"{self.county_record.title}{self.year}年度{kind}{self.file}：{schools}"
            f"{'、'.join(counts)}，自动整理{len(self.repaired)}处{tried}"
        )

    @property
    def of_city(self) -> bool:
        """Whether it is the city's own workbook (params/dictionary/city.yml), which has no schools."""
        return "goals" in self.sheets

    def rows(self, sheet_id: str) -> tuple[Row, ...]:
        """Return the rows of a sheet in file order; none when the book has no such sheet."""
        return self.sheets.get(sheet_id, ())

    @property
    def county_row(self) -> Row:
        """The county's figures for computing: what is hidden in print is there."""
        row = self.printed_county_row
        exact = {
            key: replace(value, content=value.content.exact)
            for key, value in row.values.items()
            if isinstance(value.content, Hidden)
        }
        return replace(row, values={**row.values, **exact}) if exact else row

    @property
    def printed_county_row(self) -> Row:
        """The county's figures for print: what is hidden is `Hidden`."""
        rows = self.rows("county")
        return rows[0] if rows else Row({})

    @property
    def blocking(self) -> tuple[Issue, ...]:
        """The issues that keep the report from being published."""
        return tuple(issue for issue in self.issue_records if issue.blocks)

    @property
    def repaired(self) -> tuple[Value, ...]:
        """Every value that was mended on reading."""
        return tuple(
            v for rows in self.sheets.values() for row in rows for v in row.values.values() if v.repair
        )

    def with_rows(self, sheet_id: str, rows: Iterable[Row]) -> CountyBook:
        """Return the book with other rows in one sheet."""
        return replace(self, sheets={**self.sheets, sheet_id: tuple(rows)})

    def with_issues(self, *more: Issue) -> CountyBook:
        """Return the book with more issues, behind those that it has."""
        return replace(self, issue_records=self.issue_records + more)

    @property
    def schools(self) -> pd.DataFrame:
        """Sheet 学校: one row a school row, index school_code, columns by dictionary key."""
        from junheng.workbook.frames import book_frame

        return book_frame(self, "schools", keys=True).set_index("school_code")

    @property
    def county(self) -> pd.DataFrame:
        """Sheet 县级数据: one row a figure, index its dictionary key."""
        from junheng.workbook.frames import book_frame

        return book_frame(self, "county", keys=True).set_index("key")

    @property
    def issues(self) -> pd.DataFrame:
        """What the checks found: one row an issue."""
        from junheng.workbook.frames import book_frame

        return book_frame(self, "issues", keys=True)

    @property
    def repairs(self) -> pd.DataFrame:
        """What was mended on reading: one row a value."""
        from junheng.workbook.frames import book_frame

        return book_frame(self, "repairs", keys=True)

    def where(self, field: str, school: str = "") -> Source:
        """Return file, sheet and cell of a figure: its key or header, and the school's code or name (none: 县级数据).

        Raises UsageProblem for an unknown field or school, and for a figure that stands in no cell.
        """
        from junheng.workbook.frames import place_of

        return place_of(self, field, school)


def usable(book: CountyBook) -> CountyBook:
    """Return the book; raises DataProblem when an error forbids a report."""
    if book.blocking:
        first = book.blocking[0]
        more = f"等{len(book.blocking)}处错误" if len(book.blocking) > 1 else ""
        raise DataProblem(f"{first.message}{more and f'（{more}，详见问题清单）'}")
    return book
