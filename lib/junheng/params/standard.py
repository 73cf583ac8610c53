"""The standard as data: units, indicators, disparity, items, vetoes, exceptions, settings (params/standards).

A national file is complete. A local file `extends` it and carries only the thresholds that are stricter.
Every record names its clause and the years for which it holds.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from fractions import Fraction
from pathlib import Path
from typing import Any, Literal

from pydantic import Field as Default
from pydantic import model_validator

from junheng.errors import ParamsProblem, did_you_mean, named
from junheng.exact import plain
from junheng.params.city import load_city, load_county_year
from junheng.params.counties import EDUCATION
from junheng.params.formula import Formula, FormulaText, parse_formula
from junheng.params.loader import Exact, Positive, Record, Share, as_data, load_cached, validated

Comparator = Literal[">=", "<=", ">", "<", "=="]
Group = Literal["government", "quality", "social", "veto"]


class Years(Record):
    """The assessment years for which a record holds, both ends included; an open end is blank."""

    first: int | None = None
    last: int | None = None

    @model_validator(mode="after")
    def _some_year(self) -> Years:
        if self.first and self.last and self.first > self.last:
            raise ValueError(f"first（{self.first}）晚于last（{self.last}），没有适用的年度")
        return self

    def holds(self, year: int) -> bool:
        """Say whether the record is in force in a year."""
        return (self.first or year) <= year <= (self.last or year)


class Dated(Record):
    """A threshold that holds for some years."""

    value: Exact
    years: Years = Years()


class Stage(Record):
    """A stage that forms units. `part_name` names it within a combined school (小学部)."""

    id: str
    name: str
    part_name: str


class UnitRule(Record):
    """When a unit is 达标: at most `may_miss` indicators unmet, each at or above `floor` of its threshold."""

    may_miss: int = Default(ge=0)
    floor: Share
    clause: str
    out_of_scope: dict[str, str]
    minimum_students: dict[str, int]


class SplitRule(Record):
    """How a school's resources are shared by weight × pupils: weight, column of pupils and name of each stage.

    What is no stage of a school but has pupils there (附设幼儿班) takes its share all the same.
    """

    weights: dict[str, Positive]
    pupils: dict[str, str]
    names: dict[str, str]
    clause: str

    @model_validator(mode="after")
    def _same_stages(self) -> SplitRule:
        if not self.weights.keys() == self.pupils.keys() == self.names.keys():
            raise ValueError("weights、pupils、names三项所列学段应一致")
        return self


class Indicator(Record):
    """One resource indicator: value = numerator × factor ÷ pupils of the unit.

    `numerator` holds a formula per stage; `split` shares the numerator over the stages of a combined school.
    `gap_unit` and `gap_scale` say how a shortfall is written; `whole` makes it a whole number.
    """

    id: str
    name: str
    short: str
    unit: str
    numerator_unit: str
    factor: Positive
    split: bool
    numerator: dict[str, FormulaText]
    thresholds: dict[str, Positive]
    comparator: Literal[">=", "<="] = ">="
    decimals: int = 2
    gap_name: str
    gap_unit: str
    gap_scale: Exact = Fraction(1)
    whole: bool = False
    department: str = EDUCATION
    measure: str = ""
    clause: str
    years: Years = Years()

    def formula(self, stage: str) -> Formula:
        """Return the formula of the numerator for a stage, compiled."""
        return parse_formula(self.numerator[stage])


class DisparityRule(Record):
    """Limits of the weighted coefficient of variation by stage, and decimals in print."""

    limits: dict[str, Share]
    decimals: int = 3
    clause: str


class Relaxation(Record):
    """What an exception puts in place of a part's value or threshold, for the rows it covers."""

    exception: str
    where: FormulaText
    value: FormulaText | None = None
    threshold: FormulaText | None = None


class StatementFigure(Record):
    """A figure in an item's statement. `total`: the formula is taken over sums; `count`: rows that meet `where`."""

    over: str = "schools"
    where: FormulaText | None = None
    value: FormulaText | None = None
    show: Literal["int", "percent", "count", "decimal", "text"] = "int"


