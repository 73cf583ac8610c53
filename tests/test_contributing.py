"""Each change that CONTRIBUTING.md promises without code is made here, in a project's files alone, and its effect seen."""

from __future__ import annotations

import re
import shutil
from collections.abc import Callable
from pathlib import Path

import docx
import openpyxl
import pytest
import yaml

from junheng.assess.model import Verdict
from junheng.cli.main import guarded
from junheng.lab import city as city_lab
from junheng.lab import county as county_lab
from junheng.lab.additions import EditableDocument
from junheng.lab.figures import figure
from junheng.lab.workspace import Workspace
from junheng.params.counties import find_county, load_counties
from junheng.report.content.model import Document, Paragraph, Table
from junheng.report.excel.ledger import write_ledger
from junheng.workbook.city import open_city_book
from junheng.workbook.importing.model import Imported
from junheng.workbook.importing.run import import_files
from junheng.workbook.template.city import write_city_blank
from tests.workbook.importing.helpers import figures
from tests.workbook.importing.wide_builder import school, write_wide

REPO = Path(__file__).parent.parent
COUNTY = "370883"
OTHER = "370881"
ROW = re.compile(r"^\| (?P<what>.+?) \| (?P<touch>.+?) \| (?P<code>.+?) \|$", re.MULTILINE)

Change = Callable[["Project"], None]
CHANGES: dict[str, Change] = {}
"""By the first words of a row of the table: the change made, and its effect."""


class Project:
    """The files of a project that a user may change, and the calls that show what came of it."""

    def __init__(self, root: Path) -> None:
        self.root = root

    def replace(self, name: str, old: str, new: str) -> None:
        """Change one place of a file, as an editor would."""
        path = self.root / name
        text = path.read_text(encoding="utf-8")
        assert text.count(old) == 1, f"{old!r} stands {text.count(old)} times in {name}"
        path.write_text(text.replace(old, new), encoding="utf-8")

    def append(self, name: str, text: str) -> None:
        path = self.root / name
        path.write_text(path.read_text(encoding="utf-8").rstrip() + "\n" + text, encoding="utf-8")

    def work(self, external: bool = False) -> Workspace:
        return county_lab.open_workspace(COUNTY, 2024, "data", "params", "", "assessment", external)

    def report(self, work: Workspace | None = None) -> EditableDocument:
        """The county's report as content."""
        work = work or self.work()
        assessment = county_lab.assess(work, county_lab.read(work))
        trend = county_lab.compare(work, assessment)
        pictures = county_lab.draw(work, assessment, trend)
        return county_lab.compose(work, assessment, trend, pictures)["assessment"]

    def city(self) -> Document:
        work = city_lab.open_city(2024, "data", "params", "")
        return city_lab.compose(work, city_lab.gather(work))


def change(row: str) -> Callable[[Change], Change]:
    """Register a function as the proof of a row of the table."""

    def registered(made: Change) -> Change:
        CHANGES[row] = made
        return made

    return registered


def said(document: Document) -> str:
    """All paragraphs of a document."""
    blocks = (block for section in document.blocks.values() for block in section)
    return "\n".join(block.text for block in blocks if isinstance(block, Paragraph))


def table(document: Document, name: str) -> Table:
    blocks = (block for section in document.blocks.values() for block in section)
    return next(block for block in blocks if isinstance(block, Table) and block.spec.id == name)


def read_foreign(project: Project, path: Path) -> Imported:
    """Import a foreign file with the project's own parameters."""
    params = project.root / "params"
    return import_files([path], find_county(load_counties(params), COUNTY), 2024, params)


def promised() -> list[str]:
    """The rows of CONTRIBUTING.md's table that say no code is needed."""
    rows = ROW.finditer((REPO / "CONTRIBUTING.md").read_text(encoding="utf-8"))
    return [row["what"] for row in rows if row["code"] == "no"]


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Project:
    """A project with two counties' workbooks of two years."""
    for name in ("params", "templates", "notebooks"):
        shutil.copytree(REPO / name, tmp_path / name)
    for code in (COUNTY, OTHER):
        for book in (REPO / "data").glob(f"20*/{code}_*.xlsx"):
            (tmp_path / "data" / book.parent.name).mkdir(parents=True, exist_ok=True)
            shutil.copy(book, tmp_path / "data" / book.parent.name)
    (tmp_path / ".fonts").symlink_to(REPO / ".fonts")
    monkeypatch.setenv("JUNHENG_HOME", str(tmp_path))
    monkeypatch.chdir(tmp_path)
    return Project(tmp_path)


def test_every_promise_is_kept_by_a_change_made_here() -> None:
    assert promised() == list(CHANGES), "one function here for each row without code, in the table's order"


