"""JupyterLab as `make lab` starts it, driven as an analyst does: menus, keys, the mouse."""

from __future__ import annotations

import os
import secrets
import shutil
import signal
import socket
import subprocess
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

from selenium.common.exceptions import StaleElementReferenceException, WebDriverException
from selenium.webdriver import ActionChains, Chrome, ChromeOptions
from selenium.webdriver.chrome.service import Service
from selenium.webdriver.common.by import By
from selenium.webdriver.common.keys import Keys
from selenium.webdriver.remote.webelement import WebElement

from tests import waiting
from tests.waiting import PATIENCE

REPO = Path(__file__).resolve().parents[2]
IN_VIEW = ".jp-NotebookPanel:not(.lm-mod-hidden)"
# Lab shows what we say ourselves as stderr, everything else as an error.
ERROR = f'{IN_VIEW} :is([data-mime-type="application/vnd.jupyter.error"], [data-mime-type="application/vnd.jupyter.stderr"])'


@contextmanager
def running_lab(folder: Path, home: Path, project: Path = REPO) -> Iterator[str]:
    """Start `make lab` on a folder of notebooks with nothing of this user's around it; yield address with {} and token.

    `project`: the project the kernels work in.
    """
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    token = secrets.token_hex(16)
    options = " ".join(
        (
            "--no-browser --ip=127.0.0.1",
            f"--port={port} --ServerApp.port_retries=0 --IdentityProvider.token={token}",
            # Should the test be killed, the server and its kernels end by themselves.
            "--ServerApp.shutdown_no_activity_timeout=1800 --MappingKernelManager.cull_idle_timeout=1800",
        )
    )
    home.mkdir()
    with (home / "lab.log").open("wb") as log:
        server = subprocess.Popen(
            ["make", "lab", f"LAB_ROOT={folder}", f"LAB_ARGS={options}"],
            cwd=REPO,
            env={"PATH": os.defpath, "HOME": str(home), "JUNHENG_HOME": str(project)},
            stdout=log,
            stderr=log,
            start_new_session=True,
        )
    try:
        answers = f"http://127.0.0.1:{port}/api?token={token}"
        until(lambda: server.poll() is not None or _answers(answers), "JupyterLab did not start")
        assert server.poll() is None, (home / "lab.log").read_text("utf-8")
        yield f"http://127.0.0.1:{port}/lab/tree/{{}}?reset&token={token}"
    finally:
        os.killpg(server.pid, signal.SIGTERM)
        server.wait(PATIENCE)


def _answers(address: str) -> bool:
    try:
        urllib.request.urlopen(address, timeout=60).close()
    except OSError:
        return False
    return True


@contextmanager
def chromium() -> Iterator[Chrome]:
    """Debian's Chromium with Debian's driver, without a window."""
    options = ChromeOptions()
    for word in (
        "--headless",
        "--no-sandbox",
        "--disable-gpu",
        "--disable-dev-shm-usage",
        "--window-size=1400,1000",
    ):
        options.add_argument(word)
    options.binary_location = shutil.which("chromium") or ""
    driver = Chrome(options, Service(shutil.which("chromedriver")))
    try:
        yield driver
    finally:
        driver.quit()


# What the page redraws meanwhile is looked at again.
until = partial(waiting.until, step=0.2, ignored=(StaleElementReferenceException,))


