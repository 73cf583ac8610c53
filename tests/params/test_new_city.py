"""The parameters of another city: nothing of the present one, nothing overwritten, every slip of the list named."""

from __future__ import annotations

from pathlib import Path

import pytest

from junheng.cli.main import guarded
from junheng.errors import UsageProblem
from junheng.params.city import load_city
from junheng.params.counties import load_counties
from junheng.params.new_city import read_counties
from junheng.params.standard import load_standards
from junheng.params.tasks import load_tasks

LIST = "代码,名称,目标年度,全称\n990102,青山县,2025,\n990103,白河新区,2024,白河经济技术开发区\n"


def listed(tmp_path: Path, text: str, encoding: str = "utf-8-sig") -> Path:
    path = tmp_path / "县.csv"
    path.write_bytes(text.encode(encoding))
    return path


def made(tmp_path: Path, text: str = LIST) -> Path:
    call = [
        "init",
        "--city",
        "云川市",
        "--counties",
        str(listed(tmp_path, text)),
        "--dir",
        str(tmp_path / "云川"),
    ]
    assert guarded(call) == 0
    return tmp_path / "云川"


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030"])
def test_the_list_is_read_as_it_was_saved(tmp_path: Path, encoding: str) -> None:
    one, two = read_counties(listed(tmp_path, LIST, encoding))
    assert (one.code, one.name, one.title, one.government, one.target_year) == (
        "990102", "青山县", "青山县", "青山县人民政府", 2025,
    )  # fmt: skip
    assert (two.title, two.government) == ("白河经济技术开发区", "白河经济技术开发区人民政府")


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("", "是空的"),
        ("代码,名称\n990102,青山县\n", "缺少“目标年度”列"),
        ("代码,名称,目标年度,人口\n", "没有名为“人口”的列"),
        ("代码,名称,目标年度\n", "表头下没有"),
        ("代码,名称,目标年度\n990102,,2025\n", "第2行缺少“名称”"),
        ("代码,名称,目标年度\n990102,青山县,25\n", "第2行“目标年度”应为四位年份，现为“25”"),
        ("代码,名称,目标年度\n9901,青山县,2025\n", "第2行有误：代码应为6位数字"),
        ("代码,名称,目标年度\n990102,../青山,2025\n", "第2行有误"),
        ("代码,名称,目标年度\n990102,青山县,2025\n990102,白河县,2025\n", "“990102”出现不止一次"),
    ],
)
def test_a_faulty_list_is_named(tmp_path: Path, text: str, says: str) -> None:
    with pytest.raises(UsageProblem, match=says):
        read_counties(listed(tmp_path, text))


def test_a_list_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(UsageProblem, match=r"没有找到“县\.csv”"):
        read_counties(tmp_path / "县.csv")
    with pytest.raises(UsageProblem, match="无法读取（同名的目录已存在）"):
        read_counties(tmp_path)


def test_the_new_folder_holds_nothing_of_the_present_city(tmp_path: Path) -> None:
    params = made(tmp_path) / "params"
    assert (load_city(params).name, load_city(params).code) == ("云川市", "990100")
    assert [county.name for county in load_counties(params)] == ["青山县", "白河新区"]
    national, local = load_standards(params, 2024)
    assert local.title == "云川市标准" and len(local.items) == len(national.items)
    assert load_tasks(params).tasks == ()
    assert (tmp_path / "云川" / "data" / "2024").is_dir()
    files = [path for path in params.rglob("*") if path.is_file()]
    assert len(files) > 30
    told = {
        path.name: word
        for path in files
        for word in ("济宁", "济政", "山东", "{{")
        if word in path.read_text()
    }
    assert told == {}
    assert not (params / "demo").exists() and not (params / "2023").exists()


def test_nothing_is_overwritten(tmp_path: Path) -> None:
    folder = made(tmp_path)
    city = folder / "params" / "city.yml"
    before = city.read_bytes()
    call = ["init", "--city", "云川市", "--counties", str(tmp_path / "县.csv"), "--dir", str(folder)]
    assert guarded(call) == 2
    assert city.read_bytes() == before


@pytest.mark.parametrize(
    ("more", "text", "says"),
    [
        (["--city", "../云川"], LIST, "市名应为"),
        (["--city", "云川市"], LIST + "880101,他山县,2025,\n", "请用--code写明"),
        (["--city", "云川市", "--code", "99"], LIST, "“--code”应为6位数字"),
    ],
)
def test_a_wrong_call_is_one_sentence(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], more: list[str], text: str, says: str
) -> None:
    call = ["init", *more, "--counties", str(listed(tmp_path, text)), "--dir", str(tmp_path / "x")]
    assert guarded(call) == 2
    assert says in capsys.readouterr().err


def test_no_code_no_template_and_no_phrase_names_the_city() -> None:
    """What is one city's own stands in params/ alone, and there outside the phrases, tables and dictionaries."""
    root = Path(__file__).resolve().parents[2]
    general = [*root.glob("lib/**/*.py"), *root.glob("templates/**/*.*"), *root.glob("notebooks/*.ipynb")]
    general += [*root.glob("params/phrases/*.yml"), *root.glob("params/mappings/*.yml")]
    general += [*root.glob("params/dictionary/*.yml"), *root.glob("params/tables*.yml")]
    assert len(general) > 300
    named = [path.name for path in general if "济宁".encode() in path.read_bytes()]
    assert named == []
