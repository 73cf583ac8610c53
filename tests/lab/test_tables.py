"""A frame shown: the plain first page everywhere, the interactive table where a kernel of Jupyter's runs."""

from __future__ import annotations

import re
from types import SimpleNamespace

import nbformat
import pandas as pd
import pytest

from junheng import lab as wb
from junheng.batch.evidence import write_html
from junheng.errors import UsageProblem
from junheng.lab import county, tables
from junheng.lab.frames import frame
from tests.assess.make import ROOT, book, school
from tests.lab.test_frames import judged


@pytest.fixture
def units() -> pd.DataFrame:
    weak = school(2, teaching_area=1, location="乡村")
    others = [school(number) for number in range(3, 41)]
    return frame(judged(book([school(1, multimedia_rooms=None), weak, *others])), "units")


def test_a_page_of_a_long_table_with_units_and_marks(units: pd.DataFrame) -> None:
    html = wb.show(units)._repr_html_()
    assert html.count("<tr>") == 1 + 20 and "共40行，此处列出前20行。" in html
    assert "<th>L5（㎡）</th>" in html and "<caption>评估单元</caption>" in html
    assert html.count('<td class="unmet num"') == 1 and '<td class="unmet">未达标</td>' in html
    assert '<td class="unknown num"></td>' in html and '<td class="unknown">无法判定</td>' in html
    assert "<td>是</td>" not in html and '<td class="">否</td>' in html
    assert "<script" not in html and "http" not in html
    assert repr(wb.show(units)) == "<表“评估单元”：40行22列>"


def test_more_rows_when_asked_and_no_note_for_a_short_table(units: pd.DataFrame) -> None:
    assert wb.show(units, most=40)._repr_html_().count("<tr>") == 41
    assert "此处列出" not in wb.show(units.head(3))._repr_html_()


def test_texts_are_escaped_and_numbers_keep_their_whole_value() -> None:
    made = pd.DataFrame({"<b>": ["<script>alert(1)</script>"], "值": [1 / 3]})
    html = wb.show(made)._repr_html_()
    assert "<script" not in html and "&lt;b&gt;" in html
    assert 'data-order="0.3333333333333333" title="0.3333333333333333">0.3333<' in html


def test_groups_keep_their_index(units: pd.DataFrame) -> None:
    html = wb.show(units.groupby("城乡类型", observed=True)["L4"].mean())._repr_html_()
    assert "<th>城乡类型</th><th>L4" in html and ">乡村</td>" in html


def test_evidence_shows_the_plain_table_under_its_policy(units: pd.DataFrame, tmp_path) -> None:
    output = nbformat.v4.new_output("execute_result", {"text/html": wb.show(units)._repr_html_()})
    cell = nbformat.v4.new_code_cell("wb.show(units)", outputs=[output])
    page = tmp_path / "notebook.html"
    write_html(nbformat.v4.new_notebook(cells=[cell]), page, "测试", ROOT / "templates")
    text = page.read_text(encoding="utf-8")
    assert "<script" not in text and 'class="jh jh-frame"' in text
    assert not re.search(r'<(td|th|table|tr)[^>]* style="', text), "the policy allows no style attributes"


class Kernel:
    """A kernel as a cell of JupyterLab meets it."""

    def __init__(self) -> None:
        self.cell = "cell-1"

    def get_parent(self) -> dict[str, object]:
        return {"metadata": {"cellId": self.cell}}


def test_in_lab_the_script_comes_once_and_again_with_its_own_cell(
    units: pd.DataFrame, monkeypatch: pytest.MonkeyPatch
) -> None:
    kernel = Kernel()
    monkeypatch.setattr(tables, "get_ipython", lambda: SimpleNamespace(kernel=kernel))
    monkeypatch.setattr(tables, "_bundle_cells", set())
    first = wb.show(units)._repr_html_()
    kernel.cell = "cell-2"
    second = wb.show(units)._repr_html_()
    kernel.cell = "cell-1"
    again = wb.show(units)._repr_html_()
    assert len(second) < 200_000 < 600_000 < len(first)
    assert len(again) == len(first)
    assert "new ITable(table, {" in second and "共40行，此处列出前20行。" in second
    assert "http" not in second and "itables.org" not in first


@pytest.mark.parametrize("what", [(), (3,), ("units",)])
def test_what_cannot_be_shown(what: tuple[object, ...]) -> None:
    with pytest.raises(UsageProblem, match="show的第一个参数应为DataFrame"):
        wb.show(*what)


def test_the_report_s_tables_by_name(tmp_path) -> None:
    folders = (str(ROOT / "data"), str(ROOT / "params"), str(tmp_path))
    work = county.open_workspace("370826", 2024, *folders, "assessment")
    assessment = wb.assess(work, county.open_book(work))
    assert "资源配置" in wb.show(work, assessment, "conclusion").data
