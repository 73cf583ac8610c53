"""The converter against programs that fail as LibreOffice does, and once against LibreOffice itself."""

from __future__ import annotations

import os
import signal
import socket
import time
import zipfile
from functools import partial
from pathlib import Path
from typing import Any

import docx
import pikepdf
import pytest
from docx.opc.constants import RELATIONSHIP_TYPE
from docx.oxml import parse_xml
from docx.oxml.ns import nsmap

from junheng.errors import OutputProblem, UsageProblem
from junheng.report.pdf import office as office_module
from junheng.report.pdf import office_profile
from junheng.report.pdf.convert import Converter
from junheng.report.pdf.office import OfficeHost, environment, find_office, open_office
from junheng.report.word.render import render_word
from tests.report.test_word_sample import COUNTY, make_template, p, tiny
from tests.waiting import PATIENCE, require_gone, until


class Pretended:
    """An office that says something, and writes what it is told to."""

    worn = False

    def __init__(self, says: str, writes: bytes | None = None) -> None:
        self.says, self.writes = says, writes
        self.limits: list[float] = []

    def convert(self, source: Path, timeout: float, draft: bool = False) -> str:
        self.limits.append(timeout)
        if self.writes is not None:
            source.with_suffix(".pdf").write_bytes(self.writes)
        return self.says

    def close(self) -> None:
        pass


@pytest.mark.parametrize(
    ("office", "says"),
    [
        (
            Pretended("source file could not be loaded"),
            "没有生成报告的PDF（source file could not be loaded）",
        ),
        (Pretended(""), "没有生成报告的PDF。"),
        (Pretended("", b""), "没有生成报告的PDF。"),
        (Pretended("", b"half"), "PDF不完整"),
    ],
)
def test_what_is_no_pdf_is_not_published(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, office: Any, says: str
) -> None:
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    (tmp_path / "报告.docx").write_bytes(b"PK")
    with Converter() as converter:
        converter._office = office
        with pytest.raises(OutputProblem, match=says):
            converter.convert(tmp_path / "报告.docx", tmp_path / "报告.pdf")
        assert len(list(tmp_path.glob("junheng-office-*"))) == 1
    assert [path.name for path in tmp_path.iterdir()] == ["报告.docx"]  # no PDF, no profile


def test_a_libreoffice_without_its_library_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "soffice").write_text("#!/bin/sh\n")
    (tmp_path / "soffice").chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(UsageProblem, match=r"缺少LibreOfficeKit.*请改装：sudo apt-get install"):
        open_office(tmp_path)


def test_without_libreoffice_the_command_to_install_it_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "/nonexistent")
    with pytest.raises(UsageProblem, match=r"请运行：sudo apt-get install .*libreoffice-writer-nogui"):
        find_office()


def test_a_missing_word_file_is_named(tmp_path: Path) -> None:
    with Converter() as converter, pytest.raises(OutputProblem, match=r"缺少Word文件x\.docx"):
        converter.convert(tmp_path / "x.docx", tmp_path / "x.pdf")


