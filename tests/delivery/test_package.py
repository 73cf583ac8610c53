"""Packages: what is in them, the same bytes always, corrections, receipts, and what is refused."""

from __future__ import annotations

import io
import json
import os
import re
import subprocess
import zipfile
from pathlib import Path

import pytest
from openpyxl import load_workbook

from junheng import by_hand
from junheng.batch.job import Places
from junheng.cli.main import guarded
from junheng.delivery import record as record_module
from junheng.delivery.archive import pack, unpack
from junheng.delivery.changes import changed_figures
from junheng.delivery.names import check_name, check_names
from junheng.delivery.package import PackageOrder, PackageOutcome, Packed, make_packages
from junheng.delivery.receive import read_form
from junheng.delivery.record import read_record
from junheng.delivery.settings import PackageLimits, load_delivery
from junheng.errors import DataProblem, JunhengError, OutputProblem, UsageProblem
from junheng.files import sha256, write_whole
from tests.delivery.make import (
    OTHER,
    OTHER_SCHOOLS,
    OWN,
    OWN_SCHOOLS,
    PARAMS,
    YEAR,
    office,
    publish,
    published_files,
)

LIMITS = load_delivery(PARAMS).limits
STEM = f"{OWN.stem}_{YEAR}"


@pytest.fixture
def places(tmp_path: Path) -> Places:
    return office(tmp_path / "office")


def sent_folder(places: Places) -> Path:
    return places.year_dir(YEAR) / "发送"


def made(places: Places, *words: str, **more: object) -> dict[str, Packed]:
    return {p.county.code: p for p in make_packages(PackageOrder(YEAR, places, words, **more))}  # type: ignore[arg-type]


def files_of(path: Path) -> dict[str, bytes]:
    return {name.partition("/")[2]: data for name, data in unpack(path, LIMITS).items()}


def rows_of(path_or_data: Path | bytes, sheet: int = 0) -> list[list[object]]:
    data = path_or_data if isinstance(path_or_data, bytes) else path_or_data.read_bytes()
    page = load_workbook(io.BytesIO(data)).worksheets[sheet]
    return [[cell.value for cell in row] for row in page.iter_rows()]


def correct(places: Places, pupils: int = 660) -> None:
    publish(places, OWN, published_files(OWN, OWN_SCHOOLS, pupils=pupils))


def test_a_package_holds_all_and_its_sums_agree(places: Places, tmp_path: Path) -> None:
    packed = made(places)[OWN.code]
    assert (packed.outcome, packed.version) == (PackageOutcome.MADE, 1)
    assert packed.path == sent_folder(places) / f"{STEM}.zip"
    with zipfile.ZipFile(packed.path) as archive:
        assert archive.testzip() is None
        entries = archive.infolist()
        archive.extractall(tmp_path / "out")
    assert all(e.filename.startswith(f"{STEM}/") and e.date_time == (1980, 1, 1, 0, 0, 0) for e in entries)
    assert all(e.flag_bits & 0x800 for e in entries if not e.filename.isascii())
    names = {e.filename.partition("/")[2] for e in entries}
    assert names == {
        *published_files(OWN, OWN_SCHOOLS),
        "回执.xlsx",
        "说明.txt",
        "manifest.json",
        "SHA256SUMS",
    }
    ran = subprocess.run(
        ["sha256sum", "-c", "--strict", "SHA256SUMS"],
        cwd=tmp_path / "out" / STEM,
        capture_output=True,
        check=False,
    )
    assert ran.returncode == 0 and len(ran.stdout.splitlines()) == len(names) - 1
    assert b"\r" not in (tmp_path / "out" / STEM / "SHA256SUMS").read_bytes()


@pytest.mark.parametrize("passphrase", [None, "a long passphrase"])
def test_the_archive_is_one_that_windows_unpacks(places: Places, passphrase: str | None) -> None:
    """Explorer, WPS and 7-Zip: UTF-8 flagged names below one folder, plain deflate, no zip64, nothing but files."""
    path = made(places)[OWN.code].path
    assert path is not None
    whole = unpack(path, LIMITS)
    data = pack(whole, passphrase) if passphrase else path.read_bytes()
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        for entry in archive.infolist():
            check_name(entry.filename)
            assert entry.filename.startswith(f"{STEM}/") and len(entry.filename) < 200
            assert entry.filename.isascii() or entry.flag_bits & 0x800
            assert entry.external_attr >> 16 == 0o644 and not entry.is_dir()
            local = data[entry.header_offset : entry.header_offset + 30]
            assert local[:4] == b"PK\x03\x04" and int.from_bytes(local[6:8], "little") == entry.flag_bits
            name = data[entry.header_offset + 30 :][: int.from_bytes(local[26:28], "little")]
            assert name.decode("utf-8") == entry.filename
            # A picture is packed already: it is stored as it is.
            methods, version = ((0, 8), 20) if passphrase is None else ((99,), 51)
            assert entry.compress_type in methods and entry.extract_version <= version
            assert bool(entry.flag_bits & 1) is (passphrase is not None)


