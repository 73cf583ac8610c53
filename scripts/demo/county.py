"""The county's own sheets: figures, conclusions, monitoring, surveys, vetoes."""

from __future__ import annotations

from fractions import Fraction
from math import ceil

from .chance import between, dice, whole
from .figures import Row
from .roster import COMPULSORY, PRIVATE_SPONSOR, STAGES

SINGLE_KINDS = ("小学", "初级中学", "完全中学")
COMBINED_KINDS = ("九年一贯制学校", "十二年一贯制学校")


class CountySheets:
    """Makes the sheets of one county and year that do not list schools."""

    def __init__(
        self, code: str, profile: dict, settings: dict, rows: list[Row], year: int, shape: dict
    ) -> None:
        """Keep what the sheets depend on; `settings` is the scenario's section for the year."""
        self.code, self.profile, self.rows, self.year, self.shape = code, profile, rows, year, shape
        self.settings = settings
        self.key = (shape["seed"], code, year)

    def draw(self, name: str) -> Fraction:
        """Return a ratio: the scenario's own (exact when text), else one by chance."""
        bounds = self.settings.get("county", {}).get(name, self.shape["county"][name])
        if isinstance(bounds, str | int | float):
            return Fraction(str(bounds))
        return Fraction(round(between(bounds, *self.key, name) * 10_000), 10_000)

    def total(self, *fields: str, where=lambda row: True) -> int:
        """Sum columns over the rows that `where` keeps."""
        return sum(row.get(field) or 0 for row in self.rows if where(row) for field in fields)

    # -- 县级数据 -------------------------------------------------------------------------------------------

    def figures(self, before: dict[str, object] | None, large_before: int) -> dict[str, object]:
        """Return the county's figures; `before` holds last year's, so that the two years hang together."""
        return {
            **self._table_one(),
            **self._special(),
            **self._pay(),
            **self._rotation(),
            **self._quota(),
            **self._migrants(),
            **self._disabled(),
            **self._spending(before),
            "large_schools_last": large_before,
        }

    def _table_one(self) -> dict[str, object]:
        """Table Ⅰ's figures are those of the last year; the year before was a little smaller."""
        figures = {
            key: value
            for key, value in self.profile["figures"].items()
            if key not in ("teacher_pay", "spending_per_student")
        }
        if self.year == self.shape["years"][0]:
            for key in ("gdp_per_head", "revenue_per_head", "rural_income", "urban_income"):
                figures[key] = round(figures[key] * between([0.935, 0.962], *self.key, key))
            figures["population"] = round(
                figures["population"] * between([1.001, 1.005], *self.key, "people"), 2
            )
            figures["rural_population"] = round(
                figures["rural_population"] * between([1.008, 1.016], *self.key, "rural"), 2
            )
            for stage in COMPULSORY:
                figures[f"base_funds_{stage}"] -= self.shape["base_funds_growth"]
        return figures

    def special_pupils(self) -> int:
        """Return the pupils of the special schools (a county without one sends its pupils elsewhere)."""
        return self.profile.get("special_pupils", {}).get(self.year) or self.total(
            *(f"students_{stage}" for stage in STAGES), where=lambda row: row["school_type"] == "特殊教育学校"
        )

    def _special(self) -> dict[str, object]:
        pupils = self.special_pupils()
        return {
            "special_funds": round(float(self.draw("special_funds_per_pupil")) * pupils / 10_000, 2),
            "special_students": pupils,
        }

    def _pay(self) -> dict[str, object]:
        growth = 1 if self.year == self.shape["years"][1] else between([0.962, 0.978], *self.key, "pay")
        civil = round(self.profile["figures"]["teacher_pay"] * growth)
        return {"teacher_pay": round(civil * self.draw("pay_ratio")), "civil_pay": civil}

    def _rotation(self) -> dict[str, object]:
        teachers = self.total(
            "teachers_primary", "teachers_junior", where=lambda row: row["sponsor"] != PRIVATE_SPONSOR
        )
        eligible = round(teachers * self.draw("rotation_eligible_share") / 20) * 20
        actual = ceil(eligible * self.draw("rotation_ratio"))
        return {
            "rotation_eligible": eligible,
            "rotation_actual": actual,
            "rotation_backbone": ceil(actual * self.draw("rotation_backbone_ratio")),
        }

    def _quota(self) -> dict[str, object]:
        total = round(self.total("cohort_graduates") * self.draw("quota_share") / 20) * 20
        allotted = ceil(total * self.draw("quota_ratio"))
        return {
            "quota_total": total,
            "quota_allotted": allotted,
            "quota_rural": round(allotted * self.draw("quota_rural_ratio")),
        }

    def _migrants(self) -> dict[str, object]:
        public = self.total("migrant_students", where=lambda row: row["sponsor"] != PRIVATE_SPONSOR)
        private = self.total("migrant_students", where=lambda row: row["sponsor"] == PRIVATE_SPONSOR)
        purchased = round(private * self.draw("purchased_share"))
        return {
            "migrant_eligible": int((public + purchased) / self.draw("migrant_ratio")),
            "migrant_public": public,
            "migrant_purchased": purchased,
        }

    def _disabled(self) -> dict[str, object]:
        pupils = self.total("students_primary", "students_junior")
        total = max(round(pupils * self.draw("disabled_share")), round(self.special_pupils() * 1.6))
        total = round(total / 20) * 20
        return {
            "disabled_total": total,
            "disabled_enrolled": ceil(total * self.draw("disabled_ratio")),
            "disabled_special": self.special_pupils(),
        }

    def _spending(self, before: dict[str, object] | None) -> dict[str, object]:
        pupils = self.total("students_primary", "students_junior")
        if before is None:
            per_student = round(
                self.profile["figures"]["spending_per_student"]
                / (1 + between([0.01, 0.03], *self.key, "level"))
            )
            spending = round(per_student * pupils * 1.46 / 10_000)
            last = {
                "education_spending_last": round(spending / (1 + self.draw("spending_growth"))),
                "spending_per_student_last": round(per_student / (1 + self.draw("per_student_growth"))),
            }
        else:
            spending = round(before["education_spending"] * (1 + self.draw("spending_growth")))
            per_student = round(before["spending_per_student"] * (1 + self.draw("per_student_growth")))
            last = {
                "education_spending_last": before["education_spending"],
                "spending_per_student_last": before["spending_per_student"],
            }
        return {"education_spending": spending, "spending_per_student": per_student, **last}

    # -- the other sheets -----------------------------------------------------------------------------------

    def qualitative(self, texts: dict, name: str) -> list[list[object]]:
        """Return the rows of 定性指标."""
        unmet = self.settings.get("unmet", [])
        rows = []
        for item, text in texts["qualitative"].items():
            met = item not in unmet
            summary = text["met" if met else "unmet"].format(county=name, year=self.year)
            rows.append([item, text["title"], "达标" if met else "未达标", summary, text["evidence"]])
        return rows

    def monitoring(self) -> list[list[object]]:
        """Return the rows of 质量监测; a subject not monitored that year is blank."""
        rule, own = self.shape["monitoring"], self.settings.get("monitoring", {})
        rows = []
        for subject in ("语文", "数学", "科学", "体育", "艺术", "德育"):
            level = dice(*self.key, subject).choice(rule["levels"])
            variation = round(between(rule["variation"], *self.key, subject, "variation"), 3)
            if subject in own:
                level, variation = own[subject]
            rows.append(
                [subject, level, variation]
                if subject in rule["subjects"][self.year]
                else [subject, None, None]
            )
        return rows

    def survey(self) -> list[list[object]]:
        """Return the rows of 社会认可度, group by group."""
        rule = self.shape["social"] | self.settings.get("social", {})
        rows = []
        for group, bounds in rule["sent"].items():
            sent = whole(bounds, *self.key, group, "sent")
            valid = round(sent * between(rule["returned"], *self.key, group, "returned"))
            visited = whole(rule["visited"][group], *self.key, group, "visited")
            satisfied = ceil(valid * between(rule["satisfied"], *self.key, group, "satisfied"))
            pleased = ceil(visited * between(rule["visit_satisfied"], *self.key, group, "pleased") - 0.5)
            rows.append([group, sent, valid, satisfied, visited, pleased])
        return rows

    def vetoes(self, texts: dict) -> list[list[object]]:
        """Return the rows of 一票否决."""
        present = self.settings.get("vetoes", [])
        return [
            [
                item,
                text["title"],
                "是" if item in present else "否",
                text["text"] if item in present else texts["veto_absent"],
            ]
            for item, text in texts["vetoes"].items()
        ]


def large_schools(rows: list[Row], shape: dict) -> int:
    """Count the schools over the size limit (G4), campuses added to their main school."""
    pupils: dict[str, int] = {}
    kinds = {row["school_code"]: row["school_type"] for row in rows}
    for row in rows:
        main = row["parent_code"] or row["school_code"]
        pupils[main] = pupils.get(main, 0) + sum(row.get(f"students_{stage}") or 0 for stage in COMPULSORY)
    limits = dict.fromkeys(SINGLE_KINDS, shape["large_limit"]["single"]) | dict.fromkeys(
        COMBINED_KINDS, shape["large_limit"]["combined"]
    )
    return sum(number > limits.get(kinds[code], number) for code, number in pupils.items())
