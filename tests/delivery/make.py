"""Small files of every format that a package carries, clean or with something planted in them."""

from __future__ import annotations

import hashlib
import io
import json
import shutil
import zipfile
from pathlib import Path
from typing import Any

import docx
import matplotlib
import nbformat
import pikepdf
from matplotlib import font_manager
from matplotlib.backends.backend_pdf import PdfPages
from matplotlib.figure import Figure
from openpyxl import Workbook
from openpyxl.comments import Comment
from PIL import Image, PngImagePlugin

from junheng.batch.job import Places
from junheng.params.counties import County, find_county, load_counties

REPO = Path(__file__).resolve().parents[2]
PARAMS = REPO / "params"
COUNTIES = load_counties(PARAMS)
YEAR = 2024
OWN = find_county(COUNTIES, "370883")
OTHER = find_county(COUNTIES, "370811")
OWN_SCHOOLS = {"2137830001": "邹城市实验小学", "2137830002": "看庄镇中学", "2137830003": "第二实验学校"}
OTHER_SCHOOLS = {
    "2137110001": "任城区运河小学",
    "2137110002": "喻屯镇中学",
    "2137110003": "第二实验学校",
    "2137110004": "实验小学",
}


def word(*texts: str, author: str = "", hidden: str = "", comment: str = "", picture: bytes = b"") -> bytes:
    document = docx.Document()
    for text in texts:
        document.add_paragraph(text)
    if hidden:
        document.add_paragraph("").add_run(hidden).font.hidden = True
    if comment:
        runs = document.add_paragraph("正文").runs
        document.add_comment(runs, text=comment, author="", initials="")
    if picture:
        document.add_picture(io.BytesIO(picture))
    properties = document.core_properties
    properties.author, properties.comments, properties.title = author, "", "报告"
    target = io.BytesIO()
    document.save(target)
    return target.getvalue()


def with_part(package: bytes, name: str, replaced: dict[str, str]) -> bytes:
    """A package with pieces of one part replaced."""
    target = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(package)) as old,
        zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as new,
    ):
        for entry in old.namelist():
            data = old.read(entry)
            if entry == name:
                for before, after in replaced.items():
                    assert before.encode() in data
                    data = data.replace(before.encode(), after.encode())
            new.writestr(entry, data)
    return target.getvalue()


def sheet(rows: list[list[Any]], hidden: str = "", comment: str = "", author: str = "") -> bytes:
    book = Workbook()
    page = book.active
    for row in rows:
        page.append(row)
    if comment:
        page["A1"].comment = Comment(comment, "")
    if hidden:
        other = book.create_sheet("其他")
        other.append([hidden])
        other.sheet_state = "hidden"
    book.properties.creator = author
    target = io.BytesIO()
    book.save(target)
    return target.getvalue()


def _chinese() -> Any:
    path = sorted((REPO / ".fonts" / "faces").glob("FandolFang*.otf"))[0]
    font_manager.fontManager.addfont(str(path))
    name = font_manager.FontProperties(fname=str(path)).get_name()
    return matplotlib.rc_context({"font.family": [name], "pdf.fonttype": 42})


def pdf(*lines: str, info: dict[str, str] | None = None) -> bytes:
    """A PDF whose Chinese text can be read back."""
    target = io.BytesIO()
    metadata = {"Creator": "", "Producer": "", "CreationDate": None}
    with _chinese(), PdfPages(target, metadata=metadata) as pages:
        figure = Figure((6, 4))
        for number, line in enumerate(lines):
            figure.text(0.02, 0.9 - number * 0.07, line)
        pages.savefig(figure)

    def told(document: pikepdf.Pdf) -> None:
        for key, value in (info or {}).items():
            document.docinfo[f"/{key}"] = value

    return changed_pdf(target.getvalue(), told)


def changed_pdf(data: bytes, change: Any) -> bytes:
    target = io.BytesIO()
    with pikepdf.open(io.BytesIO(data)) as document:
        change(document)
        document.save(target, deterministic_id=True)
    return target.getvalue()


def png(**texts: str) -> bytes:
    info = PngImagePlugin.PngInfo()
    for key, value in texts.items():
        info.add_itxt(key, value)
    target = io.BytesIO()
    Image.new("RGB", (4, 4), "white").save(target, "PNG", pnginfo=info)
    return target.getvalue()


