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
from check_pages import faults
from selenium.webdriver import ActionChains, Chrome, ChromeOptions
from selenium.webdriver.chrome.service import Service
from selenium.webdriver.common.by import By
from selenium.webdriver.common.keys import Keys
from selenium.webdriver.support.ui import Select

from junheng.cli import main as cli
from junheng.report.content.names import city_name
from junheng.report.page.city import PAGE_FILES
from tests.waiting import until

pytestmark = [pytest.mark.e2e, pytest.mark.slow]
REPO = Path(__file__).resolve().parents[2]
CITY = city_name("report", "济宁市", 2024)
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
        f"{city_name('internal', '济宁市', 2024)}.docx",
        f"{city_name('register', '济宁市', 2024)}.xlsx",
        *(f"网页/{name}" for name in PAGE_FILES),
        *(f"各县网页/{stem}/{name}" for stem in IN for name in PAGE_FILES),
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
    assert "t-history" not in (out / "网页" / "index.html").read_text(encoding="utf-8")
    other = {**state, "counties": {**state["counties"], "370881": {"verdict": None}}}
    (out / "历史" / "2025-01-02.json").write_text(json.dumps(other, ensure_ascii=False), encoding="utf-8")
    kept.unlink()
    assert run(out.parents[2], "--force") == 1
    page = (out / "网页" / "index.html").read_text(encoding="utf-8")
    assert "t-history" in page and "2025年1月2日" in page and "本次" in page
    own = (out / "各县网页" / "370881_曲阜市" / "data.js").read_text(encoding="utf-8")
    assert '{"day":"2025-01-02","counties":{"370881":{"verdict":null}}}' in own
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


def chrome(*words: str) -> Chrome:
    """A browser with console and network recorded."""
    options = ChromeOptions()
    for word in ("--headless", "--no-sandbox", "--disable-gpu", "--window-size=1366,900", *words):
        options.add_argument(word)
    options.binary_location = shutil.which("chromium") or ""
    options.set_capability("goog:loggingPrefs", {"browser": "ALL", "performance": "ALL"})
    driver = Chrome(options, Service(shutil.which("chromedriver")))
    driver.implicitly_wait(60)  # a link inside the page changes it a moment after the click
    return driver


def test_the_pages_of_the_citys_documents_are_without_a_flaw(out: Path) -> None:
    """A row of zeros is no fault here: none of a county's units is below the standard."""
    found = {pdf.name: [fault for fault in faults(pdf) if "全为0" not in fault] for pdf in out.glob("*.pdf")}
    assert found and not any(found.values()), found


