"""Seals: PDFs encrypted and signed (PAdES), the list of checksums signed with the office's key (Ed25519)."""

from __future__ import annotations

import io
import logging
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import pikepdf
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization.pkcs12 import load_pkcs12

from junheng.delivery import secrets
from junheng.delivery.secrets import Secret
from junheng.delivery.settings import Seal
from junheng.errors import UsageProblem
from junheng.params.counties import County

logging.getLogger("pyhanko").setLevel(logging.CRITICAL)

FIELD = "Signature1"


@dataclass(frozen=True)
class Sealer:
    """The keys of one run, read before the first package is made."""

    seal: Seal
    root: Any
    key: Ed25519PrivateKey | None = None
    signer: Any = None

    @classmethod
    def ready(cls, seal: Seal, root: Any) -> Sealer:
        """Read the keys that the settings call for; raises UsageProblem."""
        key = secrets.signing_key(root) if seal.sign_list else None
        return cls(seal, root, key, pdf_signer(*secrets.certificate_store(root)) if seal.sign_pdf else None)

    @property
    def told(self) -> str:
        """Which seals are put on (Chinese)."""
        words = {"zip": "压缩包加密", "pdf": "PDF加密", "sign_list": "清单签名", "sign_pdf": "PDF签名"}
        return "、".join(text for key, text in words.items() if getattr(self.seal, key))

    def passphrase(self, county: County) -> Secret | None:
        """The county's passphrase when anything is encrypted; raises UsageProblem when it is missing."""
        if not (self.seal.zip or self.seal.pdf):
            return None
        return secrets.required_passphrase(county, self.seal.shortest_passphrase, self.root)

    def sealed(self, files: Mapping[str, bytes], passphrase: Secret | None) -> dict[str, bytes]:
        """Return the files with their PDFs encrypted and signed as the settings say."""
        return {
            name: self._pdf(data, passphrase) if name.lower().endswith(".pdf") else data
            for name, data in files.items()
        }

    def _pdf(self, data: bytes, passphrase: Secret | None) -> bytes:
        lock = passphrase if self.seal.pdf else None
        if lock is not None:
            data = encrypted_pdf(data, lock)
        return signed_pdf(data, self.signer, lock) if self.signer is not None else data

    def signature(self, sums: bytes) -> bytes | None:
        """The detached signature of the list: 64 bytes of Ed25519, which OpenSSL checks as well."""
        return self.key.sign(sums) if self.key is not None else None


def encrypted_pdf(data: bytes, passphrase: Secret) -> bytes:
    """Encrypt a PDF with AES-256; who knows the passphrase may print and read aloud, nobody may change it."""
    allow = pikepdf.Permissions(modify_annotation=False, modify_form=False, modify_other=False)
    encryption = pikepdf.Encryption(owner=passphrase.value, user=passphrase.value, R=6, allow=allow)
    target = io.BytesIO()
    with pikepdf.open(io.BytesIO(data)) as pdf:
        pdf.save(target, encryption=encryption)
    return target.getvalue()


def pdf_signer(store: bytes, password: bytes) -> Any:
    """A signer from a PKCS#12 file; raises UsageProblem when the file or its password is wrong."""
    from pyhanko.sign import signers

    try:
        load_pkcs12(store, password or None)
        signer = signers.SimpleSigner.load_pkcs12_data(store, other_certs=[], passphrase=password or None)
    except ValueError as error:
        raise UsageProblem("PKCS#12文件无法读取，或其口令不对。") from error
    if signer is None:
        raise UsageProblem("PKCS#12文件中没有可用的证书和私钥。")
    return signer


def signed_pdf(data: bytes, signer: Any, passphrase: Secret | None) -> bytes:
    """Add a PAdES signature over the whole file, without changing a byte of what was there."""
    from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
    from pyhanko.sign import fields, signers

    writer = IncrementalPdfFileWriter(io.BytesIO(data))
    if passphrase is not None:
        writer.encrypt(passphrase.value)
    meta = signers.PdfSignatureMetadata(
        field_name=FIELD, subfilter=fields.SigSeedSubFilter.PADES, md_algorithm="sha256"
    )
    return bytes(signers.sign_pdf(writer, meta, signer=signer).getvalue())
