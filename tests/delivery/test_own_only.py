"""Only its own: a leak planted in each format is found, and what is allowed passes."""

from __future__ import annotations

import base64
import io
import zlib
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import pikepdf
import pytest
from PIL import Image

from junheng.delivery import extract
from junheng.delivery.own_only import Finding, Machine, OwnOnlyCheck, any_of
from junheng.delivery.own_only import look as look_through
from junheng.delivery.roster import Roster, Schools
from junheng.delivery.settings import AllowedName, load_delivery
from junheng.errors import OutputProblem
from tests.delivery import leaks, leaks_outside
from tests.delivery.make import (
    COUNTIES,
    OTHER,
    OTHER_SCHOOLS,
    OWN,
    OWN_SCHOOLS,
    PARAMS,
    changed_pdf,
    jpeg,
    notebook,
    pdf,
    png,
    published_files,
    sheet,
    with_part,
    word,
)

RULES = load_delivery(PARAMS).own_only
MACHINE = Machine(frozenset({"wangjun", "duxue-server01"}), ("/srv/duxue/junheng",))
ROSTER = Roster(
    {county.code: Schools(county) for county in COUNTIES}
    | {
        OWN.code: Schools(
            OWN, frozenset(OWN_SCHOOLS.values()), frozenset(OWN_SCHOOLS), frozenset({"0.31415926535897931"}),
            frozenset({"李督学"}),
        ),
        OTHER.code: Schools(
            OTHER, frozenset(OTHER_SCHOOLS.values()), frozenset(OTHER_SCHOOLS), frozenset({"0.27182818284590451"}),
            frozenset(), frozenset({"此县数据存疑，暂不约谈"}),
        ),
    }
)  # fmt: skip


def look(files: dict[str, bytes], rules: Any = RULES) -> tuple[Finding, ...]:
    return look_through(files, OwnOnlyCheck(OWN, ROSTER, rules, MACHINE))


def blocking(files: dict[str, bytes], rules: Any = RULES) -> list[tuple[str, str]]:
    return [(finding.kind, finding.found) for finding in look(files, rules) if finding.blocks]


def test_a_clean_package_passes() -> None:
    assert blocking(published_files(OWN, OWN_SCHOOLS)) == []


SCHOOL = ("任城区学校名称", "任城区运河小学")
COUNTY = ("其他县（市、区）名称", "曲阜市")
CODE = ("任城区代码", "2137110002")
COUNTY_CODE = ("任城区代码", "370811")
PLACE = ("本机路径", "/home/wang")
FIGURE = ("任城区数据", "0.27182818284590451")
HIDDEN = ("批注或隐藏内容", "存疑")
AUTHOR = ("作者姓名", "王军")
CSV = "school_code,school_name,note\n2137830001,邹城市实验小学,{}\n"
DOCUMENT = "word/document.xml"


def _attached(document: pikepdf.Pdf) -> None:
    document.attachments["a.txt"] = pikepdf.AttachedFileSpec(document, "曲阜市".encode(), filename="a.txt")


def _noted(document: pikepdf.Pdf) -> None:
    note = pikepdf.Dictionary(
        Type=pikepdf.Name.Annot, Subtype=pikepdf.Name.Text, Rect=[0, 0, 9, 9], Contents="存疑"
    )
    document.pages[0].Annots = document.make_indirect(pikepdf.Array([note]))


def _xmp(document: pikepdf.Pdf) -> None:
    with document.open_metadata() as records:
        records["dc:creator"] = ["王军"]


def _picture(document: pikepdf.Pdf) -> None:
    stream = pikepdf.Stream(document, jpeg(description="任城区运河小学"))
    stream.Type, stream.Subtype = pikepdf.Name.XObject, pikepdf.Name.Image
    stream.Filter, stream.ColorSpace = pikepdf.Name.DCTDecode, pikepdf.Name.DeviceRGB
    stream.Width, stream.Height, stream.BitsPerComponent = 8, 8, 8
    document.pages[0].Resources.XObject = pikepdf.Dictionary(Im1=document.make_indirect(stream))


def _pdf(change: Callable[[pikepdf.Pdf], None]) -> bytes:
    return changed_pdf(pdf("邹城市"), change)


def _inline(data: bytes) -> str:
    return base64.b64encode(data).decode()


def _csv(text: str) -> bytes:
    return CSV.format(text).encode()


