"""Folders behind fsspec URLs: `file:///…`, `s3://…`, `ftp://…` and whatever else fsspec knows.

Access data (keys, passwords) never travel in orders: each machine has them in fsspec's own configuration.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from junheng.errors import JunhengError, UsageProblem

_PASSWORD = re.compile(r"(?<=://)[^/@]*@")


class StoreProblem(JunhengError):
    """A store that cannot be reached, or a file that cannot be read or written there."""


def is_url(text: str) -> bool:
    """Whether a place is given as URL and not as a path."""
    return "://" in text or "::" in text


def local_path(url: str) -> Path | None:
    """The folder of this machine that a URL stands for, or None when it is somewhere else."""
    return Path(_opened(url)[1]) if url.startswith(("file://", "local://")) else None


def url_of(path: Path) -> str:
    """The URL of a folder that all machines share under one path."""
    return f"file://{path}"


def shown(url: str) -> str:
    """A URL without a user name and password in it."""
    return _PASSWORD.sub("", url)


def missing_package(name: str) -> UsageProblem:
    """Return the error for an installation without the extra `cluster`."""
    return UsageProblem(
        f"没有安装{name}，不能在集群上运行；请先运行：pip install 'junheng[cluster]'（或make setup）。"
    )


class Store:
    """A folder in a store. All names are relative to it, with `/` between the parts; all methods raise StoreProblem."""

    def __init__(self, url: str) -> None:
        """Connect; raises UsageProblem when the URL is no place that fsspec can reach."""
        from fsspec.implementations.dirfs import DirFileSystem

        self.url = url.rstrip("/")
        filesystem, path = _opened(url)
        self._files = DirFileSystem(path.rstrip("/"), filesystem)

    def where(self, name: str = "") -> str:
        """The URL of a file in it, to be shown."""
        return shown(f"{self.url}/{name}" if name else self.url)

    @contextmanager
    def opened(self, name: str) -> Iterator[Any]:
        """Yield a file for reading at any position, so that of a zip only what is asked for is transferred."""
        with self._explained("读取", name), self._files.open(name, "rb") as stream:
            yield stream

    def fetch(self, names: Sequence[str], folder: Path) -> None:
        """Copy files to a local folder, under the same names."""
        for parent in {(folder / name).parent for name in names}:
            parent.mkdir(parents=True, exist_ok=True)
        if names:
            with self._explained("读取", names[0] if len(names) == 1 else ""):
                self._files.get(list(names), [str(folder / name) for name in names])

    def names(self, name: str = "") -> list[str]:
        """Names of all files below a folder, from the store's own folder on; none when it is not there."""
        with self._explained("读取", name):
            # fsspec keeps listings, and other machines write here meanwhile.
            self._files.invalidate_cache()
            return sorted(self._files.find(name)) if self._files.isdir(name) else []

    def write(self, name: str, content: bytes) -> None:
        """Write a file that appears whole or not at all: under another name first, then renamed."""
        folder, _, last = name.rpartition("/")
        part = f"{folder}/.part-{last}" if folder else f".part-{last}"
        with self._explained("写入", name):
            if folder:
                self._files.makedirs(folder, exist_ok=True)
            self._files.pipe_file(part, content)
            self._files.mv(part, name)

    def remove(self, name: str) -> None:
        with self._explained("删除", name):
            self._files.rm_file(name)

    @contextmanager
    def _explained(self, doing: str, name: str) -> Iterator[None]:
        try:
            yield
        except JunhengError:
            raise
        except Exception as error:  # every file system has its own
            raise StoreProblem(f"{doing}“{self.where(name)}”失败：{_words(error)}。") from error


def _opened(url: str) -> tuple[Any, str]:
    """Return fsspec's file system and the path in it; raises UsageProblem."""
    try:
        from fsspec.core import url_to_fs
    except ImportError:
        raise missing_package("fsspec") from None
    try:
        filesystem, path = url_to_fs(url)
    except ImportError as error:
        raise UsageProblem(f"读取“{shown(url)}”所需的软件包没有安装：{error}。") from error
    except Exception as error:
        raise UsageProblem(f"地址“{shown(url)}”无法识别或无法连接：{_words(error)}。") from error
    return filesystem, str(path)


def _words(error: Exception) -> str:
    if isinstance(error, FileNotFoundError):
        name = Path(str(error.filename)).name if error.filename else ""
        return f"文件或目录{f'“{name}”' if name else ''}不存在"
    if isinstance(error, PermissionError):
        return "没有权限"
    text = _PASSWORD.sub("", str(error)).strip().splitlines()
    return text[0][:200] if text else type(error).__name__
