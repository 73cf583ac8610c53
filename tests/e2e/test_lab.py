"""JupyterLab in a real browser: run all, change the county in its cell, run again, read an error."""

from __future__ import annotations

import os
import secrets
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Locator, Page, expect, sync_playwright

pytestmark = [pytest.mark.e2e, pytest.mark.slow]
REPO = Path(__file__).resolve().parents[2]
CHROMIUM = "/usr/bin/chromium"
MINUTES = 180_000
BEGUN = ".jp-NotebookPanel:not(.lm-mod-hidden) .jp-CodeCell .jp-InputPrompt:not(:text('[ ]:'))"
expect.set_options(timeout=MINUTES)
# Lab shows what we say ourselves as stderr, everything else as an error.
ERROR = '[data-mime-type="application/vnd.jupyter.error"], [data-mime-type="application/vnd.jupyter.stderr"]'


def free_port() -> int:
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return int(found.getsockname()[1])


def put_copies(folder: Path, out: Path) -> None:
    """Copies of the notebooks, their drafts sent elsewhere: Lab saves what it opens."""
    folder.mkdir()
    for path in (REPO / "notebooks").glob("*.ipynb"):
        text = path.read_text(encoding="utf-8")
        assert text.count(r"OUT_DIR = \"\"") == 1
        (folder / path.name).write_text(text.replace(r"OUT_DIR = \"\"", rf"OUT_DIR = \"{out}\""), "utf-8")


def show_all_cells(settings: Path) -> None:
    """Lab keeps cells outside the view out of the page unless told otherwise; nor does it ask for news."""
    for name, text in {
        "notebook-extension/tracker": '{"windowingMode": "none"}',
        "apputils-extension/notification": '{"fetchNews": "false", "checkForUpdates": false}',
    }.items():
        target = settings / "@jupyterlab" / f"{name}.jupyterlab-settings"
        target.parent.mkdir(parents=True)
        target.write_text(text, "utf-8")


@pytest.fixture(scope="module")
def lab(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, Path]]:
    """A running JupyterLab as `make lab` starts it, without a browser of its own: (address with token, folder)."""
    home = tmp_path_factory.mktemp("lab")
    put_copies(home / "notebooks", home / "out")
    show_all_cells(home / "settings")
    port, token = free_port(), secrets.token_hex(16)
    places = {
        "JUPYTERLAB_SETTINGS_DIR": home / "settings",
        "JUPYTERLAB_WORKSPACES_DIR": home / "workspaces",
        "JUPYTER_CONFIG_DIR": home / "config",
        "JUPYTER_RUNTIME_DIR": home / "runtime",
        "IPYTHONDIR": home / "ipython",
    }
    options = ["--no-browser", "--ip=127.0.0.1", f"--port={port}", f"--IdentityProvider.token={token}"]
    server = subprocess.Popen(
        [
            str(Path(sys.executable).with_name("jupyter")),
            "lab",
            str(home / "notebooks"),
            "--allow-root",
            *options,
        ],
        env={**os.environ, **{name: str(place) for name, place in places.items()}},
        stdout=subprocess.DEVNULL,
        stderr=(home / "lab.log").open("wb"),
    )
    try:
        wait_for(f"http://127.0.0.1:{port}/api?token={token}", server, home / "lab.log")
        yield f"http://127.0.0.1:{port}/lab/tree/{{}}?reset&token={token}", home
    finally:
        server.terminate()
        server.wait(30)


def wait_for(address: str, server: subprocess.Popen[bytes], log: Path) -> None:
    for _ in range(240):
        assert server.poll() is None, log.read_text("utf-8")
        try:
            urllib.request.urlopen(address, timeout=5).close()
            return
        except OSError:
            time.sleep(0.25)
    pytest.fail(log.read_text("utf-8"))


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    assert Path(CHROMIUM).exists(), "chromium is missing: scripts/bootstrap.sh test installs it"
    with sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        yield started
        started.close()


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    """A page of its own for each test: Lab would ask about unsaved changes before it leaves one."""
    opened = browser.new_page(viewport={"width": 1400, "height": 1000})
    opened.set_default_timeout(MINUTES)
    yield opened
    opened.close()


