"""The city's summary in words, tables and page: for all, none and some; nothing of a name becomes markup."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from datetime import date
from pathlib import Path

import openpyxl
import pytest
from lxml import html

from junheng.assess.city import CityAssessment, LeftOut
from junheng.assess.city_records import CityRecords
from junheng.assess.engine import assess
from junheng.assess.trend import compare
from junheng.errors import OutputProblem
from junheng.report.content.city_report import INTERNAL_SECTIONS, SECTIONS, compose, compose_internal
from junheng.report.content.context import CityContext, load_wording
from junheng.report.content.ledger import overdue_items
from junheng.report.content.model import Document, Paragraph, Table
from junheng.report.excel.city import write_city_workbook
from junheng.report.page.city import DATA, INDEX, PREFIX, SCRIPTS, inspect_page, write_page
from junheng.report.page.city_data import page_data
from junheng.report.pdf.inspect import inspect_workbook
from tests.assess.cities import OPEN, POOR, VETO, city, county, member, records
from tests.assess.make import DICTIONARY, LOCAL, NATIONAL, PARAMS, book, school
from tests.report.demo import texts

WORDING = load_wording(PARAMS, 2024)
TEMPLATES = Path(__file__).resolve().parents[2] / "templates" / "page"
EVIL = "<img src=x onerror=alert(1)>&\u2028</script>"


def context(made: CityAssessment) -> CityContext:
    return CityContext(made, WORDING, (), (("输入", "0" * 64),))


def told(made: CityAssessment, name: str) -> str:
    blocks = {**SECTIONS, **INTERNAL_SECTIONS}[name](context(made))
    return "".join(block.text for block in blocks if isinstance(block, Paragraph))


def mixed() -> CityAssessment:
    """One county of each verdict, one with a veto, one left out."""
    return city(
        member(1, target=2024),
        member(2, school(1, **POOR), school(2), target=2024),
        member(3, school(**OPEN), target=2026),
        member(4, school(**POOR), vetoes=VETO, overdue=1),
        left_out=(
            LeftOut(
                county(5).model_copy(update={"name": f"第5县{EVIL}"}),
                "faulty",
                "/somewhere/2024/370805.xlsx有误",
            ),
        ),
    )


def test_all_passed() -> None:
    made = city(member(1), member(2, target=2024))
    assert "2个县（市、区）全部达到国家标准" in told(made, "overall")
    assert "各县（市、区）评估单元均全部达标" in told(made, "resource")
    assert "全部在限值以内" in told(made, "disparity")
    assert told(made, "common") == "没有两个及以上县（市、区）共同存在的未达标问题。"
    assert "根据本年度评估数据，没有应予通报的县（市、区）。" in told(made, "notices")
    assert "2024年应达标的1个县（市、区）已全部达标。" in told(made, "plan")
    assert "未取得各县（市、区）2023年度采集工作簿" in told(made, "trend")


def test_all_failed() -> None:
    made = city(member(1, school(**POOR), target=2024), member(2, school(**POOR)))
    assert "2个县（市、区）均未达到国家标准。" in told(made, "overall")
    assert "尚无县（市、区）评估单元全部达标。" in told(made, "resource")
    assert "2024年应达标的1个县（市、区）均未如期达标。" in told(made, "plan")
    assert "2025年应达标的1个县（市、区）尚无达标的，距目标年度还有1年。" in told(made, "plan")
    assert (
        "共同存在的未达标问题有1项，涉及县（市、区）最多的是小学每百名学生拥有县级以上骨干教师数不足（2个）"
        in told(made, "common")
    )


def test_some_of_each() -> None:
    made = mixed()
    said = told(made, "overall")
    assert "全市5个县（市、区）中，纳入汇总4个，未纳入1个（第5县" in said
    assert "达到国家标准的1个（第1县），占25.0%；未达标2个；因数据缺失无法判定1个（第3县）" in said
    assert "拟列入通报的县（市、区）2个（第2县、第4县）" in told(made, "notices")


def test_the_plan_says_open_and_left_out_apart_from_failed() -> None:
    """What is not judged is neither 未如期达标 nor among 尚无达标的, whenever the target year is."""
    poor, open_now = school(**POOR), school(**OPEN)
    absent = LeftOut(county(4).model_copy(update={"target_year": 2024}), "absent")
    made = city(
        member(1, target=2024),
        member(2, poor, target=2024),
        member(3, open_now, target=2024),
        left_out=(absent,),
    )
    assert (
        "2024年应达标的4个县（市、区）中，已达标1个（第1县），未如期达标1个（第2县），"
        "因数据缺失无法判定1个（第3县），未纳入汇总1个（第4县）。" in told(made, "plan")
    )
    early = city(member(1, poor, target=2026), member(2, open_now, target=2026))
    assert (
        "2026年应达标的2个县（市、区）中，未达标1个（第1县），因数据缺失无法判定1个（第2县），距目标年度还有2年。"
        in told(early, "plan")
    )
    only = city(member(1, open_now, target=2024))
    assert "2024年应达标的1个县（市、区）中，因数据缺失无法判定1个（第1县）。" in told(only, "plan")
    past = city(member(1, target=2023), member(2, target=2022), member(3, poor, target=2022))
    assert "2023年应达标的1个县（市、区）本年度全部达标。" in told(past, "plan")
    assert "已达标1个（第2县），未达标1个（第3县）。" in told(past, "plan")


def test_rise_fall_and_no_change() -> None:
    good, bad = member(1), member(1, school(1, **POOR), school(2))

    def after(now: object, before: object) -> str:
        trend = compare(now.assessment, before.assessment)  # type: ignore[attr-defined]
        return told(city(replace(now, trend=trend)), "trend")  # type: ignore[type-var]

    assert "转为达标1个（第1县）" in after(good, bad) and "合计，达标单元占比由66.7%提高到100.0%" in after(
        good, bad
    )
    assert "由达标转为未达标1个（第1县）" in after(bad, good) and "由100.0%下降到66.7%" in after(bad, good)
    assert "总体结论均与上年度相同" in after(good, good) and "与上年度持平" in after(good, good)


def test_document_and_workbook_hold_every_table(tmp_path: Path) -> None:
    made = context(mixed())
    document = compose(made)
    assert set(document.blocks) == set(SECTIONS)
    assert "notices" not in SECTIONS
    for name in ("one.xlsx", "two.xlsx"):
        write_city_workbook(made, tmp_path / name)
    inspect_workbook(tmp_path / "one.xlsx")
    assert (tmp_path / "one.xlsx").read_bytes() == (tmp_path / "two.xlsx").read_bytes()


def test_proposals_stand_in_the_internal_annex_alone(tmp_path: Path) -> None:
    """No county reads what is proposed for another: neither the report nor its workbook nor the page names it."""
    made = context(mixed())
    words = {ground.name for ground in made.city.rules.grounds} | {g.action for g in made.city.rules.grounds}
    words |= {"拟列入通报", "处理建议"}
    annex = "".join(texts(compose_internal(made)))
    assert {word for word in words if word in annex} == words
    write_city_workbook(made, tmp_path / "city.xlsx")
    write_page(made, compose(made), TEMPLATES, tmp_path / "网页")
    sheets = openpyxl.load_workbook(tmp_path / "city.xlsx")
    cells = (str(cell.value) for sheet in sheets for row in sheet.iter_rows() for cell in row)
    page = "".join((tmp_path / "网页" / name).read_text(encoding="utf-8") for name in (INDEX, DATA))
    for shown in ("".join(texts(compose(made))), "".join([*sheets.sheetnames, *cells]), page):
        assert [word for word in words if word in shown] == []


def test_no_place_of_a_file_is_printed(tmp_path: Path) -> None:
    """The operator is told of files and folders, the report says it in an office's words."""
    made = context(
        city(
            member(1),
            left_out=tuple(
                LeftOut(county(number), cause, f"data/2024中没有37990{number}.xlsx")
                for number, cause in enumerate(("absent", "faulty", "unsettled"), 2)
            ),
        )
    )
    told_all = "".join(texts(compose(made)))
    assert "未按时报送采集数据" in told_all
    assert not re.search(r"data/|\.xlsx|\.csv|params", told_all)
    write_page(made, compose(made), TEMPLATES, tmp_path / "网页")
    page = "".join((tmp_path / "网页" / name).read_text(encoding="utf-8") for name in (INDEX, DATA))
    assert "data/2024" not in page and "尚未更正" in page


