"""The names of the files that are published (the data contract's "out")."""

from __future__ import annotations

from junheng.params.counties import County

REPORTS = {"assessment": "{name}义务教育优质均衡发展督导评估报告（{year}年度）"}
"""The reports that can be asked for, each with its file name without ending. A new report is a line here."""

LEDGER = "{name}整改台账（{year}年度）"


def report_name(report: str, county: County, year: int) -> str:
    """The file name of a report, without ending."""
    return REPORTS[report].format(name=county.name, year=year)


def ledger_name(county: County, year: int) -> str:
    """The file name of the ledger, without ending."""
    return LEDGER.format(name=county.name, year=year)
