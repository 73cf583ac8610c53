"""The blank collection workbook: what it offers, and that reader, schema and LibreOffice take it."""

from __future__ import annotations

import subprocess
import zipfile
from pathlib import Path
from xml.sax.saxutils import escape

import pytest
from lxml import etree
from openpyxl import load_workbook
from openpyxl.worksheet.worksheet import Worksheet

from junheng.cli.main import guarded
from junheng.params.checks import load_checks
from junheng.params.template import load_template
from junheng.workbook.read.book import read_county_book
from junheng.workbook.template.book import HEAD_ROW, Blank, write_blank
from tests.messy.builder import COUNTY, DICTIONARY, PARAMS, YEAR, patch_part, school, write_book
from tests.waiting import PATIENCE
from tests.workbook.test_feedback import ORDER, insert

SCHOOLS = [
    school(sponsor="10", location="城区"),
    school("初级中学", school_code="0708830002", school_name="城关中学", teaching_area=6100),
    school(
        "小学教学点",
        school_code="2137830003",
        counted="否",
        parent_code="2137830001",
        school_name="甲甲",
    ),
]


@pytest.fixture
def blank(place: Path) -> Blank:
    formula = escape("=甲&乙<校>")
    patch_part(
        write_book(place, SCHOOLS), "xl/worksheets/sheet1.xml", lambda xml: insert(xml, "甲甲", formula)
    )
    last = read_county_book(place, COUNTY, YEAR, DICTIONARY)
    titles = {"qualitative": {"G1": "学校规划布局"}}
    return Blank(COUNTY, YEAR + 1, DICTIONARY, load_template(PARAMS), last, titles)


@pytest.fixture
def written(blank: Blank, tmp_path: Path) -> Path:
    path = tmp_path / "370883_邹城市.xlsx"
    path.write_bytes(write_blank(blank))
    return path


def column(page: Worksheet, header: str) -> str:
    return next(cell.column_letter for cell in page[HEAD_ROW] if str(cell.value).startswith(header))


def test_read_back_it_only_misses_figures(blank: Blank, written: Path) -> None:
    checks = load_checks(PARAMS)
    book = read_county_book(written, COUNTY, YEAR + 1, DICTIONARY, checks=checks, last=blank.last)
    assert {(issue.severity.value, issue.check) for issue in book.issue_records} == {
        ("warning", "missing"), ("note", "code_prefix"),
    }  # fmt: skip
    names = [row.text("school_name") for row in book.rows("schools")]
    assert names == ["城关小学", "城关中学", "=甲&乙<校>"]
    assert book.rows("schools")[1].get("school_code") == "0708830002"
    assert book.rows("schools")[0].get("sponsor") == "10" and not book.repaired


def test_sheets_headers_and_guide(written: Path) -> None:
    book = load_workbook(written)
    assert book.sheetnames == ["填表说明", *(sheet.name for sheet in DICTIONARY.sheets)]
    heads = [cell.value for cell in book["学校"][HEAD_ROW]]
    assert "小学在校生数（人）" in heads and "教学仪器设备资产值（万元）" in heads
    assert book["学校"].freeze_panes == f"C{HEAD_ROW + 1}"
    guide = " ".join(str(row[0]) for row in book["填表说明"].iter_rows(values_only=True))
    assert "邹城市2025年度" in guide and "370883_邹城市.xlsx" in guide and "{" not in guide
    assert book["定性指标"]["B4"].value == "学校规划布局"


def test_lists_ranges_and_messages(written: Path) -> None:
    page = load_workbook(written)["学校"]
    rules = {str(rule.sqref).partition(":")[0]: rule for rule in page.data_validations.dataValidation}
    kind = rules[f"{column(page, '办学类型')}4"]
    assert kind.type == "list" and kind.formula1.startswith('"小学,小学教学点,')
    pupils = rules[f"{column(page, '小学在校生数')}4"]
    assert (pupils.type, pupils.formula1, pupils.formula2) == ("whole", "0", "20000")
    assert "0至20000之间的整数（人）" in pupils.prompt and pupils.showInputMessage and pupils.showErrorMessage
    assert rules[f"{column(page, '规划建成年份')}4"].formula2 == str(YEAR + 1)
    for rule in rules.values():
        assert len(rule.prompt) <= 255 and len(rule.promptTitle) <= 32 and len(rule.formula1 or "") <= 257