def jpeg(artist: str = "", description: str = "") -> bytes:
    exif = Image.Exif()
    if artist:
        exif[0x013B] = artist
    if description:
        exif[0x010E] = description.encode()
    target = io.BytesIO()
    Image.new("RGB", (8, 8), "white").save(target, "JPEG", exif=exif)
    return target.getvalue()


def notebook(
    *outputs: dict[str, Any], source: str = "1 + 1", metadata: dict[str, Any] | None = None
) -> bytes:
    made = nbformat.v4.new_notebook()
    shown = [nbformat.v4.new_output("display_data", data) for data in outputs]
    made.cells = [nbformat.v4.new_code_cell(source, id="a", outputs=shown, metadata=metadata or {})]
    return nbformat.writes(made).encode()


UNITS = "school_code,school_name,stage,students,met_count,min_ratio,verdict\n"
INDICATORS = "school_code,school_name,stage,indicator,numerator,students,value,threshold,ratio,verdict\n"
DISPARITY = "stage,indicator,mean,sd,cv,limit,verdict\n"
ITEMS = "item,value,national_threshold,national_verdict,jining_threshold,jining_verdict,statement\n"


def published_files(
    county: County,
    schools: dict[str, str],
    pupils: int = 600,
    cv: str = "0.31415926535897931",
    statement: str = "适龄残疾儿童少年600人，已入学591人，入学率98.5%。",
) -> dict[str, bytes]:
    """What a county's published folder holds."""
    name = f"{county.name}义务教育优质均衡发展督导评估报告（{YEAR}年度）"
    ledger = f"{county.name}整改台账（{YEAR}年度）.xlsx"
    units = "".join(f"{code},{school},primary,{pupils},7,1.05,达标\n" for code, school in schools.items())
    values = "".join(
        f"{code},{school},primary,L4,3000,{pupils},{3000 / pupils:.15g},4.5,1.1,达标\n"
        for code, school in schools.items()
    )
    parts = ("resource", "government", "quality", "social", "veto", "overall", "overall_jining")
    verdict = {**dict.fromkeys(parts, "达标"), "county_code": county.code, "county": county.name}
    body = (county.title, *schools.values(), f"在校生{pupils}人")
    return {
        f"{name}.docx": word(*body, picture=png()),
        f"{name}.pdf": pdf(*body),
        ledger: sheet([["学校标识码", "学校", "缺口"], *([c, s, 3] for c, s in schools.items())]),
        "data/units.csv": (UNITS + units).encode(),
        "data/indicators.csv": (INDICATORS + values).encode(),
        "data/disparity.csv": (DISPARITY + f"primary,L4,5,1.5707963267948966,{cv},0.5,达标\n").encode(),
        "data/items.csv": (ITEMS + f"Q2,0.985,0.95,达标,0.95,达标,{statement}\n").encode(),
        "data/verdict.json": json.dumps(verdict, ensure_ascii=False).encode(),
        "data/issues.csv": b"severity,check,sheet,cell,found,message\n",
        "evidence/notebook.ipynb": notebook({"text/html": f"<p>{county.title}</p>"}),
        "evidence/notebook.html": f"<!DOCTYPE html><html><body><p>{county.title}</p></body></html>".encode(),
        "evidence/figures/01.png": png(),
    }


def publish(places: Places, county: County, files: dict[str, bytes]) -> Path:
    """Write a county's folder and its manifest."""
    folder = places.year_dir(YEAR) / county.stem
    shutil.rmtree(folder, ignore_errors=True)
    for name, data in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)
    manifest = {
        "format": 1,
        "fingerprint": "f" * 64,
        "inputs": {f"data/{YEAR}/{county.stem}.xlsx": "0" * 64},
        "outputs": {name: hashlib.sha256(data).hexdigest() for name, data in files.items()},
        "versions": {"python": "3.11"},
        "started": "2025-04-01T00:00:00Z",
        "seconds": {"pdf": 1.5},
    }
    (folder / "manifest.json").write_text(json.dumps(manifest, ensure_ascii=False), encoding="utf-8")
    return folder


def office(root: Path) -> Places:
    """A project with its own copy of the parameters and two published counties."""
    shutil.copytree(PARAMS, root / "params")
    (root / "data" / str(YEAR)).mkdir(parents=True)
    (root / "notebooks").mkdir()
    places = Places(root, root / "data", root / "params", root / "outputs")
    publish(places, OWN, published_files(OWN, OWN_SCHOOLS))
    publish(places, OTHER, published_files(OTHER, OTHER_SCHOOLS, pupils=500, cv="0.27182818284590451"))
    return places
