"""What docs/howto/cluster.md and the files beside it tell to run: closed to other machines, of one image, and it works."""

from __future__ import annotations

import os
import re
import shlex
import socket
import subprocess
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path

import psutil
import pytest
import yaml
from loopback import DASK, REPO

from tests.waiting import PATIENCE, until

HOWTO = REPO / "docs" / "howto"
BESIDE = HOWTO / "cluster"
CLOSED = ("--host", "--dashboard-address 127.0.0.1:0")


def commands() -> list[str]:
    """The two commands of the page that start Dask."""
    return re.findall(r"^ +\.venv/bin/(dask .+)$", (HOWTO / "cluster.md").read_text("utf-8"), re.MULTILINE)


def free_port() -> int:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return int(free.getsockname()[1])


@contextmanager
def started(command: str, folder: Path) -> Iterator[psutil.Process]:
    words = shlex.split(command)
    assert words[0] == "dask"
    with (folder / "log").open("ab") as log:
        process = subprocess.Popen([DASK, *words[1:]], cwd=folder, stdout=log, stderr=log)
    try:
        yield psutil.Process(process.pid)
    finally:
        process.terminate()
        with suppress(subprocess.TimeoutExpired):
            process.wait(PATIENCE)
        process.kill()


def listening(process: psutil.Process) -> set[str]:
    """The addresses at which a process and its children accept connections."""
    return {
        connection.laddr.ip
        for one in (process, *process.children(recursive=True))
        for connection in one.net_connections(kind="inet")
        if connection.status == psutil.CONN_LISTEN
    }


@pytest.mark.slow
def test_the_pages_commands_listen_where_told_and_nowhere_else(tmp_path: Path) -> None:
    scheduler, worker = commands()
    port = str(free_port())
    scheduler = scheduler.replace("10.0.0.1", "127.0.0.1") + f" --port {port}"
    worker = worker.replace("10.0.0.1:8786", f"127.0.0.1:{port}").replace("10.0.0.2", "127.0.0.1")
    worker = worker.replace("--nworkers 16", "--nworkers 2")
    log = tmp_path / "log"
    with ExitStack() as stack:
        running = [stack.enter_context(started(command, tmp_path)) for command in (scheduler, worker)]
        until(lambda: log.read_text().count("Registered to:") >= 2)
        assert [listening(process) for process in running] == [{"127.0.0.1"}] * 2


def test_all_examples_close_the_same_doors() -> None:
    for command in commands():
        assert all(words in command for words in CLOSED)
    batch = (BESIDE / "junheng.sbatch").read_text("utf-8")
    for command in re.findall(r"dask (?:scheduler|worker)(?:.+\\\n)*.+", batch):
        assert all(words in command for words in CLOSED), command
    for container in containers():
        if container["command"][0] == "dask":
            assert all(words in " ".join(container["command"]) for words in CLOSED)


def containers() -> list[dict[str, object]]:
    documents = list(yaml.safe_load_all((BESIDE / "kubernetes.yaml").read_text("utf-8")))
    specs = [one["spec"]["template"]["spec"] for one in documents if "template" in one["spec"]]
    return [container for spec in specs for container in spec["containers"]]


def test_one_image_for_all_parts() -> None:
    images = {container["image"] for container in containers()}
    assert len(containers()) == 3 and len(images) == 1
    docker = (BESIDE / "Dockerfile").read_text("utf-8")
    assert f"-t {images.pop()} ." in docker and "make setup" in docker


STUBS = {"srun": 'exec "$@"', "hostname": "echo 127.0.0.1"}


@pytest.mark.slow
@pytest.mark.e2e
def test_the_slurm_script_makes_a_report_and_leaves_nothing_running(tmp_path: Path) -> None:
    """With stand-ins for what Slurm brings: its launcher and a node's address."""
    for name, text in STUBS.items():
        (tmp_path / name).write_text(f"#!/bin/sh\n{text}\n")
        (tmp_path / name).chmod(0o755)
    for name in ("data", "params"):
        (tmp_path / name).symlink_to(REPO / name)
    environment = {
        **os.environ, "PATH": f"{tmp_path}:{DASK.parent}:{os.environ['PATH']}", "IMAGE": "", "SHARE": str(tmp_path),
        "PORT": str(free_port()), "SLURM_CPUS_PER_TASK": "1", "YEAR": "2024",
    }  # fmt: skip
    done = subprocess.run(
        ["bash", BESIDE / "junheng.sbatch", "--county", "370872"],
        env=environment, cwd=tmp_path, capture_output=True, check=False, timeout=PATIENCE, start_new_session=True,
    )  # fmt: skip
    assert done.returncode == 0, (done.stdout + done.stderr).decode()
    assert list((tmp_path / "outputs" / "2024").glob("370872_*/manifest.json"))
    assert environment["PORT"] not in {
        word for one in psutil.process_iter(["cmdline"]) for word in one.info["cmdline"] or ()
    }
