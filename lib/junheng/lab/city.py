"""全市汇总（city_report.ipynb）：逐县评估、对照、排名、绘图、成文、保存。

例：
    work = wb.city.start(globals())
    city = wb.city.gather(work)
    wb.frame(city, "counties")
"""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

from IPython.display import HTML

from junheng.assess.city import AssessedCounty, Cause, CityAssessment, LeftOut
from junheng.errors import (
    AbsentWorkbook,
    DataProblem,
    JunhengError,
    ParamsProblem,
    named,
)
from junheng.lab.arguments import checked
from junheng.lab.county import (
    assess,
    compare,
    keeping_edits,
    open_book,
    printed_rule,
    standard_prints,
    values_read,
)
from junheng.lab.data_files import SUMMARY
from junheng.lab.display import as_html, display_pictures, views_html
from junheng.lab.kept import Kept, KeptEntry
from junheng.lab.notebooks import DRAFTS
from junheng.lab.records import city_records, with_left_open
from junheng.lab.workspace import (
    FIGURES,
    open_workspace,
    parameters,
    suppression_of,
    year_of,
    yes_or_no,
)
from junheng.params.brief import Shown
from junheng.params.counties import County, load_counties
from junheng.params.tasks import chinese_date
from junheng.project import project_root
from junheng.report.content import city_report
from junheng.report.content.context import CityContext, Wording, load_wording
from junheng.report.content.ledger import overdue_items
from junheng.report.content.model import Document, Picture
from junheng.report.content.names import CITY_FOLDER, OWN_PAGES, PAGE_FOLDER, city_name
from junheng.report.content.tables.city import CITY_TABLES
from junheng.report.excel.city import write_city_workbook, write_register
from junheng.report.figures.city import draw_city_figures
from junheng.report.page.city import write_page
from junheng.report.page.history import earlier, present
from junheng.report.pdf.inspect import inspect_word
from junheng.report.word.render import render_word
from junheng.workbook.model import usable
from junheng.workbook.read.book import without_collection
from junheng.workbook.read.school_lists import SchoolLists

PARAMETERS = ("YEAR", "DATA_DIR", "PARAMS_DIR", "OUT_DIR", "EXTERNAL", "CACHE_DIR")
DEFAULTS: dict[str, Any] = {"EXTERNAL": False, "CACHE_DIR": ""}


@dataclass(frozen=True, repr=False)
class CityWorkspace(Shown):
    """The city in one year, with everything read from params/ once. All folders are absolute."""

    year: int
    data_dir: Path
    params_dir: Path
    out_dir: Path
    counties: tuple[County, ...]
    wording: Wording
    external: bool = False
    cache_dir: str = field(default="", repr=False)

    calls = ("city = wb.city.gather(work)",)

    def about(self) -> str:
        return f"{self.wording.city.name}{self.year}年度，{len(self.counties)}个县（市、区）"

    @property
    def figures_dir(self) -> Path:
        return self.out_dir / FIGURES


@checked
def start(namespace: dict[str, Any]) -> CityWorkspace:
    """按参数单元格打开全市一个年度的汇总；写错的参数名会给出提示。

    例：
        work = wb.city.start(globals())
    """
    return open_city(
        **{name.lower(): value for name, value in parameters(namespace, PARAMETERS, DEFAULTS).items()}
    )


def open_city(
    year: int | str,
    data_dir: str,
    params_dir: str,
    out_dir: str,
    external: bool = False,
    cache_dir: str = "",
) -> CityWorkspace:
    """Return the workspace for these parameters; `out_dir` empty means the draft folder. Raises UsageProblem.

    `external`: what is made leaves the city, small counts are hidden (params/small_counts.yml). `cache_dir`: where the
    batch keeps what earlier runs assessed (lab/kept.py); empty: every county is read.
    """
    root = project_root()
    params, number = root / params_dir, year_of(year)
    return CityWorkspace(
        year=number,
        data_dir=root / data_dir,
        params_dir=params,
        out_dir=root / out_dir if out_dir else root / "outputs" / DRAFTS / str(number) / CITY_FOLDER,
        counties=load_counties(params),
        wording=load_wording(params, number),
        external=yes_or_no(external),
        cache_dir=cache_dir,
    )


