"""Collecting issues while a workbook is read; what is said of each kind is data (params/dictionary/issues.yml)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from junheng.params.dictionary import IssueText
from junheng.workbook.model import Issue, Severity, Source
from junheng.workbook.read.cells import Fault
from junheng.workbook.read.text import shorten

LONGEST = 80
MISSING = "missing"
"""The kind of issue that a needed value is not there."""


@dataclass
class Reporter:
    """Issues of one file, in the order they were found; `texts` say what is told of each kind."""

    file: str
    texts: Mapping[str, IssueText]
    issues: list[Issue] = field(default_factory=list)

    def report(
        self,
        kind: str,
        sheet: str = "",
        cell: str = "",
        *,
        subject: str = "",
        severity: Severity | None = None,
        **quoted: Any,
    ) -> None:
        """Add an issue; `quoted` fills in its texts, `severity` takes the place of the usual one."""
        text = self.texts[kind]
        words = {"found": "", **quoted, "sheet": sheet, "cell": cell}
        told = (one.format_map(words) for one in (text.found, text.expected, text.remedy))
        grave = severity or Severity(text.severity)
        self._add(grave, kind.partition(".")[0], Source(self.file, sheet, cell), subject, *told)

    def fault(self, source: Source, fault: Fault, subject: str, severity: Severity = Severity.ERROR) -> None:
        """Report a cell that cannot be used."""
        self._add(severity, fault.check, source, subject, fault.found, fault.expected, fault.remedy)

    def _add(
        self,
        severity: Severity,
        check: str,
        place: Source,
        subject: str,
        found: str,
        expected: str,
        remedy: str,
    ) -> None:
        self.issues.append(Issue(severity, check, *place, shorten(found, LONGEST), expected, remedy, subject))


def subject_of(name: str, header: str) -> str:
    """Return the subject of an issue: whose value, and which."""
    return f"{name}“{header}”"
