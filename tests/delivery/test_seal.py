"""Seals: encryption, signatures, and the one command that tells who signed and what changed. Keys are made here."""

from __future__ import annotations

import datetime
import io
import os
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path

import pikepdf
import pytest
import pyzipper
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import (
    BestAvailableEncryption,
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
)
from cryptography.hazmat.primitives.serialization.pkcs12 import serialize_key_and_certificates
from cryptography.x509.oid import NameOID
from pyhanko.pdf_utils import generic
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter

from junheng.batch.job import Places
from junheng.cli.main import guarded
from junheng.delivery import secrets
from junheng.delivery.archive import NeedsPassphrase, pack, unpack
from junheng.delivery.package import PackageOrder, PackageOutcome, make_packages
from junheng.delivery.settings import load_delivery
from junheng.errors import UsageProblem
from junheng.files import sha256
from tests.delivery.make import OWN, OWN_SCHOOLS, PARAMS, YEAR, office, publish, published_files

PASSPHRASE = "zou-cheng-2024-口令"
OFFICE = "济宁市督导办（测试）"


def _certificate(
    name: str,
    key: ec.EllipticCurvePrivateKey,
    issuer: x509.Certificate | None,
    signer: ec.EllipticCurvePrivateKey,
) -> x509.Certificate:
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    now = datetime.datetime.now(datetime.UTC)
    usage = x509.KeyUsage(True, True, False, False, False, issuer is None, False, False, False)
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer.subject if issuer else subject)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - datetime.timedelta(days=1))
        .not_valid_after(now + datetime.timedelta(days=30))
        .add_extension(x509.BasicConstraints(ca=issuer is None, path_length=None), critical=True)
        .add_extension(usage, critical=True)
        .sign(signer, hashes.SHA256())
    )


@pytest.fixture(scope="module")
def keys(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The office's keys: signing key, its public half, a root certificate and a PKCS#12 file signed by it."""
    folder = tmp_path_factory.mktemp("keys")
    signing = Ed25519PrivateKey.generate()
    files = {
        "office.pem": signing.private_bytes(
            Encoding.PEM, PrivateFormat.PKCS8, BestAvailableEncryption(b"pem")
        ),
        "office.pub.pem": signing.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo),
        "other.pub.pem": Ed25519PrivateKey.generate()
        .public_key()
        .public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo),
    }
    root_key, key = ec.generate_private_key(ec.SECP256R1()), ec.generate_private_key(ec.SECP256R1())
    root = _certificate("测试根证书", root_key, None, root_key)
    certificate = _certificate(OFFICE, key, root, root_key)
    stranger = _certificate("别的根证书", root_key, None, root_key)
    files["office.p12"] = serialize_key_and_certificates(
        b"office", key, certificate, [root], BestAvailableEncryption(b"p12")
    )
    files["root.pem"] = root.public_bytes(Encoding.PEM)
    other_key = ec.generate_private_key(ec.SECP256R1())
    stranger = _certificate("别的根证书", other_key, None, other_key)
    files["other.pem"] = stranger.public_bytes(Encoding.PEM)
    files["rsa.pem"] = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    files["passphrases.txt"] = f"370811 {'x' * 20}\n{OWN.code} {PASSPHRASE}\n".encode()
    for name, data in files.items():
        (folder / name).write_bytes(data)
        (folder / name).chmod(0o600)
    return folder


@pytest.fixture
def sealed(tmp_path: Path, keys: Path, monkeypatch: pytest.MonkeyPatch) -> Places:
    """An office that puts on every seal."""
    places = office(tmp_path / "office")
    settings(places, zip="true", pdf="true", sign_list="true", sign_pdf="true")
    monkeypatch.setenv(secrets.PASSPHRASE_FILE, str(keys / "passphrases.txt"))
    monkeypatch.setenv(secrets.SIGNING_KEY_FILE, str(keys / "office.pem"))
    monkeypatch.setenv(secrets.SIGNING_KEY_PASSWORD, "pem")
    monkeypatch.setenv(secrets.P12_FILE, str(keys / "office.p12"))
    monkeypatch.setenv(secrets.P12_PASSWORD, "p12")
    return places


