"""Hostile and broken input, seeded: each case ends in a book or in one sentence, in bounded memory, and no row is lost.

JUNHENG_FUZZ=10 runs ten times as many cases.
"""

from __future__ import annotations

import io
import os
import random
import re
import resource
import zipfile
from collections.abc import Callable
from pathlib import Path
from xml.sax.saxutils import escape

import pytest

from junheng.errors import DataProblem
from junheng.params.checks import load_checks
from junheng.workbook.feedback.book import feedback
from junheng.workbook.model import CountyBook
from junheng.workbook.read.book import read_county_book
from junheng.workbook.read.formats import open_bytes
from junheng.workbook.read.opened import OpenedFile
from tests.messy.builder import COUNTY, DICTIONARY, FILE, PARAMS, YEAR, write_book
from tests.messy.other_formats import as_csv, as_html, as_ods, as_spreadsheet_xml, as_xls
from tests.waiting import no_hanging

CASES = 300 * int(os.environ.get("JUNHENG_FUZZ", "1"))
MOST_MEGABYTES = 500
"""How far all cases of a kind may raise the highest memory this process ever took."""
SHEET = "xl/worksheets/sheet1.xml"
CHECKS = load_checks(PARAMS)
HOSTILE = [
    '=HYPERLINK("http://x","y")', "A&B<校>", "../x", "校" * 300, "-1", "+1", "@x", "约50", "12-15", "?", "1e999", "NaN", "０１２",
    "1,2,3", "50%", "3.5万元", "#REF!", "合计", "小计", "注：x", "\u202e倒", "\U0001f600", "_x0000_", "_x000B_", "　", "—", "9.14403e17",
    "true", "2024-01-01", "'" * 40, "学校标识码", "9" * 400, "0" * 50, "١٢", "½", "\u0000", "]]>", "{school_name}", "%s%n",
]  # fmt: skip
Parts = dict[str, bytes]
Maker = Callable[[random.Random, Parts, dict[str, bytes]], bytes]


@pytest.fixture(scope="module")
def seeds(tmp_path_factory: pytest.TempPathFactory) -> dict[str, bytes]:
    """A good workbook in each format."""
    folder = tmp_path_factory.mktemp("fuzz")
    xlsx = write_book(folder / "a.xlsx")
    made = {
        "xls": as_xls(xlsx, folder / "a.xls"),
        "html": as_html(xlsx, folder / "b.xls"),
        "xml": as_spreadsheet_xml(xlsx, folder / "c.xls"),
        "ods": as_ods(xlsx, folder / "f.ods"),
        "csv": as_csv(xlsx, folder / "d.csv", "gb18030"),
        "utf16": as_csv(xlsx, folder / "e.csv", "utf-16", "\t"),
    }
    return {"xlsx": xlsx.read_bytes()} | {name: path.read_bytes() for name, path in made.items()}


@pytest.fixture(scope="module")
def parts(seeds: dict[str, bytes]) -> Parts:
    with zipfile.ZipFile(io.BytesIO(seeds["xlsx"])) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def zipped(parts: Parts) -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_STORED) as archive:
        for name, data in parts.items():
            archive.writestr(name, data)
    return stream.getvalue()


def flipped(chance: random.Random, data: bytes, most: int = 30) -> bytes:
    changed = bytearray(data)
    for _ in range(chance.randint(1, most)):
        changed[chance.randrange(len(changed))] = chance.randrange(256)
    if chance.random() < 0.2:
        del changed[chance.randrange(len(changed)) :]
    return bytes(changed)


def hostile_cells(chance: random.Random, parts: Parts, _: dict[str, bytes]) -> bytes:
    """Texts of hostile kind in random cells, headers among them."""
    xml = parts[SHEET].decode()
    cells = list(re.finditer(r'<c r="([A-Z]+[123])"[^>]*?(?:/>|>.*?</c>)', xml))
    for cell in sorted(chance.sample(cells, chance.randint(1, 8)), key=lambda c: -c.start()):
        text = re.sub(r"[\x00-\x08\x0b-\x1f]", "&#9;", escape(chance.choice(HOSTILE)))
        kind = chance.choice(["inlineStr", "str", "n", "b", "e", "d", "s"])
        body = f"<is><t>{text}</t></is>" if kind == "inlineStr" else f"<f>{text}</f><v>{text}</v>"
        xml = f'{xml[: cell.start()]}<c r="{cell[1]}" t="{kind}">{body}</c>{xml[cell.end() :]}'
    return zipped({**parts, SHEET: xml.encode()})


