"""The names of the files that are published (the data contract's "out")."""

from __future__ import annotations

from collections.abc import Iterable

from junheng.errors import UsageProblem, did_you_mean
from junheng.params.counties import County

REPORTS = {
    "assessment": "{name}义务教育优质均衡发展督导评估报告（{year}年度）",
    "self": "{name}义务教育优质均衡发展自评报告（{year}年度）",
    "schools": "{name}义务教育优质均衡发展一校一策（{year}年度）",
}
"""The reports that can be asked for, each with its file name without ending. A new report is a line here."""

LEDGER = "{name}整改台账（{year}年度）"


def report_name(report: str, county: County, year: int) -> str:
    """The file name of a report, without ending."""
    return REPORTS[report].format(name=county.name, year=year)


def ledger_name(county: County, year: int) -> str:
    """The file name of the ledger, without ending."""
    return LEDGER.format(name=county.name, year=year)


def check_reports(names: Iterable[str]) -> tuple[str, ...]:
    """Return the asked-for reports without repetitions; raises UsageProblem for one that is not known."""
    asked = tuple(dict.fromkeys(name.strip() for name in names if name.strip()))
    for name in asked:
        if name not in REPORTS:
            raise UsageProblem(
                f"没有名为“{name}”的报告，可选{'、'.join(REPORTS)}。{did_you_mean(name, REPORTS)}"
            )
    if not asked:
        raise UsageProblem(f"没有写明报告，可选{'、'.join(REPORTS)}。")
    return asked


CITY_FOLDER = "全市"
PAGE_FOLDER = "网页"
CITY_INTERNAL = "{name}义务教育优质均衡发展督导评估内部附件（{year}年度）"
CITY_REPORT = "{name}义务教育优质均衡发展督导评估全市汇总报告（{year}年度）"


def city_report_name(city: str, year: int) -> str:
    """The file name of the city's summary, for Word, PDF and Excel, without ending."""
    return CITY_REPORT.format(name=city, year=year)


def city_internal_name(city: str, year: int) -> str:
    """The file name of the annex that stays in the office: what is only proposed. Without ending."""
    return CITY_INTERNAL.format(name=city, year=year)