SPLIT = {"任城区运河": "任城区</w:t></w:r><w:r><w:t>运河"}
TRACKED = {"<w:r>": '<w:ins w:id="1" w:author=""><w:r>', "</w:r>": "</w:r></w:ins>"}
LEAKS: dict[str, Callable[[], tuple[str, bytes, tuple[str, str]]]] = {
    "docx text": lambda: ("a.docx", word("比任城区运河小学低"), SCHOOL),
    "docx text in two runs": lambda: ("a.docx", with_part(word("比任城区运河小学低"), DOCUMENT, SPLIT), SCHOOL),
    "docx attribute": lambda: ("a.docx", with_part(word("甲"), "word/styles.xml", {'w:val="Normal"': 'w:val="曲阜市"'}), COUNTY),
    "docx core property": lambda: ("a.docx", word("甲", author="王军"), AUTHOR),
    "docx hidden text": lambda: ("a.docx", word("甲", hidden="存疑"), HIDDEN),
    "docx comment": lambda: ("a.docx", word("甲", comment="存疑"), HIDDEN),
    "docx tracked change": lambda: ("a.docx", with_part(word("存疑"), DOCUMENT, TRACKED), HIDDEN),
    "docx picture": lambda: ("a.docx", word("甲", picture=png(Description="任城区运河小学")), SCHOOL),
    "docx school code": lambda: ("a.docx", word("见2137110002一行"), CODE),
    "docx county code": lambda: ("a.docx", word("代码370811的县"), COUNTY_CODE),
    "docx path": lambda: ("a.docx", word("存于/home/wang/报告"), PLACE),
    "docx Windows path": lambda: ("a.docx", word("存于D:\\报告\\邹城"), ("本机路径", "D:\\报告")),
    "docx remark": lambda: ("a.docx", word("此县数据存疑，暂不约谈"), ("内部备注", "此县数据存疑，暂不约谈")),
    "pdf text": lambda: ("a.pdf", pdf("邹城市", "比任城区运河小学低"), SCHOOL),
    "pdf name over two lines": lambda: ("a.pdf", pdf("任城区运", "河小学"), SCHOOL),
    "pdf code": lambda: ("a.pdf", pdf("邹城市 2137110002"), CODE),
    "pdf author": lambda: ("a.pdf", pdf("邹城市", info={"Author": "王军"}), AUTHOR),
    "pdf title": lambda: ("a.pdf", pdf("邹城市", info={"Title": "曲阜市"}), COUNTY),
    "pdf XMP": lambda: ("a.pdf", _pdf(_xmp), AUTHOR),
    "pdf note": lambda: ("a.pdf", _pdf(_noted), HIDDEN),
    "pdf attachment": lambda: ("a.pdf", _pdf(_attached), COUNTY),
    "pdf picture": lambda: ("a.pdf", _pdf(_picture), SCHOOL),
    "xlsx text": lambda: ("a.xlsx", sheet([["学校"], ["任城区运河小学"]]), SCHOOL),
    "xlsx foreign row": lambda: ("a.xlsx", sheet([["学校标识码"], ["3799990001"]]), ("不是本县学校标识码", "3799990001")),
    "xlsx comment": lambda: ("a.xlsx", sheet([["甲"]], comment="存疑"), ("批注", "存疑")),
    "xlsx hidden sheet": lambda: ("a.xlsx", sheet([["甲"]], hidden="乙"), ("批注或隐藏内容", "隐藏的工作表")),
    "xlsx text of a hidden sheet": lambda: ("a.xlsx", sheet([["甲"]], hidden="曲阜市"), COUNTY),
    "xlsx property": lambda: ("a.xlsx", sheet([["甲"]], author="王军"), AUTHOR),
    "xlsx formula": lambda: ("a.xlsx", sheet([["=1+1"]]), ("批注或隐藏内容", "公式")),
    "html text": lambda: ("a.html", "<p>比<b>任城区</b>运河小学低</p>".encode(), SCHOOL),
    "html comment": lambda: ("a.html", "<p>甲</p><!--存疑-->".encode(), HIDDEN),
    "html attribute": lambda: ("a.html", '<p title="曲阜市">甲</p>'.encode(), COUNTY),
    "html percent-encoded": lambda: ("a.html", '<p id="%E6%9B%B2%E9%98%9C%E5%B8%82">甲</p>'.encode(), COUNTY),
    "html script": lambda: ("a.html", '<p>甲</p><script>var a = "2137110002"</script>'.encode(), CODE),
    "html picture": lambda: ("a.html", f'<img src="data:image/png;base64,{_inline(png(Note="任城区运河小学"))}">'.encode(), SCHOOL),
    "html link": lambda: ("a.html", '<a href="file:///home/wang/a">甲</a>'.encode(), ("本机路径", "file:///home/wang/a")),
    "notebook source": lambda: ("a.ipynb", notebook(source="COUNTY = '370811'"), COUNTY_CODE),
    "notebook output": lambda: ("a.ipynb", notebook({"text/html": "<td>任城区运河小学</td>"}), SCHOOL),
    "notebook metadata": lambda: ("a.ipynb", notebook(metadata={"who": "wangjun"}), ("本机用户名或主机名", "wangjun")),
    "notebook picture": lambda: ("a.ipynb", notebook({"image/png": _inline(png(Comment="任城区运河小学"))}), SCHOOL),
    "csv school name": lambda: ("data/a.csv", _csv("任城区运河小学"), SCHOOL),
    "csv school code": lambda: ("data/a.csv", _csv("2137110002"), CODE),
    "csv county code": lambda: ("data/a.csv", _csv("370811"), COUNTY_CODE),
    "csv foreign row": lambda: ("data/a.csv", b"school_code,value\n3799990001,3\n", ("不是本县学校标识码", "3799990001")),
    "csv row without a code": lambda: ("data/a.csv", b"school_code,value\n,3\n", ("不是本县学校标识码", "")),
    "csv figure": lambda: ("data/disparity.csv", b"stage,cv\nprimary,0.27182818284590451\n", FIGURE),
    "csv host": lambda: ("data/a.csv", _csv("duxue-server01"), ("本机用户名或主机名", "duxue-server01")),
    "csv project folder": lambda: ("data/a.csv", _csv("/srv/duxue/junheng/data"), ("本机路径", "/srv/duxue/junheng")),
    "csv author": lambda: ("data/units.csv", _csv("李督学认可"), ("认可人姓名", "李督学")),
    "csv internal word": lambda: ("data/a.csv", _csv("仅供内部掌握"), ("内部用语", "仅供内部")),
    "json": lambda: ("a.json", '{"a": ["曲阜市"]}'.encode(), COUNTY),
    "png text": lambda: ("a.png", png(Title="任城区运河小学"), SCHOOL),
    "png author": lambda: ("a.png", png(Author="王军"), AUTHOR),
    "png after its end": lambda: ("a.png", png() + "存疑".encode(), HIDDEN),
    "jpeg EXIF": lambda: ("a.jpg", jpeg(description="任城区运河小学"), SCHOOL),
    "jpeg artist": lambda: ("a.jpg", jpeg(artist="Wang"), ("作者姓名", "Wang")),
    "file name": lambda: ("曲阜市报告.csv", b"a\n", COUNTY),
}  # fmt: skip


