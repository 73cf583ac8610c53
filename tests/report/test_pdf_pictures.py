"""Pictures that go round LibreOffice: which do, what LibreOffice gets, and that the PDF shows them to the pixel."""

from __future__ import annotations

import io
import shutil
import zipfile
import zlib
from pathlib import Path

import pikepdf
import pypdfium2
import pytest
from PIL import Image

from junheng.report.content.model import Picture
from junheng.report.pdf import convert as pdf_module
from junheng.report.pdf.convert import Converter
from junheng.report.pdf.office_copy import copy_for_office
from junheng.report.pdf.pictures import PngPicture
from junheng.report.word.render import render_word
from tests.report.test_word_sample import make_template, p, tiny


def striped(mode: str = "RGB", size: tuple[int, int] = (40, 30), shift: int = 0) -> Image.Image:
    image = Image.new("RGB", size)
    image.putdata(
        [((x * 6 + shift) % 256, (y * 8) % 256, 90) for y in range(size[1]) for x in range(size[0])]
    )
    return image.convert(mode) if mode != "P" else image.quantize(256)


def png(image: Image.Image, **options: object) -> bytes:
    stream = io.BytesIO()
    image.save(stream, "PNG", **options)
    return stream.getvalue()


def shown(image: pikepdf.Object) -> Image.Image:
    return pikepdf.PdfImage(image).as_pil_image().convert("RGB")


@pytest.mark.parametrize("colours", [2, 4, 16, 256])
def test_a_png_with_a_palette_is_a_pdf_image(colours: int) -> None:
    image = striped().quantize(colours)
    picture = PngPicture.parse(png(image))
    assert picture is not None and picture.bits == {2: 1, 4: 2, 16: 4, 256: 8}[colours]
    with pikepdf.new() as pdf:
        stream = pdf.make_stream(b"\1\0\0", Type=pikepdf.Name.XObject, Subtype=pikepdf.Name.Image)
        picture.replace(stream)
        assert shown(stream).tobytes() == image.convert("RGB").tobytes()


@pytest.mark.parametrize(
    "data",
    [
        png(striped("RGB")),
        png(striped("RGBA")),
        png(striped("L")),
        png(striped("P"), transparency=0),
        png(striped("P"))[:-30],
        png(striped("P")).replace(b"IDAT", b"IDAX"),
        b"",
        b"GIF89a",
    ],
    ids=["colours", "alpha", "grey", "transparent", "cut off", "damaged", "empty", "gif"],
)
def test_other_pictures_are_left_to_libreoffice(data: bytes) -> None:
    assert PngPicture.parse(data) is None


def test_an_interlaced_picture_is_left_to_libreoffice() -> None:
    data = bytearray(png(striped("P")))
    data[28] = 1  # the last byte of IHDR, whose checksum is mended
    data[29:33] = checksum(bytes(data[12:29]))
    assert PngPicture.parse(bytes(data)) is None


def checksum(data: bytes) -> bytes:
    return zlib.crc32(data).to_bytes(4, "big")


@pytest.fixture
def word(tmp_path: Path) -> Path:
    """A Word file with two pictures that go round, and one that does not."""
    for name, image in (("a", striped("P")), ("b", striped("P", shift=99)), ("c", striped("RGB", (20, 20)))):
        (tmp_path / f"{name}.png").write_bytes(png(image))
    blocks = tuple(Picture(f"{name}.png", f"题{name}", "说明", 0.5) for name in "abc")
    template = make_template(tmp_path, p("一、基本情况", style="Heading1") + p("{{ blocks.c }}"))
    render_word(tiny(c=blocks), template, tmp_path / "o.docx", tmp_path)
    return tmp_path / "o.docx"


