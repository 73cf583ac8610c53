"""What is delivered of an executed notebook: no place, no time, the same bytes each time."""

from __future__ import annotations

import re
from base64 import b64encode
from hashlib import sha256
from pathlib import Path
from typing import Any

import nbformat
import pytest

from junheng.batch.evidence import write_html, write_notebook
from junheng.batch.scrub import PathScrubber, scrub_notebook
from tests.batch.fakes import REPO

SCRUBBER = PathScrubber(
    {Path("/srv/报告/项目"): "junheng", Path("/srv/报告/项目/data"): "data", Path("/"): "no"}
)


def executed() -> Any:
    notebook = nbformat.v4.new_notebook()
    notebook.metadata["papermill"] = {"start_time": "2026-01-01", "output_path": "/srv/报告/项目/x"}
    parameters = nbformat.v4.new_code_cell('DATA_DIR = "/srv/报告/项目/data"', id="zufall")
    parameters.metadata["tags"] = ["injected-parameters"]
    text = nbformat.v4.new_output(
        "stream", text="<A at 0x7f0011223344> /srv/报告/项目/data/2024 /srv/报告/项目2"
    )
    table = nbformat.v4.new_output(
        "display_data", {"text/html": "<table><tr><td>甲&amp;乙</td></tr></table>", "text/plain": "x"}
    )
    cell = nbformat.v4.new_code_cell("x = 1", id="a", outputs=[text, table], execution_count=1)
    cell.metadata["execution"] = {"iopub.status.busy": "2026-01-01"}
    cell.metadata["papermill"] = {"duration": 1}
    notebook.cells = [nbformat.v4.new_markdown_cell("# 标题\n\n正文", id="m"), parameters, cell]
    return scrub_notebook(notebook, {"DATA_DIR": "data", "YEAR": 2024}, SCRUBBER)


def test_places_become_names_longest_first() -> None:
    assert SCRUBBER.clean("'/srv/报告/项目/data/a' '/srv/报告/项目' /") == "'data/a' 'junheng' /"
    assert SCRUBBER.clean("/srv/报告/项目2 x/srv/报告/项目") == "/srv/报告/项目2 x/srv/报告/项目"
    assert SCRUBBER.first_left("nothing") is None


def test_executed_notebook_has_no_time_and_no_place() -> None:
    notebook = executed()
    assert set(notebook.metadata) == {"kernelspec", "language_info"}
    assert notebook.cells[1].source == "# 本次运行的参数\nDATA_DIR = 'data'\nYEAR = 2024"
    assert notebook.cells[1].id == "injected-parameters"
    assert notebook.cells[2].outputs[0].text == "<A at 0x…> data/2024 /srv/报告/项目2"
    assert notebook.cells[2].metadata == {}


def test_page_stands_alone(tmp_path: Path) -> None:
    write_html(executed(), tmp_path / "a.html", "邹城市<2024>", REPO / "templates")
    page = (tmp_path / "a.html").read_text(encoding="utf-8")
    assert '<html lang="zh-CN">' in page and "<title>邹城市&lt;2024&gt;</title>" in page
    assert "<details>" in page and "<td>甲&amp;乙</td>" in page and ">标题<a" in page
    for trace in ("http://", "https://", "<script", "<link", "url("):
        assert trace not in page
    write_notebook(executed(), tmp_path / "a.ipynb")
    write_notebook(executed(), tmp_path / "b.ipynb")
    assert (tmp_path / "a.ipynb").read_bytes() == (tmp_path / "b.ipynb").read_bytes()


def test_the_default_county_gives_way_to_this_one() -> None:
    cell = nbformat.v4.new_code_cell('COUNTY = "370883"\nYEAR = 2024\nEXTRA = 1', id="p")
    cell.metadata["tags"] = ["parameters"]
    notebook = nbformat.v4.new_notebook()
    notebook.cells = [cell]
    clean = scrub_notebook(notebook, {"COUNTY": "370811", "YEAR": 2023}, SCRUBBER)
    assert clean.cells[0].source == "COUNTY = '370811'\nYEAR = 2023\nEXTRA = 1"


def test_the_page_forbids_all_but_its_own_style(tmp_path: Path) -> None:
    write_html(executed(), tmp_path / "a.html", "x", REPO / "templates")
    page = (tmp_path / "a.html").read_text(encoding="utf-8")
    policy = re.search(r'<meta http-equiv="Content-Security-Policy" content="([^"]*)"', page)
    assert policy is not None and policy[1].startswith("default-src 'none'; style-src 'sha256-")
    assert "unsafe" not in policy[1] and "%" not in policy[1]
    style = page.split("<style>")[1].split("</style>")[0]
    assert b64encode(sha256(style.encode()).digest()).decode() in policy[1]


def test_headings_are_chinese_in_the_page_too(tmp_path: Path) -> None:
    notebook = nbformat.v4.new_notebook()
    notebook.cells = [
        nbformat.v4.new_markdown_cell("# 一、参数 &#38; `&#21439;`"),
        nbformat.v4.new_markdown_cell("<b title='&#039;&#0034;&#55296;&#128;'>粗</b> &#0060;i&#0062;"),
    ]
    write_html(notebook, tmp_path / "a.html", "x", REPO / "templates")
    page = (tmp_path / "a.html").read_text(encoding="utf-8")
    assert ">一、参数 &amp; <code>&amp;#21439;</code>" in page
    assert "<b title='&#039;&#0034;\ufffd€'>粗</b> &lt;i&gt;" in page


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("见/srv/报告/项目/a", "/srv/报告/项目"),
        ("“/srv/报告/项目”", "/srv/报告/项目"),
        ("/srv/报告/项目，", "/srv/报告/项目"),
        ("/srv/报告/项目中", None),
        ("/srv/报告/项目2", None),
        ("x/srv/报告/项目", None),
        ("没有/opt/plain中的文件", "/opt/plain"),
        ("/opt/plain2", None),
        ("/opt/plain.", "/opt/plain"),
        ("/opt/plain(1)&amp;", "/opt/plain"),
        ("/opt/plain\x1b[0m", "/opt/plain"),
        ("/opt/plain.bak", None),
        ("无", None),
    ],
)
def test_a_place_is_found_in_chinese_text(text: str, found: str | None) -> None:
    scrubber = PathScrubber({Path("/srv/报告/项目"): "junheng", Path("/opt/plain"): "plain"})
    assert scrubber.first_left(text) == found
    assert (scrubber.clean(text) == text) is (found is None)


@pytest.mark.parametrize(
    ("password", "printed", "left"),
    [
        ("Kai&Fang-密码", "environ({'JUNHENG_PASSWORD': 'Kai&Fang-密码'})", "environ({'JUNHENG_PASSWORD': '（保密）'})"),
        ("Kai&Fang-密码", "<td>Kai&amp;Fang-密码</td>", "<td>（保密）</td>"),
        ("O'Neill\\1", repr("O'Neill\\1"), '"（保密）"'),
        ("123456", "JUNHENG_PASSWORD    123456", "JUNHENG_PASSWORD    （保密）"),
        ("123456", "合计 123456 元", "合计 123456 元"),
        ("", "合计", "合计"),
    ],
)  # fmt: skip
def test_the_password_of_the_workbooks_is_taken_out(
    password: str, printed: str, left: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("JUNHENG_PASSWORD", password)
    assert PathScrubber({}).clean(printed) == left
