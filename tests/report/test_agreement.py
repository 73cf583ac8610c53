"""Numbers that stand in two places say the same: text beside table, table beside figure, report beside page.

All documents of all demo counties are read as their reader reads them: what is printed, nothing of what is behind it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from fractions import Fraction
from itertools import pairwise

import pytest

from junheng.report.content.model import Document, Heading, Paragraph, Table, TableRow
from junheng.report.figures.county import make_figure
from junheng.report.figures.overview import overview
from junheng.report.page.city_data import page_data, page_tables
from tests.report.demo import Demo, demo, paragraphs, tables, texts

pytestmark = pytest.mark.slow
FIGURE = re.compile(r"-?\d+(?:\.\d+)?")


@pytest.fixture(scope="module")
def made() -> Demo:
    return demo()


def number(text: str) -> Fraction | None:
    """The figure a cell begins with, None for a cell without one."""
    match = FIGURE.match(text)
    return Fraction(match[0]) if match else None


def check_change(now: str, before: str, change: str) -> None:
    """`change` in words or signed is what a reader gets who subtracts."""
    mine, theirs = number(now), number(before)
    if mine is None or theirs is None:
        assert not re.search(r"\d|持平", change), (now, before, change)
        return
    step, amount = mine - theirs, re.search(r"\d+(?:\.\d+)?", change)
    assert (amount is None) == (step == 0) == (change == "持平"), (now, before, change)
    if amount:
        assert Fraction(amount[0]) == abs(step), (now, before, change)
        assert change.startswith(("上升", "+") if step > 0 else ("下降", "-")), (now, before, change)


def changes(table: Table, *pairs: tuple[str, str, str]) -> Iterator[tuple[str, str, str]]:
    for row in table.rows:
        for names in pairs:
            now, before, change = (row.cells[name].text for name in names)
            yield now, before, change


def test_differences_in_the_tables(made: Demo) -> None:
    found = []
    for document in made.documents.values():
        for table in tables(document, "trend"):
            found += changes(table, ("now", "before", "change"))
        for table in tables(document, "city_trend"):
            found += changes(table, *((f"{x}_now", f"{x}_before", f"{x}_change") for x in ("share", "cv")))
    assert len(found) > 14 * 18
    for triple in found:
        check_change(*triple)


def test_sentences_on_shares_follow_the_table(made: Demo) -> None:
    sentence = re.compile(
        r"(小学|初中)达标单元占比(?:由([\d.]+)%(提高到|下降到)([\d.]+)%|为([\d.]+)%，与上年度持平)"
    )
    checked = 0
    for (_, report), document in made.documents.items():
        if report not in ("assessment", "self"):
            continue
        (table,) = tables(document, "trend")
        shares = [row for row in table.rows if row.cells["label"].text.startswith("达标单元占比")]
        by_stage = {row.cells["stage"].text: row.cells for row in shares}
        for text in paragraphs(document, "trend"):
            for match in sentence.finditer(text):
                cells, checked = by_stage[match[1]], checked + 1
                assert cells["now"].text == (match[4] or match[5])
                assert cells["before"].text == (match[2] or match[5])
                word = {"提高到": "上升", "下降到": "下降", None: "持平"}[match[3]]
                assert cells["change"].text.startswith(word)
    assert checked > 10


@pytest.mark.parametrize("name", ["disparity", "change"])
def test_differences_in_the_figures(made: Demo, name: str) -> None:
    """Beside this year's figure stands the change; last year's stands in the words for the blind."""
    checked = 0
    for member in made.members:
        sheet = make_figure(name, member.assessment, member.trend)
        if sheet is None:
            continue
        words_said = re.findall(r"([\d.]+|无法判定)%?（上年([\d.]+|无法判定)%?）(?=[、；。（])", sheet.alt)
        known = [pair for pair in words_said if "无法判定" not in pair]
        shown = []
        for axes in sheet.axes:
            rows: dict[float, list[str]] = {}
            for text in axes.texts:
                rows.setdefault(text.get_position()[1], []).append(text.get_text())
            shown += [
                pair for words in rows.values() for pair in pairwise(words)
                if re.fullmatch(r"[+−]\d+\.\d+|持平", pair[1])
            ]  # fmt: skip
        assert len(known) == len(shown)
        for now, change in shown:
            candidates = [pair for pair in known if pair[0] == now]
            assert any(agrees(*pair, change) for pair in candidates), (now, change, candidates)
            checked += 1
    assert checked > 60


def agrees(now: str, before: str, change: str) -> bool:
    return Fraction(now) - Fraction(before) == (0 if change == "持平" else Fraction(change.replace("−", "-")))


def figures(pattern: str, text: str) -> list[int]:
    """The whole numbers that `pattern` finds in `text`, in the order of its groups; [] when it says nothing."""
    match = re.search(pattern, text)
    return [int(group or 0) for group in match.groups()] if match else []


def said(document: Document, *sections: str) -> str:
    return "".join(paragraphs(document, *sections))


def reports(made: Demo, *names: str) -> Iterator[tuple[str, Document]]:
    for (code, report), document in made.documents.items():
        if report in names:
            yield code, document


def cell(row: TableRow, key: str) -> int:
    return int(number(row.cells[key].text) or 0)


def amounts(before: str, text: str) -> list[Fraction]:
    """The first amount after `before`, in its small unit: 3.5万元 is 35000."""
    match = re.search(rf"{before}[^\d]*(\d[\d.]*)(万元)?", text)
    return [Fraction(match[1]) * (10000 if match[2] else 1)] if match else []


def below(document: Document, stage: str, indicator: str) -> int:
    """How many units the table of units by indicator leaves below the standard: all that neither reach it nor are open."""
    (schools,) = tables(document, "II-2")
    total = next(
        figures(rf"{stage}（(\d+)个评估单元）", row.text) for row in schools.rows if stage in row.text
    )[0]
    (table,) = tables(document, "resource")
    current = ""
    for row in table.rows:
        current = row.cells["stage"].text if "stage" in row.cells else current
        if current == stage and row.cells["indicator"].text.split(" ", 1)[1] == indicator:
            return total - cell(row, "met") - cell(row, "open")
    raise AssertionError((stage, indicator))


INDICATOR = r"(小学|初中)([^，。；]*?(?:教师数|面积|设备值|教室数))"


def test_units_below_the_standard(made: Demo) -> None:
    """The sentence on the weakest indicator and every problem say what the table of units by indicator shows."""
    weak = problems = 0
    for _, document in reports(made, "assessment", "self"):
        for stage, names, count in re.findall(
            r"(小学|初中)未达到标准值的(?:单元最多的)?指标为(.*?)（各?(\d+)个单元）",
            said(document, "resource"),
        ):
            for name in re.split("、(?=生均|每百名)", names):
                assert below(document, stage, name) == int(count)
                weak += 1
        for text in paragraphs(document, "problems"):
            match = re.match(rf"\d+\. {INDICATOR}不足：(?:(\d+)个单元低于标准值)?", text)
            if match:
                count = int(match[3] or 1)
                assert below(document, match[1], match[2]) == count, text
                allowed = figures(r"其中(\d+)个不低于标准值", text)
                undecided = figures(r"(\d+)个因缺少其他数据尚未判定", text)
                failing = figures(r"未达标的(\d+)个单元", text) or [count]
                assert failing[0] + sum(allowed) + sum(undecided) == count, text
                problems += 1
    assert weak > 30 and problems > 60


def test_problems_are_the_annexes_of_schools(made: Demo) -> None:
    """Units and gap of a problem are the rows of the list of schools that are not 达标, and its heading names as many."""
    checked = 0
    for _, document in reports(made, "assessment", "self"):
        rows: dict[tuple[str, str], list[Fraction]] = {}
        stage = ""
        for table in tables(document, "failing_schools"):
            for row in table.rows:
                stage = row.cells["stage"].text if "stage" in row.cells else stage
                short = row.cells["indicator"].text.split(" ")[0]
                rows.setdefault((stage, short), []).append(amounts("", row.cells["gap"].text)[0])
        titles = [
            row.cells["problem"].text
            for name in ("rectification", "measures")
            for t in tables(document, name)
            for row in t.rows
        ]
        names = {i.name: i.id for i in made.context.standard.indicators}
        for text in paragraphs(document, "problems"):
            match = re.match(rf"\d+\. {INDICATOR}不足：", text)
            if not match:
                continue
            own = rows[match[1], names[match[2]]]
            whole = amounts(r"合计缺", text) or amounts(r"，缺", text)
            assert whole == [sum(own)], text
            assert f"{match[1]}{match[2]}不足（未达标单元{len(own)}个）" in titles
            checked += 1
    assert checked > 60


def test_counted_units_are_those_of_the_tables(made: Demo) -> None:
    for code, document in reports(made, "assessment", "self"):
        (member,) = [m for m in made.members if m.county.code == code]
        text = said(document, "resource")
        total = figures(r"^(\d+)个评估单元", text)[0]
        assert total == sum(figures(r"小学(\d+)个、初中(\d+)个。一贯制", said(document, "basic")))
        failing = figures(r"未达标(\d+)个", text.split("。")[0]) or [
            total if "均未达标" in text.split("。")[0] else 0
        ]
        listed = {
            t.rows[n].cells["number"].text
            for t in tables(document, "failing_schools")
            for n in range(len(t.rows))
            if "number" in t.rows[n].cells
        }
        assert failing == [len(listed)]
        excluded = figures(r"另有(\d+)所（个）学校（教学点）按规定不参加", said(document, "basic")) or [0]
        assert excluded == [sum(len(t.rows) for t in tables(document, "excluded"))]
        over = figures(r"(\d+)项超过限值", said(document, "disparity")) or [0]
        (spread,) = tables(document, "disparity")
        assert over == [sum(row.cells["verdict"].text == "未达标" for row in spread.rows)]
        (schools,) = tables(document, "II-2")
        verdicts = [row.cells["verdict"].text for row in schools.rows if "verdict" in row.cells]
        assert (len(verdicts), verdicts.count("未达标")) == (total, failing[0])
        assert member.county.title in document.title


def test_counted_items_are_those_of_the_tables(made: Demo) -> None:
    for _, document in reports(made, "assessment", "self"):
        for section, spec in (("government", "IV"), ("quality", "V")):
            text = next(paragraphs(document, section))
            (table,) = tables(document, spec)
            verdicts = [row.cells["verdict"].text.split("（")[0] for row in table.rows]
            total = figures(r"(\d+)项要求", text)[0]
            assert total == len(verdicts)
            for verdict, pattern in (("未达标", r"未达标(\d+)项"), ("无法判定", r"无法判定(\d+)项")):
                count = figures(pattern, text) or [total if f"均{verdict}" in text else 0]
                assert count == [verdicts.count(verdict)], text


def test_tasks_done_and_not_done(made: Demo) -> None:
    """The count by the county's word, the count of what is undone and the rows of both tables, wherever they stand."""
    for _, document in reports(made, "assessment", "self"):
        (table,) = tables(document, "tasks")
        words = [row.cells["done"].text.removesuffix("▲") for row in table.rows]
        verdicts = [row.cells["verdict"].text.removesuffix("▲") for row in table.rows]
        text = said(document, "tasks", "undone")
        summary = text.split("。")[0]
        undone = figures(r"未完成(\d+)项", summary) or [len(words) if "均未完成" in summary else 0]
        assert undone == [words.count("否")]
        done = figures(r"完成年度目标(\d+)项", summary) or [len(words) if "全部完成" in summary else 0]
        assert done == [words.count("是")]
        assert (figures(r"任务中，达到要求\d+项，未达到(\d+)项", text) or [0]) == [verdicts.count("未达标")]
        rows = sum(len(t.rows) for t in tables(document, "undone_tasks"))
        listed = figures(r"未完成的任务(\d+)项", text) or [0]
        assert (
            listed
            == [rows]
            == [sum(w == "否" or v == "未达标" for w, v in zip(words, verdicts, strict=True))]
        )
        split = figures(
            r"其中(?:县级填报|年度目标)未完成(\d+)项，按采集数据测算未达到要求的另有(\d+)项", text
        )
        assert sum(split) in (0, rows) and split[:1] in ([], undone)
        assert split or undone == [rows] or "均为按采集数据测算" in text


