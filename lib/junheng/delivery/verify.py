"""One command for who gets a package: is it whole, who signed it, has anything changed since."""

from __future__ import annotations

import io
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from junheng.delivery import secrets
from junheng.delivery.archive import unpack
from junheng.delivery.extract import PDF_MEGABYTES, PDF_SECONDS
from junheng.delivery.names import SIGNATURE, SUMS, check_names
from junheng.delivery.secrets import Secret
from junheng.delivery.settings import Delivery, PackageLimits
from junheng.errors import OutputProblem, UsageProblem
from junheng.files import sha256
from junheng.processes import LostProcess, apart

_LINE = re.compile(r"([0-9a-f]{64})  (.+)")


@dataclass
class Told:
    """What was found, line by line (Chinese); `good` while nothing is wrong, `vouched` once a trusted name stands for all."""

    lines: list[str] = field(default_factory=list)
    good: bool = True
    vouched: bool = False

    @property
    def conclusion(self) -> str:
        """The last line: a list nobody signed proves nothing against who changed the list as well."""
        if not self.good:
            return "结论：未通过核对，请勿使用，并与发送单位联系。"
        if self.vouched:
            return "结论：文件完整，没有改动。"
        return "结论：文件与清单一致；清单没有经认可的签名，不能排除连同清单一起被改动，请与发送单位核对包的指纹。"

    def say(self, text: str) -> None:
        self.lines.append(text)

    def wrong(self, text: str) -> None:
        self.lines.append(text)
        self.good = False


@dataclass(frozen=True)
class Trust:
    """Whose signatures count: names with public keys, and root certificates (DER) for PDFs."""

    signers: tuple[tuple[str, Ed25519PublicKey], ...] = ()
    certificates: tuple[bytes, ...] = ()

    @classmethod
    def of(
        cls, settings: Delivery, params: Path, keys: Sequence[Path], certificates: Sequence[Path]
    ) -> Trust:
        """From params/delivery.yml and what the call adds; raises UsageProblem for a file that is no key."""
        named = [(s.name, secrets.public_key(params / s.public_key)) for s in settings.seal.signers]
        given = [(path.stem, secrets.public_key(path)) for path in keys]
        roots = [params / name for name in settings.seal.trusted_certificates] + list(certificates)
        return cls((*named, *given), tuple(_certificate(path) for path in roots))


def _certificate(path: Path) -> bytes:
    from cryptography import x509
    from cryptography.hazmat.primitives.serialization import Encoding

    try:
        data = path.read_bytes()
        loaded = (
            x509.load_pem_x509_certificate(data)
            if b"-----BEGIN" in data
            else x509.load_der_x509_certificate(data)
        )
    except (OSError, ValueError) as error:
        raise UsageProblem(f"证书文件“{path.name}”不存在或无法读取。") from error
    return loaded.public_bytes(Encoding.DER)


def verify_package(path: Path, settings: Delivery, trust: Trust, passphrase: Secret | None) -> Told:
    """Look at a package or at the folder it was unpacked into; raises OutputProblem when it cannot be opened."""
    files = _files(path, settings.limits, passphrase)
    told = Told()
    _list(files, told)
    _signature(files, trust, told)
    for name, data in sorted(files.items()):
        if name.lower().endswith(".pdf"):
            _pdf_apart(name, data, trust, passphrase, told)
    told.say(told.conclusion)
    return told


def _files(path: Path, limits: PackageLimits, passphrase: Secret | None) -> dict[str, bytes]:
    """Names below the package's one folder."""
    if path.is_dir():
        found = {p.relative_to(path).as_posix(): p for p in sorted(path.rglob("*")) if p.is_file()}
        if len(found) > limits.files or sum(p.stat().st_size for p in found.values()) > limits.total:
            raise OutputProblem(f"目录“{path.name}”中的文件过多或过大，不像是发送包。")
        return {name: p.read_bytes() for name, p in found.items()}
    if not path.is_file():
        raise UsageProblem(f"文件“{path.name}”不存在。")
    files = unpack(path, limits, passphrase.value if passphrase else None)
    tops = {name.partition("/")[0] for name in files}
    if len(tops) != 1 or any("/" not in name for name in files):
        raise OutputProblem(f"“{path.name}”不是本系统的发送包：其中应只有一个文件夹。")
    return {name.partition("/")[2]: data for name, data in files.items()}


def listed_sums(data: bytes) -> dict[str, str]:
    """Read a list of checksums; raises OutputProblem for a line that is none."""
    sums: dict[str, str] = {}
    for line in data.decode("utf-8", "replace").splitlines():
        match = _LINE.fullmatch(line)
        if match is None:
            raise OutputProblem(f"校验清单{SUMS}中有无法识别的一行“{line[:40]}”。")
        sums[match[2]] = match[1]
    check_names(sums)
    return sums