def test_libreoffice_gets_dots_and_all_else_as_it_is(word: Path, tmp_path: Path) -> None:
    pictures = copy_for_office(word, tmp_path / "copy.docx")
    with zipfile.ZipFile(word) as old, zipfile.ZipFile(tmp_path / "copy.docx") as new:
        assert old.namelist() == new.namelist()
        changed = [name for name in old.namelist() if old.read(name) != new.read(name)]
        dots = [Image.open(io.BytesIO(new.read(name))) for name in changed]
    assert len(changed) == 2 and all(name.startswith("word/media/") for name in changed)
    assert [dot.size for dot in dots] == [(1, 1)] * 2
    assert [bytes(dot.getpixel((0, 0))) for dot in dots] == list(pictures)  # type: ignore[arg-type]


def images(path: Path) -> list[bytes]:
    with pikepdf.open(path) as pdf:
        streams = [thing for thing in pdf.objects if isinstance(thing, pikepdf.Stream)]
        found = [shown(thing) for thing in streams if thing.get("/Subtype") == pikepdf.Name.Image]
        return sorted(image.tobytes() for image in found)


@pytest.mark.e2e
def test_the_pdf_shows_every_picture_to_the_pixel(
    word: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    wanted = sorted(Image.open(tmp_path / f"{name}.png").convert("RGB").tobytes() for name in "abc")
    runs = []
    made = Converter._made
    monkeypatch.setattr(Converter, "_made", lambda self, *given: runs.append(1) or made(self, *given))
    with Converter() as converter:
        converter.convert(word, tmp_path / "o.pdf")
        assert images(tmp_path / "o.pdf") == wanted and len(runs) == 1

        monkeypatch.setattr(pdf_module, "restore_pictures", lambda pdf, pictures: not pictures)
        converter.convert(word, tmp_path / "plain.pdf")
    assert images(tmp_path / "plain.pdf") == wanted and len(runs) == 3


def changed(word: Path, old: bytes, new: bytes, media: bytes | None = None) -> None:
    """Edit the document as Word would; with `media`, one more picture file that stands nowhere."""
    with zipfile.ZipFile(word) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    assert old in parts["word/document.xml"]
    parts["word/document.xml"] = parts["word/document.xml"].replace(old, new, 1)
    if media is not None:
        parts["word/media/other.png"] = media
    with zipfile.ZipFile(word, "w") as archive:
        for name, data in parts.items():
            archive.writestr(name, data)


STRETCH, OFFSET = b"<a:stretch>", b'<a:xfrm><a:off x="0"'
EDITS = {
    "cropped": (STRETCH, b'<a:srcRect l="25000" t="10000" r="25000" b="40000"/><a:stretch>'),
    "mirrored": (OFFSET, b'<a:xfrm flipH="1"><a:off x="0"'),
    "turned": (OFFSET, b'<a:xfrm rot="1800000"><a:off x="0"'),
    "two-coloured": (b'"/><a:stretch>', b'"><a:biLevel thresh="50000"/></a:blip><a:stretch>'),
    "twice": (b'r:embed="rJh2"', b'r:embed="rJh1"'),
}


@pytest.mark.e2e
@pytest.mark.parametrize("edit", EDITS)
def test_a_picture_that_is_not_shown_as_it_is_is_left_to_libreoffice(
    edit: str, word: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    changed(word, *EDITS[edit])
    assert len(copy_for_office(word, tmp_path / "copy.docx")) == (0 if edit == "twice" else 1)
    with Converter() as converter:
        converter.convert(word, tmp_path / "o.pdf")
        monkeypatch.setattr(pdf_module, "_copy", lambda docx, source: shutil.copyfile(docx, source) and {})
        converter.convert(word, tmp_path / "plain.pdf")
    assert seen(tmp_path / "o.pdf") == seen(tmp_path / "plain.pdf")


def seen(path: Path) -> list[bytes]:
    document = pypdfium2.PdfDocument(path)
    try:
        return [page.render(scale=1.5).to_pil().convert("RGB").tobytes() for page in document]
    finally:
        document.close()


def test_beside_a_picture_of_one_pixel_there_are_no_dots(word: Path, tmp_path: Path) -> None:
    changed(word, b"", b"", png(striped("RGB", (1, 1))))
    assert copy_for_office(word, tmp_path / "copy.docx") == {}