def test_measures_of_the_self_report(made: Demo) -> None:
    for _, document in reports(made, "self"):
        planned = [row for table in tables(document, "measures") for row in table.rows]
        counted = figures(r"共制定推进措施(\d+)项", said(document, "measures"))
        assert counted in ([], [len(planned)])
        problems = [text for text in paragraphs(document, "problems") if re.match(r"\d+\. ", text)]
        undone = sum(len(table.rows) for table in tables(document, "undone_tasks"))
        assert len(planned) == len(problems) + undone


def test_schools_with_a_page(made: Demo) -> None:
    """The number of schools said, the pages, and the units of the county's list of schools that are not 达标."""
    for code, document in reports(made, "schools"):
        opening = said(document, "opening")
        pages = [
            block for block in document.blocks["schools"] if isinstance(block, Heading) and block.level == 1
        ]
        counts = [figures(rf"{word}(\d+)所", opening) or [0] for word in ("其中未达标", "无法判定")]
        assert sum(map(sum, counts)) == len(pages)
        report = made.documents[code, "assessment"]
        lists = tables(report, "failing_schools")
        failing = {
            row.cells["school"].text.split("（")[0] for t in lists for row in t.rows if "school" in row.cells
        }
        assert sum(counts[0]) == len(failing)
        basic = said(report, "basic")
        schools, points = figures(r"学校(\d+)所", basic)[0], figures(r"50人及以上的(\d+)个", basic)[0]
        assert figures(r"参加资源配置评估的学校(\d+)所、教学点(\d+)个", opening) == [schools, points]