@pytest.fixture(scope="module")
def downloads(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("downloads")


@pytest.fixture(scope="module")
def browser(out: Path, downloads: Path) -> Iterator[Chrome]:
    driver = chrome()
    driver.execute_cdp_cmd(
        "Browser.setDownloadBehavior", {"behavior": "allow", "downloadPath": str(downloads)}
    )
    try:
        yield driver
    finally:
        driver.quit()


def opened(browser: Chrome, index: Path, width: int = 1366, dark: bool = False) -> Chrome:
    """Load a page anew from its file, as from a USB stick."""
    size = {"width": width, "height": 900, "deviceScaleFactor": 1, "mobile": width < 600}
    browser.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", size)
    scheme = {"name": "prefers-color-scheme", "value": "dark" if dark else "light"}
    browser.execute_cdp_cmd("Emulation.setEmulatedMedia", {"features": [scheme]})
    browser.get("about:blank")
    browser.get(index.as_uri())
    until(lambda: browser.find_elements(By.CSS_SELECTOR, "html[data-ready]"))
    return browser


@pytest.fixture
def index(out: Path) -> Path:
    return out / "网页" / "index.html"


@pytest.fixture
def page(browser: Chrome, index: Path) -> Chrome:
    return opened(browser, index)


def go(page: Chrome, address: str) -> None:
    page.execute_script("location.hash = arguments[0]", address)
    until(page.find_element(By.ID, "county").is_displayed)


def column(page: Chrome, table: str, place: int) -> list[str]:
    rows = page.find_elements(By.CSS_SELECTOR, f"#{table} tbody tr:not([hidden])")
    return [row.find_elements(By.CSS_SELECTOR, "td, th")[place].text for row in rows]


def shown(page: Chrome, selector: str) -> list[str]:
    """The texts of the elements that can be seen."""
    found = page.execute_script(
        "return [...document.querySelectorAll(arguments[0])].filter(e => e.getClientRects().length).map(e => e.innerText ?? e.textContent)",
        selector,
    )
    return [text.strip() for text in found]


def chart_texts(page: Chrome, chart: str) -> list[str]:
    return shown(page, f"#{chart} svg text")


def test_nothing_complains_and_nothing_leaves_the_folder(browser: Chrome, page: Chrome) -> None:
    assert len(page.find_elements(By.CSS_SELECTOR, "#city .chart svg")) >= 2
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


PLACES = ("", "#/370826", "#/370826/school/2137260033/primary", "#/370883")


@pytest.mark.parametrize("dark", [False, True], ids=("light", "dark"))
@pytest.mark.parametrize("width", [1366, 390])
def test_readers_with_impairments_meet_no_serious_obstacle(
    browser: Chrome, out: Path, index: Path, width: int, dark: bool
) -> None:
    """axe-core finds nothing serious on the city's page, in every view of it, in a county's view, on a county's page."""
    axe = (REPO / "tests" / "vendor" / "axe.min.js").read_text(encoding="utf-8")
    own = out / "各县网页" / IN[0] / "index.html"
    for file, places in ((index, PLACES), (own, ("",))):
        opened(browser, file, width, dark)
        browser.execute_script(axe)
        for place in places:
            browser.execute_script("location.hash = arguments[0]", place)
            for view in (
                ("conclusions", "matrix", "disparity", "items") if place == "" and file == index else ("",)
            ):
                browser.execute_script(
                    "document.querySelector(`input[name=view][value='${arguments[0]}']`)?.click()", view
                )
                assert _obstacles(browser) == [], (file.parent.name, place, view)
    browser.get_log("browser")


def _obstacles(browser: Chrome) -> list[str]:
    browser.set_script_timeout(600)
    found = browser.execute_async_script(
        "const done = arguments[arguments.length - 1];"
        "requestAnimationFrame(() => axe.run(document, {resultTypes: ['violations']}).then(r => done(r.violations)))"
    )
    return [
        f"{one['id']}: {[node['html'][:160] for node in one['nodes'][:3]]}"
        for one in found
        if one["impact"] in ("serious", "critical")
    ]


def test_no_page_is_wider_than_the_screen(browser: Chrome, index: Path) -> None:
    for width in (390, 768, 1366, 1920):
        opened(browser, index, width)
        for place in ("", "#/370826"):
            browser.execute_script("location.hash = arguments[0]", place)
            over = "return document.documentElement.scrollWidth - document.documentElement.clientWidth"
            assert browser.execute_script(over) <= 0, (width, place)
    browser.get_log("browser")


def test_a_phone_shows_cards_instead_of_tables(browser: Chrome, index: Path) -> None:
    page = opened(browser, index, 390)
    assert not page.find_element(By.CSS_SELECTOR, "#t-conclusions thead").is_displayed()
    row = page.find_element(By.CSS_SELECTOR, "#t-conclusions tr[data-county='370826']")
    assert page.execute_script("return getComputedStyle(arguments[0]).display", row) == "flex"
    labels = [cell.get_attribute("data-label") for cell in row.find_elements(By.CSS_SELECTOR, "td")]
    assert (
        labels[:3] == ["目标年度", "资源配置与校际均衡", "政府保障程度"] and labels[-2] == "总体结论 国家标准"
    )
    choice = Select(page.find_element(By.CSS_SELECTOR, "#t-ranking caption select"))
    choice.select_by_visible_text("按差异系数 平均")
    known = [float(text.splitlines()[-1]) for text in column(page, "t-ranking", 6)]
    assert known == sorted(known)


def test_a_phone_shows_the_first_cards_of_a_long_table_and_all_when_asked(
    browser: Chrome, index: Path
) -> None:
    page = opened(browser, index, 390)
    cards = page.find_elements(By.CSS_SELECTOR, "#t-tasks tbody tr")
    more = page.find_element(By.CSS_SELECTOR, "#t-tasks + .more")
    assert sum(card.is_displayed() for card in cards) == 6 < len(cards)
    assert more.text == f"显示全部{len(cards)}项"
    more.click()
    assert all(card.is_displayed() for card in cards) and not more.is_displayed()
    go(page, "#/370826/school/2137260033/primary")  # what an address points at is shown wherever it stands
    assert page.find_element(By.CSS_SELECTOR, "#p-schools tr.chosen").is_displayed()


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


def test_filters_act_on_everything_and_count_what_they_show(page: Chrome) -> None:
    Select(page.find_element(By.ID, "f-verdict")).select_by_visible_text("未达标")
    wanted = ["微山县", "济宁经开区", "曲阜市"]  # short names in tables
    assert column(page, "t-conclusions", 0) == wanted
    assert page.find_element(By.ID, "shown").text == "显示3个，共14个"
    assert sorted(column(page, "t-ranking", 1)) == sorted(wanted)
    assert sorted(column(page, "t-progress", 0)) == sorted(wanted)
    assert [text.partition("\n")[0] for text in shown(page, ".map a:not(.faint)")] == wanted
    assert len(shown(page, ".card")) == 3
    assert set(wanted) <= set(chart_texts(page, "chart-share")) and "太白湖新区" not in chart_texts(
        page, "chart-share"
    )
    page.find_element(By.ID, "f-county").send_keys("曲阜")
    assert column(page, "t-conclusions", 0) == ["曲阜市"]
    page.find_element(By.CSS_SELECTOR, "#filters button[type=reset]").click()
    until(lambda: page.find_element(By.ID, "shown").text == "显示14个，共14个")


def test_an_empty_list_says_why_and_offers_the_way_back(page: Chrome) -> None:
    page.find_element(By.ID, "f-county").send_keys("没有这个县")
    Select(page.find_element(By.ID, "f-target")).select_by_index(1)
    year = page.find_element(By.ID, "f-target").get_attribute("value")
    said = shown(page, "#matrix .empty")
    assert said == [f"没有符合条件的县（市、区）：名称含“没有这个县”，目标年度{year}年。清除筛选"]
    assert shown(page, "#t-conclusions") == [] and shown(page, ".card") == []
    page.find_element(By.CSS_SELECTOR, "#matrix .empty button").click()
    until(lambda: shown(page, ".empty") == [])
    go(page, "#/370826")
    page.find_element(By.CSS_SELECTOR, "#schools input").send_keys("没有这所学校")
    assert shown(page, "#county .empty") == ["没有符合条件的单元：名称或标识码含“没有这所学校”。"]


def test_a_tile_filters_by_what_it_counts(page: Chrome) -> None:
    tile = page.find_element(By.CSS_SELECTOR, ".tiles a[data-verdict='达标']")
    count = tile.find_element(By.CSS_SELECTOR, ".number").text
    tile.click()
    until(lambda: page.find_element(By.ID, "shown").text == f"显示{count}个，共14个")
    assert column(page, "t-conclusions", 0) == ["太白湖新区"]


def test_charts_stand_in_order_of_value(page: Chrome) -> None:
    """The worst first; by code when that is asked for."""
    names = {"微山县", "太白湖新区", "济宁经开区", "曲阜市"}
    Select(page.find_element(By.ID, "c-indicator")).select_by_value("composite")
    texts = chart_texts(page, "chart-spread")
    values = [float(text) for text in texts if text.startswith("0.") and len(text) == 5]
    assert len(values) == 4 and values == sorted(values, reverse=True)
    by_value = [text for text in texts if text in names]
    Select(page.find_element(By.ID, "c-order")).select_by_value("code")
    by_code = [text for text in chart_texts(page, "chart-spread") if text in names]
    assert by_code == ["微山县", "太白湖新区", "济宁经开区", "曲阜市"] != by_value


def test_a_cell_leads_to_the_schools_behind_it(page: Chrome) -> None:
    page.execute_script("document.querySelector('input[value=matrix]').click()")
    cell = page.find_element(By.CSS_SELECTOR, "#t-matrix a[href='#/370826/units/primary/L5']")
    told = cell.text
    assert told.startswith("未达")  # the shade is also said in words
    page.execute_script("arguments[0].click()", cell)
    until(lambda: "微山县" in page.find_element(By.CSS_SELECTOR, "#county h2").text)
    until(lambda: page.switch_to.active_element.text == "学校名单")
    rows = [row for row in page.find_elements(By.CSS_SELECTOR, "#p-schools tbody tr") if row.is_displayed()]
    assert f"未达{len(rows)}" == told
    assert all("未达" in row.find_elements(By.CSS_SELECTOR, "td.picked")[0].text for row in rows)
    page.back()
    until(page.find_element(By.ID, "t-matrix").is_displayed)


def test_every_conclusion_leads_to_its_own_part(page: Chrome) -> None:
    titles = {
        "resource": "资源配置", "government": "政府保障程度", "quality": "教育质量", "social": "社会认可度",
        "veto": "一票否决", "overall": "各方面结论", "local": "各方面结论",
    }  # fmt: skip
    for aspect, title in titles.items():
        link = page.find_element(By.CSS_SELECTOR, f"#t-conclusions a[href='#/370826/aspect/{aspect}']")
        page.execute_script("arguments[0].click()", link)
        until(lambda wanted=title: page.switch_to.active_element.text == wanted)  # type: ignore[misc]
        top = page.execute_script("return document.activeElement.getBoundingClientRect().top")
        assert 0 <= top < 900
        page.execute_script("location.hash = '#matrix'")
        until(page.find_element(By.ID, "city").is_displayed)
    go(page, "#/370826/item/government/G3")
    assert page.find_element(By.CSS_SELECTOR, "#p-government tr.chosen").text.startswith("G3 ")


def test_any_school_of_the_city_is_found(page: Chrome) -> None:
    box = page.find_element(By.ID, "find")
    box.send_keys("没有这所学校")
    assert "没有名称或标识码含“没有这所学校”的学校" in page.find_element(By.ID, "found").text
    box.clear()
    box.send_keys("2137260033")
    until(lambda: "共1个单元" in page.find_element(By.ID, "found").text)
    name = page.find_element(By.CSS_SELECTOR, "#found b").text
    box.send_keys(Keys.ENTER)  # opens the first
    until(page.find_element(By.ID, "county").is_displayed)
    page.execute_script("location.hash = '#matrix'")
    box.clear()
    box.send_keys("2137260033", Keys.ARROW_DOWN)
    ActionChains(page).send_keys(Keys.ENTER).perform()
    until(page.find_element(By.ID, "county").is_displayed)
    chosen = page.find_element(By.CSS_SELECTOR, "#p-schools tr.chosen")
    assert chosen.text.startswith(name) and chosen.is_displayed()
    assert 0 < page.execute_script("return arguments[0].getBoundingClientRect().top", chosen) < 900


def test_a_county_that_is_left_out_says_why(page: Chrome) -> None:
    page.execute_script(
        "arguments[0].click()", page.find_element(By.CSS_SELECTOR, "#t-conclusions a[href^='#/370883']")
    )
    until(lambda: page.find_element(By.ID, "county").text)
    told = page.find_element(By.ID, "county").text
    assert "报送的采集数据存在错误，尚未更正" in told and ".xlsx" not in told


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


def test_tables_are_downloaded_as_they_are_shown(page: Chrome, downloads: Path) -> None:
    """As workbook and as CSV: headings with their groups, the rows shown, figures as numbers, shares as texts."""
    page.execute_script("document.querySelector('input[value=matrix]').click()")
    page.find_element(By.ID, "f-county").send_keys("微山")
    for button in page.find_elements(By.CSS_SELECTOR, "#t-matrix .downloads button"):
        page.execute_script("arguments[0].click()", button)
    book, csv = (
        downloads / f"各项指标未达到标准值的评估单元数单位个_2024.{kind}" for kind in ("xlsx", "csv")
    )
    until(lambda: book.is_file() and csv.is_file())
    rows = list(openpyxl.load_workbook(book).active.iter_rows(values_only=True))  # type: ignore[union-attr]
    assert len(rows) == 2 and rows[0][:3] == ("县（市、区）", "小学 达标单元", "小学 L1 高于规定学历教师")
    assert rows[1][0] == "微山县" and isinstance(rows[1][2], int) and "/" in str(rows[1][1])
    lines = csv.read_text(encoding="utf-8-sig").splitlines()
    assert [str(value) for value in rows[1]] == lines[1].split(",")


def test_links_lead_to_reports_that_are_there(browser: Chrome, out: Path, index: Path) -> None:
    """The city's folder alone: no dead link, but a word; beside a county's folder: links to its Word and PDF."""
    page = opened(browser, index)
    go(page, "#/370826")
    until(lambda: "未与本页存放在一起" in page.find_element(By.CSS_SELECTOR, ".papers").text)
    assert page.execute_script("return document.querySelectorAll('.papers a').length") == 0
    folder = out.parent / IN[0] / "evidence" / "figures"
    folder.mkdir(parents=True)
    shutil.copy(out / "evidence" / "figures" / "city_units.png", folder / "overview.png")
    for file in (index, out / "各县网页" / IN[0] / "index.html"):
        opened(browser, file)
        browser.execute_script("location.hash = '#/370826'")
        until(lambda: browser.find_elements(By.CSS_SELECTOR, ".papers a"))
        links = [link.get_attribute("href") for link in browser.find_elements(By.CSS_SELECTOR, ".papers a")]
        wanted = out.parent / IN[0] / "微山县义务教育优质均衡发展督导评估报告（2024年度）.docx"
        assert links[0] == wanted.as_uri() and links[1].endswith(".pdf") and links[2].endswith(".xlsx")
    shutil.rmtree(out.parent / IN[0])
    browser.get_log("browser")


def test_a_countys_own_page_opens_at_once(browser: Chrome, out: Path) -> None:
    page = opened(browser, out / "各县网页" / IN[0] / "index.html")
    assert page.find_element(By.CSS_SELECTOR, "#county h2").text == "微山县2024年度评估情况"
    assert (
        len(shown(page, "#chart-units svg")) == 1 and page.execute_script("return CITY.counties.length") == 1
    )
    page.find_element(By.CSS_SELECTOR, "#contents a[href='#/370826/part/quality']").click()
    until(lambda: page.switch_to.active_element.text == "教育质量")
    assert not page.execute_script("return !!document.getElementById('back')")
    page.get_log("browser")


def test_dark_and_light_are_the_readers_choice(browser: Chrome, index: Path) -> None:
    page = opened(browser, index, dark=True)
    ground = "return getComputedStyle(document.body).backgroundColor"
    dark = page.execute_script(ground)
    page.find_element(By.ID, "theme").click()
    assert page.execute_script(ground) != dark and page.find_element(By.ID, "theme").text == "深色"


def test_print_has_every_table_and_no_controls(browser: Chrome, index: Path, tmp_path: Path) -> None:
    """Also from a dark screen paper is white."""
    page = opened(browser, index, dark=True)
    made = page.execute_cdp_cmd("Page.printToPDF", {"preferCSSPageSize": True, "printBackground": True})
    (tmp_path / "page.pdf").write_bytes(base64.b64decode(made["data"]))
    document = pypdfium2.PdfDocument(tmp_path / "page.pdf")
    assert all(abs(sheet.get_width() - 842) < 2 and abs(sheet.get_height() - 595) < 2 for sheet in document)
    assert document[0].render().to_pil().convert("RGB").getpixel((5, 5)) == (255, 255, 255)
    text = "".join("".join(sheet.get_textpage().get_text_range() for sheet in document).split())
    for title in ("各县（市、区）评估结论", "各县（市、区）排名", "共性问题", "市定任务完成情况"):
        assert title in text
    assert "通报" not in text and "处理建议" not in text
    for control in ("清除筛选", "打印", "下载"):
        assert control not in text