def broken_markup(chance: random.Random, parts: Parts, _: dict[str, bytes]) -> bytes:
    """Bytes flipped inside one part, attributes and tags exchanged, a part missing."""
    name = chance.choice(list(parts))
    change = chance.randrange(4)
    if change == 0:
        return zipped({**parts, name: flipped(chance, parts[name])})
    if change == 1:
        return zipped({key: data for key, data in parts.items() if key != name})
    words = [b' r="', b"<row", b"<c ", b"</row>", b"<v>", b"sheetId", b"rId", b't="n"']
    old, new = chance.sample(words, 2)
    return zipped({**parts, SHEET: parts[SHEET].replace(old, new, chance.randint(1, 5)), name: parts[name]})


def rows_of_all_kinds(chance: random.Random, parts: Parts, _: dict[str, bytes]) -> bytes:
    """Rows repeated, moved, emptied, mixed with totals and stray lines; numbers of rows doubled or absurd."""
    xml = parts[SHEET].decode()
    row = re.search(r'<row r="2".*?</row>', xml, re.DOTALL)
    assert row
    extra = []
    for number in range(4, 4 + chance.randint(1, 12)):
        place = chance.choice([number, number, 2, 1_048_576, 9_999_999])
        if chance.random() < 0.5:
            extra.append(row[0].replace('r="2"', f'r="{place}"').replace('2"', f'{place}"'))
        else:
            text = escape(re.sub(r"[\x00-\x1f]", " ", chance.choice(HOSTILE)))
            column = chance.choice(["A", "B", "C", "K", "XFD", "ZZZ"])
            cell = f'<c r="{column}{place}" t="inlineStr"><is><t>{text}</t></is></c>'
            extra.append(f'<row r="{place}" hidden="{chance.randint(0, 1)}">{cell}</row>')
    return zipped({**parts, SHEET: xml.replace("</sheetData>", "".join(extra) + "</sheetData>").encode()})


def absurd_sizes(chance: random.Random, parts: Parts, _: dict[str, bytes]) -> bytes:
    """Deep markup, huge texts, thousands of columns or merged ranges."""
    xml = parts[SHEET].decode()
    depth = chance.choice([50, 300, 3000])
    columns = "".join(
        f'<c t="inlineStr"><is><t>列{n}</t></is></c>' for n in range(chance.choice([100, 20_000]))
    )
    many = "".join(f'<mergeCell ref="A{n}:ZZ{n * 9}"/>' for n in range(1, 800))
    changes = [
        lambda: xml.replace("<sheetData>", "<x>" * depth + "</x>" * depth + "<sheetData>"),
        lambda: xml.replace("<sheetData>", f'<sheetData><row r="1">{columns}</row>'),
        lambda: xml.replace("<sheetData>", f'<sheetData><row><c t="str"><v>{"长" * 300_000}</v></c></row>'),
        lambda: xml.replace("</sheetData>", f"</sheetData><mergeCells>{many}</mergeCells>"),
    ]
    return zipped({**parts, SHEET: chance.choice(changes)().encode()})


def broken_packages(chance: random.Random, _: Parts, seeds: dict[str, bytes]) -> bytes:
    return flipped(chance, seeds["xlsx"])


def broken_xls(chance: random.Random, _: Parts, seeds: dict[str, bytes]) -> bytes:
    return flipped(chance, seeds["xls"])


def broken_text(chance: random.Random, _: Parts, seeds: dict[str, bytes]) -> bytes:
    return flipped(chance, seeds[chance.choice(["html", "xml", "csv", "utf16"])], 12)


