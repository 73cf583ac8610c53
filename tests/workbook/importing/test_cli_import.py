"""`junheng import`: what it writes, what it says, what it refuses."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from junheng.cli.main import guarded
from tests.messy.other_formats import as_locked_xls, as_xls, with_password
from tests.workbook.importing.forms_builder import write_forms
from tests.workbook.importing.forms_new import new_forms
from tests.workbook.importing.helpers import PARAMS, figures, imported, reread
from tests.workbook.importing.wide_builder import COLUMNS, junior, school, write_wide

TARGET = Path("outputs/2024/导入/370883_邹城市.xlsx")
CALL = ["--county", "370883", "--year", "2024"]


@pytest.fixture(autouse=True)
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A working folder with the project's parameters and two stage files."""
    shutil.copytree(PARAMS, tmp_path / "params")
    write_wide(tmp_path / "宽表" / "小学.xlsx", [school()])
    write_wide(tmp_path / "宽表" / "初中.xlsx", [junior()], stage="初中")
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_it_writes_the_workbook_and_says_what_is_open(capsys: pytest.CaptureFixture[str]) -> None:
    assert guarded(["import", "宽表", *CALL]) == 0
    said = capsys.readouterr().out
    assert "按“教育统计宽表”读取2个文件，导入邹城市2所学校的" in said
    assert (
        "待补填  〔学校〕小学划片范围内就读学生数：1处" in said
        and "待补填  〔县级数据〕人口总数：1处" in said
    )
    assert len(reread(TARGET).rows("schools")) == 2
    assert [path.name for path in TARGET.parent.glob("[!.]*")] == [TARGET.name]


def test_it_does_not_overwrite_unless_told(capsys: pytest.CaptureFixture[str]) -> None:
    assert guarded(["import", "宽表", *CALL]) == 0
    before = TARGET.read_bytes()
    TARGET.write_bytes(b"mine")
    assert guarded(["import", "宽表", *CALL]) == 2
    assert "已经存在，不予覆盖；确要覆盖的，请加上--force" in capsys.readouterr().err
    assert TARGET.read_bytes() == b"mine"
    assert guarded(["import", "宽表", *CALL, "--force"]) == 0
    assert TARGET.read_bytes() == before
    aside = TARGET.with_name(f"{TARGET.stem}（人工修改）.xlsx")
    assert f"已另存为“{aside.name}”，未予覆盖" in capsys.readouterr().out and aside.read_bytes() == b"mine"


@pytest.mark.parametrize(
    ("out", "target"), [("data/2024/370883_邹城市.xlsx", ""), ("别处", "别处/2024/导入/370883_邹城市.xlsx")]
)
def test_out_may_be_a_file_or_a_folder(out: str, target: str) -> None:
    assert guarded(["import", "宽表", *CALL, "--out", out]) == 0
    assert Path(target or out).is_file()


@pytest.mark.parametrize(
    ("call", "says"),
    [
        (CALL, "没有写明来源文件或目录"),
        (["没有", *CALL], "没有来源文件或目录“没有”"),
        (["宽表", "--county", "邹成市", "--year", "2024"], "是否要写“邹城市”"),
        (["宽表", *CALL, "--mapping", "wid"], "是否要写“wide”"),
        (["宽表", "--year", "2024"], "缺少选项“--county”"),
        (["宽表", *CALL, "--params", "没有"], "目录“没有”不存在"),
        (["params", *CALL], "没有可以读取的来源文件"),
    ],
)
def test_a_wrong_call_is_one_sentence(capsys: pytest.CaptureFixture[str], call: list[str], says: str) -> None:
    assert guarded(["import", *call]) == 2
    out, err = capsys.readouterr()
    assert out == "" and says in err


def test_an_unstated_unit_that_is_hardly_the_usual_one_is_told(
    place: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    bare = (*COLUMNS[:-1], ("教学仪器设备资产值",))
    path = place / "台账" / "2024小学.xlsx"
    write_wide(path, [school(教学仪器设备资产值=856000)], columns=bare)
    assert guarded(["import", "台账", *CALL]) == 0
    said = capsys.readouterr().out
    assert "单位存疑  〔学校〕教学仪器设备资产值：1处未导入，如2024小学.xlsx〔Sheet1〕" in said
    assert "待补填  〔学校〕教学仪器设备资产值：1处" in said


def test_a_failure_writes_nothing(capsys: pytest.CaptureFixture[str]) -> None:
    assert guarded(["import", "宽表", "--county", "任城区", "--year", "2024"]) == 1
    assert "没有任城区的学校" in capsys.readouterr().err and not Path("outputs").exists()


def test_a_file_that_cannot_be_read_is_told_and_counts(
    place: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (place / "宽表" / "坏.xlsx").write_bytes(b"PK\x03\x04broken")
    assert guarded(["import", "宽表", *CALL]) == 1
    assert "未能导入  坏.xlsx：" in capsys.readouterr().out and TARGET.is_file()


@pytest.mark.parametrize(
    ("name", "locked"),
    [
        ("小学.xls", lambda source, target: as_xls(source, target)),
        ("小学.xlsx", lambda source, target: with_password(source, target, "济宁2024")),
        ("小学.xls", lambda source, target: as_locked_xls(source, target, "济宁2024")),
    ],
    ids=["xls", "locked xlsx", "locked xls"],
)
def test_old_and_locked_files_are_imported(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str, locked: Callable[[Path, Path], Path]
) -> None:
    source = write_wide(tmp_path / "plain.xlsx", [school()])
    expected = figures(imported(source.rename(tmp_path / "小学.xlsx")))
    (tmp_path / "收到").mkdir()
    locked(tmp_path / "小学.xlsx", tmp_path / "收到" / name)
    monkeypatch.setenv("JUNHENG_PASSWORD", "济宁2024")
    assert guarded(["import", "收到", *CALL]) == 0
    row = reread(TARGET).rows("schools")[0]
    assert {key: row.get(key) for key in expected} == expected


def test_a_locked_file_without_its_password_says_what_to_do(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    with_password(tmp_path / "宽表" / "小学.xlsx", tmp_path / "小学.xlsx", "济宁2024")
    monkeypatch.delenv("JUNHENG_PASSWORD", raising=False)
    assert guarded(["import", "小学.xlsx", *CALL]) == 2
    assert "小学.xlsx设有打开密码，无法读取，请用环境变量JUNHENG_PASSWORD给出密码" in capsys.readouterr().err


def test_partial_goes_on_without_what_is_renamed(place: Path, capsys: pytest.CaptureFixture[str]) -> None:
    def rename(book: object) -> None:
        book["教基5176_小学"]["A19"] = "#设备"  # type: ignore[index]

    write_forms(place / "校" / "a.xlsx", new_forms(), edit=rename)
    assert guarded(["import", "校", *CALL]) == 1
    assert "没有行“教学仪器设备资产值”" in capsys.readouterr().err and not TARGET.exists()
    assert guarded(["import", "校", *CALL, "--partial"]) == 0
    said = capsys.readouterr().out
    assert "未找到  a.xlsx〔教基5176_小学〕中没有行“教学仪器设备资产值”" in said
    assert "待补填  〔学校〕教学仪器设备资产值：1处" in said


def test_an_output_folder_that_cannot_be_written(place: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (place / "outputs").write_text("a file")
    assert guarded(["import", "宽表", *CALL]) == 1
    assert "无法写入" in capsys.readouterr().err
