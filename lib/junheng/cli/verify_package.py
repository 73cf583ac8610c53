"""`junheng verify-package`: whether a package is whole, who signed it, and what was changed in it."""

from __future__ import annotations

import getpass
import sys
from pathlib import Path

import click

from junheng.batch.job import Places
from junheng.cli.options import folder_options
from junheng.cli.words import FAILED, ChineseCommand
from junheng.delivery import secrets
from junheng.delivery.archive import NeedsPassphrase
from junheng.delivery.settings import load_delivery
from junheng.delivery.verify import Trust, verify_package


@click.command("verify-package", cls=ChineseCommand)
@click.option("--file", "package", required=True, metavar="文件", help="发送包（zip）或解压后的文件夹。")
@click.option("--public-key", "keys", multiple=True, metavar="文件", help="认可的公钥（PEM），可重复。")
@click.option("--certificate", "certificates", multiple=True, metavar="文件", help="认可的根证书，可重复。")
@folder_options
def command(package: str, keys: tuple[str, ...], certificates: tuple[str, ...], folders: Places) -> int:
    """核对一个发送包，逐条说明结果。"""
    path, settings = Path(package), load_delivery(folders.params)
    trust = Trust.of(settings, folders.params, [*map(Path, keys)], [*map(Path, certificates)])
    passphrase = secrets.passphrase_of(path.name.partition("_")[0])
    try:
        told = verify_package(path, settings, trust, passphrase)
    except NeedsPassphrase:
        if not sys.stdin.isatty():
            raise
        told = verify_package(path, settings, trust, secrets.Secret(getpass.getpass("请输入口令：")))
    click.echo("\n".join(told.lines))
    return 0 if told.good else FAILED
