"""What `make lab` saves: the delivered notebooks as they are committed, other notebooks as they are; and how it starts kernels."""

from __future__ import annotations

import asyncio
import copy
import json
import os
import shutil
from pathlib import Path

import nbformat
import pytest
from jupyter_client.provisioning import KernelProvisionerFactory
from jupyter_server.services.kernels.kernelmanager import AsyncMappingKernelManager
from traitlets.config.loader import PyFileConfigLoader

from junheng.lab.kernels import SESSION
from junheng.lab.server import before_saving, prepare_drafts
from tests.assess.make import ROOT
from tests.waiting import PATIENCE

FOLDER = ROOT / "notebooks"


def used(notebook: dict) -> dict:
    """The notebook as JupyterLab hands it over after a run."""
    found = copy.deepcopy(notebook)
    found["metadata"]["language_info"] |= {"version": "3.11.2", "codemirror_mode": {"name": "ipython"}}
    found["metadata"]["widgets"] = {"application/vnd.jupyter.widget-state+json": {}}
    for number, cell in enumerate(c for c in found["cells"] if c["cell_type"] == "code"):
        cell["execution_count"] = number
        cell["outputs"] = [{"output_type": "stream", "name": "stdout", "text": "x"}]
        cell["metadata"]["execution"] = {"iopub.status.busy": "2024-01-01"}
        cell["metadata"]["trusted"] = True
    return found


def test_a_delivered_notebook_is_saved_byte_for_byte_as_committed() -> None:
    for path in sorted(FOLDER.glob("*.ipynb")):
        text = path.read_text(encoding="utf-8")
        content = nbformat.from_dict(used(json.loads(text)))
        before_saving({"type": "notebook", "content": content}, path=f"notebooks/{path.name}")
        assert nbformat.writes(content).rstrip("\n") + "\n" == text.rstrip("\n") + "\n", path.name


def test_a_copy_keeps_its_outputs() -> None:
    notebook = used(json.loads((FOLDER / "whatif.ipynb").read_text(encoding="utf-8")))
    kept = copy.deepcopy(notebook)
    before_saving({"type": "notebook", "content": notebook}, path="notebooks/草稿/county_report.ipynb")
    before_saving({"type": "file", "content": "x"}, path="whatif.ipynb")
    assert notebook == kept


def test_drafts_are_made_once_and_kept(tmp_path: Path) -> None:
    shutil.copytree(FOLDER, tmp_path / "notebooks", ignore=shutil.ignore_patterns("草稿", "20*"))
    assert prepare_drafts(tmp_path) == []
    drafts = tmp_path / "notebooks" / "草稿"
    assert {p.name for p in drafts.iterdir()} == {p.name for p in FOLDER.glob("*.ipynb")}
    draft = drafts / "county_report.ipynb"
    draft.write_text(draft.read_text("utf-8").replace("wb.assess(work, book)", "None"), "utf-8")
    changed = draft.read_bytes()
    (told,) = prepare_drafts(tmp_path)
    assert "notebooks/草稿/county_report.ipynb与标准笔记本不同，予以保留" in told
    assert draft.read_bytes() == changed


def test_a_folder_without_notebooks_is_left_as_it_is(tmp_path: Path) -> None:
    assert prepare_drafts(tmp_path) == []
    assert list(tmp_path.iterdir()) == []


@pytest.mark.slow
def test_a_kernel_of_lab_sees_no_passphrase(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The server's own configuration, a real kernel, started anew once: it has the environment of a county process."""
    config = PyFileConfigLoader("jupyter_server_config.py", str(ROOT / "lab")).load_config()
    for name in ("JUNHENG_PASSPHRASE_370883", "JUNHENG_SIGNING_KEY_PASSWORD", "JUPYTER_TOKEN", "AWS_SECRET"):
        monkeypatch.setenv(name, "planted secret")
    monkeypatch.setenv("JUNHENG_HOME", str(tmp_path))
    places = [tmp_path / "first", tmp_path / "second"]
    # jupyter_client keeps one factory a process: one that another test made knows nothing of these settings.
    KernelProvisionerFactory.clear_instance()

    async def started() -> None:
        manager = AsyncMappingKernelManager(config=config)
        session = {**os.environ, SESSION: "草稿/county_report.ipynb"}
        kernel = await manager.start_kernel(kernel_name="python3", env=session)
        try:
            for place in places:
                client = manager.get_kernel(kernel).client()
                client.start_channels()
                await client.wait_for_ready(timeout=PATIENCE)
                code = f"import os, pathlib; pathlib.Path({str(place)!r}).write_text('\\n'.join(f'{{k}}={{v}}' for k, v in os.environ.items()))"
                await client.execute_interactive(code, timeout=PATIENCE)
                client.stop_channels()
                await manager.restart_kernel(kernel)
        finally:
            await manager.shutdown_all(now=True)

    try:
        asyncio.run(started())
    finally:
        KernelProvisionerFactory.clear_instance()
    for place in places:
        text = place.read_text(encoding="utf-8")
        assert "planted secret" not in text and "JUNHENG_PASSPHRASE" not in text
        assert f"JUNHENG_HOME={tmp_path}" in text and f"{SESSION}=草稿/county_report.ipynb" in text
