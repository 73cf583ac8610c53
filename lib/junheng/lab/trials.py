"""试算：在正式评估旁边改数据、人员、学校或标准，看结论怎样变化；不写出文件，不改采集工作簿。

例：
    official = trials.official(work)
    changed = trials.trial(work, official).add("某某小学", "教学及辅助用房面积", 500)
    tried = trials.try_out(work, official, changed)
    wb.before_after(official, tried)
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from fractions import Fraction
from functools import lru_cache
from html import escape
from pathlib import Path
from typing import TYPE_CHECKING, Any

from IPython.display import HTML

from junheng.assess.back_test import BackTest, back_test, pooled, seen
from junheng.assess.forecast import Forecast, target_year
from junheng.assess.forecast import forecast as make_forecast
from junheng.assess.model import Assessment
from junheng.assess.trends import Trends, estimate
from junheng.assess.whatif import Beyond, Trial, beyond_plausible
from junheng.by_hand import put
from junheng.errors import DataProblem, UsageProblem
from junheng.exact import plain
from junheng.lab import county as wb
from junheng.lab.arguments import checked
from junheng.lab.county import Workspace
from junheng.lab.display import figure_html
from junheng.lab.progress import counted
from junheng.params.checks import load_checks
from junheng.params.counties import County, load_counties
from junheng.params.forecast import Assumptions, load_assumptions
from junheng.params.whatif import load_moves
from junheng.project import project_root
from junheng.report.content.forecast import back_test_table, forecast_blocks
from junheng.report.content.model import Block, Paragraph, Table
from junheng.report.content.whatif import trial_blocks
from junheng.report.excel.sheets import workbook_bytes
from junheng.workbook.check.run import run_checks
from junheng.workbook.model import CountyBook, Issue, Severity, usable
from junheng.workbook.read.book import open_county_book
from junheng.workbook.read.find import find_workbook

if TYPE_CHECKING:
    from junheng.report.figures.sheet import ReportFigure

TRIALS = "试算"
MOST_YEARS = 10
"""Beyond this the assumptions say nothing."""


@dataclass(frozen=True, repr=False)
class Tried:
    """A trial with its assessment, for a notebook: shows itself beside the official assessment."""

    work: Workspace
    official: Assessment
    trial: Trial
    assessment: Assessment
    blocks: tuple[Block, ...]
    issues: tuple[Issue, ...]
    beyond: tuple[Beyond, ...] = ()

    def __repr__(self) -> str:
        return f"<试算：改动{len(self.trial.changes)}项；{self.assessment.about()}>"

    def _repr_html_(self) -> str:
        say = self.work.wording.phrases.say
        told = [f"【{i.severity.label}】{i.message}" for i in self.issues]
        told += [f"【{Severity.WARNING.label}】{_beyond_told(say, found)}" for found in self.beyond]
        listed = "".join(f"<li>{escape(text)}</li>" for text in told)
        warned = f"<p>{escape(say('trial.issues'))}</p><ul>{listed}</ul>" if listed else ""
        drawn = figure_html(draw_trial(self)) if self.trial.changes and self.assessment.units else ""
        return f"{wb.as_html(self.blocks, box=True).data}{drawn}{warned}"


@checked
def official(work: Workspace) -> Assessment:
    """读取并评估本年度采集工作簿，不写出文件；试算、方案、预测都与它对照。

    采集工作簿有错误、EXTERNAL=True时不能试算。

    例：
        official = trials.official(work)
    """
    if work.suppression is not None:
        raise UsageProblem("EXTERNAL=True时不能试算、测算方案或预测：其中有隐藏的数。请改为EXTERNAL=False。")
    return wb.assess(work, usable(wb.open_book(work)))


@checked
def examples(official: Assessment, stage: str, count: int = 2) -> tuple[str, ...]:
    """给出可作示例的单学段学校的标识码，由最弱到最强均匀取count所。

    例：
        weak, strong = trials.examples(official, "小学")
    """
    found = official.national.standard.stage_words.get(stage)
    units = [
        unit
        for unit in official.national.stage_units(found.id if found else "")
        if not unit.combined and unit.min_ratio is not None
    ]
    if len(units) < count or count < 2:
        raise UsageProblem(f"没有{count}所可作示例的{stage}，请直接写学校名称或标识码。")
    ranked = sorted(units, key=lambda unit: (unit.min_ratio, unit.school_code))
    return tuple(ranked[position * (len(ranked) - 1) // (count - 1)].school_code for position in range(count))


@checked
def trial(work: Workspace, official: Assessment) -> Trial:
    """新建一份试算，尚无改动；其后用.put、.add、.move_teachers、.merge等写改动。

    例：
        changed = trials.trial(work, official).add("某某小学", "教学及辅助用房面积", 500)
    """
    return Trial(official.book, work.standards, work.wording.dictionary, load_moves(work.params_dir))


@checked
def try_out(work: Workspace, official: Assessment, changed: Trial) -> Tried:
    """用同一套评估程序评估改动后的数据，与正式评估对照；不写出文件。

    例：
        tried = trials.try_out(work, official, changed)
        wb.before_after(official, tried)
    """
    assessment = wb.assess_with(work, changed.book, changed.standards)
    blocks = trial_blocks(official, assessment, changed.changes, work.wording)
    beyond = beyond_plausible(official.book, changed.book, work.wording.dictionary, changed.moves.plausible)
    issues = _new_issues(work, official.book, changed.book)
    return Tried(work, official, changed, assessment, blocks, issues, beyond)


@checked
def draw_trial(tried: Tried) -> ReportFigure:
    """取出试算前后差异系数对照图（matplotlib的Figure），可修改；不能印入报告。

    例：
        fig = trials.draw_trial(tried)
    """
    from junheng.report.figures.trials import tried_figure  # pandas: `junheng explain` does without

    return tried_figure(tried.official, tried.assessment)


@checked
def draw_forecast(made: Forecast) -> ReportFigure:
    """取出在校生数预测图：中方案为线，低、高方案之间为带；不能印入报告。

    例：
        fig = trials.draw_forecast(trials.forecast(work, official))
    """
    from junheng.report.figures.trials import forecast_figure

    return forecast_figure(made)


def _beyond_told(say: Callable[..., str], found: Beyond) -> str:
    """The warning on a figure that is hardly meant."""
    return say(
        "trial.beyond",
        school=found.school,
        field=found.field.header,
        unit=found.field.unit or "",
        value=found.value,
        low=found.low,
        high=found.high,
    )


def _new_issues(work: Workspace, before: CountyBook, after: CountyBook) -> tuple[Issue, ...]:
    """What the checks say of the changed figures and did not say before (errors and warnings)."""
    checks, dictionary = load_checks(work.params_dir), work.wording.dictionary
    old = {issue.message for issue in run_checks(before, checks, dictionary)}
    found = run_checks(after, checks, dictionary)
    return tuple(i for i in found if i.severity is not Severity.NOTE and i.message not in old)


@checked
def forecast(work: Workspace, official: Assessment, target: int | None = None) -> Forecast:
    """预测到本县规划达标年度，或target写明的年度；target应在本年度之后10年以内。

    例：
        made = trials.forecast(work, official)
        made = trials.forecast(work, official, 2028)
    """
    assumptions = load_assumptions(work.params_dir)
    wanted = target or target_year(official, assumptions)
    if not official.year < wanted <= official.year + MOST_YEARS:
        raise UsageProblem(
            f"预测年度应在{official.year + 1}至{official.year + MOST_YEARS}之间，现为{wanted}。"
        )
    pairs = {code: pair for code, pair in two_years(work).items() if code != work.county.code}
    return make_forecast(
        official, last_book(work), assumptions, work.wording.dictionary, wanted, trends_of(pairs, assumptions)
    )


Pairs = Mapping[str, tuple[CountyBook, CountyBook]]
"""Last year's and this year's book of each county (by code) that has both without errors."""


def two_years(work: Workspace) -> Pairs:
    """Read the workbooks of all counties of last year and this year."""
    found = {}
    for county in counted(load_counties(work.params_dir), "读取各县（市、区）的两年数据"):
        books = [_sound_book(work, county, year) for year in (work.year - 1, work.year)]
        if books[0] is not None and books[1] is not None:
            found[county.code] = (books[0], books[1])
    return found


def trends_of(pairs: Pairs, assumptions: Assumptions) -> Trends:
    """Return what these counties' two years show."""
    return estimate(seen(before, now, assumptions) for before, now in pairs.values())