def test_an_open_county_stands_apart_and_has_no_place() -> None:
    made = context(mixed())
    blocks = SECTIONS["ranking"](made)
    ranked, apart = (block for block in blocks if isinstance(block, Table))
    assert [row.cells["county"].text for row in ranked.rows] == ["第1县", "第2县", "第4县"]
    assert [row.cells["county"].text for row in apart.rows] == ["第3县"]
    assert "因数据缺失无法判定的1个（第3县）不列名次" in told(mixed(), "ranking")
    assert {c["name"]: c["place"] for c in page_data(made)["counties"]}["第3县"] is None


def test_the_page_names_standards_and_vetoes_as_the_report_does() -> None:
    data = page_data(context(mixed()))
    assert data["vetoes"] == ["未发现", "存在", "无法判定"]
    for one in data["counties"]:
        assert one["standards"] == ["国家标准", "济宁市标准"]
        assert [veto for *_, veto in one["aspects"]].count(True) == 1
        assert {item for item, *_, group in one["items"] if group == "veto"} == {f"V{n}" for n in range(1, 7)}
    for script in (TEMPLATES / name for name in SCRIPTS):
        text = script.read_text(encoding="utf-8")
        assert "市定标准" not in text and "济宁" not in text


def test_with_open_counties_alone_there_is_no_ranking() -> None:
    made = city(member(1, school(**OPEN)), member(2, school(**OPEN)))
    assert told(made, "ranking").startswith(
        "没有已作出结论、可以列名次的县（市、区）。因数据缺失无法判定的2个"
    )
    tables = [block for block in SECTIONS["ranking"](context(made)) if isinstance(block, Table)]
    assert [table.spec.id for table in tables] == ["city_unranked"]
    assert "各项均相同，名次并列" in told(city(member(1), member(2)), "ranking")