def test_a_school_page_says_what_its_tables_show(made: Demo) -> None:
    checked = 0
    for _, document in reports(made, "schools"):
        blocks = document.blocks["schools"]
        for place, block in enumerate(blocks):
            if not (isinstance(block, Table) and block.spec.id == "plan"):
                continue
            way = blocks[place + 1]
            assert isinstance(way, Paragraph)
            gaps = [row.cells["gap"].text for row in block.rows if row.cells["verdict"].text == "未达标"]
            for gap in gaps:
                assert gap in way.text, (gap, way.text)
                checked += 1
            met = [row.cells["verdict"].text for row in block.rows].count("达标")
            before = [b.text for b in blocks[:place] if isinstance(b, Paragraph) and "学校标识码" in b.text][
                -1
            ]
            assert f"{met}项指标达到标准值" in before
    assert checked > 100


def test_figures_say_what_the_tables_say(made: Demo) -> None:
    """The words of the overview and of the figures by stage (for the blind) beside the tables of the report."""
    for code, document in reports(made, "assessment"):
        (member,) = [m for m in made.members if m.county.code == code]
        alt = overview(member.assessment).alt
        (aspects,) = tables(document, "aspects")
        verdicts = {row.cells["aspect"].text: row.cells["national"].text for row in aspects.rows}
        assert (
            f"国家标准{verdicts['总体结论']}；" in alt
            and f"资源配置{verdicts['资源配置与校际均衡']}（" in alt
        )
        (schools,) = tables(document, "II-2")
        shown = [row.cells["verdict"].text for row in schools.rows if "verdict" in row.cells]
        assert f"单元达标{shown.count('达标')}/{len(shown)}个，" in alt
        for spec, name in (("IV", "政府保障程度"), ("V", "教育质量")):
            (table,) = tables(document, spec)
            met = sum(row.cells["verdict"].text.startswith("达标") for row in table.rows)
            assert f"{name}{verdicts[name]}（达标{met}/{len(table.rows)}项）" in alt


