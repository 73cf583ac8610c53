"""Receipts as they come back from fourteen offices: damaged, of another kind, hostile; none is lost, none is believed blindly."""

from __future__ import annotations

import datetime
import io
import random
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest
from openpyxl import Workbook, load_workbook

from junheng.batch.job import Places
from junheng.cli.main import guarded
from junheng.delivery import forms
from junheng.delivery.package import PackageOrder, make_packages
from junheng.delivery.receive import make_receipt, read_form, receive
from junheng.delivery.record import read_record
from junheng.errors import JunhengError, UsageProblem
from tests.delivery.make import OTHER, OWN, OWN_SCHOOLS, PARAMS, YEAR, office, publish, published_files

GOOD = {"收到日期": "2025年5月6日", "签收人": "张三", "核对结果": "一致"}
HOSTILE = [
    "", "=1+1", "2025-02-30", "9999年1月1日", "0000-00-00", "9" * 5000, "-1", "1e9", "١", "\u202e", "_x0000_",
    "{county}", "../../x", "甲" * 40_000, "370811", "1.5", "&<>", "第1版", "\t\n", "NaN", "1e999999999",
]  # fmt: skip


def form(answers: dict[str, object] = GOOD, **known: str) -> bytes:
    """A receipt form, filled in."""
    rows = {
        forms.PACKAGE_ROW: "370883_邹城市_2024",
        forms.CODE_ROW: OWN.code,
        forms.VERSION_ROW: "1",
        **known,
    }
    book = load_workbook(io.BytesIO(forms.receipt(PARAMS, "回执", rows)))
    for row in book.active.iter_rows():
        if str(row[0].value) in answers:
            row[2].value = answers[str(row[0].value)]
    book.save(target := io.BytesIO())
    return target.getvalue()


def flipped(data: bytes, chance: random.Random) -> bytes:
    changed = bytearray(data)
    for _ in range(chance.randint(1, 40)):
        changed[chance.randrange(len(changed))] = chance.randrange(256)
    return bytes(changed)


def cut(data: bytes, chance: random.Random) -> bytes:
    return data[: chance.randrange(len(data))]


def part_broken(data: bytes, chance: random.Random) -> bytes:
    """A part of the package flipped or gone, the package itself whole."""
    target = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(target, "w") as new:
        victim = chance.choice(old.namelist())
        for name in old.namelist():
            if name != victim:
                new.writestr(name, old.read(name))
            elif chance.random() < 0.5:
                new.writestr(name, flipped(old.read(name), chance))
    return target.getvalue()


def hostile(data: bytes, chance: random.Random) -> bytes:
    answers = {item: chance.choice(HOSTILE) for item in forms.RECEIPT_FIELDS}
    try:
        return form(
            answers, **{forms.CODE_ROW: chance.choice(HOSTILE), forms.VERSION_ROW: chance.choice(HOSTILE)}
        )
    except ValueError:  # what openpyxl itself cannot write
        return data


def foreign(data: bytes, chance: random.Random) -> bytes:
    book = Workbook()
    for _ in range(chance.randint(0, 5)):
        book.active.append(
            [chance.choice([*HOSTILE[3:12], 3, None, True, 2.5]) for _ in range(chance.randint(0, 6))]
        )
    book.save(target := io.BytesIO())
    return chance.choice(
        [target.getvalue(), b"", b"%PDF-1.7", "回执,已收\n".encode("gb18030"), b"\xd0\xcf\x11\xe0" * 99]
    )


@pytest.mark.slow
@pytest.mark.parametrize("maker", [flipped, cut, part_broken, hostile, foreign])
def test_whatever_comes_back_ends_in_a_receipt_or_one_sentence(
    maker: Callable[[bytes, random.Random], bytes], tmp_path: Path
) -> None:
    good, path = form(), tmp_path / "退回.xlsx"
    for number in range(40):
        chance = random.Random(f"{maker.__name__} {number}")
        path.write_bytes(maker(good, chance))
        try:
            returned = read_form(path)
        except JunhengError as problem:
            text = str(problem)
            assert path.name in text and text.endswith("。") and "\n" not in text and len(text) < 400, number
        else:
            assert returned.receipt.by and returned.version is not None and "\n" not in returned.receipt.note


def test_dates_are_read_however_excel_keeps_them(tmp_path: Path) -> None:
    for written in (
        "2025年5月6日",
        "2025-05-06",
        "2025/5/6",
        datetime.date(2025, 5, 6),
        datetime.datetime(2025, 5, 6, 8),
    ):
        (tmp_path / "a.xlsx").write_bytes(form({**GOOD, "收到日期": written}))
        assert read_form(tmp_path / "a.xlsx").receipt.date == "2025年5月6日"


