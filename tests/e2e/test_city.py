"""The city's summary end to end: a real kernel and LibreOffice, then its page in a real browser, opened from a file."""

from __future__ import annotations

import base64
import json
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import openpyxl
import pypdfium2
import pytest
from selenium.webdriver import ActionChains, Chrome, ChromeOptions
from selenium.webdriver.chrome.service import Service
from selenium.webdriver.common.by import By
from selenium.webdriver.common.keys import Keys
from selenium.webdriver.support.ui import Select

from junheng.cli import main as cli
from junheng.report.content.names import city_internal_name, city_report_name
from tests.waiting import until

pytestmark = [pytest.mark.e2e, pytest.mark.slow]
REPO = Path(__file__).resolve().parents[2]
CITY = city_report_name("济宁市", 2024)
IN = ("370826_微山县", "370872_太白湖新区", "370873_济宁经开区", "370881_曲阜市")
BROKEN = "370883_邹城市"


@pytest.fixture(scope="module")
def out(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Publish a city of four counties; one more has a broken workbook, the rest have none."""
    folder = tmp_path_factory.mktemp("city")
    for year in (2023, 2024):
        (folder / "data" / str(year)).mkdir(parents=True)
        for stem in IN:
            shutil.copy(REPO / "data" / str(year) / f"{stem}.xlsx", folder / "data" / str(year))
    (folder / "data" / "2024" / f"{BROKEN}.xlsx").write_bytes(b"no workbook")
    assert run(folder) == 1  # counties were left out
    return folder / "outputs" / "2024" / "全市"


def run(folder: Path, *more: str) -> int:
    places = (
        "--data",
        str(folder / "data"),
        "--out",
        str(folder / "outputs"),
        "--params",
        str(REPO / "params"),
    )
    return cli.guarded(["city", "--year", "2024", *places, *more])


def test_everything_is_published(out: Path) -> None:
    names = {path.relative_to(out).as_posix() for path in out.rglob("*") if path.is_file()}
    (kept,) = (name for name in names if name.startswith("历史/"))  # named by the day of the run
    assert names == {
        kept,
        *(f"{CITY}.{kind}" for kind in ("docx", "pdf", "xlsx")),
        f"{city_internal_name('济宁市', 2024)}.docx",
        *(f"网页/{name}" for name in ("index.html", "data.js", "page.css", "page.js", "plotly.min.js")),
        *(f"evidence/{name}" for name in ("notebook.ipynb", "notebook.html")),
        *(f"evidence/figures/{name}" for name in ("city_units.png", "city_disparity.png")),
        "manifest.json",
    }


def test_left_out_counties_are_listed_with_reasons(out: Path) -> None:
    left_out = json.loads((out / "manifest.json").read_text(encoding="utf-8"))["counts"]["left_out"]
    assert len(left_out) == 10
    assert f"{BROKEN}.xlsx" in left_out["邹城市"]
    assert "没有任城区的工作簿" in left_out["任城区"]
    sheet = openpyxl.load_workbook(out / f"{CITY}.xlsx")["未纳入"]
    told = {row[1]: row[2] for row in sheet.iter_rows(min_row=3, values_only=True) if row[1]}
    assert told.keys() == left_out.keys()
    assert told["邹城市"] == "报送的采集数据存在错误，尚未更正"
    assert told["任城区"] == "未按时报送采集数据"


def test_what_changes_within_the_year_is_kept_and_shown(out: Path) -> None:
    """The run of an earlier day, on which one county stood otherwise, is on the page of the next run."""
    (kept,) = (out / "历史").glob("*.json")
    state = json.loads(kept.read_text(encoding="utf-8"))
    assert len(state["counties"]) == 14 and state["counties"]["370881"]["units"] > 0
    assert "年度内进展" not in (out / "网页" / "index.html").read_text(encoding="utf-8")
    other = {**state, "counties": {**state["counties"], "370881": {"verdict": None}}}
    (out / "历史" / "2025-01-02.json").write_text(json.dumps(other, ensure_ascii=False), encoding="utf-8")
    kept.unlink()
    assert run(out.parents[2], "--force") == 1
    page = (out / "网页" / "index.html").read_text(encoding="utf-8")
    assert "年度内进展" in page and "2025年1月2日" in page and "本次" in page
    assert len(list((out / "历史").glob("*.json"))) == 2
    shutil.rmtree(out / "历史")
    assert run(out.parents[2], "--force") == 1


def test_pdf_has_every_section_and_the_demo_mark(out: Path) -> None:
    pages = [page.get_textpage().get_text_range() for page in pypdfium2.PdfDocument(out / f"{CITY}.pdf")]
    text = "".join("".join(pages).split())
    for title in (
        "一、总体情况",
        "四、目标任务进展",
        "五、市定任务完成情况",
        "八、下一步要求",
        "未纳入汇总的县（市、区）",
    ):
        assert title in text
    assert "中，纳入汇总4个，未纳入10个" in text
    assert all("演示数据" in "".join(page.split()) for page in pages)


def test_a_second_run_is_up_to_date_and_a_changed_workbook_is_not(out: Path, capsys: Any) -> None:
    folder = out.parents[2]
    assert run(folder) == 1
    assert "已是最新" in capsys.readouterr().out
    before = {p: p.read_bytes() for p in out.rglob("*") if p.is_file() and p.name != "manifest.json"}
    assert run(folder, "--force") == 1
    shown = capsys.readouterr()
    assert "完成" in shown.out
    for county in (
        "[3/14] 微山县：重新评估（没有可沿用的评估）",
        "[1/14] 任城区：没有采集工作簿",
        "[3/14] 微山县：未达标",
        "[14/14] 邹城市：未纳入",
        "转换PDF",
    ):
        assert county in shown.err
    changed = [p.name for p, content in before.items() if p.read_bytes() != content and p.suffix != ".pdf"]
    assert changed == []  # the same bytes twice


def test_what_did_not_change_is_taken_over_with_the_same_bytes(out: Path, capsys: Any) -> None:
    """Only the standard PDF's form differs between the two runs: every county is as it was assessed before."""
    assert run(out.parents[2], "--pdf", "draft") == 1
    assert "[13/14] 曲阜市：数据和参数未变，沿用已有评估" in capsys.readouterr().err
    before = {p: p.read_bytes() for p in out.rglob("*") if p.is_file() and p.name != "manifest.json"}
    assert run(out.parents[2], "--pdf", "draft", "--force") == 1
    assert [p.name for p, content in before.items() if p.read_bytes() != content and p.suffix != ".pdf"] == []
    assert run(out.parents[2]) == 1


# ---- The page ------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def browser(out: Path) -> Iterator[Chrome]:
    """Open the page from its file, as from a USB stick, with console and network recorded."""
    options = ChromeOptions()
    for word in ("--headless", "--no-sandbox", "--disable-gpu", "--window-size=1366,900"):
        options.add_argument(word)
    options.binary_location = shutil.which("chromium") or ""
    options.set_capability("goog:loggingPrefs", {"browser": "ALL", "performance": "ALL"})
    driver = Chrome(options, Service(shutil.which("chromedriver")))
    driver.implicitly_wait(60)  # a link inside the page changes it a moment after the click
    try:
        yield driver
    finally:
        driver.quit()


@pytest.fixture
def page(browser: Chrome, out: Path) -> Chrome:
    """Load the page anew."""
    browser.get("about:blank")
    browser.get((out / "网页" / "index.html").as_uri())
    until(lambda: browser.find_elements(By.CSS_SELECTOR, "html[data-ready]"))
    return browser


def column(page: Chrome, table: str, place: int) -> list[str]:
    rows = page.find_elements(By.CSS_SELECTOR, f"#{table} tbody tr:not([hidden])")
    return [row.find_elements(By.CSS_SELECTOR, "td, th")[place].text for row in rows]


def test_nothing_complains_and_nothing_leaves_the_folder(browser: Chrome, page: Chrome) -> None:
    assert len(page.find_elements(By.CSS_SELECTOR, ".chart .main-svg")) >= 2
    assert [entry for entry in browser.get_log("browser") if entry["level"] != "INFO"] == []
    messages = [json.loads(entry["message"])["message"] for entry in browser.get_log("performance")]
    asked = {m["params"]["request"]["url"] for m in messages if m["method"] == "Network.requestWillBeSent"}
    assert any(url.endswith("data.js") for url in asked)
    assert [url for url in asked if not url.startswith(("file:", "data:", "about:"))] == []


def test_policy_stops_what_comes_from_elsewhere(page: Chrome) -> None:
    """The policy is in force: a script of another origin, an inline script and an evaluated text do nothing."""
    page.execute_script(
        "const s = document.createElement('script'); s.textContent = 'window.INLINE = 1'; document.body.append(s);"
        "window.BLOCKED = []; addEventListener('securitypolicyviolation', e => BLOCKED.push(e.violatedDirective));"
        "const i = new Image(); i.src = 'http://127.0.0.1:9/x.png';"
    )
    until(lambda: page.execute_script("return BLOCKED.includes('img-src')"))
    assert page.execute_script("return window.INLINE") is None
    page.get_log("browser")  # these complaints were asked for


def test_sorting_puts_blanks_last_both_ways(page: Chrome) -> None:
    head = page.find_element(By.CSS_SELECTOR, "#t-ranking th[data-column='6']")
    head.click()
    up = column(page, "t-ranking", 6)
    assert head.get_attribute("aria-sort") == "ascending"
    known = [float(text) for text in up if text != "——"]
    assert len(known) == 4 and known == sorted(known)
    head.click()
    assert head.get_attribute("aria-sort") == "descending"
    assert column(page, "t-ranking", 6) == [*reversed(up)]


def test_filters_count_what_they_show(page: Chrome) -> None:
    Select(page.find_element(By.ID, "f-verdict")).select_by_visible_text("未达标")
    shown = column(page, "t-conclusions", 0)
    assert set(shown) == {"微山县", "济宁经开区", "曲阜市"}  # short names in tables
    assert page.find_element(By.ID, "shown").text == "显示3个，共14个"
    page.find_element(By.ID, "f-county").send_keys("曲阜")
    assert column(page, "t-conclusions", 0) == ["曲阜市"]
    page.find_element(By.CSS_SELECTOR, "#filters button[type=reset]").click()
    until(lambda: page.find_element(By.ID, "shown").text == "显示14个，共14个")


def test_a_cell_leads_to_the_schools_behind_it(page: Chrome) -> None:
    page.find_element(By.CSS_SELECTOR, "input[value=matrix]").click()
    cell = page.find_element(By.CSS_SELECTOR, "#t-matrix a[href='#/370826/primary/L5']")
    told = cell.text
    assert told.startswith("未达")  # the shade is also said in words
    cell.click()
    until(lambda: "微山县" in page.find_element(By.CSS_SELECTOR, "#county h2").text)
    until(lambda: page.switch_to.active_element.tag_name == "h2")
    rows = [
        row
        for row in page.find_elements(By.CSS_SELECTOR, "#schools ~ .scroll tbody tr")
        if row.is_displayed()
    ]
    assert f"未达{len(rows)}" == told
    assert all("未达" in row.find_elements(By.CSS_SELECTOR, "td.picked")[0].text for row in rows)
    page.back()
    until(page.find_element(By.ID, "t-matrix").is_displayed)


def test_a_county_that_is_left_out_says_why(page: Chrome) -> None:
    page.find_element(By.CSS_SELECTOR, "#t-conclusions a[href^='#/370883']").click()
    until(lambda: page.find_element(By.ID, "county").text)
    shown = page.find_element(By.ID, "county").text
    assert "报送的采集数据存在错误，尚未更正" in shown and ".xlsx" not in shown


def test_all_by_keyboard(page: Chrome) -> None:
    """Tab to the table, arrows within it, Enter to open, Enter to go back to the same cell."""
    first = page.find_element(By.CSS_SELECTOR, "#t-conclusions tbody a")
    stops = page.find_elements(By.CSS_SELECTOR, "#t-conclusions tbody a[tabindex='0']")
    assert stops == [first]
    page.execute_script("document.querySelector('#t-conclusions thead th:last-child button').focus()")
    for _ in range(4):
        ActionChains(page).send_keys(Keys.TAB).perform()
        if page.switch_to.active_element == first:
            break
    assert page.switch_to.active_element == first
    ActionChains(page).send_keys(Keys.ARROW_DOWN, Keys.ARROW_DOWN).perform()
    chosen = page.switch_to.active_element
    assert chosen.text == column(page, "t-conclusions", 0)[2]
    chosen.send_keys(Keys.ENTER)
    until(page.find_element(By.ID, "county").is_displayed)
    page.find_element(By.ID, "back").send_keys(Keys.ENTER)
    until(page.find_element(By.ID, "city").is_displayed)
    until(lambda: page.switch_to.active_element == chosen)


def test_print_has_every_table_and_no_controls(page: Chrome, tmp_path: Path) -> None:
    made = page.execute_cdp_cmd("Page.printToPDF", {"preferCSSPageSize": True})
    (tmp_path / "page.pdf").write_bytes(base64.b64decode(made["data"]))
    document = pypdfium2.PdfDocument(tmp_path / "page.pdf")
    assert all(abs(sheet.get_width() - 842) < 2 and abs(sheet.get_height() - 595) < 2 for sheet in document)
    text = "".join("".join(sheet.get_textpage().get_text_range() for sheet in document).split())
    for title in ("各县（市、区）评估结论", "各县（市、区）排名", "共性问题", "市定任务完成情况"):
        assert title in text
    assert "通报" not in text and "处理建议" not in text
    assert "清除筛选" not in text and "打印本页" not in text
