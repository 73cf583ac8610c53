"""Passphrases and keys: read from the environment or from files only their owner can read, told to nobody."""

from __future__ import annotations

import os
import stat
from dataclasses import dataclass, field
from pathlib import Path

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import load_pem_private_key, load_pem_public_key

from junheng.errors import UsageProblem
from junheng.params.counties import County
from junheng.processes import SHORTEST_SECRET, typed
from junheng.workbook.read.delimited import BOMS
from junheng.workbook.read.password import VARIABLE

PASSPHRASE = "JUNHENG_PASSPHRASE"
"""Followed by `_<code>`: one county's passphrase."""
PASSPHRASE_FILE = "JUNHENG_PASSPHRASE_FILE"
"""A text file, one county a line: its code, a blank, its passphrase."""
SIGNING_KEY_FILE = "JUNHENG_SIGNING_KEY_FILE"
SIGNING_KEY_PASSWORD = "JUNHENG_SIGNING_KEY_PASSWORD"
P12_FILE = "JUNHENG_PDF_P12_FILE"
P12_PASSWORD = "JUNHENG_PDF_P12_PASSWORD"


@dataclass(frozen=True)
class Secret:
    """A secret that does not show itself in messages or logs."""

    value: str = field(repr=False)

    def __str__(self) -> str:
        return "（保密）"


def passphrase_of(code: str, root: Path | None = None) -> Secret | None:
    """Return a county's passphrase, or None when none was given; raises UsageProblem for an unsafe key file."""
    value = typed(f"{PASSPHRASE}_{code}") or _listed(root).get(code)
    return Secret(value) if value else None


def _listed(root: Path | None) -> dict[str, str]:
    """The passphrases of the file, by county code; none without a file. Raises UsageProblem for an unsafe one."""
    place = os.environ.get(PASSPHRASE_FILE)
    if not place:
        return {}
    lines = (line.split(maxsplit=1) for line in private_text(place, PASSPHRASE_FILE, root).splitlines())
    return {pair[0]: pair[1].strip() for pair in lines if len(pair) == 2}


def known_secrets(root: Path) -> frozenset[str]:
    """Everything this run must tell nobody: all passphrases and passwords, and the lines of the private key.

    What is shorter than six characters is left out: a year or a plain word would stand in every text. Raises UsageProblem as the others do.
    """
    passphrases = {name for name in os.environ if name.startswith(f"{PASSPHRASE}_")} - {PASSPHRASE_FILE}
    named = map(typed, (*passphrases, SIGNING_KEY_PASSWORD, P12_PASSWORD, VARIABLE))
    found = {*named, *_listed(root).values()}
    if place := os.environ.get(SIGNING_KEY_FILE):
        key = private_text(place, SIGNING_KEY_FILE, root).splitlines()
        found |= {line.strip() for line in key if "-----" not in line}
    return frozenset(secret for secret in found if len(secret) >= SHORTEST_SECRET)


def required_passphrase(county: County, shortest: int, root: Path) -> Secret:
    """Return a county's passphrase; raises UsageProblem when there is none or it is too short."""
    secret = passphrase_of(county.code, root)
    if secret is None:
        raise UsageProblem(
            f"没有{county.title}的口令，请用环境变量{PASSPHRASE}_{county.code}给出，或写入{PASSPHRASE_FILE}所指的密钥文件。"
        )
    if len(secret.value) < shortest:
        raise UsageProblem(f"{county.title}的口令不足{shortest}个字符，请换用更长的口令。")
    return secret


def private_bytes(place: str, variable: str, root: Path | None) -> bytes:
    """Read a file of secrets; raises UsageProblem when others can read it or it lies in the project."""
    path = Path(place)
    if not path.is_file():
        raise UsageProblem(f"环境变量{variable}所指的文件不存在，请改正后重试。")
    if root is not None and path.resolve().is_relative_to(root.resolve()):
        raise UsageProblem(f"环境变量{variable}所指的文件在项目目录中，请移到项目之外保管。")
    if stat.S_IMODE(path.stat().st_mode) & 0o077:
        raise UsageProblem(f"环境变量{variable}所指的文件其他用户也能读取，请执行chmod 600后重试。")
    return path.read_bytes()


def private_text(place: str, variable: str, root: Path | None) -> str:
    """Read a text file of secrets as Windows programs write it too (UTF-8 or UTF-16 with a mark, GBK); raises UsageProblem."""
    data = private_bytes(place, variable, root)
    marked = [encoding for mark, encoding in BOMS if data.startswith(mark)]
    for tried in marked or ("utf-8", "gb18030"):
        try:
            return data.decode(tried)
        except UnicodeDecodeError:
            continue
    raise UsageProblem(f"环境变量{variable}所指的文件不是UTF-8或GBK编码的文本，请另存为UTF-8后重试。")


def signing_key(root: Path) -> Ed25519PrivateKey:
    """The office's key for lists of checksums (PEM, Ed25519); raises UsageProblem."""
    place = os.environ.get(SIGNING_KEY_FILE)
    if not place:
        raise UsageProblem(f"没有签名私钥，请用环境变量{SIGNING_KEY_FILE}指明私钥文件（PEM，Ed25519）。")
    password = typed(SIGNING_KEY_PASSWORD)
    try:
        text = private_text(place, SIGNING_KEY_FILE, root)
        key = load_pem_private_key(text.encode(), password.encode() if password else None)
    except (ValueError, TypeError, UnsupportedAlgorithm) as error:
        raise UsageProblem(
            f"签名私钥无法读取：不是PEM格式，或{SIGNING_KEY_PASSWORD}中的口令不对。"
        ) from error
    if not isinstance(key, Ed25519PrivateKey):
        raise UsageProblem("签名私钥不是Ed25519私钥，请更换。")
    return key


def public_key(path: Path) -> Ed25519PublicKey:
    """A signer's public key (PEM); raises UsageProblem."""
    try:
        key = load_pem_public_key(path.read_bytes())
    except (OSError, ValueError, UnsupportedAlgorithm) as error:
        raise UsageProblem(f"公钥文件“{path.name}”不存在或无法读取。") from error
    if not isinstance(key, Ed25519PublicKey):
        raise UsageProblem(f"公钥文件“{path.name}”不是Ed25519公钥。")
    return key


def certificate_store(root: Path) -> tuple[bytes, bytes]:
    """The PKCS#12 file for PDF signatures and its password; raises UsageProblem."""
    place = os.environ.get(P12_FILE)
    if not place:
        raise UsageProblem(f"没有PDF签名证书，请用环境变量{P12_FILE}指明PKCS#12文件。")
    return private_bytes(place, P12_FILE, root), typed(P12_PASSWORD).encode()
