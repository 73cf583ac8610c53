"""The names of the files that are published (the data contract's "out")."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from junheng.errors import UsageProblem, named
from junheng.params.counties import County


@dataclass(frozen=True)
class ReportFile:
    """What a report is called, in its file name and beside a county, and whether its tables are an Excel file too.

    `reason`: why a county may get none, said beside a county that gets none; empty: every county gets it.
    """

    title: str
    workbook: bool = False
    reason: str = ""


UNPASSED = "各项指标达到国家标准后出具"
PASSED = "已达到国家标准的县（市、区）不需编制，送出本市的材料不附"
NOTHING_ASKED = "没有需要整改的问题"
NO_ITEMS = "上年度整改台账没有事项"
NOT_ENTERED = "市级工作簿“督办登记”中未登记"
REPORTS = {
    "assessment": ReportFile("督导评估报告"),
    "self": ReportFile("自评报告"),
    "schools": ReportFile("一校一策"),
    "creation": ReportFile("创建方案", reason=PASSED),
    "rectify_plan": ReportFile("整改方案", reason=NOTHING_ASKED),
    "rectify_report": ReportFile("整改报告", reason=NO_ITEMS),
    "duties": ReportFile("创建任务责任书", reason=NOTHING_ASKED),
    "interview": ReportFile("约谈通知", reason=NOT_ENTERED),
    "supervision": ReportFile("挂牌督办通知", reason=NOT_ENTERED),
    "form": ReportFile("申报表", workbook=True),
    "application": ReportFile("评估认定申请", reason=UNPASSED),
    "recommendation": ReportFile("验收推荐意见", reason=UNPASSED),
}
"""The reports that can be asked for. A new one is a line here and a record in `reports`."""

EVERY = "all"
LEDGER = "{name}整改台账（{year}年度）"


def report_name(report: str, county: County, year: int) -> str:
    """The file name of a report, without ending."""
    return f"{county.name}义务教育优质均衡发展{REPORTS[report].title}（{year}年度）"


MOST_ANNEXES = 9
"""Annexes that a letter may have as files of their own."""


def annex_name(document: str, number: int) -> str:
    """The file name, without ending, of an annex that is a file of its own, beside that of its letter."""
    return f"{document}附件{number}"


def ledger_name(county: County, year: int) -> str:
    """The file name of the ledger, without ending."""
    return LEDGER.format(name=county.name, year=year)


def check_reports(names: Iterable[str]) -> tuple[str, ...]:
    """Return the asked-for reports without repetitions, `all` as all of them; raises UsageProblem for an unknown one."""
    asked = tuple(dict.fromkeys(name.strip() for name in names if name.strip()))
    if asked == (EVERY,):
        return tuple(REPORTS)
    for name in asked:
        named(REPORTS, name, "报告")
    if not asked:
        raise UsageProblem(f"没有写明报告，可选{'、'.join(REPORTS)}。")
    return asked


CITY_FOLDER = "全市"
PAGE_FOLDER = "网页"
OWN_PAGES = "各县网页"
"""Holds a folder a county (370883_邹城市) with the page that it alone gets."""
CITY_FILES = {
    "report": "{name}义务教育优质均衡发展督导评估全市汇总报告（{year}年度）",
    "internal": "{name}义务教育优质均衡发展督导评估内部附件（{year}年度）",
    "register": "{name}义务教育优质均衡发展督办台账（{year}年度）",
    "bulletin": "{name}义务教育优质均衡发展督导通报（{year}年度）",
}
"""The city's own files: its summary (Word, PDF and Excel), the annex of what is only proposed, which stays in the office, the
register of 通报, 约谈 and 挂牌督办, the 督导通报."""


def city_name(file: str, city: str, year: int) -> str:
    """The name of one of the city's files, without ending."""
    return CITY_FILES[file].format(name=city, year=year)
