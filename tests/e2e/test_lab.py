"""JupyterLab in a real browser: run all, change the county in its cell, run again, read an error, try something out."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import nbformat
import pytest
from selenium.webdriver import Chrome
from selenium.webdriver.common.by import By
from selenium.webdriver.common.keys import Keys
from selenium.webdriver.remote.webelement import WebElement
from selenium.webdriver.support.ui import Select

from junheng.batch.evidence import write_html
from junheng.lab import county as wb
from junheng.lab.errors import LOG
from tests.e2e.lab import IN_VIEW, REPO, Notebook, chromium, running_lab

pytestmark = [pytest.mark.e2e, pytest.mark.slow]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Copies of the notebooks, their drafts sent elsewhere: the tests change and save what they open."""
    home = tmp_path_factory.mktemp("lab")
    (home / "notebooks").mkdir()
    for path in (REPO / "notebooks").glob("*.ipynb"):
        text = path.read_text(encoding="utf-8")
        assert text.count(r"OUT_DIR = \"\"") == 1
        (home / "notebooks" / path.name).write_text(
            text.replace(r"OUT_DIR = \"\"", rf"OUT_DIR = \"{home}/out\""), "utf-8"
        )
    return home


@pytest.fixture(scope="module")
def address(folder: Path) -> Iterator[str]:
    with running_lab(folder, folder / "home") as address:
        yield address


@pytest.fixture
def driver() -> Iterator[Chrome]:
    """A browser of its own for each test: Lab would ask about unsaved changes before it leaves a page."""
    with chromium() as driver:
        yield driver


def test_run_all_then_another_county_then_an_error(address: str, folder: Path, driver: Chrome) -> None:
    page = Notebook(driver)
    page.open(address.format("notebooks/county_report.ipynb"))
    given = (folder / "notebooks" / "county_report.ipynb").read_bytes()

    page.run_all()
    page.wait_for_end()
    assert page.errors() == []
    outputs = page.outputs()
    assert "邹城市（370883）2024年度" in outputs[1]
    assert "邹城市义务教育优质均衡发展督导评估报告" in outputs[-1]
    assert len(page.find(".jp-OutputArea table.jh")) >= 8
    sources = page.find(".jp-OutputArea table.jh td[title*='〔学校〕']")
    assert len(sources) > 500
    told = opened_source(page, sources[0])
    assert (
        told.startswith("来源：370883_邹城市.xlsx〔学校〕") and 'wb.explain(work, assessment, "L1", "' in told
    )
    page.save()
    assert (
        folder / "notebooks" / "county_report.ipynb"
    ).read_bytes() == given  # no outputs, no notes of the editor

    page.edit("COUNTY =", 'COUNTY = "370883"', 'COUNTY = "曲阜市"')
    page.restart_and_run_all()
    page.wait_for_end()
    assert page.errors() == []
    outputs = page.outputs()
    assert "曲阜市（370881）2024年度" in outputs[1]
    assert "曲阜市义务教育优质均衡发展督导评估报告" in outputs[-1] and "邹城市" not in outputs[-1]
    assert (folder / "out" / "data" / "units.csv").is_file()

    # The kernel still has all of 曲阜市: with a wrong county nothing below may go on with it.
    written = {path: path.stat().st_mtime_ns for path in (folder / "out").rglob("*")}
    page.edit("COUNTY =", 'COUNTY = "曲阜市"', 'COUNTY = "曲埠市"')
    page.run_all()
    page.wait_for_end()
    told = page.errors()[0]
    assert told.startswith("【无法继续】没有名为“曲埠市”的县（市、区）。是否要写“曲阜市")
    assert "Traceback" not in told and len(told.splitlines()) == 1
    assert {path: path.stat().st_mtime_ns for path in (folder / "out").rglob("*")} == written
    assert not any(page.outputs()[3:])


