"""Doors: names and texts from a workbook or a parameter file open none of them. One test a door (docs/security.md)."""

from __future__ import annotations

import ast
import io
import re
import zipfile
from pathlib import Path

import nbformat
import pytest
from jinja2.exceptions import SecurityError
from openpyxl import load_workbook

from junheng.batch.evidence import _exporter, write_html
from junheng.batch.scrub import parameter_source
from junheng.delivery.extract import pieces_of
from junheng.delivery.forms import changes_sheet
from junheng.delivery.pieces import PieceKind
from junheng.errors import DataProblem, ParamsProblem
from junheng.lab.data_files import neutral
from junheng.params.counties import County, load_counties
from junheng.params.formula import parse_formula
from junheng.params.loader import read_yaml
from junheng.report.content.model import Table, TableCell, TableRow
from junheng.report.page.html import table_html
from junheng.report.word.text import parse
from junheng.workbook.read.find import find_workbook
from junheng.workbook.read.package import Package
from tests.delivery.make import OWN, PARAMS, REPO, with_part, word

LIB = REPO / "lib" / "junheng"
EVIL = '"; import os; os.system("touch pwned") #'
SCRIPT = "<script>alert(1)</script>"


@pytest.mark.parametrize("name", ["../../etc", "a/b", "a\\b", "", "a\nb", "..", "a;b", "$(x)"])
def test_paths_a_county_that_leads_elsewhere_is_no_county(tmp_path: Path, name: str) -> None:
    text = f'counties:\n- {{code: "370883", name: {name!r}, government: x, target_year: 2024}}\n'
    (tmp_path / "counties.yml").write_text(text, encoding="utf-8")
    with pytest.raises(ParamsProblem):
        load_counties(tmp_path)


def test_paths_all_real_counties_are_fit_for_file_names() -> None:
    assert len(load_counties(PARAMS)) == 14


def test_paths_a_workbook_is_found_by_code_in_its_folder_only(tmp_path: Path) -> None:
    (tmp_path / "2024" / f"{OWN.code}_..").mkdir(parents=True)
    (tmp_path / "2024" / f"{OWN.code}_；rm -rf ~.xlsx").write_bytes(b"")
    assert find_workbook(tmp_path, 2024, OWN).parent == tmp_path / "2024"


def test_shell_no_command_goes_through_one() -> None:
    for path in LIB.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call):
                called = ast.unparse(node.func)
                assert called not in {"os.system", "os.popen", "subprocess.getoutput"}, path
                assert not any(word.arg == "shell" for word in node.keywords), path


def test_code_nothing_is_evaluated_or_unpickled() -> None:
    forbidden = {
        "eval",
        "exec",
        "pickle.load",
        "pickle.loads",
        "yaml.unsafe_load",
        "yaml.full_load",
        "marshal.loads",
    }
    pickles = {"pickle.load", "pickle.loads"}
    for path in LIB.rglob("*.py"):
        calls = [n for n in ast.walk(ast.parse(path.read_text(encoding="utf-8"))) if isinstance(n, ast.Call)]
        # Dask's own messages are pickles: the cluster is trusted, as docs/security.md says.
        refused = forbidden - pickles if path.is_relative_to(LIB / "batch" / "cluster") else forbidden
        assert not refused & {ast.unparse(call.func) for call in calls}, path


def test_template_text_of_a_notebook_is_never_a_template(tmp_path: Path) -> None:
    notebook = nbformat.v4.new_notebook()
    output = nbformat.v4.new_output("stream", text="{{ 6 * 7 }} {% include '/etc/passwd' %}")
    notebook.cells = [
        nbformat.v4.new_markdown_cell("{{ 6 * 7 }}", id="m"),
        nbformat.v4.new_code_cell("1", id="c", outputs=[output]),
    ]
    write_html(notebook, tmp_path / "a.html", "{{ 6 * 7 }}", REPO / "templates")
    page = (tmp_path / "a.html").read_text(encoding="utf-8")
    assert page.count("{{ 6 * 7 }}") >= 3 and "{% include" in page and "root:" not in page


def test_template_jinja_is_sandboxed() -> None:
    environment = _exporter(REPO / "templates").environment
    with pytest.raises(SecurityError):
        environment.from_string("{{ ''.__class__.__mro__[1].__subclasses__() }}").render()


@pytest.mark.parametrize(
    "text", ["__import__('os')", "a.__class__", "a[0]", "(lambda: 1)()", "open('x')", "[x for x in a]"]
)
def test_formula_is_arithmetic_only(text: str) -> None:
    with pytest.raises(ParamsProblem):
        parse_formula(text)


@pytest.mark.parametrize(
    "tag", ["!!python/object/apply:os.system ['touch pwned']", "!!python/name:os.system", "!x y"]
)
def test_yaml_tags_make_nothing(tmp_path: Path, tag: str) -> None:
    (tmp_path / "a.yml").write_text(f"a: {tag}\n", encoding="utf-8")
    with pytest.raises(ParamsProblem, match=r"a\.yml格式有误"):
        read_yaml(tmp_path / "a.yml")