@checked
def gather(work: CityWorkspace) -> CityAssessment:
    """逐县评估并显示进度；不能评估的县说明原因，列为未纳入。一个县也没有时报错。

    例：
        city = wb.city.gather(work)
        wb.frame(city, "counties")
    """
    outcomes = _outcomes(work)
    members = tuple(one for one in outcomes if isinstance(one, AssessedCounty))
    left_out = tuple(one for one in outcomes if isinstance(one, LeftOut))
    if not members:
        reasons = "".join(f"{gone.county.title}：{gone.detail}" for gone in left_out[:3])
        raise DataProblem(f"没有可以汇总的县（市、区）。{reasons}")
    records = city_records(work.data_dir, work.params_dir, work.year)
    records, faults = with_left_open(records, work.data_dir, work.params_dir, work.year)
    for fault in faults:
        print(fault, flush=True)
    if records.book is None:
        print(f"市级工作簿：{records.detail or '本年度没有'}", flush=True)
    return CityAssessment(work.year, members, left_out, work.wording.rules, records)


def _outcomes(work: CityWorkspace) -> list[AssessedCounty | LeftOut]:
    """What came of each county: taken over from an earlier run where nothing changed, else read and assessed now."""
    kept = Kept.of(work.cache_dir)
    with without_collection():
        entries = {county.code: entry for county in work.counties if (entry := kept.find(county))}
    lists = SchoolLists(work.data_dir, work.year, work.counties, work.wording.dictionary)
    lists.known |= {(code, year): own for code, entry in entries.items() for year, own in entry.lists.items()}
    found: list[AssessedCounty | LeftOut] = []
    fresh: dict[str, AssessedCounty | LeftOut] = {}
    for number, county in enumerate(work.counties, 1):
        entry = entries.get(county.code)
        outcome = entry.outcome if entry else fresh.setdefault(county.code, _outcome(work, county))
        found.append(_among_others(outcome, lists))
        verdict = found[-1].verdict if isinstance(found[-1], AssessedCounty) else "未纳入"
        print(f"[{number}/{len(work.counties)}] {county.title}：{verdict}", flush=True)
    # Not before all are read: a county's lists of schools are read when another county is compared with it.
    for county in work.counties:
        if county.code in fresh:
            own = {year: one for (code, year), one in lists.known.items() if code == county.code}
            kept.keep(county, KeptEntry(fresh[county.code], own))
    return found


def _cause(error: JunhengError) -> Cause:
    if isinstance(error, AbsentWorkbook):
        return "absent"
    return "unsettled" if isinstance(error, ParamsProblem) else "faulty"


def _outcome(work: CityWorkspace, county: County) -> AssessedCounty | LeftOut:
    """Read and assess a county, or say why it cannot be."""
    try:
        own = open_workspace(
            county.code,
            work.year,
            str(work.data_dir),
            str(work.params_dir),
            str(work.out_dir),
            "assessment",
            work.external,
        )
        assessment = assess(own, usable(open_book(own)))
        trend = compare(own, assessment)
        overdue = len(overdue_items(assessment, work.wording.phrases, _day(work)))
        return AssessedCounty(assessment, trend, overdue, work.wording.judged_tasks(assessment))
    except JunhengError as error:
        return LeftOut(county, _cause(error), str(error))


def _among_others(outcome: AssessedCounty | LeftOut, lists: SchoolLists) -> AssessedCounty | LeftOut:
    """Leave a county out when most of its schools are another county's, which no single workbook tells."""
    if isinstance(outcome, LeftOut):
        return outcome
    try:
        usable(outcome.assessment.book.with_issues(*lists.foreign(outcome.county)))
    except JunhengError as error:
        return LeftOut(outcome.county, _cause(error), str(error))
    return outcome


def _day(work: CityWorkspace) -> date:
    """The day of the report, by which deadlines are judged; raises ParamsProblem when it is no date."""
    return chinese_date(work.wording.city_year.report_date, f"params/{work.year}/city.yml的report_date")