def planted() -> dict[str, Callable[[], tuple[str, bytes, str]]]:
    """All leaks, the usual ones too, with the kind of finding that each must be."""

    def usual(leak: Callable[[], tuple[str, bytes, tuple[str, str]]]) -> tuple[str, bytes, str]:
        name, data, (kind, _) = leak()
        return name, data, kind

    return {name: partial(usual, leak) for name, leak in LEAKS.items()} | leaks.LEAKS | leaks_outside.LEAKS


def test_every_planted_leak_is_found(record_property: Callable[[str, object], None]) -> None:
    missed = [leak for leak, make in planted().items() if not found_as_planted(*make())]
    record_property("leaks", f"{len(planted()) - len(missed)}/{len(planted())}")
    assert missed == [] and len(planted()) > 350


def found_as_planted(name: str, data: bytes, kind: str) -> bool:
    return kind in [found for found, _ in blocking({name: data})]


@pytest.mark.parametrize("leak", LEAKS)
def test_what_is_found_is_named(leak: str) -> None:
    name, data, expected = LEAKS[leak]()
    assert expected in blocking({name: data})


def test_the_files_that_leaks_are_planted_in_are_clean_without_them() -> None:
    """Each leak is found for what was planted: what it was planted in, and harmless things planted the same way, pass."""
    files = {
        "a.docx": leaks.docx(
            "", body=leaks.p(leaks.MATH.replace("任城区", "邹城市").replace("运河", "实验"))
        )[1],
        "b.docx": leaks.docx(
            "", body=leaks.field(' TC "清', '单" '), word__charts__chart1=leaks.OWN_CHART.format(3)
        )[1],
        "a.xlsx": leaks.xlsx("", leaks.validated(prompt="请选择"))[1],
        "b.xlsx": leaks.xlsx("", lambda book, page: page.append([123456]))[1],
        "a.pdf": leaks.made(leaks.link(S=pikepdf.Name.URI, URI="https://example.org/"))[1],
        "b.pdf": leaks.made(leaks.never_drawn)[1],
        "c.pdf": leaks.made(leaks.metadata("<x:a xmlns:x='urn:x'>甲</x:a>"))[1],
        "a.jpg": leaks.exif(0x0131, b"Matplotlib"),
        "evidence/notebook.ipynb": leaks.book("", leaks.cell(note="甲"))[1],
        "a.html": leaks.html("<template><p>邹城市实验小学</p></template>")[1],
    }
    assert blocking(files) == []