@pytest.mark.whole
@pytest.mark.parametrize("row", promised())
def test_the_change(row: str, project: Project) -> None:
    CHANGES[row](project)


@change("a threshold, an indicator, an item, next year's amount, a setting")
def _threshold(project: Project) -> None:
    project.replace(
        "params/standards/national.yml",
        "thresholds: {primary: 4.2, junior: 5.3}",
        "thresholds: {primary: 99, junior: 5.3}",
    )
    work = project.work()
    national = county_lab.assess(work, county_lab.read(work)).national
    primary = [unit for unit in national.units if unit.stage == "primary"]
    assert primary and all(unit.cells["L1"].verdict is Verdict.UNMET for unit in primary)
    assert "99" in said(project.report(work))


def add_pianos(project: Project) -> None:
    """Add a column that no workbook has yet."""
    pianos = "- {key: piano_rooms, header: 琴房数, type: int, unit: 间, required: optional}\n"
    project.replace("params/dictionary/school.yml", "- {key: music_rooms,", f"{pianos}- {{key: music_rooms,")


@change("a column of the collection workbook")
def _column(project: Project) -> None:
    add_pianos(project)
    assert guarded(["template", "--county", COUNTY, "--year", "2025"]) == 0
    (made,) = project.root.glob("outputs/2025/采集表/*.xlsx")
    headers = [cell.value for row in openpyxl.load_workbook(made)["学校"].iter_rows() for cell in row]
    assert any("琴房数" in str(header) for header in headers)
    assert "piano_rooms" in county_lab.read(project.work()).schools.columns


@change("a data check")
def _check(project: Project) -> None:
    project.append(
        "params/checks.yml",
        "- id: few_books\n  severity: warning\n  sheets: [schools]\n  rule: students < 1\n  cell: school_name\n"
        '  found: "{school_name}"\n  expected: 没有学生\n  remedy: 请核对。\n  clause: 试验\n',
    )
    book = county_lab.read(project.work())
    assert [one for one in book.issue_records if "没有学生" in one.expected]


@change("what is said of a sheet, header or row that cannot be read")
def _issue_text(project: Project) -> None:
    add_pianos(project)
    project.replace("params/dictionary/issues.yml", "请按采集工作簿模板补上该列。", "请补上“{header}”一列。")
    said_of = {issue.check: issue.remedy for issue in county_lab.read(project.work()).issue_records}
    assert said_of["missing_column"] == "请补上“琴房数”一列。"


@change("where a foreign form keeps a figure, a new form, a renamed column")
def _mapping(project: Project) -> None:
    project.replace(
        "params/mappings/wide.yml",
        "{key: school_name, column: [学校名称,",
        "{key: school_name, column: [校名, 学校名称,",
    )
    project.replace("params/mappings/wide.yml", "detect: [学校名称,", "detect: [")
    path = write_wide(project.root / "2024小学.xlsx", [school()])
    book = openpyxl.load_workbook(path)
    for cell in (cell for row in book.active.iter_rows() for cell in row if cell.value == "学校名称"):
        cell.value = "校名"
    book.save(path)
    assert figures(read_foreign(project, path))["school_name"] == "城关小学"


@change("a unit conversion of imports")
def _unit(project: Project) -> None:
    project.replace(
        "params/dictionary/vocabularies.yml", "- {value: 百万元}\n", "- {value: 百万元}\n- {value: 公亩}\n"
    )
    project.append("params/units.yml", "- {unit: 公亩, to: ㎡, times: 100}\n")
    path = write_wide(project.root / "2024小学.xlsx", [school()])
    book = openpyxl.load_workbook(path)
    (cell,) = (cell for row in book.active.iter_rows() for cell in row if "运动场地面积" in str(cell.value))
    cell.value = "运动场地面积（公亩）"
    book.save(path)
    assert figures(read_foreign(project, path))["sports_ground_area"] == 600000


@change("a sentence of a report")
def _sentence(project: Project) -> None:
    path = project.root / "params/phrases/report.yml"
    phrases = yaml.safe_load(path.read_text(encoding="utf-8"))
    key = next(key for key in phrases if key.startswith("opening") or key.startswith("method"))
    assert key
    text = phrases[key] if isinstance(phrases[key], str) else phrases[key][-1]["text"]
    project.replace("params/phrases/report.yml", text, f"{text}（改写）")
    assert "（改写）" in said(project.report())