def test_every_error_is_one_message_in_lab(address: str, folder: Path, driver: Chrome) -> None:
    """Wrong county, no workbook, misspelt field, a slip of the analyst, a fault of ours: one line each, no traceback."""
    log = REPO / LOG
    logged = log.stat().st_size if log.exists() else 0
    put_failing_notebook(folder / "notebooks" / "errors.ipynb", folder / "empty")
    page = Notebook(driver)
    page.open(address.format("notebooks/errors.ipynb"))
    page.run_all()
    page.wait(lambda: all(prompt.isdigit() for prompt in page.prompts()), "the run did not end")
    told = page.errors()
    says = (
        "【无法继续】没有名为“邹成市”的县（市、区）。是否要写“邹城市",
        "【无法继续】“empty/2024”中没有邹城市的工作簿“370883_邹城市.xlsx”。请将其采集工作簿以“370883_邹城市.xlsx”为名放入“empty/2024”。",
        "【无法继续】没有名为“教学辅助用房面积”的数据项。是否要写“教学及辅助用房面积”？",
        "【单元格有误】第1行“trials.try_outt(work, official, start)”：没有“try_outt”这种写法。是否要写“try_out”？",
        "【程序内部错误】AttributeError。详细记录已写入logs/笔记本错误.log",
    )
    assert len(told) == len(says)
    for line, said in zip(told, says, strict=True):
        assert line.startswith(said) and len(line.splitlines()) == 1
    with log.open("r+b") as written:
        written.seek(logged)
        assert "Traceback" in written.read().decode("utf-8")
        written.truncate(logged)  # the project's own log is left as it was


def put_failing_notebook(target: Path, empty: Path) -> None:
    """A notebook whose later cells each fail; by their tag Lab goes on."""
    (empty / "2024").mkdir(parents=True)
    start = 'wb.open_workspace("{}", 2024, r"{}", "params", r"{}", "assessment")'
    opened = start.format("370872", "data", empty)
    sources = [
        f"from junheng.lab import trials, county as wb\nwork = {opened}\n"
        'official = trials.official(work)\nstart = trials.trial(work, official)\nschool = trials.examples(official, "小学")[0]',
        "1",
        "2",
        start.format("邹成市", "data", empty),
        f"wb.read({start.format('370883', empty, empty)})",
        'start.add(school, "教学辅助用房面积", 1)',
        "trials.try_outt(work, official, start)",
        "wb.show(work, None, 'units')",
    ]
    cells = [nbformat.v4.new_code_cell(source) for source in sources]
    for cell in cells[3:]:
        cell.metadata["tags"] = ["raises-exception"]
    kernel = {"name": "python3", "display_name": "Python 3 (ipykernel)", "language": "python"}
    nbformat.write(nbformat.v4.new_notebook(cells=cells, metadata={"kernelspec": kernel}), target)


def test_a_shown_frame_is_searched_and_paged_without_a_network(
    address: str, folder: Path, driver: Chrome
) -> None:
    put_table_notebook(folder / "notebooks" / "tables.ipynb")
    page = Notebook(driver)
    page.open(address.format("notebooks/tables.ipynb"))
    page.run_all()
    page.wait_for_end()
    assert page.errors() == []
    look_at_the_table(page)
    asked = driver.execute_script("return performance.getEntriesByType('resource').map(e => e.name)")
    assert all(
        "127.0.0.1" in url or "localhost" in url or url.startswith(("blob:", "data:")) for url in asked
    )


def put_table_notebook(target: Path) -> None:
    """A long table and a short one, which needs the script of the first."""
    sources = [
        "from junheng import lab as wb\n"
        f"units = wb.compare_counties(2024, ['曲阜市'], 'units', data_dir=r'{REPO / 'data'}')",
        "wb.show(units)",
        "wb.show(units.head(3))",
        "1",
    ]
    cells = [nbformat.v4.new_code_cell(source) for source in sources]
    kernel = {"name": "python3", "display_name": "Python 3 (ipykernel)", "language": "python"}
    nbformat.write(nbformat.v4.new_notebook(cells=cells, metadata={"kernelspec": kernel}), target)


