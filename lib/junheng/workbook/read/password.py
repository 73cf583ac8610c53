"""Opening workbooks that have a password: from the environment, or asked for when somebody sits there."""

from __future__ import annotations

import getpass
import io
import sys
from collections.abc import Iterator

import msoffcrypto

from junheng.errors import DataProblem
from junheng.processes import typed

VARIABLE = "JUNHENG_PASSWORD"
READ_ONLY = "VelvetSweatshop"
"""The password that Excel itself uses for workbooks that are only protected against changes."""


def decrypt(file: str, data: bytes, ask: bool = True) -> tuple[bytes, str]:
    """Return the decrypted workbook and the password that opened it; raises DataProblem saying how to give the password."""
    try:
        office = msoffcrypto.OfficeFile(io.BytesIO(data))
        for password in _passwords(file, ask):
            plain = _tried(office, password)
            if plain is not None:
                return plain, "" if password == READ_ONLY else password
    except DataProblem:
        raise
    except Exception as error:  # the library meets broken containers with whatever error comes first
        raise DataProblem(f"{file}设有打开密码，但文件已损坏，无法解密，请重新取得该文件。") from error
    if typed(VARIABLE):
        raise DataProblem(f"{file}设有打开密码，环境变量{VARIABLE}中的密码不正确，请改正密码后重试。")
    raise DataProblem(f"{file}设有打开密码，无法读取，请用环境变量{VARIABLE}给出密码，或取消密码后重新保存。")


def seal(data: bytes, password: str) -> bytes:
    """Return a workbook (.xlsx) encrypted with a password."""
    sealed = io.BytesIO()
    msoffcrypto.OfficeFile(io.BytesIO(data)).encrypt(password, sealed)
    return sealed.getvalue()


def _passwords(file: str, ask: bool) -> Iterator[str]:
    """Yield the passwords to try; the prompt comes last and only at a terminal."""
    yield READ_ONLY
    given = typed(VARIABLE)
    if given:
        yield given
    elif ask and sys.stdin is not None and sys.stdin.isatty() and sys.stderr.isatty():
        yield getpass.getpass(f"{file}设有打开密码，请输入密码：")


def _tried(office: msoffcrypto.OfficeFile, password: str) -> bytes | None:
    plain = io.BytesIO()
    try:
        office.load_key(password=password)
        office.decrypt(plain)
    except msoffcrypto.exceptions.InvalidKeyError:
        return None
    data = plain.getvalue()
    # A wrong password may decrypt to rubbish without an error: a workbook begins as one.
    return data if data[:4] in (b"PK\x03\x04", b"\xd0\xcf\x11\xe0") else None