def test_notebook_a_parameter_stays_a_literal() -> None:
    source = parameter_source({"COUNTY": EVIL + "\n'''", "YEAR": 2024})
    body = ast.parse(source).body
    assert all(isinstance(node, ast.Assign) and isinstance(node.value, ast.Constant) for node in body)
    assert body[0].value.value == EVIL + "\n'''"  # type: ignore[attr-defined]


def test_notebook_papermill_writes_parameters_as_literals() -> None:
    from papermill.translators import PythonTranslator

    source = PythonTranslator.codify({"COUNTY": EVIL + '\n"""'}, "参数")
    nodes = ast.parse(source).body
    assert [type(node) for node in nodes] == [ast.Assign]
    assert ast.literal_eval(nodes[0].value) == EVIL + '\n"""'  # type: ignore[attr-defined]


def _bomb(part: bytes) -> bytes:
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/workbook.xml", part)
    return target.getvalue()


def test_xml_entities_are_neither_read_nor_expanded(tmp_path: Path) -> None:
    secret = tmp_path / "secret.txt"
    secret.write_text("机密", encoding="utf-8")
    text = f'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a SYSTEM "{secret.as_uri()}">]><x>&a;</x>'.encode()
    assert "机密" not in "".join(str(piece) for piece in parse(text).itertext(with_tail=False))
    with pytest.raises(DataProblem):
        Package("a.xlsx", _bomb(text)).xml("xl/workbook.xml")
    planted = with_part(
        word("甲"), "word/document.xml", {"<w:document": "<!DOCTYPE w:document [<!ENTITY a 'b'>]><w:document"}
    )
    assert PieceKind.HIDDEN in {piece.kind for piece in pieces_of("a.docx", planted)}


def test_html_names_are_text(tmp_path: Path) -> None:
    from junheng.params.tables import TableColumn, TableSpec

    spec = TableSpec(
        id="t", title=SCRIPT, columns=(TableColumn(key="a", heading=SCRIPT, width=10),), notes=(SCRIPT,)
    )
    rows = (TableRow({"a": TableCell(SCRIPT)}), TableRow(kind="group", text=SCRIPT))
    assert "<script" not in table_html(Table(spec, rows, notes=(SCRIPT,)))


def test_html_what_a_notebook_prints_is_text(tmp_path: Path) -> None:
    """Printed and plain texts may quote a workbook; only our own tables, escaped above, are markup."""
    notebook = nbformat.v4.new_notebook()
    outputs = [
        nbformat.v4.new_output("stream", text=SCRIPT),
        nbformat.v4.new_output("stream", name="stderr", text=SCRIPT),
        nbformat.v4.new_output("display_data", {"text/plain": SCRIPT}),
        nbformat.v4.new_output("error", ename="E", evalue=SCRIPT, traceback=[SCRIPT]),
    ]
    notebook.cells = [nbformat.v4.new_code_cell(SCRIPT, id="c", outputs=outputs)]
    write_html(notebook, tmp_path / "a.html", SCRIPT, REPO / "templates")
    page = (tmp_path / "a.html").read_text(encoding="utf-8")
    assert "<script" not in page and page.count("&lt;script&gt;alert(1)&lt;/script&gt;") >= 4


def test_html_pages_forbid_what_they_do_not_need(tmp_path: Path) -> None:
    notebook = nbformat.v4.new_notebook()
    write_html(notebook, tmp_path / "a.html", SCRIPT, REPO / "templates")
    page = (tmp_path / "a.html").read_text(encoding="utf-8")
    policy = re.search(r'content="(default-src[^"]*)"', page)
    assert policy is not None and "<script" not in page
    assert "default-src 'none'" in policy[1] and "script-src" not in policy[1] and "unsafe" not in policy[1]


@pytest.mark.parametrize("start", ["=", "+", "-", "@", "＝", "\t", "\r", "\n"])
def test_formulas_are_texts(start: str) -> None:
    name = f"{start}HYPERLINK(1)"
    assert neutral(name) == f"'{name}"
    row = {"kind": "x", "subject": name, "item": "", "before": "", "after": ""}
    sheet = load_workbook(io.BytesIO(changes_sheet(PARAMS, "t", [row], []))).active
    kinds = {cell.data_type for cells in sheet.iter_rows() for cell in cells}
    assert kinds <= {"s", "n"}


def test_archives_that_swell_are_not_read() -> None:
    with pytest.raises(DataProblem, match="压缩炸弹"):
        Package("a.xlsx", _bomb(b"\0" * 60_000_000))


def test_a_county_record_is_what_it_says() -> None:
    assert County(code="370883", name="邹城市", government="x", target_year=2024).stem == "370883_邹城市"
