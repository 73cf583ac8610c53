"""The stand-in fonts: every office font is rendered in its stand-in, embedded, and no other font gets in."""

from __future__ import annotations

import os
import re
import subprocess
import xml.etree.ElementTree as ET
from pathlib import Path

import install_fonts
import pytest
from docx import Document
from docx.oxml.ns import qn
from fontTools.ttLib import TTFont

from junheng.errors import UsageProblem
from junheng.report import fonts
from tests.waiting import PATIENCE

RARE = "嶧鄌漷洸堃喆㛃"
SAMPLE = f"峄城区“优质均衡”——督导评估……（二）〔2024〕{RARE}"


def convert(names: dict[str, str], folder: Path) -> Path:
    """Make a document with one paragraph a font and return its PDF."""
    document = Document()
    document.styles.element.find(f".//{qn('w:lang')}").set(qn("w:eastAsia"), "zh-CN")
    for name, text in names.items():
        run = document.add_paragraph().add_run(text)
        run.font.name = name
        run._r.rPr.rFonts.set(qn("w:eastAsia"), name)
        run._r.rPr.rFonts.set(qn("w:hint"), "eastAsia")
    document.save(str(folder / "page.docx"))
    profile = (folder / "profile").as_uri()
    subprocess.run(
        ["soffice", f"-env:UserInstallation={profile}", "--headless", "--convert-to", "pdf", "page.docx"],
        cwd=folder,
        env=os.environ | {"FONTCONFIG_FILE": str(fonts.fontconfig_file())},
        check=True,
        capture_output=True,
        timeout=PATIENCE,
    )
    return folder / "page.pdf"


def pdf_fonts(pdf: Path) -> dict[str, bool]:
    """Return the fonts of a PDF and whether each is embedded as a subset with its text recoverable."""
    listing = subprocess.run(["pdffonts", pdf], check=True, capture_output=True, text=True).stdout
    found = re.findall(
        r"^(?:[A-Z]{6}\+)?(\S+) .* (yes|no) +(yes|no) +(yes|no) +\d+ +\d+$", listing, re.MULTILINE
    )
    return {name: set(flags) == {"yes"} for name, *flags in found}


def text_of(pdf: Path) -> str:
    return subprocess.run(["pdftotext", pdf, "-"], check=True, capture_output=True, text=True).stdout


@pytest.mark.e2e
def test_every_office_font_has_its_stand_in(tmp_path: Path) -> None:
    chinese = {name: SAMPLE for name in fonts.FONT_ROLES if name != "Times New Roman"}
    pdf = convert(chinese | {"Times New Roman": "Jining 2024"}, tmp_path)
    found = pdf_fonts(pdf)
    assert all(found.values()), found
    assert found.keys() == {face.pdf_name for face in fonts.FONT_ROLES.values()} | {fonts.RARE.pdf_name}
    assert found.keys() <= fonts.expected_pdf_fonts()
    assert text_of(pdf).count(RARE) == len(chinese)


@pytest.mark.e2e
@pytest.mark.parametrize("stranger", ["微软雅黑", "Calibri"])
def test_an_unknown_font_is_betrayed(stranger: str, tmp_path: Path) -> None:
    found = pdf_fonts(convert({stranger: "督导评估 2024"}, tmp_path))
    assert found.keys() - fonts.expected_pdf_fonts() == {fonts.CANARY.pdf_name}


@pytest.mark.e2e
def test_chinese_in_the_latin_font_is_betrayed(tmp_path: Path) -> None:
    found = pdf_fonts(convert({"Times New Roman": "督导评估"}, tmp_path))
    assert fonts.CANARY.pdf_name in found


def test_config_names_every_role_and_only_known_families() -> None:
    tree = ET.parse(fonts.CONFIG_TEMPLATE)
    aliases = {alias.findtext("family"): alias.findtext("accept/family") for alias in tree.iter("alias")}
    assert aliases == {name: face.family for name, face in fonts.FONT_ROLES.items()}


def test_gathered_files_carry_the_names_they_are_asked_by() -> None:
    assert fonts.missing_fonts() == []
    for face in fonts.ALL_FACES:
        font = TTFont(fonts.fonts_dir() / fonts.FACES_FOLDER / face.file, lazy=True)
        assert face.family in {str(name) for name in font["name"].names if name.nameID in {1, 16}}, face


def test_figure_fonts_have_the_minus_sign_and_rare_characters() -> None:
    for path in fonts.figure_font_files()[:2]:
        characters = TTFont(path, lazy=True).getBestCmap()
        assert [c for c in f"−≥㎡{RARE}" if ord(c) not in characters] == []


def test_missing_fonts_are_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(fonts.FONTS_ENV, str(tmp_path))
    assert fonts.missing_fonts() == [*(face.file for face in fonts.ALL_FACES), fonts.CONFIG_NAME]
    with pytest.raises(UsageProblem, match=r"FandolFang-Regular\.otf.*make setup"):
        fonts.fontconfig_file()


def test_a_folder_with_awkward_characters_gives_a_configuration_that_is_xml(tmp_path: Path) -> None:
    final = tmp_path / "甲 & <乙>--'\"$(x)" / ".fonts"
    final.mkdir(parents=True)
    install_fonts.write_config(final, final)
    (place,) = (node.text for node in ET.parse(final / fonts.CONFIG_NAME).getroot().iter("dir"))
    assert place == f"{final}/faces"


def test_fonts_that_fontconfig_does_not_find_fail_the_set_up(tmp_path: Path) -> None:
    final = tmp_path / ".fonts"
    (final / fonts.FACES_FOLDER).mkdir(parents=True)
    install_fonts.write_config(final, final)
    with pytest.raises(SystemExit, match="没有认出FandolFang-Regular"):
        install_fonts.warm_cache(final)


def test_what_a_killed_set_up_left_is_cleared(tmp_path: Path) -> None:
    (tmp_path / ".fonts-new-abc" / ".fonts").mkdir(parents=True)
    (tmp_path / ".fonts").mkdir()
    install_fonts.clear_unfinished(tmp_path / ".fonts")
    assert [path.name for path in tmp_path.iterdir()] == [".fonts"]


def test_the_pages_faces_draw_all_of_gbk() -> None:
    """So that only what lies outside need be looked up."""
    faces = fonts._page_faces()
    pairs = (bytes((one, two)) for one in range(0x81, 0xFF) for two in range(0x40, 0xFF) if two != 0x7F)
    signs = {sign for pair in pairs for sign in pair.decode("gbk", "ignore") if not sign.isspace()}
    assert len(signs) > 20000
    assert not [s for s in signs if not any(face.get_char_index(ord(s)) for face in faces)]


def test_a_package_installed_apart_finds_the_fonts_of_its_project(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv(fonts.FONTS_ENV, raising=False)
    monkeypatch.setenv("JUNHENG_HOME", str(tmp_path))
    assert fonts.fonts_dir() != tmp_path / ".fonts"  # a project without fonts: those beside the package
    (tmp_path / ".fonts").mkdir()
    assert fonts.fonts_dir() == tmp_path / ".fonts"