@dataclass(frozen=True)
class Notebook:
    """The notebook in view."""

    driver: Chrome

    def find(self, selector: str) -> list[WebElement]:
        return self.driver.find_elements(By.CSS_SELECTOR, selector)

    def text(self, selector: str) -> str:
        """All text of what is found, read at once."""
        script = "return [...document.querySelectorAll(arguments[0])].map(e => e.innerText).join('\\n')"
        return str(self.driver.execute_script(script, selector))

    @property
    def cells(self) -> list[WebElement]:
        return self.find(f"{IN_VIEW} .jp-CodeCell")

    def outputs(self) -> list[str]:
        script = (
            "return [...document.querySelectorAll(arguments[0])]"
            ".map(cell => cell.querySelector('.jp-OutputArea')?.innerText ?? '')"
        )
        return list(self.driver.execute_script(script, f"{IN_VIEW} .jp-CodeCell"))

    def errors(self) -> list[str]:
        return [element.text for element in self.find(ERROR)]

    def wait(self, true: Callable[[], Any], what: str) -> Any:
        """Wait, answering Lab's question for a kernel; on failure say what the page shows."""

        def looked() -> Any:
            self.take_the_kernel_offered()
            return true()

        def failed() -> str:
            shown = (
                self.text(".jp-Dialog")
                or self.text(ERROR)
                or self.text(".jp-StatusBar-Widget, #jp-bottom-panel")
            )
            return f"{what}; in view: {shown}; kernel: {self.kernel()}"

        return until(looked, failed)

    def take_the_kernel_offered(self) -> None:
        """Accept the dialog 选择内核, which Lab shows when it is asked to run before it is connected."""
        for button in self.find(".jp-Dialog:has(.jp-Dialog-content select) .jp-mod-accept"):
            button.click()

    def kernel(self) -> tuple[str, str]:
        """Name and state of the kernel. Before there is one Lab says `idle` as well, of 'No Kernel'."""
        names, state = self.text(f"{IN_VIEW} .jp-Toolbar-kernelName"), ""
        for indicator in self.find(f"{IN_VIEW} .jp-Notebook-ExecutionIndicator"):
            state = indicator.get_attribute("data-status") or ""
        return names, state

    def wait_for_kernel(self) -> None:
        """Wait until the kernel is connected and idle, and stays so."""
        calm = 0

        def steady() -> bool:
            nonlocal calm
            name, state = self.kernel()
            calm = calm + 1 if "Python" in name and state == "idle" else 0
            return calm >= 4

        self.wait(steady, "the kernel was never idle")

    def open(self, address: str) -> None:
        self.driver.get(address)
        self.wait(lambda: len(self.cells) > 3, "the notebook was not opened")
        self.wait_for_kernel()

    def choose(self, menu: str, command: str) -> None:
        """Pick an entry of a menu by its command; a menu that Lab closes as it redraws is opened again."""

        def picked() -> bool:
            ActionChains(self.driver).send_keys(Keys.ESCAPE).perform()
            label = next(e for e in self.find("#jp-MainMenu .lm-MenuBar-itemLabel") if e.text == menu)
            label.click()
            entry = until(
                lambda: self.find(f'.lm-Menu [data-command="{command}"]'), "no such entry", seconds=5
            )[0]
            entry.click()
            return True

        self.wait(lambda: _tried(picked), f"{menu} / {command} could not be chosen")

    def run_all(self) -> None:
        """Run a notebook just opened; a command given before Lab listens is given again."""
        self._begin(lambda: self.choose("运行", "runmenu:run-all"))

    def restart_and_run_all(self) -> None:
        """Restart, which Lab asks about, and run all."""

        def begin() -> None:
            self.choose("运行", "runmenu:restart-and-run-all")
            button = self.wait(lambda: self.find(".jp-Dialog .jp-mod-accept.jp-mod-warn"), "no question")
            button[0].click()

        self._begin(begin)

    def _begin(self, begin: Callable[[], None]) -> None:
        """Give a command until its run has begun; all outputs go first, so that none is taken for a new one."""
        self.choose("编辑", "editmenu:clear-all")
        self.wait(lambda: not any(self.prompts()), "the outputs were not cleared")
        for _ in range(20):
            self.wait_for_kernel()
            begin()
            try:
                until(lambda: (self.take_the_kernel_offered(), any(self.prompts()))[1], seconds=30)
                return
            except AssertionError:
                continue
        raise AssertionError(f"Lab never began to run the notebook; kernel: {self.kernel()}")

    def prompts(self) -> list[str]:
        """What stands in the brackets of every code cell: '', '*' or its number."""
        script = "return [...document.querySelectorAll(arguments[0])].map(e => e.innerText.replace(/[\\s\\[\\]:]/g, ''))"
        return list(self.driver.execute_script(script, f"{IN_VIEW} .jp-CodeCell .jp-InputPrompt"))

    def wait_for_end(self) -> None:
        """Wait until every cell has run or one has failed, and the kernel rests."""
        self.wait(
            lambda: (
                (all(p.isdigit() for p in self.prompts()) or self.errors()) and self.kernel()[1] == "idle"
            ),
            "the run did not end",
        )

    def edit(self, starts_with: str, old: str, new: str) -> None:
        """Write in a cell as an analyst does: click, select all, type."""
        cell = next(
            c for c in self.cells if starts_with in c.find_element(By.CSS_SELECTOR, ".cm-content").text
        )
        editor = cell.find_element(By.CSS_SELECTOR, ".cm-content")
        text = editor.text
        assert text.count(old) == 1, text
        self.driver.execute_script("arguments[0].scrollIntoView({block: 'center'})", editor)
        editor.click()
        keys = ActionChains(self.driver)
        keys.key_down(Keys.CONTROL).send_keys("a").key_up(Keys.CONTROL).perform()
        self.driver.execute_cdp_cmd("Input.insertText", {"text": text.replace(old, new)})
        self.wait(lambda: new in editor.text, f"{new} was not written")

    def save(self) -> None:
        """Ctrl+S, and wait until Lab shows the notebook as saved."""
        ActionChains(self.driver).key_down(Keys.CONTROL).send_keys("s").key_up(Keys.CONTROL).perform()
        self.wait(lambda: not self.find(".lm-TabBar-tab.lm-mod-current.jp-mod-dirty"), "not saved")


def _tried(step: Callable[[], bool]) -> bool:
    try:
        return step()
    except (WebDriverException, AssertionError, StopIteration):
        return False
