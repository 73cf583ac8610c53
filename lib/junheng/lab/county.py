"""The calls a county notebook makes, one a cell: start, read, assess, compare, draw, compose, write.

The same calls serve JupyterLab, the papermill command line and the batch. Relative folders count from the project.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping
from contextlib import AbstractContextManager, nullcontext
from dataclasses import fields, replace
from html import escape
from pathlib import Path

from IPython.display import HTML
from matplotlib.figure import Figure

from junheng.assess.engine import assess as assess_book
from junheng.assess.model import Assessment
from junheng.assess.suppress import suppressed
from junheng.assess.suppress_texts import Suppression, without_issues
from junheng.assess.trend import Trend
from junheng.assess.trend import compare as compare_years
from junheng.by_hand import EDITED, rewriting
from junheng.errors import UsageProblem
from junheng.files import sha256_file
from junheng.lab.additions import EditableDocument, add_remark_files, made_word
from junheng.lab.creation import CREATION, with_creation
from junheng.lab.data_files import SUMMARY, write_data_files, write_issues
from junheng.lab.display import as_html as as_html
from junheng.lab.display import display_pictures, views_html
from junheng.lab.display import show_text as show_text
from junheng.lab.least_cost import report_plan
from junheng.lab.notebooks import DRAFTS
from junheng.lab.pages import make_pdf
from junheng.lab.records import city_records
from junheng.lab.workspace import Workspace as Workspace
from junheng.lab.workspace import open_workspace as open_workspace
from junheng.lab.workspace import start as start
from junheng.params.city import load_county_year
from junheng.params.sections import load_sections
from junheng.params.small_counts import FILE as SMALL_COUNTS
from junheng.params.standard import Standard, load_standards
from junheng.project import project_root
from junheng.report.content.context import CountyContext
from junheng.report.content.explain import explain as explain_figure
from junheng.report.content.model import Document, Picture, Table
from junheng.report.content.names import annex_name, ledger_name
from junheng.report.content.reports import COMPOSERS, WANTED, checked_remarks
from junheng.report.content.sections import yearly
from junheng.report.content.sections.overview import aspects_table
from junheng.report.content.tables import FORMS
from junheng.report.content.tables.lists import edges_table, failing_schools_table, gaps_table
from junheng.report.content.tables.resources import resource_table
from junheng.report.content.tables.tasks import tasks_table
from junheng.report.excel.documents import write_tables
from junheng.report.excel.ledger import write_ledger
from junheng.report.pdf.inspect import inspect_word
from junheng.report.word.document import save_word
from junheng.report.word.separate import separated
from junheng.workbook.model import CountyBook, Severity, usable
from junheng.workbook.read.book import find_last_workbook, find_workbook, open_county_book, open_last_book


def read(work: Workspace) -> CountyBook:
    """读取并核查本年度采集工作簿；有错误时说明文件、工作表、单元格和改法，不再继续。

    问题清单先写入输出目录的data/issues.csv，便于退回填报单位。读得的book可查看`book.schools`、`book.county`、
    `book.issues`、`book.repairs`，`book.where("小学在校生数", "学校名称")`说明数字所在单元格。

    例：
        book = wb.read(work)
    """
    book = open_book(work)
    if work.suppression:
        book = without_issues(book, work.suppression)
    write_issues(book, work.out_dir / "data")
    return usable(book)


def open_book(work: Workspace) -> CountyBook:
    """Read and check this year's workbook and write nothing; the caller sees to its errors."""
    path = find_workbook(work.data_dir, work.year, work.county)
    last = find_last_workbook(work.data_dir, work.year, work.county)
    return open_county_book(path, work.county, work.year, work.params_dir, last)


def assess(work: Workspace, book: CountyBook) -> Assessment:
    """按国家标准和地方标准评估，全部用精确分数计算。

    book也可以是`wb.with_schools`得到的试算工作簿，评估结果随之标为试算，不能成文。
    结果用`wb.frame(assessment, "units")`等查看。

    例：
        assessment = wb.assess(work, book)
    """
    return _printable(work, assess_book(book, work.wording.dictionary, work.standards, work.choices))


def _printable(work: Workspace, assessment: Assessment) -> Assessment:
    """The assessment as it may be shown where it goes."""
    return suppressed(assessment, work.suppression) if work.suppression else assessment