def last_book(work: Workspace) -> CountyBook | None:
    """Return last year's workbook, None when it is not there or has errors."""
    return _sound_book(work, work.county, work.year - 1)


def _sound_book(work: Workspace, county: County, year: int) -> CountyBook | None:
    try:
        path = find_workbook(work.data_dir, year, county)
        state = path.stat()
        book = _read(path, county, year, work.params_dir, (state.st_mtime_ns, state.st_size))
    except (UsageProblem, DataProblem, OSError):
        return None
    return None if book.blocking else book


@lru_cache(maxsize=64)
def _read(path: Path, county: County, year: int, params_dir: Path, state: tuple[int, int]) -> CountyBook:
    """Read a workbook once as long as the file stays as it is: forecast and back-test use the same ones."""
    return open_county_book(path, county, year, params_dir)


@checked
def show_forecast(work: Workspace, made: Forecast) -> HTML:
    """显示预测：先图后表，都标明不是评估结果。

    例：
        trials.show_forecast(work, trials.forecast(work, official))
    """
    told = wb.as_html(forecast_blocks(made, work.wording))
    return HTML(f"{figure_html(draw_forecast(made))}{told.data}")


def back_tested(work: Workspace, pairs: Pairs) -> dict[str, tuple[BackTest, ...]]:
    """Forecast this year from last year's workbook, county by county (by title), with the trends of the other counties."""
    assumptions = load_assumptions(work.params_dir)
    views = {code: seen(before, now, assumptions) for code, (before, now) in pairs.items()}
    found = {}
    for code, (before, now) in pairs.items():
        trends = estimate(view for other, view in views.items() if other != code)
        found[before.county_record.title] = back_test(before, now, assumptions, trends)
    return found


