"""A county that is special, in a real browser and then in the batch: its own notebook, additions to its report, slips.

The kernels work in a small project of the test's own, so that notebooks, drafts and outputs are those of nobody else.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import docx
import nbformat
import pytest
from selenium.webdriver.common.by import By

from junheng.lab import notebooks as nbs
from junheng.params.counties import find_county, load_counties
from tests.e2e.lab import IN_VIEW, REPO, Notebook, chromium, running_lab

pytestmark = [pytest.mark.e2e, pytest.mark.slow]
COUNTY = find_county(load_counties(REPO / "params"), "370872")
OWN = f"notebooks/2024/{COUNTY.stem}.ipynb"
KERNEL = {"name": "python3", "display_name": "Python 3 (ipykernel)", "language": "python"}
ADDED = """reports = wb.compose(work, assessment, trend, pictures)
import pandas as pd
import matplotlib.pyplot as plt
towns = pd.read_csv("notebooks/2024/370872_乡镇.csv")
fig, ax = plt.subplots()
ax.bar(towns["乡镇"], towns["学校数"])
place = reports["assessment"].section("存在问题").paragraph("许桥镇操场因校舍改造暂停使用。")
place.table(towns, caption="各乡镇学校数").figure(fig, caption="各乡镇学校数图")
display(wb.preview(reports["assessment"], pages=[1, 2]))"""


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A project with one county's workbooks, its own notebook and a table beside it."""
    root = tmp_path_factory.mktemp("project")
    for name in ("params", "templates"):
        shutil.copytree(REPO / name, root / name)
    (root / "notebooks").mkdir()
    for name in (nbs.STANDARD, nbs.CITY, nbs.SEALS):
        shutil.copy(REPO / "notebooks" / name, root / "notebooks")
    for year in ("2023", "2024"):
        (root / "data" / year).mkdir(parents=True)
        shutil.copy(REPO / "data" / year / f"{COUNTY.stem}.xlsx", root / "data" / year)
    told = junheng(root, "notebook", "new", "--year", "2024", "--county", COUNTY.name)
    assert told.returncode == 0 and OWN in told.stdout, told.stderr
    (root / "notebooks" / "2024" / "370872_乡镇.csv").write_text("乡镇,学校数\n许桥镇,3\n石桥镇,5\n", "utf-8")
    return root


def junheng(root: Path, *words: str) -> subprocess.CompletedProcess[str]:
    command = [Path(sys.executable).with_name("junheng"), *words]
    return subprocess.run(
        command, cwd=root, env={**os.environ, "JUNHENG_HOME": str(root)},
        capture_output=True, text=True, encoding="utf-8", check=False,
    )  # fmt: skip


