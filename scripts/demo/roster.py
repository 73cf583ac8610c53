"""The schools of a demo county: kind, place, sponsor, pupils of both years."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

from .chance import between, dice, happens, shuffled, whole
from .names import NameMaker

COUNTY_SPONSOR, CITY_SPONSOR, PRIVATE_SPONSOR = 7, 5, 10
STAGES = ("primary", "junior", "senior")
COMPULSORY = ("primary", "junior")


@dataclass
class School:
    """One row of the 学校 sheet before its figures: what stays the same over the years, and the pupils.

    `lot` is what chance draws its figures by.
    """

    code: str
    lot: str
    name: str
    kind: str
    location: str
    size: str
    sponsor: int = COUNTY_SPONSOR
    boarding: bool = False
    parent: str | None = None
    built: int = 1990
    dense: bool = False
    pupils: dict[int, dict[str, int]] = field(default_factory=dict)

    def stages(self) -> list[str]:
        """Return the stages the school has, compulsory and senior."""
        years = self.pupils.values()
        return [stage for stage in STAGES if any(stage in year for year in years)]

    @property
    def last_year(self) -> int:
        """The last year in which the school exists."""
        return max(self.pupils)


def build_roster(code: str, profile: dict, shape: dict, shared: dict) -> list[School]:
    """Return the schools of county `code`, in the order of their codes."""
    maker = NameMaker(code, profile, shared)
    schools: list[School] = []
    for kind, places in profile["roster"].items():
        for size, number in places.items():
            schools += [_school(code, len(schools) + n, kind, size, maker, shape) for n in range(number)]
    _make_private(code, schools, profile.get("private", {}))
    _open_and_close(code, schools, profile, shape["years"])
    _attach(code, schools, profile.get("attached", {}), shape)
    if "campus" in profile:
        schools.append(_campus(code, schools, profile["campus"], shape))
    return schools


def _school(county: str, number: int, kind: str, size: str, maker: NameMaker, shape: dict) -> School:
    key = (shape["seed"], county, number)
    location = size if kind != "小学教学点" else "乡村"
    # Codes run with gaps, as they do where schools have been merged.
    serial = 1 + number * 3 + dice(*key, "code").randrange(3)
    code = school_code(county, kind, serial, shape)
    school = School(
        code,
        f"{county}{serial:04d}",
        maker.name(kind, location if kind != "小学教学点" else ""),
        kind,
        location,
        size,
    )
    school.built = whole(shape["built"][location], *key, "built")
    school.dense = location == "城区" and happens(0.25, *key, "dense")
    school.boarding = kind not in ("小学", "小学教学点", "特殊教育学校") and happens(
        shape["boarding_share"][location], *key, "boarding"
    )
    school.pupils = _pupils(key, kind, size, location, shape)
    if kind == "完全中学" and happens(0.5, *key, "sponsor"):
        school.sponsor = CITY_SPONSOR
    return school


def school_code(county: str, kind: str, serial: int, shape: dict) -> str:
    """Return a 学校标识码: 2 digits for the kind of school, 37 for the province, 6 of a serial number.

    The county's last digits in the serial number are the demo's own way to keep codes apart.
    """
    return f"{shape['code_kinds'][kind]}{county[:2]}{county[4:]}{serial:04d}"


def _pupils(key: tuple, kind: str, size: str, location: str, shape: dict) -> dict[int, dict[str, int]]:
    first, second = shape["years"]
    pupils: dict[int, dict[str, int]] = {first: {}, second: {}}
    low_high = {stage: sizes[size] for stage, sizes in shape["pupils"][kind].items()}
    for stage, bounds in low_high.items():
        growth = between(shape["growth"][location], *key, stage, "growth")
        now = whole(bounds, *key, stage, "pupils")
        before = round(now / (1 + growth))
        # Points keep to their side of 50 pupils and no school passes its size limit by chance.
        pupils[second][stage], pupils[first][stage] = now, min(max(before, bounds[0]), bounds[1] + 20)
    return pupils


def _make_private(code: str, schools: list[School], numbers: dict[str, int]) -> None:
    for kind, number in numbers.items():
        urban = [school for school in schools if school.kind == kind and school.location == "城区"]
        for school in shuffled(
            urban[3:] if kind in ("小学", "初级中学") and len(urban) > 4 else urban, code, "private", kind
        )[:number]:
            school.sponsor = PRIVATE_SPONSOR
            school.boarding = kind != "小学"


def _open_and_close(code: str, schools: list[School], profile: dict, years: list[int]) -> None:
    for kind in profile.get("closed", []):
        small = [school for school in schools if school.kind == kind and school.size == "small"]
        del shuffled(small, code, "closed")[0].pupils[years[1]]
    for kind in profile.get("opened", []):
        urban = [
            school
            for school in schools
            if school.kind == kind and school.location == "城区" and school.sponsor != PRIVATE_SPONSOR
        ]
        school = urban[-1]
        del school.pupils[years[0]]
        school.built = years[1]


def _attach(code: str, schools: list[School], numbers: dict[str, int], shape: dict) -> None:
    """Give rural primary schools of both years classes of another stage, each school of one other stage."""
    fitting = [s for s in schools if s.kind == "小学" and s.location == "乡村" and len(s.pupils) == 2]
    free = iter(shuffled(fitting, code, "attached"))
    for stage, number in numbers.items():
        for school in (next(free) for _ in range(number)):
            now = whole(shape["attached"][stage], shape["seed"], school.lot, stage)
            growth = between(shape["growth"][school.location], shape["seed"], school.lot, stage, "growth")
            first, last = shape["years"]
            school.pupils[first][stage], school.pupils[last][stage] = round(now / (1 + growth)), now


def _campus(county: str, schools: list[School], campus: dict, shape: dict) -> School:
    """Return a campus that is not counted, beside a mid-sized school of its kind."""
    fitting = [
        s
        for s in schools
        if s.kind == campus["kind"]
        and s.sponsor == COUNTY_SPONSOR
        and len(s.pupils) == 2
        and s.location == "城区"
    ]
    parent = sorted(fitting, key=lambda s: sum(s.pupils[s.last_year].values()))[0]
    pupils = {
        year: {stage: round(number * 0.42) for stage, number in stages.items()}
        for year, stages in parent.pupils.items()
    }
    serial = int(parent.lot[6:]) + 5000
    return replace(
        parent,
        code=school_code(county, parent.kind, serial, shape),
        lot=f"{county}{serial:04d}",
        name=f"{parent.name}（{campus['name']}）",
        parent=parent.code,
        pupils=pupils,
        built=2016,
    )
