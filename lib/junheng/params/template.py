"""What the blank collection workbook says and carries over (params/template.yml)."""

from __future__ import annotations

from pathlib import Path

from junheng.params.loader import Record, load_cached


class Template(Record):
    """Texts of the blank workbook; `carried` are the columns of 学校 filled from last year's book.

    `as_typed` are columns (sheet.key) whose cells are formatted as text, so that 95% or 2/3 stays what was typed.
    `listed` says which schools are listed already. `import_…` are what a workbook filled by an import says,
    `city_…` what the city's own workbook says.
    """

    title: str
    lead: str
    guide_sheet: str
    listed: str
    carried: tuple[str, ...]
    as_typed: tuple[str, ...] = ()
    spare_rows: int
    guide: tuple[str, ...]
    hints: dict[str, str] = {}
    city_title: str
    city_lead: str
    city_guide: tuple[str, ...]
    import_listed: str
    import_lead: str
    import_guide: tuple[str, ...]

    def of_city(self) -> Template:
        """The texts of the city's own workbook in the places of a county's."""
        return self.model_copy(
            update={"title": self.city_title, "lead": self.city_lead, "guide": self.city_guide}
        )


def load_template(params_dir: Path) -> Template:
    """Read params/template.yml; raises ParamsProblem."""
    return load_cached(params_dir / "template.yml", Template)
