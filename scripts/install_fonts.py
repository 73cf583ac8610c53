"""Gather the fonts of the reports in the project's .fonts folder.

Called by scripts/bootstrap.sh with the folder that holds the downloaded TeX package (empty when the Fandol
fonts are there from an earlier set-up) and the fonts folder to fill. Faces that come in a collection (.ttc)
become files of their own, because programs that ask a collection for a family take its first face, which is
Japanese.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Final
from xml.sax.saxutils import escape

from fontTools.ttLib import TTCollection, TTFont
from fontTools.ttLib.tables.DefaultTable import DefaultTable

from junheng.errors import refused
from junheng.report import fonts
from junheng.report.fonts import FontFace

SYSTEM_FOLDERS: Final = (Path("/usr/share/fonts"), Path("/usr/local/share/fonts"))
FANDOL_FOLDER: Final = "usr/share/texlive/texmf-dist/fonts/opentype/public/fandol"
FANDOL: Final = (fonts.FANG, fonts.KAI, fonts.CANARY)
COPIED: Final = (
    fonts.LATIN,
    fonts.LATIN_BOLD,
    fonts.LATIN_ITALIC,
    fonts.LATIN_BOLD_ITALIC,
    fonts.RARE,
    fonts.RAREST,
)
# Height of a line in em, set in the faces that are extracted. Noto's own 1.45 would spread every table row
# that has a 黑体 heading; this is the height of the Fandol fonts beside them, with the characters centred.
ASCENT: Final = 1.005
DESCENT: Final = 0.245


@dataclass(frozen=True)
class Extraction:
    """A face to take out of a collection: the collection's file and the PostScript name inside it."""

    target: FontFace
    collection: str
    postscript: str


EXTRACTED: Final = (
    Extraction(fonts.HEI, "NotoSansCJK-Regular.ttc", "NotoSansCJKsc-Regular"),
    Extraction(fonts.HEI_BOLD, "NotoSansCJK-Bold.ttc", "NotoSansCJKsc-Bold"),
    Extraction(fonts.SONG, "NotoSerifCJK-Regular.ttc", "NotoSerifCJKsc-Regular"),
    Extraction(fonts.XIAOBIAOSONG, "NotoSerifCJK-Bold.ttc", "NotoSerifCJKsc-Bold"),
)


def find_system_font(name: str) -> Path:
    """Return the path of a font file that an apt package installed."""
    for folder in SYSTEM_FOLDERS:
        for path in sorted(folder.rglob(name)):
            return path
    raise SystemExit(f"系统中没有字体文件“{name}”，请确认 apt-packages.txt 所列字体包均已安装。")


def unpack_fandol(deb: Path, target: Path) -> None:
    """Take the Fandol fonts out of the TeX package without installing it."""
    with tempfile.TemporaryDirectory() as scratch:
        members = [f"./{FANDOL_FOLDER}/{face.file}" for face in FANDOL]
        archive = subprocess.Popen(["dpkg-deb", "--fsys-tarfile", str(deb)], stdout=subprocess.PIPE)
        subprocess.run(["tar", "-x", "-C", scratch, *members], stdin=archive.stdout, check=True)
        archive.communicate()
        for face in FANDOL:
            shutil.copyfile(Path(scratch, FANDOL_FOLDER, face.file), target / face.file)


def bring_fandol(downloads: Path, earlier: Path, target: Path) -> None:
    """Take the Fandol fonts from the downloaded package, or from an earlier set-up where there is none."""
    for deb in downloads.glob("*.deb"):
        unpack_fandol(deb, target)
        return
    for face in FANDOL:
        shutil.copyfile(earlier / face.file, target / face.file)


def set_line_height(font: TTFont) -> None:
    """Give an extracted face the line height of the fonts it stands beside."""
    units = font["head"].unitsPerEm
    ascent, descent = round(ASCENT * units), round(DESCENT * units)
    hhea, os2 = font["hhea"], font["OS/2"]
    hhea.ascent, hhea.descent, hhea.lineGap = ascent, -descent, 0
    os2.sTypoAscender, os2.sTypoDescender, os2.sTypoLineGap = ascent, -descent, 0
    os2.usWinAscent, os2.usWinDescent = ascent, descent