def test_the_guide_says_how_to_check_on_windows(places: Places) -> None:
    path = made(places)[OWN.code].path
    assert path is not None
    files = files_of(path)
    guide = files["说明.txt"]
    assert guide.startswith(b"\xef\xbb\xbf") and guide.count(b"\n") == guide.count(b"\r\n")
    text = guide.decode("utf-8-sig")
    assert (
        "certutil -hashfile 文件名 SHA256" in text and "Get-FileHash -Algorithm SHA256 -LiteralPath" in text
    )
    for line in files["SHA256SUMS"].decode().splitlines():  # what `-split '  ', 2` makes of it
        digest, name = line.split("  ", 1)
        assert sha256(files[name]) == digest


def test_the_manifest_tells_nothing_of_the_run(places: Places) -> None:
    path = made(places, OWN.code, date="2025年4月28日")[OWN.code].path
    assert path is not None
    manifest = json.loads(files_of(path)["manifest.json"])
    assert (manifest["version"], manifest["replaces"], manifest["date"]) == (1, None, "2025年4月28日")
    assert manifest["inputs"] and manifest["software"] == {"python": "3.11"}
    assert not {"started", "ended", "seconds", "parameters", "counts"} & manifest.keys()


def test_the_same_folder_gives_the_same_bytes(places: Places, tmp_path: Path) -> None:
    first = made(places, OWN.code)[OWN.code].path
    publish(other := office(tmp_path / "elsewhere"), OWN, _read(places.year_dir(YEAR) / OWN.stem))
    second = made(other, OWN.code)[OWN.code].path
    assert first is not None and second is not None and first.read_bytes() == second.read_bytes()


def _read(folder: Path) -> dict[str, bytes]:
    paths = [p for p in sorted(folder.rglob("*")) if p.is_file() and p.name != "manifest.json"]
    return {p.relative_to(folder).as_posix(): p.read_bytes() for p in paths}


def test_nothing_changed_nothing_new(places: Places) -> None:
    first = made(places)[OWN.code]
    assert first.path is not None
    before = first.path.read_bytes()
    files = _read(places.year_dir(YEAR) / OWN.stem)
    pdf = next(name for name in files if name.endswith(".pdf"))
    publish(places, OWN, {**files, pdf: files[pdf] + b"\n"})  # converted again, other bytes
    again = made(places)[OWN.code]
    assert (again.outcome, again.version) == (PackageOutcome.SAME, 1)
    assert first.path.read_bytes() == before


def test_a_correction_is_a_new_version_that_says_what_changed(places: Places) -> None:
    made(places)
    old = (sent_folder(places) / f"{STEM}.zip").read_bytes()
    correct(places)
    packed = made(places)[OWN.code]
    assert (packed.outcome, packed.version) == (PackageOutcome.MADE, 2)
    assert (sent_folder(places) / "已撤回" / f"{STEM}_第1版.zip").read_bytes() == old
    files = files_of(packed.path)  # type: ignore[arg-type]
    rows = rows_of(files["更正说明.xlsx"])
    assert ["评估单元", "邹城市实验小学（小学）", "在校生数", "600", "660"] in rows
    assert ["指标值", "邹城市实验小学（小学）L4", "指标值", "5.00", "4.55"] in rows
    assert packed.changed == len([row for row in rows if row[0] in ("评估单元", "指标值")])
    assert any("第1版已撤回" in str(row[0]) for row in rows)
    assert "第1版已撤回" in files["说明.txt"].decode("utf-8-sig")
    listed = rows_of(sent_folder(places) / "发送清单.xlsx")
    states = [(row[1], row[3], row[12], row[15]) for row in listed if row[1] == OWN.code]
    assert states[0][:3] == (OWN.code, "第1版", "已撤回") and "由第2版取代" in str(states[0][3])
    assert states[1][:3] == (OWN.code, "第2版", "未回执") and "数据变化6处" in str(states[1][3])