# ---- The city's report ----------------------------------------------------------------------------------------


@pytest.fixture
def city(made: Demo) -> Document:
    ((_, document),) = reports(made, "city")
    return document


def one(document: Document, spec: str) -> Table:
    (table,) = tables(document, spec)
    return table


def test_the_city_counts_its_counties(made: Demo, city: Document) -> None:
    conclusions = [row.cells["overall"].text for row in one(city, "city_conclusions").rows]
    text = said(city, "overall")
    assert figures(r"达到国家标准的(\d+)个", text) == [conclusions.count("达标")]
    assert figures(r"未达标(\d+)个", text) == [conclusions.count("未达标")]
    apart = [row.cells["county"].text for table in tables(city, "city_unranked") for row in table.rows]
    assert (
        len(apart)
        == conclusions.count("无法判定")
        == (figures(r"无法判定的(\d+)个", said(city, "ranking")) or [0])[0]
    )
    ranked = one(city, "city_ranking").rows
    assert figures(r"列名次的县（市、区）(\d+)个", said(city, "ranking")) == [len(ranked)]
    assert len(ranked) + len(apart) == len(conclusions)
    for row in ranked:
        report = made.documents[code_of(made, row.cells["county"].text), "assessment"]
        assert cell(row, "units") == figures(r"单元共(\d+)个", said(report, "basic"))[0]
        matrix = [
            r
            for r in one(city, "city_matrix").rows
            if r.cells["county"].text == name_of(made, row.cells["county"].text)
        ]
        pairs = [
            matrix[0].cells[stage].text.split("/")
            for stage in ("primary", "junior")
            if "/" in matrix[0].cells[stage].text
        ]
        assert [cell(row, "met"), cell(row, "units")] == [sum(int(p[n]) for p in pairs) for n in (0, 1)]