def back_test_blocks(work: Workspace, tests: Mapping[str, tuple[BackTest, ...]]) -> tuple[Block, ...]:
    """The back-tests of one or several counties as a table; several are also put together."""
    found = {county: own for county, own in tests.items() if own}
    if not found:
        return (Paragraph(work.wording.phrases.say("forecast.back_test_none"), "plain"),)
    if len(found) > 1:
        every = pooled(test for own in found.values() for test in own)
        found = {**found, work.wording.phrases.say("forecast.back_test_all"): every}
    stages = {stage.id: stage.name for stage in work.standards[0].stages}
    return (back_test_table(found, work.wording, stages),)


@checked
def show_back_test(work: Workspace, official: Assessment) -> HTML:
    """用上年度数据预测本年度，显示误差，检验预测方法。

    例：
        trials.show_back_test(work, official)
    """
    tests = back_tested(work, two_years(work))
    own = {name: test for name, test in tests.items() if name == official.county.title}
    return wb.as_html(back_test_blocks(work, own))


def plan_actions(path: str | Path) -> list[dict[str, Any]]:
    """读取补短板方案（.venv/bin/junheng plan生成的JSON）中的改动；相对路径从项目目录算起。

    例：
        changed = trials.trial(work, official).plan(trials.plan_actions("plan.json"))
    """
    try:
        return list(json.loads((project_root() / path).read_text(encoding="utf-8"))["actions"])
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise UsageProblem(f"“{path}”不是可用的计划文件（.venv/bin/junheng plan生成的JSON）。") from error


@checked
def save_trial(tried: Tried, name: str) -> HTML:
    """把试算的各表（xlsx）和改动（json）存入草稿目录的“试算”文件夹；名称为空则不写。

    例：
        trials.save_trial(tried, "补充用房")
    """
    if not name:
        return saved(tried.work, name)
    tables = [block for block in tried.blocks if isinstance(block, Table)]
    if not tables:
        raise UsageProblem("尚未作任何改动，没有可保存的试算。")
    return saved(tried.work, name, workbook_bytes(tables, f"{TRIALS}：{name}"), _record(tried))


def saved(work: Workspace, name: str, workbook: bytes = b"", record: Any = None) -> HTML:
    """Write a workbook and a record under this name and say so; nothing is written under an empty one."""
    say = work.wording.phrases.say
    if not name:
        return wb.as_html((Paragraph(say("trial.unsaved"), "plain"),))
    text = json.dumps(record, ensure_ascii=False, indent=2)
    files = {"xlsx": workbook, "json": f"{text}\n".encode()}
    kept = [put(_trial_file(work, name, ending), data) for ending, data in files.items()]
    names = "、".join(f"{TRIALS}/{name}.{ending}" for ending in files)
    said = [say("trial.saved", names=names), *filter(None, kept)]
    return wb.as_html(tuple(Paragraph(text, "plain") for text in said))


def _trial_file(work: Workspace, name: str, ending: str) -> Path:
    """Return where a saved trial goes, its folder made; raises UsageProblem for a bad name."""
    if any(mark in name for mark in '/\\:*?"<>|') or name.startswith("."):
        raise UsageProblem(f"“{name}”不能作文件名。")
    folder = work.out_dir / TRIALS
    folder.mkdir(parents=True, exist_ok=True)
    return folder / f"{name}.{ending}"


def _record(tried: Tried) -> dict[str, Any]:
    verdicts = {
        key: {
            "official": str(getattr(tried.official.national, key)),
            "trial": str(getattr(tried.assessment.national, key)),
        }
        for key in ("resource", "government", "quality", "social", "veto", "overall")
    }
    recorded = ("action", "subject", "what", "before", "after")
    changes = [{name: _plain(getattr(change, name)) for name in recorded} for change in tried.trial.changes]
    county = tried.official.county
    return {
        "kind": TRIALS,
        "county_code": county.code,
        "year": tried.official.year,
        "verdicts": verdicts,
        "changes": changes,
    }


def _plain(value: Any) -> Any:
    return plain(value) if isinstance(value, Fraction) else value
