"""A county whose clerk is an attacker: hostile school names and texts go through everything that is written."""

from __future__ import annotations

import csv
import io
import json
import re
import shutil
import zipfile
from pathlib import Path

import pytest
from lxml import etree, html
from openpyxl import load_workbook

from junheng.delivery.extract import pieces_of
from junheng.delivery.pieces import PieceKind
from junheng.errors import OutputProblem
from junheng.lab import city as city_wb
from junheng.lab import county as wb
from junheng.report.content.model import Document
from junheng.report.pdf.inspect import inspect_word
from tests.delivery.make import PARAMS, REPO, word

COUNTY = "370872_太白湖新区"
BROKEN = "370873_济宁经开区"
"""Its workbook has an error that quotes him, so that the city's page names it among those left out."""
NAMES = (
    '=HYPERLINK("http://evil.example","点我")',
    "${7*7}{ 7 * 7 }学校",
    "</script><script>alert(1)</script>",
    "../../../../tmp/pwned",
    "$(touch pwned);`touch pwned`",
    "<img src=x onerror=alert(1)>",
    "%(x)s{year}{0.__class__}学校",
)


@pytest.fixture(scope="module")
def written(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """All that is made of the county and of a city with that one county, without kernels and PDF."""
    place = tmp_path_factory.mktemp("hostile")
    (place / "data" / "2024").mkdir(parents=True)
    path = place / "data" / "2024" / f"{COUNTY}.xlsx"
    shutil.copy(REPO / "data" / "2024" / path.name, path)
    book = load_workbook(path)
    rows = list(book["学校"].iter_rows(min_row=4))
    for row, name in zip(rows, NAMES, strict=False):
        row[1].value, row[1].data_type = name, "s"
    for row in book["定性指标"].iter_rows(min_row=2):
        row[3].value, row[3].data_type = NAMES[2] + NAMES[6], "s"
    book.save(path)
    other = place / "data" / "2024" / f"{BROKEN}.xlsx"
    shutil.copy(REPO / "data" / "2024" / other.name, other)
    book = load_workbook(other)
    for row in book["县级数据"].iter_rows():
        if row[0].value == "特殊教育学生数":
            row[2].value, row[2].data_type = NAMES[5], "s"
    book.save(other)
    out = place / "out" / "county"
    folders = (str(place / "data"), str(PARAMS), str(out))
    work = wb.open_workspace("370872", 2024, *folders, "assessment,self,schools")
    assessment = wb.assess(work, wb.read(work))
    pictures = wb.draw(work, assessment, None)
    wb.write(work, assessment, wb.compose(work, assessment, None, pictures))
    page = wb.show(work, assessment, "units", "government", "quality").data
    (out / "shown.html").write_text(page, encoding="utf-8")
    city = city_wb.open_city(2024, str(place / "data"), str(PARAMS), str(place / "out" / "city"))
    gathered = city_wb.gather(city)
    document = city_wb.compose(city, gathered, city_wb.draw(city, gathered))
    city_wb.write(city, gathered, document)
    return place


def test_template_code_in_a_name_stops_its_own_report(tmp_path: Path) -> None:
    """Word tags are never evaluated; a text that looks like one is not sent either, and the reason says where."""
    made = Document(name="a", template="assessment", title="a", fields={}, blocks={})
    (tmp_path / "a.docx").write_bytes(word("{{ 7 * 7 }}学校"))
    with pytest.raises(OutputProblem, match=r"第1段出现了不应有的“\{\{”"):
        inspect_word(tmp_path / "a.docx", made)


def test_nothing_is_made_outside_and_nothing_runs(written: Path) -> None:
    assert {p.name for p in written.iterdir()} == {"data", "out"}
    assert {p.name for p in (written / "out").iterdir()} == {"county", "city"}
    assert not list(written.rglob("*pwned*")) and not Path("pwned").exists() and not (REPO / "pwned").exists()
    assert not Path("/tmp/pwned").exists()


def test_word_and_data_print_every_name_as_it_is(written: Path) -> None:
    units = (written / "out" / "county" / "data" / "units.csv").read_text(encoding="utf-8")
    names = {row["school_name"] for row in csv.DictReader(io.StringIO(units))}
    assert {f"'{NAMES[0]}", *NAMES[1:]} <= names  # what a spreadsheet would run is a text
    for path in (written / "out" / "county").glob("*督导评估报告*.docx"):
        text = "\n".join(piece.text for piece in pieces_of(path.name, path.read_bytes()))
        assert all(name in text for name in NAMES) and "49学校" not in text


def test_no_workbook_holds_a_formula_or_a_link(written: Path) -> None:
    books = list((written / "out").rglob("*.xlsx"))
    assert len(books) == 3
    for path in books:
        kinds = {(piece.kind, piece.text) for piece in pieces_of(path.name, path.read_bytes())}
        assert (PieceKind.HIDDEN, "公式") not in kinds
        with zipfile.ZipFile(path) as archive:
            assert not any(
                b"hyperlink" in archive.read(n).lower() for n in archive.namelist() if n.endswith(".rels")
            )
    for path in (written / "out").rglob("*.docx"):
        with zipfile.ZipFile(path) as archive:
            assert b"evil.example" not in b"".join(
                archive.read(n) for n in archive.namelist() if n.endswith(".rels")
            )


def test_pages_hold_no_markup_of_his(written: Path) -> None:
    page = written / "out" / "city" / "网页"
    shown = (written / "out" / "county" / "shown.html").read_text(encoding="utf-8")
    assert "&lt;img src=x onerror=" in shown  # what he wrote is there to be told, as text
    for text in (shown, (page / "index.html").read_text(encoding="utf-8")):
        root = html.document_fromstring(text)
        assert all(node.get("src") and not (node.text or "").strip() for node in root.iter("script"))
        assert not [node for node in root.iter(etree.Element) if {"onerror", "onload"} & set(node.attrib)]
        assert not [node for node in root.iter("img") if node.get("src") == "x"]
    data = (page / "data.js").read_text(encoding="utf-8")
    found = re.fullmatch(r"[\w.\s=]*?(\{.*\});?\s*", data, re.DOTALL)
    assert found is not None
    told = json.dumps(json.loads(found[1]), ensure_ascii=False)  # one object and nothing to run
    assert json.dumps(NAMES[5], ensure_ascii=False)[1:-1] in told