@change("a table's columns, headings, widths, and how it stands in a workbook (`sheet:`)")
def _table(project: Project) -> None:
    project.replace(
        "params/tables.yml",
        'heading: "乡镇数\\n（个）\\nL3", width: 14',
        'heading: "镇街数\\n（个）\\nL3", width: 11',
    )
    column = next(one for one in table(project.report(), "I").spec.columns if one.key == "townships")
    assert column.heading.startswith("镇街数") and column.width == 11
    project.replace("params/tables.yml", "    name: 整改台账\n", "    name: 台账\n")
    work = project.work()
    target = project.root / "台账.xlsx"
    write_ledger(county_lab.assess(work, county_lab.read(work)), work.wording, target)
    assert openpyxl.load_workbook(target).sheetnames == ["台账"]


@change("grounds for 通报, order of verdicts in the city's ranking")
def _grounds(project: Project) -> None:
    project.replace("params/city_rules.yml", "common_from: 2", "common_from: 1")
    work = city_lab.open_city(2024, "data", "params", "")
    city = city_lab.gather(work)
    assert min(len(problem.counties) for problem in city.common) == 1


@change("which small counts are hidden in what leaves the city")
def _small_counts(project: Project) -> None:
    project.replace("params/small_counts.yml", 'mark: "*"', 'mark: "※"')
    project.replace("params/small_counts.yml", "\nlimit: 10\n", "\nlimit: 100000\n")
    report = project.report(project.work(external=True))
    text = "".join(cell.text for row in table(report, "IV").rows for cell in row.cells.values())
    assert "※" in text


@change(
    "a task of the city, what is computed for it, a goal or requirement of the whole city, the yearly cycle"
)
def _tasks(project: Project) -> None:
    project.replace("params/tasks.yml", "  title: 完善布局规划\n", "  title: 优化学校布局\n")
    project.replace("params/cycle.yml", "name: 申请评估认定", "name: 申请认定")
    report = project.report()
    words = said(report) + "".join(
        cell.text for blocks in report.blocks.values() for block in blocks if isinstance(block, Table)
        for row in block.rows for cell in row.cells.values()
    )  # fmt: skip
    assert "优化学校布局" in words and "完善布局规划" not in words
    assert "申请认定" in words + "".join(str(step) for step in project.work().wording.cycle.steps)
    project.replace("params/tasks.yml", "name: 教育集团, target: 60", "name: 教育共同体, target: 60")
    assert "教育共同体" in city_goals(project)


def city_goals(project: Project) -> list[str]:
    """The goals in the city's blank workbook."""
    path = project.root / "city.xlsx"
    path.write_bytes(write_city_blank(project.root / "params", 2024, None))
    return [row.text("goal") for row in open_city_book(path, 2024, project.root / "params").rows("goals")]


@change("a column or check of the city's own workbook")
def _city_workbook(project: Project) -> None:
    project.replace(
        "params/dictionary/city.yml",
        "- {key: evidence, header: 佐证材料,",
        "- {key: person, header: 责任人, type: text, required: optional}\n  - {key: evidence, header: 佐证材料,",
    )
    project.replace(
        "params/checks_city.yml", "when: not blank(result) and result == 0", "when: blank(person)"
    )
    path = project.root / "city.xlsx"
    assert city_goals(project)
    book = open_city_book(path, 2024, project.root / "params")
    assert "person" in book.rows("goals")[0].values
    assert {issue.check for issue in book.issue_records} == {"goal_unanswered"}


@change("a county's exceptions, accepted errors, remarks with table and picture")
def _remarks(project: Project) -> None:
    (project.root / f"params/2024/{COUNTY}.yml").write_text(
        "remarks:\n  problems: {text: 另据复核，本县补充说明一项。}\n", encoding="utf-8"
    )
    assert "另据复核，本县补充说明一项。" in said(project.report())


@change("what analysts call the sections of a report")
def _sections(project: Project) -> None:
    project.replace("params/sections.yml", "problems: 存在问题", "problems: 主要问题")
    assert project.report().section("主要问题").paragraph("另有说明。")


@change("fixed wording, order of sections, fonts of a report")
def _template(project: Project) -> None:
    (path,) = project.root.glob("templates/assessment*.docx")
    word = docx.Document(str(path))
    fixed = next(p for p in word.paragraphs if p.text.strip() and "{{" not in p.text)
    fixed.runs[-1].text += "（据实）"
    word.save(str(path))
    made = county_lab.made_word(project.report())
    assert any("（据实）" in paragraph.text for paragraph in made.paragraphs)


@change("how charts look (fonts, sizes, colours)")
def _charts(project: Project) -> None:
    project.replace("templates/report.mplstyle", "legend.fontsize: 8\n", "legend.fontsize: 11\n")
    work = project.work()
    legend = figure("overview", county_lab.assess(work, county_lab.read(work))).legends[0]
    assert {text.get_fontsize() for text in legend.get_texts()} == {11}