class Part(Record):
    """One requirement of an item.

    `total` evaluates `value` with every name summed over the rows of sheet `over` that meet `where`;
    `each` asks it of every row. `when` names settings that must hold for the part to apply.
    `over` is a sheet, or `school_rows`: the 学校 sheet before campuses are merged. No school in scope is decided by the
    setting `no_subject`; `base_may_be_none` marks a ratio whose base may truly be 0 (no such pupils), for which the
    setting `no_base` decides.
    """

    id: str
    name: str
    kind: Literal["total", "each"]
    over: str
    where: FormulaText | None = None
    value: FormulaText
    comparator: Comparator
    threshold: Exact | str | tuple[Dated, ...]
    show: Literal["int", "percent", "decimal", "text"] = "int"
    unit: str = ""
    when: dict[str, str] = {}
    base_may_be_none: bool = False
    relaxed: tuple[Relaxation, ...] = ()

    def threshold_for(self, year: int) -> Formula:
        """Return the threshold of `year` as a formula; raises ParamsProblem when no year fits."""
        if isinstance(self.threshold, str):
            return parse_formula(self.threshold)
        if not isinstance(self.threshold, tuple):
            return parse_formula(plain(self.threshold))
        for dated in self.threshold:
            if dated.years.holds(year):
                return parse_formula(plain(dated.value))
        raise ParamsProblem(f"“{self.name}”没有适用于{year}年的标准值，请在params/standards中补充。")


GROUPS = {"government": "政府保障程度", "quality": "教育质量", "social": "社会认可度", "veto": "一票否决"}
"""What the groups of items are called."""
ASPECTS = {"resource": "资源配置", **GROUPS, "overall": "总体结论"}
"""The verdicts of a county, by the name of the attribute, as they are called."""


class Item(Record):
    """One item of 政府保障程度, 教育质量, 社会认可度 or 一票否决. `name` is the requirement, `short` its subject.

    `measure` is what a county that fails it is asked to do.
    `references` are amounts with their years that a statement shows beside the threshold; no verdict hangs on them.
    """

    id: str
    group: Group
    name: str
    short: str
    clause: str
    parts: tuple[Part, ...] = Default(min_length=1)
    figures: dict[str, StatementFigure] = {}
    references: dict[str, tuple[Dated, ...]] = {}
    department: str = EDUCATION
    measure: str = ""
    years: Years = Years()

    def reference(self, name: str, year: int) -> Fraction | None:
        """Return a reference amount as it stands in `year`, None where none does."""
        return next((dated.value for dated in self.references[name] if dated.years.holds(year)), None)

    def active_parts(self, settings: Mapping[str, str]) -> tuple[Part, ...]:
        """Return the parts that hold under the chosen settings."""
        return tuple(p for p in self.parts if all(settings.get(k) == v for k, v in p.when.items()))


class ExceptionRule(Record):
    """A relaxation of the 2019 procedure, off unless a county's yearly file switches it on with a basis (RULES §8).

    `adds` maps an indicator to a formula per stage that is added to its numerator where `where` holds.
    """

    id: str
    name: str
    where: FormulaText | None = None
    adds: dict[str, dict[str, FormulaText]] = {}
    clause: str


class Setting(Record):
    """A decision where the sources are silent: the value used, and all values with their meaning."""

    id: str
    name: str
    value: str
    options: dict[str, str]
    clause: str = ""

    @model_validator(mode="after")
    def _known(self) -> Setting:
        if self.value not in self.options:
            raise ValueError(f"“{self.value}”不在可选值{'、'.join(self.options)}之中")
        return self


class Standard(Record):
    """A complete standard, as it holds for one year."""

    id: str
    title: str
    basis: str
    stages: tuple[Stage, ...]
    unit_rule: UnitRule
    split: SplitRule
    disparity: DisparityRule
    derived: dict[str, FormulaText]
    indicators: tuple[Indicator, ...]
    items: tuple[Item, ...]
    exceptions: tuple[ExceptionRule, ...] = ()
    settings: tuple[Setting, ...] = ()

    @property
    def chosen(self) -> dict[str, str]:
        """The settings as id → value."""
        return {setting.id: setting.value for setting in self.settings}

    def indicator(self, indicator_id: str) -> Indicator:
        """Return the indicator of this id, which the standard must have."""
        return next(i for i in self.indicators if i.id == indicator_id)

    def stage(self, stage_id: str) -> Stage:
        """Return the stage of this id, which the standard must have."""
        return next(s for s in self.stages if s.id == stage_id)

    @property
    def stage_words(self) -> dict[str, Stage]:
        """The stages by all that they are called: 小学, primary, 小学部."""
        return {word: stage for stage in self.stages for word in (stage.name, stage.id, stage.part_name)}

    def for_year(self, year: int) -> Standard:
        """Return the standard with only the records that hold in `year`."""
        return self.model_copy(
            update={
                "indicators": tuple(i for i in self.indicators if i.years.holds(year)),
                "items": tuple(i for i in self.items if i.years.holds(year)),
            }
        )

    def with_settings(self, values: dict[str, str]) -> Standard:
        """Return the standard with some settings chosen otherwise; raises ParamsProblem for unknown ones."""
        known = {setting.id: setting for setting in self.settings}
        for name, value in values.items():
            if value not in named(known, name, "口径设置", problem=ParamsProblem).options:
                raise ParamsProblem(
                    f"口径设置“{name}”的取值“{value}”不可用，可选{'、'.join(known[name].options)}。"
                )
        changed = tuple(s.model_copy(update={"value": values.get(s.id, s.value)}) for s in self.settings)
        return self.model_copy(update={"settings": changed})

    def switched_on(self, ids: Iterable[str]) -> tuple[ExceptionRule, ...]:
        """Return the exceptions with these ids; raises ParamsProblem for one that is unknown or named twice."""
        known = {exception.id: exception for exception in self.exceptions}
        chosen: dict[str, ExceptionRule] = {}
        for name in ids:
            if name not in known:
                raise ParamsProblem(
                    f"没有编号为“{name}”的例外情形（可用的为{'、'.join(known)}）。{did_you_mean(name, known)}"
                )
            if name in chosen:  # its resources would be added twice
                raise ParamsProblem(f"例外情形“{name}”重复，每个只能写一次。")
            chosen[name] = known[name]
        return tuple(chosen.values())