def cells(page: Page) -> Locator:
    """The code cells of the notebook in view: Lab opens the last one's tab again beside it."""
    return page.locator(".jp-NotebookPanel:not(.lm-mod-hidden) .jp-CodeCell")


def open_notebook(page: Page, address: str, name: str) -> None:
    page.goto(address.format(name))
    expect(cells(page).filter(has_text="COUNTY =")).to_have_count(1)


def choose(page: Page, command: str) -> None:
    """Pick an entry of the menu Run, and accept what it asks."""
    page.locator('#jp-MainMenu >> text="Run"').click()
    page.locator(f'.lm-Menu [data-command="{command}"]').click()
    if "restart" in command:
        page.locator(".jp-Dialog .jp-mod-accept").click()


def run_all(page: Page) -> None:
    """Run all cells of a notebook just opened; a command that Lab drops while it still settles is given again."""
    for _ in range(5):
        choose(page, "runmenu:run-all")
        for _ in range(40):
            if page.locator(BEGUN).count():
                return
            page.wait_for_timeout(250)
    pytest.fail("Lab never began to run the notebook")


def edit_parameters(page: Page, old: str, new: str) -> None:
    """Write in the parameters cell as an analyst does: click, select all, type."""
    editor = cells(page).filter(has_text="COUNTY =").locator(".cm-content")
    lines = editor.locator(".cm-line").all_inner_texts()
    text = "\n".join(line for line in lines)
    assert old in text
    editor.click()
    page.keyboard.press("Control+a")
    page.keyboard.insert_text(text.replace(old, new))
    expect(editor).to_contain_text(new)


def cell_output(page: Page, position: int) -> Locator:
    return cells(page).nth(position).locator(".jp-OutputArea")


def test_run_all_then_another_county_then_an_error(lab: tuple[str, Path], page: Page) -> None:
    address, home = lab
    committed = (REPO / "notebooks" / "county_report.ipynb").read_bytes()
    open_notebook(page, address, "county_report.ipynb")
    last = cells(page).count() - 1

    run_all(page)
    expect(cell_output(page, last)).to_contain_text("邹城市义务教育优质均衡发展督导评估报告")
    expect(cell_output(page, 1)).to_contain_text("邹城市（370883）2024年度")
    assert page.locator(ERROR).count() == 0
    assert page.locator(".jp-OutputArea table.jh").count() >= 8
    assert page.locator(".jp-OutputArea table.jh td[title*='〔学校〕']").count() > 500

    edit_parameters(page, 'COUNTY = "370883"', 'COUNTY = "曲阜市"')
    choose(page, "runmenu:restart-and-run-all")
    expect(cell_output(page, last)).to_contain_text("曲阜市义务教育优质均衡发展督导评估报告")
    expect(cell_output(page, 1)).to_contain_text("曲阜市（370881）2024年度")
    assert page.locator(ERROR).count() == 0
    assert (home / "out" / "data" / "units.csv").is_file()

    edit_parameters(page, 'COUNTY = "曲阜市"', 'COUNTY = "曲埠市"')
    choose(page, "runmenu:restart-and-run-all")
    failed = page.locator(ERROR)
    expect(failed).to_contain_text("【无法继续】没有名为“曲埠市”的县（市、区）")
    told = failed.inner_text()
    assert "Traceback" not in told and len(told.strip().splitlines()) == 1
    assert (REPO / "notebooks" / "county_report.ipynb").read_bytes() == committed


def test_the_trial_notebook_runs_on_its_defaults(lab: tuple[str, Path], page: Page) -> None:
    address, home = lab
    open_notebook(page, address, "whatif.ipynb")
    last = cells(page).count() - 1
    before = sorted(path for path in (home / "out").rglob("*"))
    run_all(page)
    expect(cell_output(page, last)).to_contain_text("没有写明保存名称")
    assert page.locator(ERROR).count() == 0
    text = "".join(cells(page).all_inner_texts())
    assert "【试算，不是正式评估结果】" in text and "【预测，不是评估结果】预测方法的检验" in text
    assert "填报数据" in text and "判定" in text
    assert sorted(path for path in (home / "out").rglob("*")) == before