def test_a_verdict_that_becomes_open_is_told() -> None:
    good, open_now = member(1), member(1, school(**OPEN))
    before, after = (
        replace(a, trend=compare(a.assessment, b.assessment)) for a, b in ((open_now, good), (good, open_now))
    )
    assert "总体结论与上年度相同的0个；因数据缺失由达标转为无法判定1个（第1县）" in told(
        city(before), "trend"
    )
    assert "由无法判定转为达标1个（第1县）" in told(city(after), "trend")
    assert "。有县（市、区）存在无法判定的单元，达标单元合计占比两年不可比。" in told(city(before), "trend")


@pytest.fixture
def page(tmp_path: Path) -> Path:
    made = context(mixed())
    write_page(made, compose(made), TEMPLATES, tmp_path / "网页")
    return tmp_path / "网页"


def test_page_shows_texts_as_texts(page: Path) -> None:
    inspect_page(page)
    root = html.document_fromstring((page / INDEX).read_text(encoding="utf-8"))
    assert not root.xpath("//img")
    assert EVIL.replace("\u2028", "") in root.text_content().replace("\u2028", "")
    data = json.loads(
        (page / DATA).read_text(encoding="utf-8").removeprefix(PREFIX).rstrip().removesuffix(";")
    )
    assert [c["name"] for c in data["counties"]] == ["第1县", "第2县", "第3县", "第4县"]
    assert "\u2028" not in (page / DATA).read_text(encoding="utf-8")


def test_every_cell_of_the_matrix_leads_to_its_county(page: Path) -> None:
    root = html.document_fromstring((page / INDEX).read_text(encoding="utf-8"))
    links = root.xpath("//table[@id='t-matrix']//a/@href")
    assert {"#/379902/units/primary/L2", "#/379902/units/primary", "#/379902"} <= set(links)
    marked = root.xpath("//table[@id='t-matrix']//td[@class='unmet'][not(contains(., '/'))]")
    assert marked and all("未达" in cell.text_content() for cell in marked)


def test_every_conclusion_leads_to_its_own_aspect(page: Path) -> None:
    root = html.document_fromstring((page / INDEX).read_text(encoding="utf-8"))
    (row,) = root.xpath("//table[@id='t-conclusions']//tr[@data-county='379902']")
    aspects = ("resource", "government", "quality", "social", "veto", "overall", "local")
    links = row.xpath(".//a/@href")
    assert links == ["#/379902", *(f"#/379902/aspect/{aspect}" for aspect in aspects)]
    assert "#/379902/spread/junior/L3" in root.xpath("//table[@id='t-disparity']//a/@href")


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("<h2>总体情况</h2>", "<h2 onclick='x()'>总体情况</h2>", "内嵌样式或脚本"),
        ("<h2>总体情况</h2>", "<script>1</script>", "内嵌脚本"),
        ('href="page.css"', 'href="../page.css"', "文件夹以外"),
        ("default-src &#39;none&#39;", "default-src *", "内容安全策略"),
        ("<h2>总体情况</h2>", "<h2>None</h2>", "None"),
    ],
)
def test_a_faulty_page_is_refused(page: Path, old: str, new: str, said: str) -> None:
    text = (page / INDEX).read_text(encoding="utf-8")
    assert old in text
    (page / INDEX).write_text(text.replace(old, new), encoding="utf-8")
    with pytest.raises(OutputProblem, match=said):
        inspect_page(page)