@pytest.mark.parametrize("said", ["与曲阜相比偏低", "曲阜 市", "高于高新区", "太白湖一带", "经开区也是"])
def test_what_may_be_another_county_is_a_note_for_a_person(said: str) -> None:
    notes = look({"a.docx": word(said)})
    assert notes and not any(note.blocks for note in notes)
    assert all(note.found in said.replace(" ", "") for note in notes)


@pytest.mark.parametrize("name", ["a.exe", "a.doc", "a.zip", "无扩展名"])
def test_what_cannot_be_looked_through_is_not_sent(name: str) -> None:
    assert [kind for kind, _ in blocking({name: b"x"})] == ["无法检查"]


@pytest.mark.parametrize("name", ["a.docx", "a.xlsx", "a.pdf", "a.png", "a.ipynb", "a.json"])
def test_a_broken_file_is_not_sent(name: str) -> None:
    assert [kind for kind, _ in blocking({name: b"broken"})] == ["无法检查"]


def test_a_name_shared_with_another_county_is_a_note() -> None:
    findings = look({"a.docx": word("第二实验学校")})
    assert [(f.kind, f.found, f.blocks) for f in findings] == [("与任城区学校同名", "第二实验学校", False)]


def test_a_common_name_alone_is_a_note_and_its_code_is_a_leak() -> None:
    notes = look({"a.docx": word("各实验小学均已达标")})
    assert [(f.found, f.blocks) for f in notes] == [("实验小学", False)]
    assert ("任城区代码", "2137110004") in blocking({"a.docx": word("实验小学（2137110004）")})


def test_own_names_hide_shorter_foreign_ones_but_never_longer() -> None:
    pattern = any_of({"邹城市实验小学", "实验小学", "任城区实验小学", "邹城市", "市"})
    found = pattern.findall("邹城市实验小学、任城区实验小学和邹城市的市")
    assert found == ["邹城市实验小学", "任城区实验小学", "邹城市"]
    assert any_of([]).findall("邹城市") == []


def test_figures_that_look_like_codes_pass() -> None:
    files = {
        "a.docx": word("370811", "面积13708110.5平方米", "0.370811"),
        "data/units.csv": b"school_code,students\n2137830001,370811\n",
        "a.xlsx": sheet([["学校标识码", "金额"], ["2137830001", 370811]]),
    }
    assert blocking(files) == []


def test_allowed_names_and_authors_pass_only_where_allowed() -> None:
    rule = AllowedName(file="*通报*", names=("曲阜市",), why="会议决定")
    allowed = RULES.model_copy(update={"allowed_names": (rule,)})
    assert blocking({"全市通报.docx": word("曲阜市")}, allowed) == []
    assert blocking({"报告.docx": word("曲阜市")}, allowed) == [COUNTY]
    assert blocking({"邹城市督导评估报告（2024年度）.docx": word("李督学认可")}) == []
    assert blocking({"邹城市自评报告（2024年度）.pdf": pdf("李督学认可")}) == []


def test_this_machine_is_known_by_its_own_names_only(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("getpass.getuser", lambda: "zhaoliu")
    monkeypatch.setattr("socket.gethostname", lambda: "localhost")
    assert Machine.here([Path("/"), Path("/srv")]) == Machine(frozenset({"zhaoliu"}), ("/srv",))


def test_notes_of_the_ledger_pass_and_are_read() -> None:
    assert blocking({"邹城市整改台账（2024年度）.xlsx": sheet([["甲"]], comment="出处：采集工作簿")}) == []
    assert SCHOOL in blocking(
        {"邹城市整改台账（2024年度）.xlsx": sheet([["甲"]], comment="比任城区运河小学低")}
    )


def test_picture_bombs_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Image, "MAX_IMAGE_PIXELS", 4)
    target = io.BytesIO()
    Image.new("RGB", (40, 40)).save(target, "PNG")
    assert [kind for kind, _ in blocking({"a.png": target.getvalue()})] == ["无法检查"]