def code_of(made: Demo, title: str) -> str:
    return next(m.county.code for m in made.members if title in (m.county.title, m.county.name))


def name_of(made: Demo, title: str) -> str:
    return next(m.county.name for m in made.members if title in (m.county.title, m.county.name))


def test_the_citys_units_are_those_of_its_counties(made: Demo, city: Document) -> None:
    text = said(city, "resource")
    for stage, name in (("primary", "小学"), ("junior", "初中")):
        units, met, unmet, unknown = figures(
            rf"{name}评估单元(\d+)个，达标(\d+)个(?:，占[\d.]+%)?，未达标(\d+)个(?:，无法判定(\d+)个)?", text
        )
        assert units == met + unmet + unknown
        pairs = [row.cells[stage].text.split("/") for row in one(city, "city_matrix").rows]
        assert [sum(int(p[n]) for p in pairs if len(p) == 2) for n in (0, 1)] == [met, units]
        total = sum(
            figures(rf"{name}(\d+)个", said(document, "basic").partition("单元共")[2])[0]
            for _, document in reports(made, "assessment")
        )
        assert total == units


def test_the_citys_weakest_indicator(made: Demo, city: Document) -> None:
    """The units below the standard are those of the matrix; those that are not 达标 are those of the common problems."""
    text = said(city, "resource")
    common = {row.cells["problem"].text: row for row in one(city, "city_common").rows}
    ids = {i.name: i.id for i in made.context.standard.indicators}
    found = re.findall(
        rf"{INDICATOR}，有(\d+)个单元，分布在(\d+)个县（市、区）(?:，其中未达标的单元(\d+)个，分布在(\d+)个县)?",
        text.replace("低于标准值的单元最多的指标为", ""),
    )
    assert len(found) == 2
    for stage, name, units, counties, failing, failing_counties in found:
        key = f"{'primary' if stage == '小学' else 'junior'}_{ids[name]}"
        column = [cell(row, key) for row in one(city, "city_matrix").rows]
        assert [sum(column), sum(count > 0 for count in column)] == [int(units), int(counties)]
        row = common[f"{stage}{name}不足"]
        assert [cell(row, "units"), cell(row, "count")] == [
            int(failing or units),
            int(failing_counties or counties),
        ]