def assess_with(work: Workspace, book: CountyBook, standards: tuple[Standard, Standard]) -> Assessment:
    """Assess a changed book under changed standards, with the county's own choices: always a trial."""
    return replace(assess_book(book, work.wording.dictionary, standards, work.choices), trial=True)


def refuse_trial(assessment: Assessment) -> None:
    """Raise UsageProblem for an assessment of changed figures or standards: it never becomes a report."""
    if assessment.trial:
        raise UsageProblem(
            f"{assessment.county.title}{assessment.year}年度的这一评估含有试算值，不能绘图存档、成文或保存为报告；"
            "请对wb.read(work)读取的采集工作簿重新运行wb.assess。"
        )


def compare(work: Workspace, assessment: Assessment) -> Trend | None:
    """与上年度比较：按上年度的标准重新评估上年度工作簿；没有可用的上年度工作簿时为None。

    例：
        trend = wb.compare(work, assessment)
        wb.frame(trend, "units")
    """
    before = last_assessment(work, assessment.book)
    return None if before is None else compare_years(assessment, before)


def last_assessment(work: Workspace, now: CountyBook) -> Assessment | None:
    """Assess the workbook of the year before `now`; None when it is not there, cannot be read or has errors."""
    year = work.year - 1
    path = find_last_workbook(work.data_dir, work.year, work.county)
    book = open_last_book(now, path, work.params_dir)
    if book is None or book.blocking:
        return None
    choices = load_county_year(work.params_dir, year, work.county.code)
    standards = load_standards(work.params_dir, year)
    return _printable(work, assess_book(book, work.wording.dictionary, standards, choices))


def draw(
    work: Workspace,
    assessment: Assessment,
    trend: Trend | None,
    changed: Mapping[str, Figure] | None = None,
) -> tuple[Picture, ...]:
    """绘制报告用图，存入输出目录；试算结果不能存档。

    changed：改动过的图（图名到Figure，见wb.figure），印在报告中代替同名的图。

    例：
        pictures = wb.draw(work, assessment, trend)
        wb.show_pictures(work, pictures)
        pictures = wb.draw(work, assessment, trend, {"disparity": fig})
    """
    from junheng.report.figures.county import draw_figures  # pandas: `junheng explain` does without

    refuse_trial(assessment)
    for name, fig in (changed or {}).items():
        if getattr(fig, "trial", False):
            raise UsageProblem(f"“{name}”图是用试算结果画的，不能印入报告；请用正式评估结果重新取图。")
    work.figures_dir.mkdir(parents=True, exist_ok=True)
    return draw_figures(assessment, trend, work.figures_dir, changed)


def compose(
    work: Workspace, assessment: Assessment, trend: Trend | None, pictures: tuple[Picture, ...] = ()
) -> dict[str, EditableDocument]:
    """把所选报告（参数REPORTS）组织成文，尚不写出文件；试算结果不能成文。

    得到以报告种类为名的字典：assessment（督导评估报告）、self（自评报告）、schools（一校一策）等；本县不作的
    （如未达标县的评估认定申请）不在其中。
    某县的特殊情况可以加进去：段落、表、图，编号自动排。

    例：
        reports = wb.compose(work, assessment, trend, pictures)
        reports["assessment"].section("存在问题").paragraph("……").table(df, caption="……").figure(fig, caption="……")
        wb.show_text(reports, "conclusion", "problems")
    """
    refuse_trial(assessment)
    checked_remarks(work.choices.remarks, f"{work.year}/{work.county.code}.yml")
    records = city_records(work.data_dir, work.params_dir, work.year)
    if records.cause == "faulty":
        print(f"市级工作簿有错误，检查概况留空：{records.detail}")
    context = make_context(work, assessment, trend, pictures)
    own = ((f"{work.year}年市级工作簿", records.book.sha256),) if records.book else ()
    context = replace(context, records=records, fingerprints=(*context.fingerprints, *own))
    if CREATION in work.reports:
        context = with_creation(work, context)
    wanted = [report for report in work.reports if WANTED[report](context)]
    reports = {report: editable(work, COMPOSERS[report](context)) for report in wanted}
    for report in reports.values():
        add_remark_files(report, work.choices.remarks, work.params_dir / str(work.year))
    return reports