@pytest.mark.parametrize("moment", range(1, 8))
def test_a_correction_that_was_killed_loses_nothing(
    places: Places, monkeypatch: pytest.MonkeyPatch, moment: int
) -> None:
    """Before each file that is written: the former package, the new one, the record, the list, and the notes of them."""
    made(places)
    old = (sent_folder(places) / f"{STEM}.zip").read_bytes()
    correct(places)
    calls = 0

    def killed(path: Path, data: bytes) -> None:
        nonlocal calls
        calls += 1
        if calls == moment:
            raise KeyboardInterrupt
        write_whole(path, data)

    with monkeypatch.context() as patch:
        for module in (by_hand, record_module):
            patch.setattr(module, "write_whole", killed)
        with pytest.raises(KeyboardInterrupt):
            made(places)
    packed = made(places)[OWN.code]
    assert packed.version == 2 and packed.notes == ()
    assert (sent_folder(places) / "已撤回" / f"{STEM}_第1版.zip").read_bytes() == old
    assert "更正说明.xlsx" in files_of(sent_folder(places) / f"{STEM}.zip")
    own = [sent for sent in read_record(sent_folder(places), YEAR).packages if sent.code == OWN.code]
    assert [(sent.version, sent.changed, sent.withdrawn_by) for sent in own] == [(1, None, 2), (2, 6, None)]
    listed = rows_of(sent_folder(places) / "发送清单.xlsx")
    assert any("数据变化6处" in str(row[15]) for row in listed if row[1] == OWN.code)


def test_the_list_names_files_sizes_digests_and_recipient(places: Places) -> None:
    path = made(places, OWN.code, date="2025年4月28日")[OWN.code].path
    assert path is not None
    row = next(row for row in rows_of(sent_folder(places) / "发送清单.xlsx") if row[1] == OWN.code)
    sent = read_record(sent_folder(places), YEAR).packages[0]
    assert row[4:8] == [path.name, 15, path.stat().st_size, sent.sha256]
    assert row[9:13] == ["2025年4月28日", "邹城市人民政府教育督导委员会", None, "未回执"]
    details = rows_of(sent_folder(places) / "发送清单.xlsx", 1)
    assert len([row for row in details if row[0] == OWN.name]) == 15


def test_one_county_with_a_leak_does_not_stop_the_others(
    places: Places, capsys: pytest.CaptureFixture[str]
) -> None:
    files = published_files(OTHER, OTHER_SCHOOLS, pupils=500)
    files["data/items.csv"] += f"G1,1,1,达标,1,达标,不如{OWN_SCHOOLS['2137830001']}\n".encode()
    publish(places, OTHER, files)
    call = [
        "package",
        "--year",
        "2024",
        "--data",
        str(places.data),
        "--out",
        str(places.out),
        "--params",
        str(places.params),
    ]
    assert guarded(call) == 1
    out, err = capsys.readouterr()
    assert "邹城市实验小学" in err and "不予写出" in err
    assert "共14个县（市、区），1个可以发送" in out
    assert {p.name for p in sent_folder(places).glob("*.zip")} == {f"{STEM}.zip"}


def test_the_log_says_what_was_made_and_names_no_school_and_no_person(places: Places) -> None:
    files = published_files(OTHER, OTHER_SCHOOLS, pupils=500)
    files["data/items.csv"] += f"G1,1,1,达标,1,达标,不如{OWN_SCHOOLS['2137830001']}\n".encode()
    publish(places, OTHER, files)
    packed = made(places)[OWN.code]
    log = (places.year_dir(YEAR) / "logs" / "发送.log").read_text(encoding="utf-8")
    sent = read_record(sent_folder(places), YEAR).packages[0]
    assert packed.path is not None and f"{packed.path.name}  第1版" in log
    assert sent.sha256 in log and sent.content in log and "参数delivery.yml:" in log
    assert f"未打包  {OTHER.stem}  邹城市学校名称1处" in log
    assert not any(name in log for name in (*OWN_SCHOOLS.values(), *OTHER_SCHOOLS.values(), str(places.root)))
    assert not re.search(r"(?<![0-9a-f])600(?![0-9a-f])", log)  # pupils; a digest may hold the digits


