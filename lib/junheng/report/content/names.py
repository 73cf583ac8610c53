"""The names of the files that are published (the data contract's "out")."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from junheng.errors import UsageProblem, named
from junheng.params.counties import County


@dataclass(frozen=True)
class ReportFile:
    """A report's file name without ending, and whether its tables are an Excel file too.

    `only`: which counties get it, as a reason beside a county that gets none; empty: all.
    """

    name: str
    workbook: bool = False
    only: str = ""


PASSED = "只为各项指标达到国家标准的县（市、区）生成"
UNPASSED = "只为未达到国家标准的县（市、区）生成，送出本市的材料不含"
UNFINISHED = "只为有问题需要整改的县（市、区）生成"
HAD_ITEMS = "只为上年度整改台账有事项的县（市、区）生成"
ENTERED = "只为市级工作簿“督办登记”中登记了的县（市、区）生成"
REPORTS = {
    "assessment": ReportFile("{name}义务教育优质均衡发展督导评估报告（{year}年度）"),
    "self": ReportFile("{name}义务教育优质均衡发展自评报告（{year}年度）"),
    "schools": ReportFile("{name}义务教育优质均衡发展一校一策（{year}年度）"),
    "creation": ReportFile("{name}义务教育优质均衡发展创建方案（{year}年度）", only=UNPASSED),
    "rectify_plan": ReportFile("{name}义务教育优质均衡发展整改方案（{year}年度）", only=UNFINISHED),
    "rectify_report": ReportFile("{name}义务教育优质均衡发展整改报告（{year}年度）", only=HAD_ITEMS),
    "duties": ReportFile("{name}义务教育优质均衡发展创建任务责任书（{year}年度）", only=UNFINISHED),
    "interview": ReportFile("{name}义务教育优质均衡发展约谈通知（{year}年度）", only=ENTERED),
    "supervision": ReportFile("{name}义务教育优质均衡发展挂牌督办通知（{year}年度）", only=ENTERED),
    "form": ReportFile("{name}义务教育优质均衡发展申报表（{year}年度）", workbook=True),
    "application": ReportFile("{name}义务教育优质均衡发展评估认定申请（{year}年度）", only=PASSED),
    "recommendation": ReportFile("{name}义务教育优质均衡发展验收推荐意见（{year}年度）", only=PASSED),
}
"""The reports that can be asked for. A new one is a line here and a record in `reports`."""

EVERY = "all"
LEDGER = "{name}整改台账（{year}年度）"


def report_name(report: str, county: County, year: int) -> str:
    """The file name of a report, without ending."""
    return REPORTS[report].name.format(name=county.name, year=year)


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
NOT_ENTERED = "市级工作簿“督办登记”中没有登记通报"


def city_name(file: str, city: str, year: int) -> str:
    """The name of one of the city's files, without ending."""
    return CITY_FILES[file].format(name=city, year=year)
