"""Collecting issues while a workbook is read, with one wording for each kind."""

from __future__ import annotations

from dataclasses import dataclass, field

from junheng.params.dictionary import Field
from junheng.workbook.model import Issue, Severity, Source, Value
from junheng.workbook.read.cells import CellRules, Fault
from junheng.workbook.read.text import shorten

LONGEST = 80
MISSING = "missing"
"""The kind of issue that a needed value is not there."""


@dataclass
class Reporter:
    """Issues of one file, in the order they were found."""

    file: str
    issues: list[Issue] = field(default_factory=list)

    def add(
        self,
        severity: Severity,
        check: str,
        sheet: str,
        cell: str,
        *,
        found: str,
        expected: str,
        remedy: str,
        subject: str = "",
        clause: str = "",
    ) -> None:
        self.issues.append(
            Issue(
                severity,
                check,
                self.file,
                sheet,
                cell,
                shorten(found, LONGEST),
                expected,
                remedy,
                subject,
                clause,
            )
        )

    def error(self, check: str, sheet: str, cell: str, **texts: str) -> None:
        self.add(Severity.ERROR, check, sheet, cell, **texts)

    def warning(self, check: str, sheet: str, cell: str, **texts: str) -> None:
        self.add(Severity.WARNING, check, sheet, cell, **texts)

    def note(self, check: str, sheet: str, cell: str, **texts: str) -> None:
        self.add(Severity.NOTE, check, sheet, cell, **texts)

    def fault(self, source: Source, fault: Fault, subject: str, severity: Severity = Severity.ERROR) -> None:
        """Report a cell that cannot be used."""
        self.add(
            severity,
            fault.check,
            source.sheet,
            source.cell,
            found=fault.found,
            expected=fault.expected,
            remedy=fault.remedy,
            subject=subject,
        )

    def missing(
        self, value: Value, column: Field, rules: CellRules, subject: str, vital: bool = False
    ) -> None:
        """Report a required value that is not there: a warning; an error where it names the row."""
        source = value.source or Source(self.file, "", "")
        remedy = "请补填。" if vital else f"请补填；{column.if_blank}。"
        self.add(
            Severity.ERROR if vital else Severity.WARNING,
            MISSING,
            source.sheet,
            source.cell,
            found=value.text,
            expected=rules.expected(column),
            remedy=remedy,
            subject=subject,
        )


def subject_of(name: str, header: str) -> str:
    """Return the subject of an issue: whose value, and which."""
    return f"{name}“{header}”"
