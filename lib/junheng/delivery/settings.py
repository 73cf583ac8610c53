"""What the office fixes for delivery (params/delivery.yml). Secrets never stand there."""

from __future__ import annotations

from fnmatch import fnmatchcase
from pathlib import Path

from junheng.params.counties import County
from junheng.params.loader import Record, load_cached

FILE = "delivery.yml"


class PackageLimits(Record):
    """The largest file and package in bytes, the most files, the highest ratio of unpacked to packed size."""

    file: int
    total: int
    files: int
    ratio: int


class Recipient(Record):
    """Who gets a county's package; `{government}` in `unit` is the government's name."""

    unit: str
    contact: str = ""


class Recipients(Record):
    """The recipient of every county that has none of its own, and those that have."""

    default: Recipient
    counties: dict[str, Recipient] = {}


class AllowedName(Record):
    """Counties (code or name) that may be named in files of this pattern, and why."""

    file: str
    names: tuple[str, ...]
    why: str


class OwnOnly(Record):
    """What the check of a package lets pass."""

    allowed_names: tuple[AllowedName, ...] = ()
    shortest_name: int
    common_names: tuple[str, ...] = ()
    acceptance_authors_in: tuple[str, ...] = ()
    notes_in: tuple[str, ...] = ()
    internal_words: tuple[str, ...] = ()
    makers: tuple[str, ...] = ("",)


class Signer(Record):
    """Someone whose signature counts: a name, and a public key (PEM file below params/)."""

    name: str
    public_key: str


class Seal(Record):
    """Which seals are put on; all off by default."""

    zip: bool = False
    pdf: bool = False
    sign_list: bool = False
    sign_pdf: bool = False
    shortest_passphrase: int = 12
    signers: tuple[Signer, ...] = ()
    trusted_certificates: tuple[str, ...] = ()


class External(Record):
    """Which of the files made for outside the city go into packages for outside."""

    include: tuple[str, ...] = ("*",)
    exclude: tuple[str, ...] = ()


class Delivery(Record):
    """All settings of delivery."""

    date: str = ""
    include: tuple[str, ...] = ("*",)
    exclude: tuple[str, ...] = ()
    limits: PackageLimits
    recipients: Recipients
    own_only: OwnOnly
    seal: Seal = Seal()
    external: External = External()

    def carries(self, name: str, external: bool = False) -> bool:
        """Whether a published file goes into packages, or into those that leave the city."""
        wanted = self.external if external else self
        return matches(name, wanted.include) and not matches(name, wanted.exclude)

    def recipient(self, county: County) -> Recipient:
        """Who gets this county's package."""
        found = self.recipients.counties.get(county.code, self.recipients.default)
        return Recipient(unit=found.unit.replace("{government}", county.government), contact=found.contact)


def matches(name: str, patterns: tuple[str, ...]) -> bool:
    """Whether a file's name in the package fits one of the patterns (`*` also spans folders)."""
    return any(fnmatchcase(name, pattern) for pattern in patterns)


def load_delivery(params_dir: Path) -> Delivery:
    """Read params/delivery.yml; raises ParamsProblem."""
    return load_cached(params_dir / FILE, Delivery)