class Stricter(Record):
    """A local threshold: of an item's part, an indicator's stage, or a stage's disparity limit."""

    item: str | None = None
    part: str | None = None
    indicator: str | None = None
    stage: str | None = None
    disparity: str | None = None
    threshold: Exact
    clause: str


class LocalPart(Record):
    """A requirement that the local standard alone asks of an item, beside those of the national one."""

    item: str
    clause: str
    part: Part


class LocalStandard(Record):
    """A local standard: what it extends, the thresholds it sets instead and the requirements it adds."""

    id: str
    title: str
    basis: str
    extends: str
    thresholds: tuple[Stricter, ...] = Default(min_length=0)
    parts: tuple[LocalPart, ...] = ()

    def applied_to(self, standard: Standard) -> Standard:
        """Return `standard` with these thresholds in place; raises ParamsProblem for one that fits nothing."""
        # As plain data and back, so that what was changed is checked as if it had been written there.
        data: dict[str, Any] = as_data(standard)
        for change in self.thresholds:
            _apply(change, data)
        for added in self.parts:
            _add(added, data)
        data |= {"id": self.id, "title": self.title, "basis": self.basis}
        return validated(data, Standard, f"“{self.title}”")


def _apply(change: Stricter, data: dict[str, Any]) -> None:
    """Put a threshold in its place; raises ParamsProblem where there is none: a slip must not leave the national one."""
    places = [
        (data["disparity"]["limits"], change.disparity),
        *((one["thresholds"], change.stage) for one in data["indicators"] if one["id"] == change.indicator),
        *(
            (part, "threshold")
            for item in data["items"]
            for part in item["parts"]
            if (item["id"], part["id"]) == (change.item, change.part)
        ),
    ]
    for values, key in places:
        if key in values:
            values[key] = change.threshold
            return
    named = (change.item, change.part, change.indicator, change.stage, change.disparity)
    raise ParamsProblem(f"地方标准中“{'/'.join(filter(None, named))}”在国家标准里不存在。")


def _add(added: LocalPart, data: dict[str, Any]) -> None:
    """Add a requirement to an item; raises ParamsProblem for an item that is not there or a part that is."""
    for item in data["items"]:
        if item["id"] == added.item:
            if any(part["id"] == added.part.id for part in item["parts"]):
                raise ParamsProblem(
                    f"地方标准中“{added.item}/{added.part.id}”在国家标准里已有，请写在thresholds中。"
                )
            item["parts"] = (*item["parts"], as_data(added.part))
            return
    raise ParamsProblem(f"地方标准中“{added.item}/{added.part.id}”的项目在国家标准里不存在。")


def load_standards(params_dir: Path, year: int) -> tuple[Standard, Standard]:
    """Return (national, local) as they hold in `year`; raises ParamsProblem."""
    folder = params_dir / "standards"
    local = load_cached(folder / f"{load_city(params_dir).local_standard}.yml", LocalStandard)
    national = load_cached(folder / f"{local.extends}.yml", Standard).for_year(year)
    return national, local.applied_to(national)


def require_choices(params_dir: Path, year: int, code: str) -> None:
    """Make sure that the standard has what params/<YEAR>/<code>.yml switches on; raises ParamsProblem naming the file."""
    choices = load_county_year(params_dir, year, code)
    try:
        for standard in load_standards(params_dir, year):
            standard.with_settings(choices.settings).switched_on(use.id for use in choices.exceptions)
    except ParamsProblem as problem:
        raise ParamsProblem(f"参数文件{code}.yml有误：{problem}") from None