def editable(work: Workspace, document: Document) -> EditableDocument:
    """Return a report to which an analyst can add."""
    parts = {field.name: getattr(document, field.name) for field in fields(document)}
    return EditableDocument(
        **{**parts, "blocks": dict(document.blocks)},
        titles=tuple(load_sections(work.params_dir).items()),
        source=work.wording.city_year.remark_source,
        figures_dir=work.figures_dir,
    )


def make_context(
    work: Workspace, assessment: Assessment, trend: Trend | None, pictures: tuple[Picture, ...] = ()
) -> CountyContext:
    """Return what the sections of a report draw on."""
    return CountyContext(
        assessment=assessment,
        trend=trend,
        wording=work.wording,
        pictures=pictures,
        fingerprints=_fingerprints(work, assessment, trend),
        defaults=work.standards[0].settings,
        plan=report_plan(work, assessment),
        small_counts=printed_rule(work.suppression),
        own_cells=tuple(map(str, work.own_cells)),
        remarks={name: remark.text for name, remark in work.choices.remarks.items()},
    )


def printed_rule(suppression: Suppression | None) -> str:
    """The rule on small counts as it is printed; empty where nothing is hidden."""
    return suppression.rules.printed if suppression and suppression.rules.on else ""


def _fingerprints(
    work: Workspace, assessment: Assessment, trend: Trend | None
) -> tuple[tuple[str, str], ...]:
    books = [assessment.book, *([trend.before.book] if trend else [])]
    prints = [(f"{book.year}年采集工作簿", book.sha256) for book in books]
    prints += standard_prints(work.params_dir, assessment)
    if printed_rule(work.suppression):
        prints.append(("小数隐藏规则", sha256_file(work.params_dir / SMALL_COUNTS)))
    return tuple(prints)


def standard_prints(params_dir: Path, assessment: Assessment) -> list[tuple[str, str]]:
    """Title and SHA-256 of the two standards that an assessment was made by."""
    standards = (assessment.national.standard, assessment.local.standard)
    return [(one.title, sha256_file(params_dir / "standards" / f"{one.id}.yml")) for one in standards]


def write(work: Workspace, assessment: Assessment, documents: Mapping[str, EditableDocument]) -> list[str]:
    """写出Word报告、整改台账和数据文件，随即重新打开检查；返回写出的文件名。试算结果不能写出。

    例：
        wb.show_written(work, wb.write(work, assessment, reports))
    """
    refuse_trial(assessment)
    out = work.out_dir
    with keeping_edits(out):
        words = [path for document in documents.values() for path in _write_word(work, document)]
        tables = [_write_tables(work, document) for document in documents.values() if document.workbook]
        # The batch makes the PDF of real reports.
        pdfs = [make_pdf(word) for word in words] if in_drafts(out) else []
        ledger = _write_ledger(work, assessment)
        data = write_data_files(assessment, work.wording.phrases, out / "data")
        note = {"repairs": len(assessment.book.repaired), "values": values_read(assessment.book)}
        (out / SUMMARY).write_text(json.dumps(note), encoding="utf-8")
    return [path.relative_to(out).as_posix() for path in (*words, *pdfs, *tables, ledger, *data)]


def keeping_edits(folder: Path) -> AbstractContextManager[None]:
    """Within, drafts are written anew: what people changed in them is kept beside.

    Of a published folder the batch sees to that, before it replaces it.
    """
    return rewriting(folder) if in_drafts(folder) else nullcontext()


def values_read(*books: CountyBook) -> dict[str, str]:
    """The digests of the values of these books and of last year's beside them, by the digest of the file."""
    both = filter(None, (*books, *(book.last for book in books)))
    return {book.sha256: book.values_digest for book in both if book.values_digest}


def show_written(work: Workspace, names: list[str]) -> HTML:
    """列出`wb.write`写出的文件和所在目录。

    例：
        wb.show_written(work, wb.write(work, assessment, reports))
    """
    place = work.out_dir.relative_to(project_root()).as_posix() if in_drafts(work.out_dir) else "输出目录"
    say = work.wording.phrases.say
    lists = {say("lab.written", place=place): names}
    if kept := sorted(path.name for path in work.out_dir.glob(f"*{EDITED}*") if in_drafts(work.out_dir)):
        lists[say("lab.kept")] = kept
    return HTML("".join(f"<p>{escape(said)}</p>{_listed(names)}" for said, names in lists.items()))