def broken_ods(chance: random.Random, _: Parts, seeds: dict[str, bytes]) -> bytes:
    """Bytes flipped in the content, counts of repetition exchanged, hostile texts in cells."""
    with zipfile.ZipFile(io.BytesIO(seeds["ods"])) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    xml = parts["content.xml"].decode()
    for _ in range(chance.randint(1, 6)):
        count = f' table:number-{chance.choice(["rows", "columns"])}-repeated="{chance.choice([2, 400, 1048576, 10**8])}"'
        old, new = chance.choice(
            [
                ("<table:table-row", f"<table:table-row{count}"),
                ("<table:table-cell/>", f"<table:table-cell{count}/>"),
                ("<text:p>", f"<text:p>{escape(re.sub('[^ -~]', ' ', chance.choice(HOSTILE)))}"),
                ('office:value-type="float"', 'office:value-type="percentage"'),
                ("<table:table-cell ", f"<table:covered-table-cell{count} "),
            ]
        )
        xml = xml.replace(old, new, chance.randint(1, 3))
    content = flipped(chance, xml.encode(), 3) if chance.random() < 0.3 else xml.encode()
    return zipped({**parts, "content.xml": content})


def random_bytes(chance: random.Random, _: Parts, seeds: dict[str, bytes]) -> bytes:
    heads = [
        b"",
        b"PK\x03\x04",
        b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1",
        b"\x09\x08\x10\x00",
        b"\xef\xbb\xbf",
        b"\xff\xfe",
        b"<table>",
    ]
    return chance.choice(heads) + chance.randbytes(chance.choice([1, 10, 600, 5000]))


MAKERS: tuple[Maker, ...] = (
    hostile_cells, broken_markup, rows_of_all_kinds, absurd_sizes, broken_packages, broken_xls, broken_text, broken_ods, random_bytes,
)  # fmt: skip
SHARES = {
    rows_of_all_kinds: 0.3, hostile_cells: 0.4, broken_markup: 0.4, absurd_sizes: 0.1, broken_packages: 3, broken_text: 3, broken_ods: 0.4,
    random_bytes: 3,
}  # fmt: skip
"""Cases that cost more are fewer."""


@pytest.mark.slow
@pytest.mark.parametrize("maker", MAKERS, ids=lambda maker: maker.__name__)
def test_every_case_ends_well(
    maker: Maker, parts: Parts, seeds: dict[str, bytes], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("JUNHENG_PASSWORD", raising=False)
    before = peak_megabytes()
    for number in range(round(CASES * SHARES.get(maker, 1))):
        chance = random.Random(f"{maker.__name__} {number}")
        data = maker(chance, parts, seeds)
        with no_hanging(f"{maker.__name__} {number}"):
            try_one(data, number)
        assert peak_megabytes() - before < MOST_MEGABYTES, number


def try_one(data: bytes, number: int) -> None:
    try:
        opened = open_bytes(FILE, data)
        book = read_county_book(opened, COUNTY, YEAR, DICTIONARY, checks=CHECKS)
    except DataProblem as problem:
        assert str(problem).startswith(FILE) and str(problem).endswith("。"), (number, problem)
    else:
        assert all(issue.message and "\x00" not in issue.message for issue in book.issue_records), number
        assert_no_row_is_lost(opened, book, number)
        if number % 10 == 0:
            open_bytes(FILE, feedback(opened, book))


def peak_megabytes() -> float:
    """The highest memory this process has taken so far."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def assert_no_row_is_lost(opened: OpenedFile, book: CountyBook, number: int) -> None:
    """Rows in = rows used + rows reported, below the header of 学校; without a header an error says so."""
    found = [s for s in opened.sheets if s.visible and " ".join(s.name.split()) in ("学校", "")]
    checks = [issue.check for issue in book.issue_records if issue.sheet == "学校"]
    if not found or not book.headers["schools"]:
        assert {"missing_sheet", "hidden_sheet", "header_absent"} & set(checks), number
        return
    grid = opened.grid(found[0])
    head = max(int(re.sub("[A-Z]", "", cell)) for cell in book.headers["schools"].values())
    spans = [
        area.bottom for area in grid.merged if area.top <= head <= area.bottom and area.left == area.right
    ]
    below = [n for n, cells in grid.rows.items() if n > max([head, *spans])]
    shown = [n for n in below if any(c.text.strip() or c.kind == "unstored" for c in grid.rows[n].values())]
    used = {row.number for row in book.rows("schools")}
    reported = {
        int(re.sub("[A-Z]", "", issue.cell))
        for issue in book.issue_records
        if issue.check in ("skipped_row", "unclear_row") and issue.sheet == "学校"
    }
    assert set(shown) <= used | reported and not used & reported, (number, set(shown) - used - reported)
