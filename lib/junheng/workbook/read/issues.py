"""Collecting issues while a workbook is read; what is said of each kind is data (params/dictionary/issues.yml)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from junheng.errors import ParamsProblem, named
from junheng.params.dictionary import IssueText
from junheng.workbook.model import Issue, Severity
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
        text = named(self.texts, kind, "问题（issues.yml）", problem=ParamsProblem)
        words = {"found": "", **quoted, "sheet": sheet, "cell": cell}
        try:
            found, expected, remedy = (
                one.format_map(words) for one in (text.found, text.expected, text.remedy)
            )
        except (KeyError, ValueError, IndexError) as error:
            raise ParamsProblem(
                f"参数文件issues.yml的“{kind}”有误：{error}不能填写，{{…}}中应为原有的名称。"
            ) from error
        self.issues.append(
            Issue(
                severity or Severity(text.severity),
                kind.partition(".")[0],
                self.file,
                sheet,
                cell,
                shorten(found, LONGEST),
                expected,
                remedy,
                subject,
            )
        )


def subject_of(name: str, header: str) -> str:
    """Return the subject of an issue: whose value, and which."""
    return f"{name}“{header}”"
