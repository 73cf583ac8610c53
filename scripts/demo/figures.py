"""The figures of one school for both years: pupils, classes, staff, areas, money, cohort."""

from __future__ import annotations

from fractions import Fraction
from math import ceil, floor

from .casting import Cast
from .chance import between, dice, down, happens, up, whole
from .roster import COMPULSORY, PRIVATE_SPONSOR, STAGES, School

STAFF_INDICATORS = {"L1": "qualified", "L2": "backbone", "L3": "pe_arts"}
SHARED_INDICATORS = ("L4", "L5", "L6", "L7")
FLOOR_RATIO = Fraction(85, 100)
PASS_MARGIN = Fraction(1012, 1000)
MOST_GROWTH = Fraction(14, 10)
PUPILS = {"preschool": "preschool_students"}
Row = dict[str, object]


class SchoolFigures:
    """Draws the figures of one school; `rows()` gives a row a year."""

    def __init__(
        self,
        school: School,
        cast: Cast,
        shape: dict,
        base_funds: dict[int, dict[str, float]],
        dropout: dict[int, float],
    ) -> None:
        """Keep what the figures depend on."""
        self.school, self.cast, self.shape = school, cast, shape
        self.base_funds, self.dropout = base_funds, dropout
        self.key = (shape["seed"], school.lot)
        self.years = sorted(school.pupils)
        self.stages = [stage for stage in school.stages() if stage in COMPULSORY]

    def rows(self) -> dict[int, Row]:
        """Return one row for each year in which the school exists."""
        numerators = {}
        for stage in self.stages:
            for indicator in STAFF_INDICATORS:
                numerators[stage, indicator] = self._two_years(indicator, [stage])
        for indicator in SHARED_INDICATORS:
            numerators[indicator] = self._two_years(indicator, self.stages)
        return {
            year: self._row(year, {what: values[year] for what, values in numerators.items()})
            for year in self.years
        }

    # -- the seven indicators -------------------------------------------------------------------------------

    def _need(self, indicator: str, stage: str, year: int) -> Fraction:
        """Return the numerator (shared resources: the whole school's) that just meets `stage`'s threshold."""
        pupils = self.school.pupils[year]
        rule = self.shape["thresholds"][indicator]
        threshold = Fraction(rule[stage]) / rule["per"]
        if indicator in STAFF_INDICATORS:
            return threshold * pupils[stage]
        # Money comes in 万元: threshold 元 × pupils ÷ 10000.
        weights = {name: Fraction(weight) for name, weight in self.shape["stage_weight"].items()}
        return threshold / weights[stage] * sum(weights[name] * number for name, number in pupils.items())

    def _two_years(self, indicator: str, stages: list[str]) -> dict[int, Fraction]:
        """Return the numerator of each year; the later year is drawn first, the earlier follows from it."""
        step = Fraction(self.shape["thresholds"][indicator]["step"])
        need = {year: max(self._need(indicator, stage, year) for stage in stages) for year in self.years}
        short = {year: self._short(indicator, stages, year, step) for year in self.years}
        first, last = self.years[0], self.years[-1]
        least = {year: PASS_MARGIN * need[year] for year in self.years}
        now, before = short[last], short[first]
        if now is None:
            now = self._factor(indicator, stages) * need[last]
            # What was mended within a year did not double.
            now = (
                max(now, least[first]) if before is None else max(min(now, MOST_GROWTH * before), least[last])
            )
            now = up(now, step)
        if before is None:
            before = up(max(least[first], now * self._drift(indicator, stages)), step)
        elif short[last] is not None:
            before = min(before, now)
        return {first: before, last: now} if first != last else {last: now}

    def _short(self, indicator: str, stages: list[str], year: int, step: Fraction) -> Fraction | None:
        """Return the numerator of a planned ratio to the threshold, or None when nothing is planned."""
        planned = []
        for stage in stages:
            ratio = self.cast.ratios[self.school.code][year].get((stage, indicator))
            if ratio is None:
                continue
            need = self._need(indicator, stage, year)
            amount = down(ratio * need, step)
            if ratio >= FLOOR_RATIO and amount < FLOOR_RATIO * need:
                amount = up(FLOOR_RATIO * need, step)
            planned.append(amount)
        return min(planned, default=None)

    def _factor(self, indicator: str, stages: list[str]) -> Fraction:
        draw = self.shape["surplus"]
        extra = min(dice(*self.key, *stages, indicator).expovariate(1), draw["cut"])
        factor = 1 + draw["base"] + draw["spread"][indicator] * extra
        for stage in stages:
            factor *= self.cast.surpluses[self.school.code].get((stage, indicator), 1)
        return Fraction(round(factor * 10_000), 10_000)

    def _drift(self, indicator: str, stages: list[str]) -> Fraction:
        """Return last year's stock as a share of this year's."""
        stock = self.shape["stock"]
        if indicator == "L6":
            share = between(stock["renewed"], *self.key, "renewed")
        elif happens(stock["same"], *self.key, *stages, indicator, "same"):
            share = 1.0
        else:
            share = between(stock["drift"], *self.key, *stages, indicator, "drift")
        return Fraction(round(share * 10_000), 10_000)

    # -- the row --------------------------------------------------------------------------------------------

    def _row(self, year: int, numerators: dict) -> Row:
        row = self._identity(year)
        for stage in self.stages:
            row |= self._classes(stage, year)
            row |= self._staff(
                stage,
                row[f"classes_{stage}"],
                {what: numerators[stage, what] for what in STAFF_INDICATORS},
                year,
            )
            row[f"catchment_{stage}"] = self._catchment(stage, year)
        row |= self._largest(row, year)
        row |= self._premises(row, numerators, year)
        row |= self._funds(year)
        row["certified_teachers"] = row["trained_teachers"] = sum(
            row[f"teachers_{stage}"] for stage in self.stages
        )
        if "junior" in self.stages:
            row |= self._cohort(year)
        return row

    def _identity(self, year: int) -> Row:
        school, pupils = self.school, self.school.pupils[year]
        share = between(self.shape["migrant_share"][school.location], *self.key, "migrants")
        compulsory = sum(pupils.get(stage, 0) for stage in COMPULSORY)
        return {
            "school_code": school.code,
            "school_name": school.name,
            "school_type": school.kind,
            "sponsor": school.sponsor,
            "location": school.location,
            "boarding": yes(school.boarding),
            # The statistics count no 教学点 as a school.
            "counted": yes(school.parent is None and school.kind != "小学教学点"),
            "parent_code": school.parent,
            "built_year": school.built,
            "dense_urban": yes(school.dense),
            **{PUPILS.get(stage, f"students_{stage}"): number for stage, number in pupils.items()},
            "migrant_students": round(compulsory * share),
            "smart_campus": yes(happens(self.shape["smart_share"][year], *self.key, "smart")),
            "three_classrooms": yes(happens(self.shape["classrooms_share"][year], *self.key, "classrooms")),
        }

    def _classes(self, stage: str, year: int) -> Row:
        pupils = self.school.pupils[year][stage]
        grades = self.shape["grades"][stage]
        if self.school.kind == "小学教学点":
            grades = 4 if self.school.size == "large" else 2 + dice(*self.key, "grades").randrange(2)
        bounds = self.shape["special_class_size" if self.school.kind == "特殊教育学校" else "class_size"][
            stage
        ]
        size = between(bounds, *self.key, stage, "class size")
        return {
            f"grades_{stage}": grades,
            f"classes_{stage}": max(grades, ceil(pupils / size)),
            f"oversize_{stage}": 0,
        }

    def _largest(self, row: Row, year: int) -> Row:
        sizes = []
        for stage in self.stages:
            mean = self.school.pupils[year][stage] / row[f"classes_{stage}"]
            spare = dice(*self.key, stage, "largest").randrange(1, 4)
            sizes.append(min(ceil(mean) + spare, self.shape["class_limit"][stage]))
        return {"largest_class": max(sizes)}

    def _staff(self, stage: str, classes: int, numerators: dict[str, Fraction], year: int) -> Row:
        qualified, backbone, pe_arts = (int(numerators[what]) for what in STAFF_INDICATORS)
        share = between(self.shape["qualified_share"][stage], *self.key, stage, "qualified")
        least = ceil(classes * self.shape["teachers_per_class"][stage])
        teachers = max(ceil(qualified / share), least, pe_arts + backbone, pe_arts + 1)
        if (stage, "L1") not in self.cast.ratios[self.school.code][year]:
            qualified = max(qualified, floor(teachers * share))
        row = {
            f"staff_{stage}": teachers + ceil(teachers * 0.05 * dice(*self.key, stage, "staff").random()),
            f"teachers_{stage}": teachers,
        }
        row |= self._degrees(stage, qualified) | self._pe_arts(stage, pe_arts)
        row[f"backbone_{stage}"] = backbone
        return row

    def _degrees(self, stage: str, qualified: int) -> Row:
        source = dice(*self.key, stage, "degrees")
        master = floor(qualified * source.uniform(0.01, 0.05 if stage == "primary" else 0.11))
        doctor = int(qualified > 90 and source.random() < 0.04)
        college = floor(qualified * source.uniform(0.08, 0.26)) if stage == "primary" else 0
        row = {"bachelor": qualified - master - doctor - college, "master": master, "doctor": doctor}
        if stage == "primary":
            row["college"] = college
        return {f"{degree}_{stage}": number for degree, number in row.items()}

    def _pe_arts(self, stage: str, total: int) -> Row:
        source = dice(*self.key, stage, "subjects")
        music = floor(total * source.uniform(0.22, 0.3))
        fineart = floor(total * source.uniform(0.2, 0.28))
        arts = int(total > 8 and source.random() < 0.2)
        return {
            f"pe_{stage}": total - music - fineart - arts,
            f"music_{stage}": music,
            f"fineart_{stage}": fineart,
            f"arts_{stage}": arts,
        }

    def _catchment(self, stage: str, year: int) -> int:
        pupils = self.school.pupils[year][stage]
        if self.school.sponsor == PRIVATE_SPONSOR:
            return floor(pupils * between([0.3, 0.6], *self.key, stage, "catchment"))
        return (
            pupils if stage == "primary" else ceil(pupils * between([0.97, 1], *self.key, stage, "catchment"))
        )

    def _premises(self, row: Row, numerators: dict, year: int) -> Row:
        teaching, sports = numerators["L4"], numerators["L5"]
        pupils = max(
            sum(stages.values()) for stages in self.school.pupils.values()
        )  # a hall does not come and go
        indoor = Fraction(0)
        if pupils >= 420 and happens(0.55, *self.key, "hall"):
            indoor = min(Fraction(whole([360, 980], *self.key, "indoor")), down(sports / 5, Fraction(1)))
        special = {f"{what}_rooms": 0 for what in ("music", "fineart")}
        classes = sum(row[f"classes_{stage}"] for stage in self.stages)
        for what, bands in (("music", ("96", "73", "61", "54")), ("fineart", ("90", "67", "61", "54"))):
            special |= self._special_rooms(what, bands, classes)
        return {
            "teaching_area": float(teaching + indoor),
            "indoor_sports_area": float(indoor),
            "sports_ground_area": float(sports - indoor),
            "equipment_value": float(numerators["L6"]),
            "multimedia_rooms": int(numerators["L7"]),
            **special,
        }

    def _special_rooms(self, what: str, bands: tuple[str, ...], classes: int) -> Row:
        source = dice(*self.key, what, "rooms")
        point = self.school.kind == "小学教学点"
        full = 0 if point else ceil(classes / 12) + int(source.random() < 0.15)
        smaller = [
            int(source.random() < share) for share in ((0.1, 0.15, 0.3) if point else (0.25, 0.12, 0.05))
        ]
        numbers = [full, *smaller]
        return {
            f"{what}_rooms": sum(numbers),
            **{f"{what}_rooms_{band}": n for band, n in zip(bands, numbers, strict=True)},
        }

    def _funds(self, year: int) -> Row:
        base = self.base_funds[year]
        pupils = {stage: n for stage, n in self.school.pupils[year].items() if stage in STAGES}
        amount = sum(
            number * base["primary" if stage == "primary" else "junior"] for stage, number in pupils.items()
        )
        # Small schools are funded as for 100 pupils (G6).
        total = sum(pupils.values())
        if total < 100:
            amount = amount / total * 100
        amount *= between([1.0, 1.12], *self.key, "funds")
        budget = round(ceil(amount / 100) / 100 + 0.01, 2)
        share = between(self.shape["training_share"], *self.key, "training")
        spent = 1 if total < 100 else between(self.shape["allotted_share"], *self.key, year, "allotted")
        return {
            "public_funds_budget": budget,
            "public_funds_allotted": round(budget * spent, 2),
            "training_budget": ceil(budget * share * 100) / 100,
        }

    def _cohort(self, year: int) -> Row:
        pupils = self.school.pupils[year]["junior"]
        source = dice(*self.key, year, "cohort")
        entrants = round(pupils / 3 * source.uniform(0.97, 1.02))
        moved_in, moved_out = source.randrange(0, 3 + entrants // 60), source.randrange(0, 3 + entrants // 60)
        died = int(source.random() < 0.03)
        lost = round(entrants * self.dropout[year] * source.uniform(0.7, 1.3))
        return {
            "cohort_graduates": entrants - died - lost + moved_in - moved_out,
            "cohort_entrants": entrants,
            "cohort_moved_in": moved_in,
            "cohort_moved_out": moved_out,
            "cohort_died": died,
        }


def yes(flag: bool) -> str:
    """Write a yes or no."""
    return "是" if flag else "否"