def name_as_chinese(font: TTFont) -> None:
    """Let a PDF show the Chinese face's name: the faces of a collection share outlines named for Japan.

    The bytes are replaced by as many: rebuilding the table would take a quarter of a minute a face.
    """
    font.getGlyphOrder()  # read from the table that is about to be replaced
    table = DefaultTable("CFF ")
    table.data = font.reader["CFF "].replace(b"CJKjp", b"CJKsc")
    font.tables["CFF "] = table


def rename_as_regular(font: TTFont, face: FontFace) -> None:
    """Give a bold face a family name of its own, in which it is the regular weight."""
    name = font["name"]
    name.names = [record for record in name.names if record.nameID not in {1, 2, 3, 4, 16, 17}]
    for number, text in {1: face.family, 2: "Regular", 4: face.family}.items():
        name.setName(text, number, 3, 1, 0x409)
    font["OS/2"].usWeightClass = 400
    font["OS/2"].fsSelection = 0x40
    font["head"].macStyle = 0


def extract(job: Extraction, target: Path) -> None:
    """Write one face of a collection as a font file of its own."""
    unchanged = {"lazy": True, "recalcBBoxes": False, "recalcTimestamp": False}
    collection = TTCollection(find_system_font(job.collection), **unchanged)
    font = next(face for face in collection.fonts if face["name"].getDebugName(6) == job.postscript)
    set_line_height(font)
    name_as_chinese(font)
    if job.target is fonts.XIAOBIAOSONG:
        rename_as_regular(font, job.target)
    font.save(target / job.target.file)


def write_config(target: Path, final: Path) -> None:
    """Write the fontconfig file for the fonts' final folder."""
    text = fonts.CONFIG_TEMPLATE.read_text(encoding="utf-8")
    text = text.replace("@FONTS_DIR@", escape(str(final)))
    (target / fonts.CONFIG_NAME).write_text(text, encoding="utf-8")


def gather(downloads: Path, target: Path, final: Path) -> None:
    """Fill `target` with every font file and the configuration that will be used in `final`."""
    faces = target / fonts.FACES_FOLDER
    faces.mkdir()
    bring_fandol(downloads, final / fonts.FACES_FOLDER, faces)
    for face in COPIED:
        shutil.copyfile(find_system_font(face.file), faces / face.file)
    for job in EXTRACTED:
        extract(job, faces)
    write_config(target, final)


def warm_cache(final: Path) -> None:
    """Let fontconfig read the fonts once, so that parallel LibreOffices need not, and make sure that it finds them all."""
    if not shutil.which("fc-list"):
        raise SystemExit("没有fontconfig（fc-list），请确认 apt-packages.txt 所列软件包均已安装。")
    env = os.environ | {"FONTCONFIG_FILE": str(final / fonts.CONFIG_NAME), "LC_ALL": "C.UTF-8"}
    subprocess.run(["fc-cache", "--force"], env=env, check=False)
    listed = subprocess.run(
        ["fc-list", "--format=%{file}\n"], env=env, capture_output=True, encoding="utf-8", check=False
    )
    seen = {Path(line).name for line in listed.stdout.splitlines()}
    missing = [face.file for face in fonts.ALL_FACES if face.file not in seen]
    if missing:
        raise SystemExit(f"字体已放入“{final.name}”，但字体系统没有认出{'、'.join(missing)}。")


def clear_unfinished(final: Path) -> None:
    """Remove what a set-up that was killed left beside the fonts folder; only one set-up runs at a time."""
    for left in final.parent.glob(f"{final.name}-new-*"):
        shutil.rmtree(left, ignore_errors=True)


def main(downloads: str, folder: str) -> None:
    """Build the fonts folder beside the old one and put it in its place when complete."""
    final = Path(folder).resolve()
    clear_unfinished(final)
    with tempfile.TemporaryDirectory(prefix=f"{final.name}-new-", dir=final.parent) as scratch:
        fresh = Path(scratch, final.name)
        fresh.mkdir()
        gather(Path(downloads), fresh, final)
        shutil.rmtree(final, ignore_errors=True)
        fresh.rename(final)
    warm_cache(final)


if __name__ == "__main__":
    try:
        main(*sys.argv[1:])
    except OSError as error:
        raise SystemExit(f"字体文件“{Path(str(error.filename)).name}”无法读写：{refused(error)}。") from None