SECRETS = frozenset({"zou-cheng-2024-口令", "MC4CAQAwBQYDK2VwBCIEIGR1eHVl"})


@pytest.mark.parametrize(
    ("name", "make"),
    [
        ("a.docx", lambda text: word(text)),
        ("a.xlsx", lambda text: sheet([["说明", text]])),
        ("a.csv", lambda text: f"说明\n{text}\n".encode()),
        ("a.txt", lambda text: text.encode()),
        ("evidence/notebook.html", lambda text: f"<html><body><pre>{text}</pre></body></html>".encode()),
    ],
)
@pytest.mark.parametrize("secret", [*sorted(SECRETS), "-----BEGIN PRIVATE KEY-----"])
def test_no_secret_is_sent_nor_repeated(name: str, make: Callable[[str], bytes], secret: str) -> None:
    machine = Machine(frozenset(), (), SECRETS)
    found = look_through({name: make(f"environ: {secret}!")}, OwnOnlyCheck(OWN, ROSTER, RULES, machine))
    (finding,) = (one for one in found if one.kind == "口令、密码或密钥")
    assert finding.blocks and secret not in str(finding) and secret not in repr(machine)


@pytest.mark.parametrize(
    "wrap",
    [
        lambda text: _inline(text.encode()),
        lambda text: text.encode().hex(),
        lambda text: leaks.percent(text),
        lambda text: repr(text.encode()),
        lambda text: leaks.entities(text),
        lambda text: _inline(zlib.compress(text.encode())),
    ],
)
def test_no_secret_is_sent_in_a_wrapping(wrap: Callable[[str], str]) -> None:
    """What a debugging cell prints of its environment may be anything but the plain text."""
    told = wrap(f"JUNHENG_PASSPHRASE_370883={sorted(SECRETS)[-1]}")
    check = OwnOnlyCheck(OWN, ROSTER, RULES, Machine(frozenset(), (), SECRETS))
    found = look_through({"a.ipynb": leaks.book("", leaks.cell(source=f"print({told!r})"))[1]}, check)
    assert "口令、密码或密钥" in {finding.kind for finding in found}


def test_a_file_may_name_the_county_and_the_citys_office_as_its_author() -> None:
    office = "某市人民政府教育督导委员会办公室"
    files = {f"{name}.xlsx": sheet([["甲"]], author=name) for name in (OWN.government, office, "王军")}
    found = look_through(files, OwnOnlyCheck(OWN, ROSTER, RULES, MACHINE, office))
    assert [(finding.file, finding.kind) for finding in found] == [("王军.xlsx", "作者姓名")]


def test_the_instruction_of_a_field_is_read_as_text_and_hides_nothing() -> None:
    field = '</w:t><w:rPr><w:vanish/></w:rPr><w:instrText>TC "附件1　{}" \\l 1</w:instrText><w:t>'
    for said, found in (("清单", []), ("比任城区运河小学低", [SCHOOL])):
        assert blocking({"a.docx": with_part(word("此处"), DOCUMENT, {"此处": field.format(said)})}) == found


def _drawn_forever(times: int, itself: bool) -> bytes:
    """A page with a drawing that places another twice, that one another, and so on; the last may place the first."""
    document = pikepdf.new()
    page = document.add_blank_page()
    kind = {
        "/Type": pikepdf.Name.XObject,
        "/Subtype": pikepdf.Name.Form,
        "/BBox": pikepdf.Array([0, 0, 9, 9]),
    }
    first = drawing = document.make_stream(b"/F Do /F Do" if itself else b"", kind)
    for _ in range(times):
        inner, drawing = drawing, document.make_stream(b"/F Do /F Do", kind)
        drawing.Resources = pikepdf.Dictionary(XObject=pikepdf.Dictionary(F=inner))
    first.Resources = pikepdf.Dictionary(XObject=pikepdf.Dictionary(F=drawing))
    page.obj.Resources = pikepdf.Dictionary(XObject=pikepdf.Dictionary(F=drawing))
    page.obj.Contents = document.make_stream(b"/F Do")
    document.save(target := io.BytesIO())
    return target.getvalue()


@pytest.mark.parametrize(("times", "itself"), [(0, True), (3, True), (40, False)])
def test_a_pdf_without_an_end_is_refused(times: int, itself: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(extract, "PDF_SECONDS", 3.0)
    monkeypatch.setattr(extract, "PDF_MEGABYTES", 300)
    with pytest.raises(OutputProblem, match="检查没有终止，或占用内存过多"):
        list(extract.pieces_of("a.pdf", _drawn_forever(times, itself)))