def test_a_file_that_is_not_as_published_is_not_sent(places: Places) -> None:
    published = places.year_dir(YEAR) / OWN.stem
    (published / "data" / "units.csv").write_text("school_code\n", encoding="utf-8")
    assert "与清单不符" in made(places)[OWN.code].reason
    correct(places)
    (published / "机密.docx").write_bytes(b"x")
    path = made(places)[OWN.code].path
    assert path is not None and not any("机密" in name for name in files_of(path))


def test_a_draft_is_not_sent(places: Places) -> None:
    path = places.year_dir(YEAR) / OWN.stem / "manifest.json"
    manifest = json.loads(path.read_text(encoding="utf-8"))
    manifest["asked"] = {"pdf": "draft"}
    path.write_text(json.dumps(manifest), encoding="utf-8")
    assert "是草稿（PDF=draft），请重新生成正式的报告后再打包" in made(places)[OWN.code].reason


def test_a_link_out_of_the_folder_is_not_followed(places: Places, tmp_path: Path) -> None:
    published = places.year_dir(YEAR) / OWN.stem
    target = tmp_path / "secret.csv"
    (published / "data" / "issues.csv").rename(target)
    (published / "data" / "issues.csv").symlink_to(target)
    assert "指向目录之外" in made(places)[OWN.code].reason


LAID = {
    "the folder, a link": (
        lambda year, other: (year / "发送").symlink_to(other),
        "应为目录，现为文件或指向别处的链接",
    ),
    "the folder, a file": (
        lambda year, other: (year / "发送").write_bytes(b""),
        "应为目录，现为文件或指向别处的链接",
    ),
    "the record, a folder": (
        lambda year, other: (year / "发送" / "发送记录.json").mkdir(parents=True),
        "已损坏",
    ),
    "the record, a pipe": (lambda year, other: _pipe(year / "发送" / "发送记录.json"), "已损坏"),
    "logs, a link": (lambda year, other: (year / "logs").symlink_to(other), ""),
    "the notes of what we wrote, a link": (lambda year, other: _link(year / "发送" / ".written", other), ""),
    "a half-written file, a folder": (
        lambda year, other: (year / "发送" / ".a.part").mkdir(parents=True),
        "",
    ),
    "the manifest, a pipe": (lambda year, other: _pipe(year / OWN.stem / "manifest.json"), "没有完整的清单"),
    "the manifest, another": (
        lambda year, other: _other(year / OWN.stem / "manifest.json"),
        "没有完整的清单",
    ),
    "an output, a pipe": (lambda year, other: _pipe(year / OWN.stem / "data" / "units.csv"), "与清单不符"),
}


def _pipe(path: Path) -> None:
    path.parent.mkdir(exist_ok=True)
    path.unlink(missing_ok=True)
    os.mkfifo(path)


def _link(path: Path, other: Path) -> None:
    path.parent.mkdir(exist_ok=True)
    path.symlink_to(other)


def _other(path: Path) -> None:
    path.write_text('{"outputs": ["data/units.csv"]}', encoding="utf-8")


@pytest.mark.parametrize("laid", LAID)
def test_what_somebody_laid_into_the_years_folder_leads_nowhere(
    places: Places, tmp_path: Path, laid: str
) -> None:
    """A link is not written or cleared through, a pipe does not keep us waiting; what is said is one sentence."""
    other = tmp_path / "theirs"
    other.mkdir()
    (other / ".a.part").write_bytes(b"theirs")
    lay, says = LAID[laid]
    lay(places.year_dir(YEAR), other)
    try:
        (packed,) = make_packages(PackageOrder(YEAR, places, (OWN.code,)))
        said = packed.reason
    except JunhengError as problem:
        said = str(problem)
    assert says in said and bool(says) == bool(said)
    assert [path.name for path in other.iterdir()] == [".a.part"]


def test_settings_choose_what_is_carried(places: Places) -> None:
    path = places.params / "delivery.yml"
    path.write_text(
        path.read_text(encoding="utf-8").replace('exclude: ["', 'exclude: ["evidence/*", "'), encoding="utf-8"
    )
    packed = made(places)[OWN.code].path
    assert packed is not None and not any(name.startswith("evidence/") for name in files_of(packed))