def settings(places: Places, **seals: str) -> None:
    path = places.params / "delivery.yml"
    text = path.read_text(encoding="utf-8")
    for key, value in seals.items():
        assert f"\n  {key}: false" in text
        text = text.replace(f"\n  {key}: false", f"\n  {key}: {value}")
    path.write_text(text, encoding="utf-8")


def package(places: Places) -> Path:
    (packed,) = make_packages(PackageOrder(YEAR, places, (OWN.code,)))
    assert packed.outcome is PackageOutcome.MADE and packed.path is not None, packed.reason
    return packed.path


def verified(
    path: Path,
    keys: Path,
    capsys: pytest.CaptureFixture[str],
    key: str = "office.pub.pem",
    root: str = "root.pem",
) -> tuple[int, str]:
    code = guarded([
        "verify-package", "--file", str(path), "--public-key", str(keys / key), "--certificate", str(keys / root),
        "--params", str(PARAMS),
    ])  # fmt: skip
    told = capsys.readouterr()
    return code, told.out + told.err


def test_a_sealed_package_says_who_signed_it(
    sealed: Places, keys: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = package(sealed)
    code, told = verified(path, keys, capsys)
    assert code == 0, told
    assert "校验清单由“office.pub”签名，签名有效" in told
    assert OFFICE in told and "证书可信，签名后没有改动" in told
    assert "结论：文件完整，没有改动" in told


def test_the_passphrase_opens_zip_and_pdf_and_stands_nowhere(
    sealed: Places, keys: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = package(sealed)
    limits = load_delivery(PARAMS).limits
    with pytest.raises(NeedsPassphrase, match="已加密"):
        unpack(path, limits)
    with pytest.raises(NeedsPassphrase, match="口令不对"):
        unpack(path, limits, "wrong")
    files = unpack(path, limits, PASSPHRASE)
    with pyzipper.AESZipFile(path) as archive:
        strengths = {entry.wz_aes_strength for entry in archive.infolist()}
    assert strengths == {3}  # WinZip's number for 256 bits
    pdf = next(data for name, data in files.items() if name.endswith(".pdf"))
    with pytest.raises(pikepdf.PasswordError):
        pikepdf.open(io.BytesIO(pdf))
    with pikepdf.open(io.BytesIO(pdf), password=PASSPHRASE) as document:
        assert document.encryption.R == 6 and document.encryption.bits == 256
    out, err = capsys.readouterr()
    everything = [p.read_bytes() for p in sealed.root.rglob("*") if p.is_file()] + list(files.values())
    assert not any(PASSPHRASE.encode() in data for data in everything)
    assert PASSPHRASE not in out + err and "office.pem" not in out + err
    assert PASSPHRASE not in repr(secrets.passphrase_of(OWN.code)) + str(secrets.passphrase_of(OWN.code))


def test_seven_zip_opens_it(sealed: Places, tmp_path: Path) -> None:
    seven = shutil.which("7zz") or shutil.which("7z")
    if seven is None:
        pytest.skip("7-Zip is not installed")
    path = package(sealed)
    expected = unpack(path, load_delivery(PARAMS).limits, PASSPHRASE)
    plain = tmp_path / "plain.zip"
    plain.write_bytes(pack(expected))
    for archive in (path, plain):
        target = tmp_path / archive.stem
        call = [seven, "x", f"-p{PASSPHRASE}", f"-o{target}", str(archive)]
        ran = subprocess.run(call, capture_output=True, check=False)
        assert ran.returncode == 0, ran.stdout
        found = {p.relative_to(target).as_posix(): p.read_bytes() for p in target.rglob("*") if p.is_file()}
        assert found == expected


def unpacked(path: Path, target: Path) -> Path:
    for name, data in unpack(path, load_delivery(PARAMS).limits, PASSPHRASE).items():
        (target / name).parent.mkdir(parents=True, exist_ok=True)
        (target / name).write_bytes(data)
    return target / f"{OWN.stem}_{YEAR}"


def test_any_change_is_told(
    sealed: Places, keys: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = unpacked(package(sealed), tmp_path / "out")
    assert verified(folder, keys, capsys)[0] == 0
    units = folder / "data" / "units.csv"
    before = units.read_bytes()
    units.write_bytes(before + b"x")
    code, told = verified(folder, keys, capsys)
    assert code == 1 and "“data/units.csv”与清单不符，已被改动" in told and "未通过核对" in told
    units.unlink()
    assert "缺少文件“data/units.csv”" in verified(folder, keys, capsys)[1]
    units.write_bytes(before)
    (folder / "多余.csv").write_bytes(b"x")
    assert "多出清单之外的文件“多余.csv”" in verified(folder, keys, capsys)[1]
    (folder / "多余.csv").unlink()
    sums = folder / "SHA256SUMS"
    sums.write_bytes(sums.read_bytes().replace(b"units.csv", b"unitz.csv"))
    units.rename(units.with_name("unitz.csv"))
    assert "签名与认可的公钥都不相符" in verified(folder, keys, capsys)[1]


def _stripped(data: bytes) -> bytes:
    """The PDF as if nobody had signed it."""
    target = io.BytesIO()
    with pikepdf.open(io.BytesIO(data)) as document:
        del document.Root.AcroForm
        for page in document.pages:
            if "/Annots" in page:
                del page.Annots
        document.save(target)
    return target.getvalue()


def _changed(data: bytes, root: bytes, *objects: bytes) -> bytes:
    """A PDF of one page by hand, with a value in its catalog and objects from number 7 on."""
    parts = {
        1: b"<< /Type /Catalog /Pages 2 0 R /X " + root + b" >>", 2: b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        3: b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 99 99] >>", 4: b"1", 5: b"1", 6: b"1",
        **dict(enumerate(objects, 7)),
    }  # fmt: skip
    made, places = b"%PDF-1.7\n", []
    for number, content in parts.items():
        places.append(len(made))
        made += b"%d 0 obj\n%s\nendobj\n" % (number, content)
    table = b"".join(b"%010d 00000 n \n" % place for place in places)
    return made + (
        b"xref\n0 %d\n0000000000 65535 f \n%strailer\n<< /Size %d /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF\n"
        % (len(parts) + 1, table, len(parts) + 1, len(made))
    )


def _annotated(data: bytes) -> bytes:
    """A note added in an update that leaves every signed byte in its place."""
    writer = IncrementalPdfFileWriter(io.BytesIO(data))
    writer.root["/Perms"] = writer.add_object(generic.DictionaryObject())
    writer.update_root()
    target = io.BytesIO()
    writer.write(target)
    return target.getvalue()


TAMPERED: dict[str, tuple[Callable[[bytes], bytes], str]] = {
    "a byte inside": (lambda data: data.replace(b"/MediaBox", b"/MediaBax", 1), "签名后文件已被改动"),
    "bytes behind": (lambda data: data + b"\n1 0 obj\n<<>>\nendobj\n", "签名后文件已被改动"),
    "a later update": (_annotated, "签名后文件已被改动"),
    "signature taken off": (_stripped, "没有PDF签名"),
    "cut short": (lambda data: data[:-2000], "无法打开"),
    "no PDF": (lambda data: b"hello", "无法打开"),
    "a form without an end": (
        lambda data: _changed(data, b"7 0 R /AcroForm 8 0 R", b"8 0 R", b"7 0 R"),
        "无法打开",
    ),
    "a form that is none": (lambda data: _changed(data, b"(x) /AcroForm (x)", b"1", b"1"), "无法打开"),
    "lists without an end": (
        lambda data: _changed(data, b"[" * 60000 + b"]" * 60000, b"1", b"1"),
        "无法打开",
    ),
}


@pytest.fixture
def plain_pdfs(sealed: Places) -> Places:
    """An office whose PDFs are signed and not encrypted."""
    path = sealed.params / "delivery.yml"
    path.write_text(path.read_text(encoding="utf-8").replace("  pdf: true", "  pdf: false"), encoding="utf-8")
    return sealed


def test_a_changed_pdf_is_told_even_when_the_list_was_made_anew(
    plain_pdfs: Places, keys: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Whoever changes a PDF may rewrite SHA256SUMS too; the PDF's own signature tells, and so does the list's."""
    folder = unpacked(package(plain_pdfs), tmp_path / "out")
    pdf, sums = next(folder.glob("*.pdf")), folder / "SHA256SUMS"
    data, listed = pdf.read_bytes(), sums.read_text(encoding="utf-8")
    for kind, (change, says) in TAMPERED.items():
        pdf.write_bytes(change(data))
        assert pdf.read_bytes() != data, kind
        sums.write_text(listed.replace(sha256(data), sha256(pdf.read_bytes())), encoding="utf-8")
        code, told = verified(folder, keys, capsys)
        lines = [line for line in told.splitlines() if line.startswith(f"“{pdf.name}”")]
        assert code == 1 and any(says in line for line in lines), (kind, told)
        assert "签名与认可的公钥都不相符" in told and "一致。" in told.splitlines()[0]
    pdf.write_bytes(data)
    sums.write_text(listed, encoding="utf-8")
    assert verified(folder, keys, capsys)[0] == 0


def test_a_signature_that_is_gone_or_another_is_told(
    sealed: Places, keys: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = unpacked(package(sealed), tmp_path / "out")
    signature = folder / "SHA256SUMS.sig"
    signature.write_bytes(bytes(64))
    assert "不是认可的单位所签，或签名后清单已被改动" in verified(folder, keys, capsys)[1]
    signature.unlink()
    code, told = verified(folder, keys, capsys)
    assert code == 1 and "校验清单没有签名" in told
    (folder / "SHA256SUMS").unlink()
    assert "没有校验清单SHA256SUMS" in verified(folder, keys, capsys)[1]


def test_without_a_signature_nobody_is_said_to_stand_for_it(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = package(office(tmp_path / "office"))
    assert guarded(["verify-package", "--file", str(path), "--params", str(PARAMS)]) == 0
    told = capsys.readouterr().out
    assert "不能说明由谁发出" in told and "不能排除连同清单一起被改动" in told and "没有改动。" not in told


def test_signatures_of_strangers_do_not_count(
    sealed: Places, keys: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = package(sealed)
    code, told = verified(path, keys, capsys, key="other.pub.pem")
    assert code == 1 and "不是认可的单位所签" in told
    code, told = verified(path, keys, capsys, root="other.pem")
    assert code == 1 and "其证书不是由认可的机构签发" in told


def test_the_signature_is_plain_ed25519(sealed: Places, keys: Path, tmp_path: Path) -> None:
    if shutil.which("openssl") is None:
        pytest.skip("OpenSSL is not installed")
    folder = unpacked(package(sealed), tmp_path / "out")
    ran = subprocess.run(
        ["openssl", "pkeyutl", "-verify", "-pubin", "-inkey", str(keys / "office.pub.pem"), "-rawin",
         "-in", str(folder / "SHA256SUMS"), "-sigfile", str(folder / "SHA256SUMS.sig")],
        capture_output=True, check=False,
    )  # fmt: skip
    assert ran.returncode == 0, ran.stderr


def test_a_sealed_package_is_compared_with_its_successor(sealed: Places) -> None:
    package(sealed)
    (same,) = make_packages(PackageOrder(YEAR, sealed, (OWN.code,)))
    assert same.outcome is PackageOutcome.SAME
    publish(sealed, OWN, published_files(OWN, OWN_SCHOOLS, pupils=660))
    (packed,) = make_packages(PackageOrder(YEAR, sealed, (OWN.code,)))
    assert (packed.version, packed.changed) == (2, 6)


def test_keys_that_are_missing_or_unsafe(sealed: Places, keys: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refused(match: str) -> None:
        with pytest.raises(UsageProblem, match=match):
            make_packages(PackageOrder(YEAR, sealed, (OWN.code,)))

    monkeypatch.setenv(secrets.SIGNING_KEY_PASSWORD, "wrong")
    refused("签名私钥无法读取")
    monkeypatch.setenv(secrets.SIGNING_KEY_FILE, str(keys / "rsa.pem"))
    monkeypatch.delenv(secrets.SIGNING_KEY_PASSWORD)
    refused("不是Ed25519私钥")
    monkeypatch.delenv(secrets.SIGNING_KEY_FILE)
    refused("没有签名私钥")
    monkeypatch.setenv(secrets.SIGNING_KEY_FILE, str(keys / "office.pem"))
    monkeypatch.setenv(secrets.SIGNING_KEY_PASSWORD, "pem")
    monkeypatch.setenv(secrets.P12_PASSWORD, "wrong")
    refused("PKCS#12文件无法读取")
    monkeypatch.setenv(secrets.P12_PASSWORD, "p12")
    inside = sealed.root / "key.pem"
    shutil.copy(keys / "office.pem", inside)
    monkeypatch.setenv(secrets.SIGNING_KEY_FILE, str(inside))
    refused("在项目目录中")
    monkeypatch.setenv(secrets.SIGNING_KEY_FILE, str(keys / "office.pem"))
    os.chmod(keys / "passphrases.txt", 0o644)  # noqa: PTH101
    refused("chmod 600")
    (keys / "passphrases.txt").chmod(0o600)
    monkeypatch.setenv(f"{secrets.PASSPHRASE}_{OWN.code}", "short")
    (packed,) = make_packages(PackageOrder(YEAR, sealed, (OWN.code,)))
    assert "不足12个字符" in packed.reason


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16"])
def test_secrets_written_on_windows_are_read(
    encoding: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("passphrases.txt", "office.pem"):
        (tmp_path / name).touch(mode=0o600)
    text = f"370811 甲甲甲甲甲甲甲甲\r\n{OWN.code}\t{PASSPHRASE}  \r\n\r\n370812\r\n"
    (tmp_path / "passphrases.txt").write_bytes(text.encode(encoding))
    monkeypatch.setenv(secrets.PASSPHRASE_FILE, str(tmp_path / "passphrases.txt"))
    found = secrets.passphrase_of(OWN.code)
    assert found is not None and found.value == PASSPHRASE
    assert secrets.passphrase_of("370812") is None
    key = Ed25519PrivateKey.generate()
    pem = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode()
    (tmp_path / "office.pem").write_bytes(pem.encode(encoding))
    monkeypatch.setenv(secrets.SIGNING_KEY_FILE, str(tmp_path / "office.pem"))
    monkeypatch.delenv(secrets.SIGNING_KEY_PASSWORD, raising=False)
    assert secrets.signing_key(tmp_path / "project").public_key() == key.public_key()
    known = secrets.known_secrets(tmp_path / "project")
    assert {PASSPHRASE, "甲甲甲甲甲甲甲甲", pem.splitlines()[1]} <= known


def test_a_file_of_secrets_that_is_no_text_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "passphrases.txt").touch(mode=0o600)
    (tmp_path / "passphrases.txt").write_bytes(b"\xff\xfe\xff")
    monkeypatch.setenv(secrets.PASSPHRASE_FILE, str(tmp_path / "passphrases.txt"))
    with pytest.raises(UsageProblem, match=f"{secrets.PASSPHRASE_FILE}.*不是UTF-8或GBK"):
        secrets.passphrase_of(OWN.code)