def _listed(names: Iterable[str]) -> str:
    return "<ul>" + "".join(f"<li>{escape(name)}</li>" for name in names) + "</ul>"


def in_drafts(folder: Path) -> bool:
    """Whether a folder to be written to is one of the drafts (OUT_DIR left empty)."""
    return folder.is_relative_to(project_root() / "outputs" / DRAFTS)


def _write_word(work: Workspace, report: EditableDocument) -> list[Path]:
    """Write a report, and its annexes beside it where the office wants them as files of their own."""
    path = work.out_dir / f"{report.name}.docx"
    word = made_word(report)
    save_word(word, path)
    inspect_word(path, report)
    parts = separated(word, report) if work.wording.city_year.separate_annexes else [word]
    paths = [path, *(work.out_dir / f"{annex_name(report.name, n)}.docx" for n in range(1, len(parts)))]
    for part, target in zip(parts, paths, strict=True):
        save_word(part, target)
    return paths


def _write_tables(work: Workspace, report: EditableDocument) -> Path:
    path = work.out_dir / f"{report.name}.xlsx"
    write_tables(report, work.wording.specs, path)
    return path


def _write_ledger(work: Workspace, assessment: Assessment) -> Path:
    path = work.out_dir / f"{ledger_name(work.county, work.year)}.xlsx"
    plan, budget = report_plan(work, assessment), work.choices.plan.budget
    write_ledger(assessment, work.wording, path, plan, printed_rule(work.suppression), budget)
    return path


VIEWS: dict[str, Callable[[CountyContext], Table]] = {
    "conclusion": aspects_table,
    "resource": resource_table,
    "units": FORMS["II-2"],
    "disparity": FORMS["III"],
    "government": FORMS["IV"],
    "quality": FORMS["V"],
    "social": FORMS["VI"],
    "failing": failing_schools_table,
    "missing": gaps_table,
    "edges": edges_table,
    "tasks": tasks_table,
}
"""What `show` can show, by name: the same tables as in the report."""


def show(work: Workspace, assessment: Assessment, *names: str, most: int | None = None) -> HTML:
    """Show tables by name (see VIEWS) as the report prints them; with `most`, only the first rows of each."""
    return views_html(VIEWS, make_context(work, assessment, None), names, most)


def explain(
    work: Workspace,
    assessment: Assessment,
    what: str = "",
    where: str = "",
    stage: str = "",
    cv: bool = False,
) -> HTML:
    """说明一个数字从哪里来：所用单元格、每一步计算、适用的标准和结论。

    what：指标或项目（"L4"、"G6"、"CV-L4"）或方面（"资源配置"）；where：学校名称或标识码；
    stage：学校有两个学段时写明"小学"或"初中"；cv=True：说明该指标的差异系数。

    例：
        wb.explain(work, assessment, "L4", "2137830001")
        wb.explain(work, assessment, "CV-L4", stage="小学")
    """
    if work.suppression:
        raise UsageProblem("EXTERNAL=True时不能说明数字来源：其中有隐藏的数。请改为EXTERNAL=False。")
    return as_html(explain_figure(make_context(work, assessment, None), what, where, stage, cv))


def show_issues(work: Workspace, book: CountyBook) -> HTML:
    """列出核查发现的错误、警告、提示，以及自动整理的数量。

    例：
        wb.show_issues(work, book)
    """
    counts = {severity: sum(i.severity is severity for i in book.issue_records) for severity in Severity}
    told = "，".join(f"{severity.label}{count}处" for severity, count in counts.items())
    rows = "".join(f"<li>【{i.severity.label}】{escape(i.message)}</li>" for i in book.issue_records)
    lead = f"{book.file}：学校{len(book.rows('schools'))}所，{told}，自动整理{len(book.repaired)}处。"
    return HTML(f"<p>{escape(lead)}</p><ul>{rows}</ul>")


def show_trend(work: Workspace, assessment: Assessment, trend: Trend | None) -> HTML:
    """用文字和表格显示与上年度的比较。

    例：
        wb.show_trend(work, assessment, trend)
    """
    return as_html(yearly.trend(make_context(work, assessment, trend)))


def show_pictures(work: Workspace, pictures: tuple[Picture, ...]) -> None:
    """显示已绘制的图及其图题。

    例：
        wb.show_pictures(work, pictures)
    """
    display_pictures(work.figures_dir, pictures)