def look_at_the_table(page: Notebook) -> None:
    """Both tables are drawn; the first is searched and sorted as an analyst does it."""
    table = f"{IN_VIEW} .dt-container"
    page.wait(lambda: len(page.find(table)) == 2, "the tables were not drawn")
    assert "第 1 至 20 行" in page.text(f"{table} .dt-info") and "找" in page.text(f"{table} .dt-search")
    first = page.find(table)[0]
    box = first.find_element(By.CSS_SELECTOR, "input[type=search]")
    page.driver.execute_script("arguments[0].scrollIntoView({block: 'center'})", box)
    box.send_keys("中学")
    page.wait(lambda: "筛选" in page.text(f"{table} .dt-info"), "nothing was filtered")
    lines = [row.get_attribute("innerText") or "" for row in first.find_elements(By.CSS_SELECTOR, "tbody tr")]
    assert 0 < len(lines) <= 20 and all("中学" in line for line in lines)
    box.send_keys(Keys.BACKSPACE, Keys.BACKSPACE)
    page.wait(lambda: "筛选" not in page.text(f"{table} .dt-info"), "the filter stayed")


def opened_source(page: Notebook, cell: WebElement) -> str:
    """Click on a figure and read the box that opens."""
    page.driver.execute_script("arguments[0].scrollIntoView({block: 'center'})", cell)
    cell.click()
    script = (
        "const s = getComputedStyle(arguments[0], '::after'); return s.display == 'none' ? '' : s.content"
    )
    return (
        str(page.driver.execute_script(script, cell)).removeprefix('"').removesuffix('"').replace('\\"', '"')
    )


def test_a_figure_changed_in_the_form_is_shown_before_and_after(
    address: str, folder: Path, driver: Chrome
) -> None:
    page = Notebook(driver)
    page.open(address.format("notebooks/whatif.ipynb"))
    before = sorted((folder / "out").rglob("*"))
    page.run_all()
    page.wait_for_end()
    assert page.errors() == []
    place = next(n for n, cell in enumerate(page.cells) if "forms.form(" in cell.text)
    assert "尚未作任何改动" in page.outputs()[place]

    form = f"{IN_VIEW} .widget-tab"
    school = Select(page.find(f"{form} select")[0])
    school.select_by_visible_text("微山县实验小学（未达标）")
    labels = [label.text for label in page.find(f"{form} .widget-gridbox .widget-label") if label.text]
    assert labels[:3] == ["小学在校生数（人）", "1740", "各项指标"]
    assert "微山县实验小学：小学，未达标" in page.text(f"{form} table.jh caption")
    box = page.find(f"{form} .widget-gridbox input")[labels.index("教学仪器设备资产值（万元）") // 3]
    page.driver.execute_script("arguments[0].scrollIntoView({block: 'center'})", box)
    box.click()
    box.send_keys(Keys.CONTROL, "a")
    box.send_keys("348", Keys.TAB)
    page.find(f"{form} button")[0].click()
    page.wait(lambda: "有变化的评估单元1个" in page.outputs()[place], "the trial was not shown")
    shown = page.outputs()[place]
    # 348万元 of 1740 pupils are 2000元 each: before 260.33万元, 1496.15元.
    assert "260.33万元" in shown and "348万元" in shown and "1496.15" in shown and "2000.00" in shown
    assert ".put('微山县实验小学', '教学仪器设备资产值', '348')" in shown
    assert page.errors() == []
    assert sorted((folder / "out").rglob("*")) == before


def test_a_source_opens_on_a_click_in_the_published_page(tmp_path: Path, driver: Chrome) -> None:
    """The page's policy allows no script: the style alone must do it."""
    work = wb.open_workspace(
        "370872", 2024, str(REPO / "data"), str(REPO / "params"), str(tmp_path), "assessment"
    )
    assessment = wb.assess(work, wb.open_book(work))
    shown = {"text/html": wb.show(work, assessment, "units", "disparity", "government").data}
    cell = nbformat.v4.new_code_cell(outputs=[nbformat.v4.new_output("display_data", shown)])
    target = tmp_path / "notebook.html"
    write_html(nbformat.v4.new_notebook(cells=[cell]), target, "太白湖新区", REPO / "templates")
    driver.get(target.as_uri())
    page = Notebook(driver)
    first, *_ = page.find("table.jh td[title*='〔学校〕']")
    assert opened_source(page, first).startswith("来源：370872_太白湖新区.xlsx〔学校〕")
    for what in ('"CV-L4", stage="primary"', '"G6"'):
        (cell,) = page.find(f"table.jh td[title$='wb.explain(work, assessment, {what})']")
        assert opened_source(page, cell).endswith(f"{what})")