def _list(files: Mapping[str, bytes], told: Told) -> None:
    if SUMS not in files:
        told.wrong(f"没有校验清单{SUMS}，无法核对文件是否完整。")
        return
    sums = listed_sums(files[SUMS])
    faults = [f"缺少文件“{name}”。" for name in sums if name not in files]
    faults += [
        f"文件“{n}”与清单不符，已被改动。" for n, d in sums.items() if n in files and sha256(files[n]) != d
    ]
    faults += [f"多出清单之外的文件“{n}”。" for n in files if n not in sums and n not in (SUMS, SIGNATURE)]
    for fault in faults:
        told.wrong(fault)
    if not faults:
        told.say(f"校验清单列有{len(sums)}个文件，全部一致。")


def _signature(files: Mapping[str, bytes], trust: Trust, told: Told) -> None:
    if SIGNATURE not in files:
        note = "没有签名，只能说明文件与清单一致，不能说明由谁发出。"
        (told.wrong if trust.signers else told.say)(f"校验清单{note}")
        return
    if not trust.signers:
        told.say(
            "校验清单有签名，但没有指明认可的公钥（--public-key或params/delivery.yml），未能核对签名人。"
        )
        return
    for name, key in trust.signers:
        try:
            key.verify(files[SIGNATURE], files.get(SUMS, b""))
        except InvalidSignature:
            continue
        told.say(f"校验清单由“{name}”签名，签名有效，签名后没有改动。")
        told.vouched = True
        return
    told.wrong("校验清单的签名与认可的公钥都不相符：不是认可的单位所签，或签名后清单已被改动。")


def _pdf_apart(name: str, data: bytes, trust: Trust, passphrase: Secret | None, told: Told) -> None:
    """Look at a PDF in a process of its own: whoever handed it in may have made it to hang or to crash."""

    import pyhanko.sign.validation  # noqa: F401  (once, not in each process)

    def looked() -> Told:
        found = Told()
        try:
            _pdf(name, data, trust, passphrase, found)
        except Exception as error:  # pyHanko meets what is no PDF with whatever error comes first
            found.wrong(f"“{name}”无法打开（{type(error).__name__}），或口令不对。")
        return found

    try:
        found = apart(looked, PDF_SECONDS, PDF_MEGABYTES)
    except LostProcess:
        told.wrong(f"“{name}”的核对没有终止，或占用内存过多。")
        return
    told.lines += found.lines
    told.good &= found.good


def _pdf(name: str, data: bytes, trust: Trust, passphrase: Secret | None, told: Told) -> None:
    from pyhanko.pdf_utils.reader import PdfFileReader

    reader = PdfFileReader(io.BytesIO(data))
    if reader.encrypted:
        if passphrase is None:
            told.say(f"“{name}”已加密，没有给出口令，未核对其签名。")
            return
        reader.decrypt(passphrase.value)
    signatures = reader.embedded_signatures
    if not signatures:
        (told.wrong if trust.certificates else told.say)(f"“{name}”没有PDF签名。")
    for signature in signatures:
        _pdf_signature(name, signature, trust, told)


def _pdf_signature(name: str, signature: Any, trust: Trust, told: Told) -> None:
    from pyhanko.sign.diff_analysis import ModificationLevel
    from pyhanko.sign.general import SigningError
    from pyhanko.sign.validation import validate_pdf_signature
    from pyhanko.sign.validation.errors import SignatureValidationError
    from pyhanko.sign.validation.status import SignatureCoverageLevel

    signer = signature.signer_cert.subject.human_friendly
    moment = signature.self_reported_timestamp
    try:
        status = validate_pdf_signature(signature, _context(trust, moment))
    except (SignatureValidationError, SigningError, ValueError) as error:
        told.wrong(f"“{name}”的签名无法核对（{type(error).__name__}）。")
        return
    when = f"（签名人所记时间{moment:%Y-%m-%d %H:%M}）" if moment else ""
    untouched = (
        status.modification_level in (None, ModificationLevel.NONE)
        and status.coverage is SignatureCoverageLevel.ENTIRE_FILE
    )
    if not (status.intact and status.valid) or not untouched:
        told.wrong(f"“{name}”有“{signer}”的签名{when}，但签名后文件已被改动。")
    elif status.trusted:
        told.say(f"“{name}”由“{signer}”签名{when}，证书可信，签名后没有改动。")
    elif trust.certificates:
        told.wrong(f"“{name}”由“{signer}”签名{when}，但其证书不是由认可的机构签发。")
    else:
        told.say(f"“{name}”由“{signer}”签名{when}，签名后没有改动；没有指明认可的根证书，未核对其身份。")


def _context(trust: Trust, moment: Any) -> Any:
    """Certificates are judged at the time of signing: a report is looked at again years later."""
    from asn1crypto import x509
    from pyhanko_certvalidator import ValidationContext

    roots = [x509.Certificate.load(data) for data in trust.certificates]
    return ValidationContext(
        trust_roots=roots, moment=moment, allow_fetching=False, revocation_mode="soft-fail"
    )