def test_nothing_of_the_user_reaches_libreoffice(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOME", "/home/zhangsan")
    monkeypatch.setenv("LANG", "C")
    given = environment(tmp_path)
    assert "zhangsan" not in str(given) and given["HOME"] == str(tmp_path)
    assert Path(given["FONTCONFIG_FILE"]).is_file()


@pytest.mark.e2e
def test_libreoffice_writes_a_chinese_pdf_with_bookmarks(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HOME", "/nonexistent")
    template = make_template(tmp_path, p("一、基本情况", style="Heading1") + p("{{ county }}"))
    render_word(tiny(), template, tmp_path / "a.docx", tmp_path)
    target = tmp_path / f"{COUNTY}（2024年度） 'x'.pdf"
    with Converter() as converter:
        converter.convert(tmp_path / "a.docx", target)
        converter.convert(tmp_path / "a.docx", target)  # a second one replaces the first
    with pikepdf.open(target) as pdf:
        assert pdf.Root.Lang == "zh-CN"
        assert "/Author" not in pdf.docinfo
        with pdf.open_outline() as outline:
            assert [item.title for item in outline.root] == ["一、基本情况"]


@pytest.fixture
def word(tmp_path: Path) -> Path:
    template = make_template(tmp_path, p("一、基本情况", style="Heading1") + p("{{ county }}"))
    render_word(tiny(), template, tmp_path / "a.docx", tmp_path)
    return tmp_path / "a.docx"


def host_of(converter: Converter) -> OfficeHost:
    assert converter._office is not None
    return converter._office


@pytest.mark.e2e
def test_libreoffice_stays_and_is_replaced_when_it_died_or_is_worn(
    word: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with Converter() as converter:
        converter.convert(word, tmp_path / "1.pdf")
        first = host_of(converter).process
        converter.convert(word, tmp_path / "2.pdf")
        assert host_of(converter).process == first
        os.kill(first, 9)
        converter.convert(word, tmp_path / "3.pdf")
        second = host_of(converter).process
        assert second != first
        monkeypatch.setattr(office_module, "DOCUMENTS_BEFORE_RESTART", 1)
        converter.convert(word, tmp_path / "4.pdf")
        third = host_of(converter).process
        assert third != second
    require_gone([second, third])
    assert all((tmp_path / f"{number}.pdf").stat().st_size for number in range(1, 5))


@pytest.mark.e2e
def test_a_libreoffice_that_hangs_is_ended(word: Path, tmp_path: Path) -> None:
    with Converter(timeout=2.0) as converter:
        converter.prepare()
        process = host_of(converter).process
        os.kill(process, signal.SIGSTOP)
        with pytest.raises(OutputProblem, match="2秒内没有完成"):
            converter.convert(word, tmp_path / "a.pdf")
        require_gone([process])
        assert not (tmp_path / "a.pdf").exists()
        converter._timeout = PATIENCE
        converter.convert(word, tmp_path / "a.pdf")


@pytest.mark.e2e
def test_a_file_that_is_no_document_is_refused_and_the_next_is_converted(word: Path, tmp_path: Path) -> None:
    (tmp_path / "bad.docx").write_bytes(b"PK\x03\x04 nothing")
    with Converter() as converter:
        with pytest.raises(OutputProblem, match="没有生成bad的PDF"):
            converter.convert(tmp_path / "bad.docx", tmp_path / "bad.pdf")
        converter.convert(word, tmp_path / "a.pdf")


@pytest.mark.e2e
def test_the_settings_change_no_page_and_spare_the_test_of_the_screen(
    word: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = {}
    for name, settings in (("ours", office_profile.SETTINGS), ("plain", ())):
        monkeypatch.setattr(office_profile, "SETTINGS", settings)
        with Converter() as converter:
            converter.convert(word, tmp_path / f"{name}.pdf")
            converter.convert(word, tmp_path / f"{name}.pdf")
            log = partial(list, converter._work_folder().rglob("GraphicsRenderTests.log"))
            if name == "plain":
                until(log)  # it is made when LibreOffice has nothing else to do
            else:
                time.sleep(1)
                assert log() == []
        made[name] = (tmp_path / f"{name}.pdf").read_bytes()
    assert made["ours"] == made["plain"]


def test_a_larger_document_may_take_longer(tmp_path: Path) -> None:
    converter, office = Converter(120), Pretended("")
    converter._office = office  # type: ignore[assignment]
    for name, size in (("small", 900_000), ("large", 16_000_000)):
        with zipfile.ZipFile(tmp_path / name, "w", zipfile.ZIP_DEFLATED) as package:
            package.writestr("word/document.xml", b" " * size)
    (tmp_path / "none").write_bytes(b"PK")
    for name in ("small", "large", "none"):
        with pytest.raises(OutputProblem, match="没有生成"):
            converter.convert(tmp_path / name, tmp_path / "o.pdf")
    converter.close()
    assert office.limits == [120, 280, 120]


LINKED = (
    "<w:p><w:r><w:drawing><wp:inline><wp:extent cx='900000' cy='900000'/><wp:docPr id='7' name='x'/><a:graphic>"
    "<a:graphicData uri='http://schemas.openxmlformats.org/drawingml/2006/picture'><pic:pic><pic:nvPicPr>"
    "<pic:cNvPr id='7' name='x'/><pic:cNvPicPr/></pic:nvPicPr><pic:blipFill><a:blip r:link='{}'/></pic:blipFill>"
    "<pic:spPr/></pic:pic></a:graphicData></a:graphic></wp:inline></w:drawing></w:r></w:p>"
)


@pytest.mark.e2e
@pytest.mark.parametrize("cut_off", [True, False])
def test_libreoffice_fetches_nothing_a_document_names(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, cut_off: bool
) -> None:
    if not cut_off:  # where the system lets nobody have a network of his own
        monkeypatch.setattr(office_module, "without_network", tuple)
    with socket.create_server(("127.0.0.1", 0)) as listener:
        listener.settimeout(0)
        address = f"http://127.0.0.1:{listener.getsockname()[1]}/x.png"
        document = docx.Document()
        document.add_paragraph("正文")
        relation = document.part.relate_to(address, RELATIONSHIP_TYPE.IMAGE, is_external=True)
        names = "".join(f" xmlns:{key}='{nsmap[key]}'" for key in ("w", "wp", "a", "pic", "r"))
        drawn = parse_xml(LINKED.format(relation).replace("<w:p>", f"<w:p{names}>", 1))
        document.element.body.insert(0, drawn)
        document.save(str(tmp_path / "a.docx"))
        with Converter() as converter:
            converter.convert(tmp_path / "a.docx", tmp_path / "a.pdf")
        with pytest.raises(BlockingIOError):
            listener.accept()
    assert (tmp_path / "a.pdf").stat().st_size
