"""Another city from `junheng init` to its reports, in a province with a standard of its own; nobody else is named."""

from __future__ import annotations

import json
import zipfile
from pathlib import Path
from typing import Any

import pypdfium2
import pytest

from junheng.cli.main import guarded
from junheng.report.page.city import LIBRARY
from tests.messy.builder import school, write_book

pytestmark = [pytest.mark.e2e, pytest.mark.slow]
COUNTIES = {"990102": "青山县", "990103": "白河区", "990181": "云岭市"}
STRANGERS = ("济宁", "济政", "山东", "邹城", "jining_standard")
LOCAL = """\
id: local
title: 南岭省标准
basis: 《南岭省义务教育优质均衡发展督导评估实施办法》
extends: national
thresholds:
- {item: G14, part: share, threshold: 0.75, clause: 实施办法第三条}
"""


def schools(number: int, name: str) -> list[dict[str, Any]]:
    places = [("小学", "小学"), ("初级中学", "中学")]
    return [
        school(kind, school_code=f"2199{number}{place}{one:04d}", school_name=f"{name}第{one}{word}")
        for place, (kind, word) in enumerate(places)
        for one in range(1, 5)
    ]


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The city, its three workbooks, and all that the commands make of them."""
    folder = tmp_path_factory.mktemp("another")
    rows = "".join(f"{code},{name},{2024 + place}\n" for place, (code, name) in enumerate(COUNTIES.items()))
    (folder / "codes.csv").write_text(f"代码,名称,目标年度\n{rows}", encoding="utf-8")
    city = folder / "云川"
    assert (
        guarded(["init", "--city", "云川市", "--counties", str(folder / "codes.csv"), "--dir", str(city)])
        == 0
    )
    (city / "params" / "standards" / "local.yml").write_text(LOCAL, encoding="utf-8")
    for number, (code, name) in enumerate(COUNTIES.items(), 1):
        write_book(
            city / "data" / "2024" / f"{code}_{name}.xlsx", schools(number, name), sheets={"tasks": []}
        )
    return city


def run(site: Path, *words: str) -> int:
    places = [f"--{name}={site / name}" for name in ("params", "data")]
    return guarded([*words, "--year", "2024", *places, f"--out={site / 'outputs'}"])


@pytest.fixture(scope="module")
def outputs(site: Path) -> Path:
    assert run(site, "template") == 0
    assert run(site, "check") == 0
    assert run(site, "run", "--reports", "assessment,self,schools", "--pdf", "draft") == 0
    assert run(site, "city", "--pdf", "draft") == 0
    return site / "outputs" / "2024"


def words_of(path: Path) -> str:
    """All text of an output, whatever its format."""
    if path.suffix in (".docx", ".xlsx") and zipfile.is_zipfile(path):  # a record of what was written is none
        with zipfile.ZipFile(path) as archive:
            parts = [archive.read(name).decode("utf-8", "replace") for name in archive.namelist()]
        return "".join(parts)
    if path.suffix == ".pdf":
        return "".join(page.get_textpage().get_text_range() for page in pypdfium2.PdfDocument(path))
    if path.suffix in (".png", ".pickle") or path.name == LIBRARY:
        return ""
    return path.read_text(encoding="utf-8", errors="replace")


def test_every_county_and_the_city_are_published(outputs: Path) -> None:
    for code, name in COUNTIES.items():
        folder = outputs / f"{code}_{name}"
        verdict = json.loads((folder / "data" / "verdict.json").read_text(encoding="utf-8"))
        assert verdict["county"] == name and verdict["overall"] in ("达标", "未达标", "无法判定")
        assert len(list(folder.glob("*.pdf"))) == 3
    assert (outputs / "全市" / "云川市义务教育优质均衡发展督导评估全市汇总报告（2024年度）.pdf").is_file()


def test_nobody_else_is_named_anywhere(outputs: Path) -> None:
    files = [path for path in outputs.rglob("*") if path.is_file()]
    assert len(files) > 60
    found = {
        (str(path.relative_to(outputs)), word)
        for path in files
        for word in STRANGERS
        if word in words_of(path)
    }
    assert found == set()


def test_the_provinces_standard_decides_beside_the_national_one(outputs: Path) -> None:
    items = (outputs / "990102_青山县" / "data" / "items.csv").read_text(encoding="utf-8").splitlines()
    (quota,) = (line for line in items if line.startswith("G14,"))
    assert quota.split(",")[3] == "达标" and quota.split(",")[5] == "未达标"  # 70 % of 50 % and of 75 %
    report = next((outputs / "990102_青山县").glob("*督导评估报告*.docx"))
    told = words_of(report)
    assert "南岭省标准" in told and "本市没有列出市定任务" in told


def test_the_state_of_the_year_is_shown(site: Path, outputs: Path, capsys: Any) -> None:
    capsys.readouterr()
    assert run(site, "status", "--today", "2025年2月1日") == 0
    told = capsys.readouterr().out
    assert "青山县" in told and "已评估" in told and "共3个县（市、区）" in told