@pytest.fixture(scope="module")
def address(project: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with running_lab(project, tmp_path_factory.mktemp("home") / "home", project) as address:
        yield address


@pytest.fixture
def page() -> Iterator[Notebook]:
    with chromium() as driver:
        yield Notebook(driver)


def test_a_countys_own_notebook_is_written_in_lab_and_run_by_the_batch(
    address: str, project: Path, page: Notebook
) -> None:
    page.open(address.format(OWN))
    page.edit("wb.compose(", "reports = wb.compose(work, assessment, trend, pictures)", ADDED)
    page.run_all()
    page.wait_for_end()
    assert page.errors() == []
    enlarge_a_page(page)
    page.save()
    assert [change.kind for change in nbs.own_changes(project / OWN)] == ["改动"]
    (draft,) = (project / "outputs" / "草稿").rglob("*督导评估报告*.docx")
    assert "许桥镇操场因校舍改造暂停使用。（说明由本县提供）" in paragraphs(draft)
    assert draft.with_suffix(".pdf").read_bytes().startswith(b"%PDF")

    told = junheng(project, "run", "--year", "2024", "--county", COUNTY.code)
    assert told.returncode == 0, told.stdout + told.stderr
    assert "本县笔记本" in told.stdout
    folder = project / "outputs" / "2024" / COUNTY.stem
    (word,) = folder.glob("*督导评估报告*.docx")
    texts = paragraphs(word)
    place = texts.index("许桥镇操场因校舍改造暂停使用。（说明由本县提供）")
    assert texts[place + 1].startswith("表") and texts[place + 1].endswith("各乡镇学校数")
    assert any(text.startswith("图") and text.endswith("各乡镇学校数图") for text in texts[place:])
    assert any("改动：第" in text and "reports = wb.compose(" in text for text in texts)
    manifest = json.loads((folder / "manifest.json").read_text("utf-8"))
    assert {OWN, "notebooks/2024/370872_乡镇.csv"} <= set(manifest["inputs"])


def enlarge_a_page(page: Notebook) -> None:
    """Click on a page of the preview: it grows."""
    pages = page.find(f"{IN_VIEW} .jh-pages details")
    assert len(pages) == 2
    image = pages[1].find_element(By.TAG_NAME, "img")
    page.driver.execute_script("arguments[0].scrollIntoView({block: 'center'})", image)
    small = image.size["width"]
    image.click()
    page.wait(lambda: image.size["width"] > 2 * small, "the page did not grow")


def paragraphs(path: Path) -> list[str]:
    return [paragraph.text for paragraph in docx.Document(str(path)).paragraphs]


PARAMETERS = f'COUNTY = "{COUNTY.code}"\nYEAR = 2024\nDATA_DIR = "data"\nPARAMS_DIR = "params"\nOUT_DIR = ""'
START = "from junheng import lab as wb\nwork = wb.start(globals())\nbook = wb.read(work)\nassessment = wb.assess(work, book)"
SLIPS = {
    "asessment": "没有名为“asessment”的变量。是否要写“assessment”？",
    "x = “小学”": '应写半角的"',
    "import pandas as pd\npd.read_csv('乡镇.csv')": "项目目录中没有文件“乡镇.csv”",
    "wb.assess(book, work)": "第1个参数应为work（wb.start的结果），现为book（wb.read的结果）",
    "wb.reed(work)": "没有“reed”这种写法。是否要写“read”？",
    "wb.compose(work, wb.assess(work, wb.with_schools(book, book.schools.iloc[1:])), None)": "含有试算值",
}


def test_slips_in_lab_are_about_the_slip_and_names_in_capitals_do_no_harm(
    address: str, project: Path, page: Notebook
) -> None:
    put(project / "notebooks" / "slips.ipynb", [PARAMETERS, START, 'L5 = 7.5\nCOUNTRY = "甲"', *SLIPS, START])
    page.open(address.format("notebooks/slips.ipynb"))
    page.run_all()
    page.wait(lambda: all(prompt.isdigit() for prompt in page.prompts()), "the run did not end")
    told = page.errors()
    assert len(told) == len(SLIPS)  # the names in capitals have kept nothing from starting again
    for line, said in zip(told, SLIPS.values(), strict=True):
        assert said in line and len(line.splitlines()) == 1 and "Traceback" not in line

    page.edit("COUNTY =", "370872", "历下区")
    page.run_all()
    page.wait(lambda: all(prompt.isdigit() for prompt in page.prompts()), "the run did not end")
    told = page.errors()
    assert "没有名为“历下区”的县（市、区）。可选：任城区、" in told[0]
    assert any("没有名为“work”的变量" in line for line in told[1:])  # what the run before left is gone


def put(target: Path, sources: list[str]) -> None:
    """A notebook in which Lab goes on after a cell that fails."""
    cells = [nbformat.v4.new_code_cell(source) for source in sources]
    for cell in cells:
        cell.metadata["tags"] = ["raises-exception"]
    nbformat.write(nbformat.v4.new_notebook(cells=cells, metadata={"kernelspec": KERNEL}), target)