def test_common_problems_are_those_of_the_counties(made: Demo, city: Document) -> None:
    """Units and gap of a common problem are the sum of what the counties' reports say."""
    rows = one(city, "city_common").rows
    assert (
        figures(r"未达标问题有(\d+)项", said(city, "common"))
        == [len(rows)]
        == figures(r"针对(\d+)项共性问题", said(city, "next"))
    )
    for row in rows:
        title = row.cells["problem"].text
        if not title.endswith("不足"):
            continue
        units, gap = 0, Fraction(0)
        for county in row.cells["counties"].text.split("、"):
            code = next(m.county.code for m in made.members if m.county.name == county)
            for text in paragraphs(made.documents[code, "assessment"], "problems"):
                if re.match(rf"\d+\. {re.escape(title)}：", text):
                    units += (
                        figures(r"未达标的(\d+)个单元", text) or figures(r"：(\d+)个单元低于", text) or [1]
                    )[0]
                    gap += (amounts(r"合计缺", text) or amounts(r"，缺", text))[0]
        assert [cell(row, "units"), amounts("", row.cells["gap"].text)[0]] == [units, gap], title


def test_the_citys_disparities_tasks_plan_and_trend(made: Demo, city: Document) -> None:
    over = figures(r"超过限值(\d+)项，涉及县（市、区）(\d+)个", said(city, "disparity"))
    ranked = [
        *one(city, "city_ranking").rows,
        *(row for t in tables(city, "city_unranked") for row in t.rows),
    ]
    counts = [cell(row, "over") for row in ranked]
    assert over == [sum(counts), sum(count > 0 for count in counts)]
    tasks = one(city, "city_tasks").rows
    text = said(city, "tasks")
    assert figures(r"填报完成的合计(\d+)项次，未完成(\d+)项次", text) == [
        sum(cell(row, key) for row in tasks) for key in ("done", "undone")
    ]
    goals = [row.cells["verdict"].text for row in one(city, "city_goals").rows]
    assert figures(r"全市性目标(\d+)项", text) == [len(goals)]
    for verdict, words in (("达标", "已达到"), ("推进中", "推进中"), ("无法判定", "因填报不全无法判定")):
        assert (figures(rf"{words}(\d+)项", text.partition("全市性目标")[2]) or [0]) == [goals.count(verdict)]
    assert figures(r"未达到要求的任务(\d+)项", text) == [sum(cell(row, "unmet") > 0 for row in tasks)]
    told = {row.cells["county"].text: row.cells["left"].text for row in one(city, "city_plan").rows}
    for member in made.members:
        report = made.documents[member.county.code, "assessment"]
        problems = [t for t in paragraphs(report, "problems") if re.match(r"\d+\. ", t)]
        items = figures(r"未达标项目(\d+)项", told[member.county.name]) or [0]
        assert items == [
            sum(
                "不足：" not in t and "校际差距过大" not in t and "达到国家标准、未达到" not in t
                for t in problems
            )
        ]
    trend = one(city, "city_trend").rows
    pairs = [(row.cells["overall_before"].text, row.cells["overall_now"].text) for row in trend]
    same = figures(r"总体结论与上年度相同的(\d+)个", said(city, "trend"))
    assert same == [sum(now == before for before, now in pairs)]
    for before, now, count in re.findall(r"由(\w+?)转为(达标|未达标|无法判定)(\d+)个", said(city, "trend")):
        assert pairs.count((before, now)) == int(count)