def ledger(deadline: str, state: str = "整改中", indicator: str = "L2") -> dict[str, str]:
    return {
        "school_code": "2137830001",
        "school_name": "第1小学",
        "stage": "小学",
        "indicator": indicator,
        "deadline": deadline,
        "state": state,
    }


@pytest.mark.parametrize(
    ("line", "count"),
    [
        (ledger("2024-09-30"), 1),
        (ledger("2024年9月30日"), 1),
        (ledger("2025-04-25"), 0),
        (ledger("2024-09-30", state="已销号"), 0),
        (ledger("2024-09-30", indicator="L4"), 0),
        (ledger("尽快"), 0),
    ],
)
def test_overdue_items_are_past_open_and_still_unmet(line: dict[str, str], count: int) -> None:
    made = assess(book([school(**POOR)], ledger=[line]), DICTIONARY, (NATIONAL, LOCAL))
    assert len(overdue_items(made, WORDING.phrases, date(2025, 4, 25))) == count


def test_titles_and_fields(tmp_path: Path) -> None:
    document: Document = compose(context(mixed()))
    assert document.title == "济宁市义务教育优质均衡发展督导评估全市汇总报告（2024年度）"
    assert document.fields["demo_mark"] == ""


def recorded() -> CityRecords:
    """A city's workbook in which something is said on every sheet."""
    return records(
        goals=[
            {"goal": "教育集团", "result": 60},
            {"goal": "食堂、厕所和寄宿条件改善", "state": "推进中", "told": "改造食堂12个"},
            {"goal": "乡村教师周转宿舍建设", "state": "已完成", "result": 300},
        ],
        teams=[{"team": "师资专班", "state": "推进中", "deadline": "2025-03-31"}],
        visits=[
            {"county": "第1县", "begun": "2025-03-30", "ended": "2025-04-01", "schools": 3, "members": "张某"}
        ],
        third_parties=[{"party": "某研究院", "method": "抽样", "findings": "总体较好"}],
        register=[{"county": "第2县", "kind": "约谈", "ground": "逾期未整改", "date": "2025-04-02"}],
    )


def test_the_citys_workbook_reaches_report_workbook_and_page(tmp_path: Path) -> None:
    made = context(city(member(1), member(2), records=recorded()))
    document = compose(made)
    body = "".join(texts(document))
    for said in (
        "对1个县（市、区）进行了实地督导（走访学校3所）",
        "并委托某研究院开展了第三方评估",
        "已完成1项，推进中1项，未填报72项",
        "工作措施1项，已销号0项，到期未完成1项",
        "2025年3月30日至4月1日",
        "300套",
        "改造食堂12个",
        "总体较好",
    ):
        assert said in body, said
    write_page(made, document, TEMPLATES, tmp_path / "网页")
    page = (tmp_path / "网页" / INDEX).read_text(encoding="utf-8")
    assert "改造食堂12个" in page and "师资专班" in page and "总体较好" in page
    write_city_workbook(made, tmp_path / "city.xlsx")
    sheet = openpyxl.load_workbook(tmp_path / "city.xlsx")["全市性目标"]
    (row,) = (row for row in sheet.iter_rows(values_only=True) if "教育集团" in row)
    assert row.count(60) == 2  # target and the office's figure, as numbers


def test_the_register_stays_in_the_internal_annex(tmp_path: Path) -> None:
    made = context(city(member(1), member(2), records=recorded()))
    document = compose(made)
    write_page(made, document, TEMPLATES, tmp_path / "网页")
    page = (tmp_path / "网页" / INDEX).read_text(encoding="utf-8")
    annex = "".join(texts(compose_internal(made)))
    assert "逾期未整改" in annex and "共1件" in annex
    assert "逾期未整改" not in "".join(texts(document)) + page
    assert "张某" not in "".join(texts(document)) + page + annex  # members of a visit are not printed


def test_without_a_usable_workbook_the_report_says_so_and_judges_by_the_counties() -> None:
    absent = told(city(member(1)), "tasks")
    faulty = told(
        city(member(1), records=CityRecords(cause="faulty", detail="data/2024/x.xlsx坏了")), "tasks"
    )
    assert "本年度没有市级工作簿" in absent and "以文字说明" not in absent
    assert "市级工作簿存在错误、尚未更正，本次未采用" in faulty and "x.xlsx" not in faulty
    assert "进行了实地督导" not in told(city(member(1)), "opening")