def test_columns_of_a_stage_the_school_has_not_are_grey(written: Path) -> None:
    page = load_workbook(written)["学校"]
    letter = column(page, "初中在校生数")
    grey = {
        rule.formula[0]
        for area in page.conditional_formatting
        if f" {letter}4:" in f" {area.sqref}"
        for rule in area.rules
    }
    assert grey == {f'AND(OR($C4="小学",$C4="小学教学点",$C4="特殊教育学校"),N(${letter}4)=0)'}


def test_the_main_school_is_grey_for_what_is_no_campus(written: Path) -> None:
    page = load_workbook(written)["学校"]
    letters = {key: column(page, key) for key in ("所属主校标识码", "是否计校数")}
    grey = [
        rule.formula[0]
        for area in page.conditional_formatting
        if str(area.sqref).startswith(f"{letters['所属主校标识码']}4:")
        for rule in area.rules
    ]
    assert grey == [f'OR(${letters["是否计校数"]}4="是",$C4="小学教学点")']
    prompts = {rule.promptTitle: rule.prompt for rule in page.data_validations.dataValidation}
    assert prompts["是否计校数"].startswith("教学点填“否”，单独计算")
    assert "教学点不填" in prompts["所属主校标识码"]


def test_a_name_that_looks_like_a_formula_is_text(written: Path) -> None:
    assert load_workbook(written)["学校"]["B6"].data_type == "s"


def test_same_inputs_same_bytes(blank: Blank) -> None:
    assert write_blank(blank) == write_blank(blank)


def test_elements_stand_in_the_order_of_the_schema(written: Path) -> None:
    with zipfile.ZipFile(written) as archive:
        for name in [name for name in archive.namelist() if name.startswith("xl/worksheets/sheet")]:
            found = [etree.QName(node).localname for node in etree.fromstring(archive.read(name))]
            assert found == sorted(found, key=ORDER.index), name


@pytest.mark.slow
def test_the_command_writes_outside_data_but_for_the_citys_own_workbook(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    data = tmp_path / "data" / "2024"
    data.mkdir(parents=True)
    write_book(data / "370883_邹城市.xlsx", SCHOOLS)
    (data / "370881_曲阜市.xlsx").write_bytes(b"%PDF")
    before = sorted(tmp_path.joinpath("data").rglob("*"))
    call = ["template", "--year", "2025", "--data", str(tmp_path / "data"), "--out", str(tmp_path / "out")]
    assert guarded([*call, "--params", str(PARAMS), "--county", "370883"]) == 0
    assert guarded([*call, "--params", str(PARAMS)]) == 1
    assert "采集表未列出上年度学校" in capsys.readouterr().out
    assert len(list((tmp_path / "out" / "2025" / "采集表").glob("*.xlsx"))) == 14
    new = [path.name for path in tmp_path.joinpath("data").rglob("*") if path not in before]
    assert sorted(new) == ["2025", "370800_济宁市.xlsx"]  # the office keeps its own workbook itself


@pytest.mark.e2e
@pytest.mark.slow
def test_libreoffice_opens_it(written: Path, tmp_path: Path) -> None:
    """Calc loads the workbook and writes it as CSV: title, headers and schools are there."""
    profile = f"-env:UserInstallation=file://{tmp_path}/profile"
    sheet = "csv:Text - txt - csv (StarCalc):44,34,76,1,,0,false,true,false,false,false,2"
    done = subprocess.run(
        ["soffice", profile, "--headless", "--convert-to", sheet, "--outdir", str(tmp_path / "csv"), str(written)],
        capture_output=True, text=True, timeout=PATIENCE, check=False,
    )  # fmt: skip
    made = list((tmp_path / "csv").glob("*.csv"))
    assert len(made) == 1, done.stderr
    text = made[0].read_text(encoding="utf-8")
    assert "小学在校生数（人）" in text and "0708830002" in text and "=甲&乙<校>" in text