def test_a_date_to_come_is_refused(tmp_path: Path) -> None:
    tomorrow = datetime.date.today() + datetime.timedelta(days=1)
    (tmp_path / "a.xlsx").write_bytes(form({**GOOD, "收到日期": tomorrow}))
    with pytest.raises(UsageProblem, match=r"a\.xlsx的收到日期“.*”在今天之后"):
        read_form(tmp_path / "a.xlsx")


def test_an_item_that_stands_twice_is_asked_about(tmp_path: Path) -> None:
    book = load_workbook(io.BytesIO(form()))
    book.active.append(["签收人", "", "王五"])
    book.save(tmp_path / "a.xlsx")
    with pytest.raises(JunhengError, match="“签收人”有2行，请只保留一行"):
        read_form(tmp_path / "a.xlsx")


@pytest.mark.parametrize(
    ("note", "says"), [("\u202e无", "不能显示的字符"), ("长" * 501, "超过500个字，请另附文件")]
)
def test_a_note_that_would_spoil_the_list_is_sent_back(tmp_path: Path, note: str, says: str) -> None:
    (tmp_path / "a.xlsx").write_bytes(form({**GOOD, "意见": note}))
    with pytest.raises(UsageProblem, match=f"意见.*{says}"):
        read_form(tmp_path / "a.xlsx")


@pytest.fixture
def sent(tmp_path: Path) -> Places:
    places = office(tmp_path / "office")
    publish(places, OWN, published_files(OWN, OWN_SCHOOLS))
    make_packages(PackageOrder(YEAR, places, (OWN.code,), date="2025年4月28日"))
    return places


def test_a_receipt_older_than_its_package_is_refused(sent: Places, tmp_path: Path) -> None:
    (tmp_path / "a.xlsx").write_bytes(form({**GOOD, "收到日期": "2025-04-27"}))
    with pytest.raises(UsageProblem, match=r"收到日期2025年4月27日早于.*发送日期2025年4月28日"):
        receive(sent, YEAR, read_form(tmp_path / "a.xlsx"))
    (tmp_path / "a.xlsx").write_bytes(form(**{forms.CODE_ROW: OTHER.code}))
    with pytest.raises(UsageProblem, match="没有发给任城区"):
        receive(sent, YEAR, read_form(tmp_path / "a.xlsx"))


def test_an_earlier_receipt_is_kept_and_named(sent: Places, capsys: pytest.CaptureFixture[str]) -> None:
    folders = ["--data", str(sent.data), "--out", str(sent.out), "--params", str(sent.params)]

    def told(by: str) -> str:
        words = ["receive", "--year", "2024", "--county", "邹城市", "--date", "2025-05-06", "--by", by]
        assert guarded([*words, *folders]) == 0
        return capsys.readouterr().out

    assert "此前已登记过回执" not in told("张三")
    assert "此前已登记过回执" not in told("张三")  # the same once more
    assert "此前已登记过回执（2025年5月6日，签收人张三），仍保留在发送记录中" in told("李四")
    (package,) = read_record(sent.out / "2024" / "发送", YEAR).packages
    assert package.receipt is not None and package.receipt.by == "李四"
    assert [receipt.by for receipt in package.earlier] == ["张三"]


def test_a_receipt_of_an_earlier_year_is_refused_without_a_sending_date_too(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    places = office(tmp_path / "office")
    publish(places, OWN, published_files(OWN, OWN_SCHOOLS))
    settings = places.params / "delivery.yml"
    lines = settings.read_text(encoding="utf-8").splitlines()
    settings.write_text("\n".join(line for line in lines if not line.startswith("date:")), encoding="utf-8")
    make_packages(PackageOrder(YEAR, places, (OWN.code,)))
    call = ["receive", "--year", "2024", "--county", "邹城市", "--by", "张三", "--data", str(places.data)]
    call += ["--out", str(places.out), "--params", str(places.params)]
    for date, code in (("1999-01-01", 2), ("2023年12月31日", 2), ("2025-05-06", 0)):
        assert guarded([*call, "--date", date]) == code
        assert ("早于评估年度（2024年）" in capsys.readouterr().err) == bool(code)


@pytest.mark.parametrize(
    ("by", "says"), [("张\x07三", "不能显示的字符"), (" \n ", "没有写明"), ("张" * 41, "超过40个字")]
)
def test_a_signer_is_a_name(by: str, says: str) -> None:
    with pytest.raises(UsageProblem, match=says):
        make_receipt("2025-05-06", by, "邹城市")
    assert make_receipt("2025-05-06", "张\n三 ", "邹城市").by == "张 三"
