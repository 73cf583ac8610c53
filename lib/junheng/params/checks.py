"""The checks beyond single cells (params/checks.yml): rules that must hold in each row of a sheet."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Literal

from pydantic import Field as Default

from junheng.exact import plain
from junheng.params.formula import Formula, FormulaText, parse_formula
from junheng.params.loader import Record, Staged, load_cached
from junheng.params.settings import NumberSetting


class SchoolSum(Record):
    """A sum over the schools of a county: of `value`, where `where` holds (formulas over a school's keys and facts)."""

    value: FormulaText
    where: FormulaText | None = None

    @property
    def formula(self) -> Formula:
        """What is added up, as a formula."""
        return parse_formula(self.value)

    @property
    def condition(self) -> Formula | None:
        """Which schools are added up; None for all."""
        return parse_formula(self.where) if self.where else None


class Check(Staged):
    """One check. Where `when` holds, `rule` must hold; both are formulas over dictionary keys and facts.

    `sheets` are sheet ids, `cell` the key whose cell the issue points at. `found` may quote figures as
    `{key}`; left out, it lists the figures of the rule. With `stages` the check is made once for each:
    `{s}` stands for the stage's id, `{stage}` for its name. With `over: stage_fields` it is made once for
    each stage column: `value`, `has_stage` and `{header}` are that column's. `over: fields` does the same for the
    columns named in `fields`, with `last` (last year's value), `same_count`, `first_same` and `{same_names}` (the
    schools that hold the very same value). A setting of the file is a number in formulas and `{id}` in texts.
    `over: lost_rows` judges last year's rows that this year's book has not. `over: origins` judges the figures of 学校
    that an import took from the statistics (sheet 来源): `value`, `statistic`, `origin` (where it was read).
    `magnitude`: it tells a figure of another unit by its size, so an import asks it of figures whose unit stood nowhere.
    `sums` are names for sums over the schools, each of `value` where `where` holds; missing if one of them lacks it.
    """

    id: str
    severity: Literal["error", "warning", "note"]
    sheets: tuple[str, ...] = Default(min_length=1)
    over: Literal["stage_fields", "fields", "lost_rows", "origins"] | None = None
    fields: tuple[str, ...] = ()
    sums: dict[str, SchoolSum] = {}
    when: FormulaText | None = None
    rule: FormulaText
    cell: str | None = None
    found: str | None = None
    expected: str
    remedy: str
    clause: str
    magnitude: bool = False

    @property
    def condition(self) -> Formula | None:
        """When the check is made; None for always."""
        return parse_formula(self.when) if self.when else None

    @property
    def formula(self) -> Formula:
        """What must hold."""
        return parse_formula(self.rule)

    def with_settings(self, settings: Mapping[str, NumberSetting]) -> Check:
        """Return the check with the file's settings written in."""
        changed: dict[str, str] = {}
        for key, text in self.model_dump().items():
            if not isinstance(text, str):
                continue
            for name, setting in settings.items():
                text = text.replace(f"{{{name}}}", setting.shown)
                if key in ("when", "rule"):
                    text = re.sub(rf"\b{name}\b", plain(setting.amount), text)
            changed[key] = text
        return self.model_copy(update=changed)


class _CheckFile(Record):
    stages: dict[str, str]
    settings: tuple[NumberSetting, ...] = ()
    checks: tuple[Check, ...]


def load_checks(params_dir: Path, name: str = "checks.yml") -> tuple[Check, ...]:
    """Read params/checks.yml, or the city's checks_city.yml, checks by stage unfolded.

    Raises ParamsProblem, also for a bad formula.
    """
    file = load_cached(params_dir / name, _CheckFile)
    named = {setting.id: setting for setting in file.settings}
    return tuple(one.with_settings(named) for check in file.checks for one in check.for_stages(file.stages))


def load_check_settings(params_dir: Path) -> tuple[NumberSetting, ...]:
    """Return the amounts that params/checks.yml decides, as printed in the notes on method."""
    return load_cached(params_dir / "checks.yml", _CheckFile).settings