def test_wrong_calls(places: Places, tmp_path: Path) -> None:
    with pytest.raises(UsageProblem, match="没有2020年度已发布的报告"):
        make_packages(PackageOrder(2020, places))
    with pytest.raises(UsageProblem, match="是否要写"):
        make_packages(PackageOrder(YEAR, places, ("邹成市",)))
    assert made(places, "曲阜市")["370881"].outcome is PackageOutcome.WAITING
    (sent_folder(places) / "发送记录.json").write_text("{", encoding="utf-8")
    with pytest.raises(UsageProblem, match="已损坏"):
        make_packages(PackageOrder(YEAR, places))


def test_changes_compare_verdicts_and_rows_that_come_and_go() -> None:
    old = {
        "data/verdict.json": b'{"overall": "\xe8\xbe\xbe\xe6\xa0\x87"}',
        "data/disparity.csv": "stage,indicator,mean,cv,limit,verdict\nprimary,L4,5,0.49991,0.5,达标\n".encode(),
        "data/items.csv": b"item,value\nG5,0\nG6,1\n",
    }
    new = {
        "data/verdict.json": '{"overall": "未达标"}'.encode(),
        "data/disparity.csv": "stage,indicator,mean,cv,limit,verdict\nprimary,L4,5,0.50001,0.5,未达标\n".encode(),
        "data/items.csv": b"item,value\nG6,1\n",
    }
    rows = [(r["subject"], r["item"], r["before"], r["after"]) for r in changed_figures(old, new)]
    assert rows[0] == ("本县（市、区）", "总体结论（国家标准）", "达标", "未达标")
    assert ("（小学）L4", "差异系数", "0.4999", "0.5000") in rows
    assert ("（小学）L4", "结论", "达标", "未达标") in rows
    assert ("G5", "数值", "0", "——") in rows
    assert not any(row[0] == "G6" for row in rows)