def test_the_page_repeats_the_report(made: Demo, city: Document) -> None:
    """The page's tables are the report's, and what a county's view says is what its report says."""
    shown = page_tables(made.context)
    for name, spec in (("ranking", "city_ranking"), ("trend", "city_trend"), ("common", "city_common")):
        mine = [[c.text for c in row.cells.values()] for row in one(city, spec).rows]
        assert [[c.text for c in row.cells.values()] for row in shown[name].rows] == mine
    for county in page_data(made.context)["counties"]:
        report = made.documents[county["code"], "assessment"]
        (schools,) = tables(report, "II-2")
        verdicts = [row.cells["verdict"].text for row in schools.rows if "verdict" in row.cells]
        assert county["share"][:2] == [verdicts.count("达标"), len(verdicts)]
        (spread,) = tables(report, "disparity")
        assert [row[3] for row in county["spread"]] == [row.cells["cv"].text for row in spread.rows]
        gaps = [gap for unit in county["units"] for gap in unit[7].split("，") if gap]
        assert len(gaps) == sum(len(table.rows) for table in tables(report, "failing_schools"))


MARKS = {
    "加底纹": lambda cells: any(cell.mark == "unmet" for cell in cells),
    "斜体": lambda cells: any(cell.mark == "unknown" for cell in cells),
    "“——”": lambda cells: any("——" in cell.text for cell in cells),
    "▲": lambda cells: any("▲" in cell.text for cell in cells),
    "※": lambda cells: any("※" in cell.text for cell in cells),
    "括号内": lambda cells: any("（" in cell.text for cell in cells),
}


def test_notes_explain_what_occurs(made: Demo) -> None:
    """A note under a table that explains a mark stands only where the table bears it, and a sponsor's code likewise."""
    explained = 0
    for document in made.documents.values():
        for blocks in document.blocks.values():
            for table in (block for block in blocks if isinstance(block, Table)):
                cells = [cell for row in table.rows for cell in row.cells.values()]
                for note in table.printed_notes:
                    for words, occurs in MARKS.items():
                        if words in note:
                            assert occurs(cells), (document.title, table.caption, note)
                            explained += 1
                    if note.startswith("举办者类型代码"):
                        used = {row.cells["sponsor"].text for row in table.rows if "sponsor" in row.cells}
                        assert set(re.findall(r"(\d+) ", note)) == used
    assert explained > 40


def test_no_document_names_a_file_or_folder(made: Demo) -> None:
    for document in made.documents.values():
        for text in texts(document):
            found = re.search(r"\.(?:csv|xlsx|json|yml|ipynb)|(?:data|params|outputs)/|/\d{4}/|\\\\", text)
            assert not found, (document.title, text)


def test_a_sentence_stands_once_in_the_body(made: Demo) -> None:
    """No sentence of some length stands twice in the body of a report; what fails stands among the problems alone."""
    for _, document in reports(made, "assessment", "self"):
        seen: dict[str, str] = {}
        for section, blocks in document.blocks.items():
            for text in (block.text for block in blocks if isinstance(block, Paragraph)):
                for sentence in (part for part in text.split("。") if len(part) > 25):
                    assert sentence not in seen, (document.title, seen.get(sentence), section, sentence)
                    seen[sentence] = section


def test_failing_items_are_named_where_they_are_counted(made: Demo) -> None:
    named = 0
    for _, document in reports(made, "assessment", "self"):
        for section, spec in (("government", "IV"), ("quality", "V")):
            text = next(paragraphs(document, section))
            (table,) = tables(document, spec)
            failing = [
                row.cells["name"].text for row in table.rows if row.cells["verdict"].text.startswith("未达标")
            ]
            told = re.search(r"。未达标的为(.*?)，具体问题见", text)
            found = re.findall(r"第(\d+)项“(.*?)”(?=、第|$)", told[1]) if told else []
            assert [f"{number}. {name}" for number, name in found] == failing
            named += len(found)
    assert named > 20