def make_context(
    work: CityWorkspace, city: CityAssessment, pictures: tuple[Picture, ...] = ()
) -> CityContext:
    """Return what the sections of the summary draw on."""
    books = [(f"{m.county.title}{city.year}年采集工作簿", m.assessment.book.sha256) for m in city.members]
    if city.records.book:
        books.append((f"{work.wording.city.name}{city.year}年市级工作簿", city.records.book.sha256))
    prints = standard_prints(work.params_dir, city.members[0].assessment)
    suppression = suppression_of(work.params_dir, work.wording) if work.external else None
    before = earlier(work.out_dir, present(city))
    return CityContext(city, work.wording, pictures, (*books, *prints), printed_rule(suppression), before)


@checked
def show(work: CityWorkspace, city: CityAssessment, *names: str, most: int | None = None) -> HTML:
    """显示汇总报告中的表：conclusions、matrix、disparity、ranking、unranked、plan、tasks、goals、requirements、
    teams、progress、visits、third_parties、trend、common、left_out、failing。

    例：
        wb.city.show(work, city, "conclusions", "ranking")
    """
    return views_html(CITY_TABLES, make_context(work, city), names, most)


@checked
def draw(work: CityWorkspace, city: CityAssessment) -> tuple[Picture, ...]:
    """绘制汇总报告用图，存入输出目录。

    例：
        pictures = wb.city.draw(work, city)
    """
    work.figures_dir.mkdir(parents=True, exist_ok=True)
    return draw_city_figures(city, work.figures_dir)


@checked
def compose(work: CityWorkspace, city: CityAssessment, pictures: tuple[Picture, ...] = ()) -> Document:
    """组织汇总报告的内容，尚不写出文件。

    例：
        report = wb.city.compose(work, city, pictures)
    """
    return city_report.compose(make_context(work, city, pictures))


@checked
def show_pictures(work: CityWorkspace, pictures: tuple[Picture, ...]) -> None:
    """显示已绘制的图及其图题。

    例：
        wb.city.show_pictures(work, pictures)
    """
    display_pictures(work.figures_dir, pictures)


@checked
def show_text(document: Document, *names: str) -> HTML:
    """按印出的样子显示汇总报告的若干节。

    例：
        wb.city.show_text(report, "overall", "plan")
    """
    sections = [named(document.blocks, name, "章节", "报告") for name in names]
    return as_html(tuple(block for section in sections for block in section))


@checked
def write(work: CityWorkspace, city: CityAssessment, document: Document) -> list[str]:
    """写出汇总报告、内部附件、数据工作簿、全市网页和各县网页，并检查Word文件；返回写出的文件名。

    例：
        wb.city.write(work, city, report)
    """
    with keeping_edits(work.out_dir):
        return _write_all(work, city, document)


def _write_all(work: CityWorkspace, city: CityAssessment, document: Document) -> list[str]:
    out, context = work.out_dir, make_context(work, city)
    papers, tables = [document], []
    # What leaves the city holds neither proposals nor what the office sends its counties.
    if not work.external:
        papers += filter(None, (city_report.compose_internal(context), city_report.compose_bulletin(context)))
        tables.append(out / f"{city_name('register', work.wording.city.name, work.year)}.xlsx")
        write_register(context, tables[0])
    words = [_write_word(work, paper) for paper in papers]
    workbook = out / f"{document.name}.xlsx"
    write_city_workbook(context, workbook)
    templates = project_root() / "templates" / "page"
    page = write_page(context, document, templates, out / PAGE_FOLDER, out / OWN_PAGES)
    books = [member.assessment.book for member in city.members]
    note = {
        "members": len(city.members),
        "left_out": {g.county.title: g.detail for g in city.left_out},
        "city_workbook": city.records.detail,
        "snapshot": present(city).counties,
        "values": values_read(*books, *([city.records.book] if city.records.book else [])),
    }
    (out / SUMMARY).write_text(json.dumps(note, ensure_ascii=False), encoding="utf-8")
    return [path.relative_to(out).as_posix() for path in (*words, workbook, *tables, *page)]


def _write_word(work: CityWorkspace, document: Document) -> Path:
    word = work.out_dir / f"{document.name}.docx"
    render_word(document, project_root() / "templates" / f"{document.template}.docx", word, work.figures_dir)
    inspect_word(word, document)
    return word