def test_a_receipt_comes_back_as_a_form(
    places: Places, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = made(places)[OWN.code].path
    assert path is not None
    book = load_workbook(io.BytesIO(files_of(path)["回执.xlsx"]))
    page = book.active
    for row in page.iter_rows():
        answer = {"收到日期": "2025/5/6", "签收人": "张三", "核对结果": "一致"}.get(str(row[0].value))
        if answer:
            row[2].value = answer
    book.save(form := tmp_path / "退回.xlsx")
    folders = ["--data", str(places.data), "--out", str(places.out), "--params", str(places.params)]
    assert guarded(["receive", "--year", "2024", "--file", str(form), *folders]) == 0
    assert "已登记邹城市第1版的回执：2025年5月6日，签收人张三" in capsys.readouterr().out
    row = next(row for row in rows_of(sent_folder(places) / "发送清单.xlsx") if row[1] == OWN.code)
    assert row[12:15] == ["已回执", "2025年5月6日", "张三"] and "核对结果：一致" in str(row[15])
    correct(places)
    made(places)
    assert guarded(["receive", "--year", "2024", "--file", str(form), *folders]) == 0
    assert "请催办第2版" in capsys.readouterr().out


def test_a_receipt_with_another_word_is_sent_back(places: Places, tmp_path: Path) -> None:
    path = made(places)[OWN.code].path
    assert path is not None
    book = load_workbook(io.BytesIO(files_of(path)["回执.xlsx"]))
    answers = {"收到日期": "2025-05-06", "签收人": "张三", "核对结果": "差不多"}
    for row in book.active.iter_rows():
        if str(row[0].value) in answers:
            row[2].value = answers[str(row[0].value)]
    book.save(form := tmp_path / "退回.xlsx")
    with pytest.raises(DataProblem, match="应填“一致”或“不一致”，现为“差不多”"):
        read_form(form)
    form.write_bytes(files_of(path)["邹城市整改台账（2024年度）.xlsx"])
    with pytest.raises(DataProblem, match="不是本系统发出的回执"):
        read_form(form)


def test_a_receipt_by_word(places: Places, capsys: pytest.CaptureFixture[str]) -> None:
    made(places)
    folders = ["--data", str(places.data), "--out", str(places.out), "--params", str(places.params)]
    told = [
        "receive",
        "--year",
        "2024",
        "--county",
        "邹城市",
        "--date",
        "2025年5月7日",
        "--by",
        "李四",
        *folders,
    ]
    assert guarded(told) == 0
    receipts = {sent.code: sent.receipt for sent in read_record(sent_folder(places), YEAR).packages}
    assert receipts[OTHER.code] is None and receipts[OWN.code].by == "李四"  # type: ignore[union-attr]
    for wrong, says in (
        (["--county", "邹城市", "--date", "昨天", "--by", "李四"], "应写作2025年5月6日"),
        (["--county", "邹城市", "--date", "2025-5-7"], "没有写明签收人"),
        (["--county", "曲阜市", "--date", "2025-5-7", "--by", "甲"], "没有发给曲阜市的2024年度发送包"),
        ([], "二者选一"),
        (["--file", str(places.root / "无.xlsx")], "不存在"),
    ):
        capsys.readouterr()
        assert guarded(["receive", "--year", "2024", *wrong, *folders]) == 2
        assert says in capsys.readouterr().err


@pytest.mark.parametrize(
    ("name", "says"),
    [
        ("../a", "包外"), ("/etc/passwd", "包外"), ("a//b", "包外"), ("a/./b", "包外"), ("a\\b", "不允许"), ("C:a", "不允许"),
        ("a?.docx", "不允许"), ("a\n", "不允许"), ("报告 .", "句点"), ("con.txt", "保留名"), ("甲/LPT1", "保留名"), ("a" * 181, "超过"),
        ("a\u202etxt.exe", "控制字符"), ("e\u0301", "NFC"),
    ],
)  # fmt: skip
def test_names_that_play_tricks_are_refused(name: str, says: str) -> None:
    with pytest.raises(OutputProblem, match=says):
        check_name(name)


def test_names_that_windows_takes_for_one() -> None:
    with pytest.raises(OutputProblem, match="同一个文件名"):
        check_names(["A.csv", "a.csv"])


def _zip(**files: bytes) -> bytes:
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in files.items():
            archive.writestr(name.replace("__", "/"), data)
    return target.getvalue()


def test_received_archives_are_looked_at_before_they_are_read(tmp_path: Path) -> None:
    path = tmp_path / "a.zip"
    small = PackageLimits(file=5_000_000, total=6_000_000, files=3, ratio=100)
    for data, says in (
        (_zip(a=b"\0" * 4_000_000), "压缩炸弹"),
        (_zip(a=os.urandom(3_500_000), b=os.urandom(3_500_000)), "压缩炸弹"),
        (_zip(a=b"", b=b"", c=b"", d=b""), "超过3个"),
        (_zip(**{"..__a": b"x"}), "包外"),
        (b"PK broken", "不是完整的压缩包"),
    ):
        path.write_bytes(data)
        with pytest.raises(OutputProblem, match=says):
            unpack(path, small)


def test_a_link_in_an_archive_is_refused(tmp_path: Path) -> None:
    info = zipfile.ZipInfo("a")
    info.external_attr = 0o120777 << 16
    with zipfile.ZipFile(tmp_path / "a.zip", "w") as archive:
        archive.writestr(info, "/etc/passwd")
    with pytest.raises(OutputProblem, match="指向别处的链接"):
        unpack(tmp_path / "a.zip", LIMITS)


def test_an_archive_reads_back(tmp_path: Path) -> None:
    (tmp_path / "a.zip").write_bytes(pack({"甲/乙.csv": b"1", "甲/a": b""}))
    assert unpack(tmp_path / "a.zip", LIMITS) == {"甲/乙.csv": b"1", "甲/a": b""}


def test_the_folder_of_what_another_city_sent_is_left_alone(places: Places) -> None:
    made(places)
    path = sent_folder(places) / "发送记录.json"
    other = path.read_text("utf-8").replace(f'"{OWN.code}"', '"370902"')
    path.write_text(other, encoding="utf-8")
    with pytest.raises(UsageProblem, match=r"的发送记录，不是本市的县.*--out"):
        made(places)
    assert path.read_text("utf-8") == other


def test_what_people_added_or_changed_is_named_and_kept(
    places: Places, capsys: pytest.CaptureFixture[str]
) -> None:
    path = made(places)[OWN.code].path
    assert path is not None
    (places.out / "2024" / OWN.stem / "签字扫描件.pdf").write_bytes(b"%PDF signed")
    path.write_bytes(b"somebody's own zip")
    listed = path.with_name("发送清单.xlsx")
    listed.write_bytes(b"with remarks")
    folders = ["--data", str(places.data), "--out", str(places.out), "--params", str(places.params)]
    assert guarded(["package", "--year", "2024", "--county", OWN.code, *folders]) == 0
    said = capsys.readouterr().err
    assert "邹城市已发布的目录中另有“签字扫描件.pdf”，不是本系统生成的，没有装入发送包。" in said
    aside = path.with_name(f"{path.stem}（人工修改）.zip")
    assert f"“发送/{path.name}”不是本系统写出的原样，已另存为“{aside.name}”" in said
    assert aside.read_bytes() == b"somebody's own zip"
    remarks = path.with_name("发送清单（人工修改）.xlsx")
    assert f"“发送/发送清单.xlsx”不是本系统写出的原样，已另存为“{remarks.name}”" in said
    assert remarks.read_bytes() == b"with remarks" != listed.read_bytes()
    listed.write_bytes(b"other remarks")
    told = [
        "receive",
        "--year",
        "2024",
        "--county",
        "邹城市",
        "--date",
        "2025-05-06",
        "--by",
        "张三",
        *folders,
    ]
    assert guarded(told) == 0 and "发送清单（人工修改）（2）.xlsx" in capsys.readouterr().out
    listed.write_bytes(b"last remarks")
    assert guarded(["package", "--year", "2024", "--county", OWN.code, *folders]) == 0  # nothing to pack
    assert "发送清单（人工修改）（3）.xlsx" in capsys.readouterr().err
    assert "签字扫描件.pdf" not in str(sorted(files_of(path)))


def summarize(places: Places, **inputs: str) -> Path:
    """A city's summary with the page of one county, made of these inputs beside the county's."""
    folder = places.year_dir(YEAR) / "全市"
    files = {
        f"各县网页/{OWN.stem}/index.html": f"<!DOCTYPE html><p>{OWN.title}</p>".encode(),
        f"各县网页/{OWN.stem}/data.js": f'window.CITY = {{"name":"{OWN.title}"}};'.encode(),
        f"各县网页/{OTHER.stem}/index.html": f"<!DOCTYPE html><p>{OTHER.title}</p>".encode(),
        "网页/index.html": b"<!DOCTYPE html><p>all</p>",
    }
    for name, data in files.items():
        write_whole(folder / name, data)
    manifest = {
        "format": 1,
        "inputs": {f"data/{YEAR}/{OWN.stem}.xlsx": "0" * 64, "fonts": "1", **inputs},
        "outputs": {name: sha256(data) for name, data in files.items()},
    }
    write_whole(folder / "manifest.json", json.dumps(manifest, ensure_ascii=False).encode())
    return folder


def test_a_package_takes_the_countys_own_page_along(places: Places) -> None:
    """From a summary of the same data; nothing else of the summary, and nobody else's page."""
    summarize(places)
    packed = made(places)
    files = files_of(packed[OWN.code].path)  # type: ignore[arg-type]
    assert {name for name in files if "网页" in name} == {"网页/index.html", "网页/data.js"}
    assert packed[OWN.code].notes == ()
    assert not [name for name in files_of(packed[OTHER.code].path) if "网页" in name]  # type: ignore[arg-type]
    assert "全市汇总不是由与" in packed[OTHER.code].notes[0]  # its workbook is not among the summary's inputs


def test_a_page_of_other_data_stays_out_and_that_is_said(places: Places) -> None:
    summarize(places, **{f"data/{YEAR}/{OWN.stem}.xlsx": "9" * 64})
    packed = made(places)[OWN.code]
    assert not [name for name in files_of(packed.path) if "网页" in name]  # type: ignore[arg-type]
    assert "包内没有本县网页" in packed.notes[0] and "make city" in packed.notes[0]


def test_a_page_that_was_changed_or_names_another_county_is_not_sent(places: Places) -> None:
    folder = summarize(places)
    page = folder / "各县网页" / OWN.stem / "index.html"
    whole = page.read_bytes()
    page.write_bytes(whole + b" ")
    assert "与清单不符" in made(places)[OWN.code].reason
    page.write_bytes(whole)
    data = folder / "各县网页" / OWN.stem / "data.js"
    data.write_text(f'window.CITY = {{"name":"{OTHER.title}"}};', encoding="utf-8")
    manifest = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))
    manifest["outputs"][f"各县网页/{OWN.stem}/data.js"] = sha256(data.read_bytes())
    (folder / "manifest.json").write_text(json.dumps(manifest), encoding="utf-8")
    packed = made(places)[OWN.code]
    assert packed.outcome is PackageOutcome.FAILED
    assert any(OTHER.title in str(finding) and "data.js" in str(finding) for finding in packed.findings)
