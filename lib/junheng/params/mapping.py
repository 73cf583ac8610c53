"""Mappings: where a foreign form keeps the figures of the collection workbook (params/mappings/*.yml).

A mapping is data. `kind: table` describes one row a school under a header of one or more rows; `kind: forms`
describes one workbook a school with one sheet a form. One generic reader serves both (workbook/importing*).
"""

from __future__ import annotations

from collections.abc import Iterator
from collections.abc import Mapping as Map
from fractions import Fraction
from functools import cached_property
from pathlib import Path
from typing import Annotated, Any, ClassVar, Literal

from pydantic import BeforeValidator
from pydantic import Field as Default

from junheng.errors import ParamsProblem, UsageProblem, did_you_mean
from junheng.params.dictionary import Dictionary
from junheng.params.formula import FormulaText, parse_formula
from junheng.params.loader import Exact, Record, Staged, load_cached

FOLDER = "mappings"
STAGES = {"primary": "小学", "junior": "初中", "senior": "高中"}


def _several(value: Any) -> Any:
    """Let one text stand for a list of one."""
    if isinstance(value, list | tuple):
        return tuple(str(item) if isinstance(item, int) else item for item in value)
    return (str(value),) if isinstance(value, str | int) and not isinstance(value, bool) else value


Texts = Annotated[tuple[str, ...], BeforeValidator(_several)]


class Spot(Record):
    """Where one figure stands. Paths are labels from the outer to the inner one, joined by `/`.

    Several forms or paths are alternatives, tried in order. In forms a spot without `row`
    and `item` is the first cell below its header; `item` tells rows of the same label apart, or finds a row
    that has no label. `unit` is the unit when the form itself states none. `alone` wants a column that is the
    only one of its group.
    """

    form: Texts = ()
    column: Texts = ()
    row: Texts = ()
    item: int | None = None
    unit: str | None = None
    alone: bool = False


class Rule(Spot, Staged):
    """How one key of the dictionary is filled: from a spot, from a formula over named cells, or with a constant.

    Rules of the same key are alternatives: the first whose spots are all there is used. With `stages` a rule is
    made once for each: `{s}` is the stage's id, `{stage}` its name. `only` limits it to school types, `variant`
    to the files of one stage. `needed: false`: a form without the spot is no failure. `blank: zero`: an empty
    cell counts 0, because the form says so. `whole: true`: the spot holds the sum of this key and others;
    only a sum of 0 tells anything about its parts. `every: true` (forms): the form tells the figure by parts, each in
    a column of that name; all of them are added. `values` translates words, by name or written out.
    """

    told_apart_by: ClassVar[tuple[str, ...]] = ()  # rules of one key are alternatives

    key: str
    variant: str = ""
    only: tuple[str, ...] = ()
    needed: bool = True
    blank: Literal["missing", "zero"] | None = None
    whole: bool = False
    every: bool = False
    constant: str | int | Exact | None = None
    formula: FormulaText | None = None
    cells: dict[str, Spot] = {}
    values: str | dict[str, str] = {}
    remark: str = ""

    @cached_property
    def spots(self) -> dict[str, Spot]:
        """The spots the rule reads, by the name its formula gives them (a plain rule's only spot is `value`)."""
        if self.formula is None:
            return {} if self.constant is not None else {"value": self}
        own = self.model_dump(include={"form", "column", "row", "item", "unit"})
        return {
            name: Spot(**{**own, **{k: v for k, v in spot.model_dump().items() if v not in ((), None)}})
            for name, spot in self.cells.items()
        }

    def for_stages(self, names: Map[str, str] = STAGES) -> Iterator[Rule]:
        """Return the rule once for each of its stages; one that says `variant` is then of the stage's own files."""
        for stage, rule in zip(self.stages or ("",), super().for_stages(names), strict=True):
            yield rule.model_copy(update={"variant": stage}) if stage and self.variant else rule


class CountyPlace(Spot):
    """Where a source names the county of a school; `also` gives counties (by code) further names."""

    rows: Texts = ()
    also: dict[str, Texts] = {}


class Mapping(Record):
    """One kind of source.

    `detect` lists header texts (table) or form numbers (forms) by which a source is recognised. `variants` maps a
    stage to the words in a file's name, sheet or title that tell its stage; `broad` are those of these words that may
    mean further stages too (中学 is 初中 or both of 初中 and 高中), with all of them. `groups` are the row labels that head
    a group of rows in a form. `skip` are school types that are not assessed, `dropped` header texts of total rows.
    """

    id: str
    name: str
    kind: Literal["table", "forms"]
    detect: Texts = Default(min_length=1)
    county: CountyPlace | None = None
    variants: dict[str, Texts] = {}
    broad: dict[str, Texts] = {}
    groups: Texts = ()
    skip: Texts = ()
    blank: Literal["missing", "zero"] = "missing"
    values: dict[str, dict[str, str]] = {}
    rules: tuple[Rule, ...] = Default(min_length=1)

    @cached_property
    def unfolded(self) -> tuple[Rule, ...]:
        """The rules, those for several stages once for each."""
        return tuple(one for rule in self.rules for one in rule.for_stages())

    @cached_property
    def by_key(self) -> dict[str, tuple[Rule, ...]]:
        """The alternatives of each key, in the order of the file."""
        keys = dict.fromkeys(rule.key for rule in self.unfolded)
        return {key: tuple(rule for rule in self.unfolded if rule.key == key) for key in keys}

    def words(self, rule: Rule) -> dict[str, str]:
        """Return the translations of a rule's words."""
        return self.values[rule.values] if isinstance(rule.values, str) else rule.values


class Conversion(Record):
    """One unit in another: a figure in `unit` × `times` ÷ `divide` is one in `to`."""

    unit: str
    to: str
    times: Exact = Fraction(1)
    divide: Exact = Fraction(1)


class _Conversions(Record):
    conversions: tuple[Conversion, ...]


def load_conversions(params_dir: Path) -> dict[tuple[str, str], Fraction]:
    """Read params/units.yml: what a figure is multiplied by, for each pair of units."""
    rows = load_cached(params_dir / "units.yml", _Conversions).conversions
    return {(row.unit, row.to): row.times / row.divide for row in rows}


def load_mappings(params_dir: Path, dictionary: Dictionary) -> tuple[Mapping, ...]:
    """Return the project's mappings in the order of their file names; raises ParamsProblem."""
    return tuple(load_mapping(path, dictionary) for path in sorted((params_dir / FOLDER).glob("*.yml")))


def load_mapping(path: Path, dictionary: Dictionary) -> Mapping:
    """Read one mapping and check it; raises ParamsProblem naming the rule at fault."""
    mapping = load_cached(path, Mapping)
    keys = dictionary.sheet("schools").by_key
    for rule in mapping.unfolded:
        fault = _fault(mapping, rule, keys)
        if fault:
            raise ParamsProblem(f"映射文件{path.name}的“{rule.key}”有误：{fault}。")
    if "school_code" not in mapping.by_key:
        raise ParamsProblem(f"映射文件{path.name}没有“school_code”（学校标识码）的来源，无法逐校对应。")
    return mapping


def _fault(mapping: Mapping, rule: Rule, keys: Any) -> str:
    if rule.key not in keys:
        return f"字典中没有这个键。{did_you_mean(rule.key, keys)}".rstrip("。")
    if isinstance(rule.values, str) and rule.values not in mapping.values:
        return f"没有名为“{rule.values}”的对照表"
    if rule.variant and rule.variant not in mapping.variants:
        return f"没有名为“{rule.variant}”的文件种类"
    if rule.formula is not None:
        unknown = [name for name in parse_formula(rule.formula).names if name not in rule.cells]
        if unknown:
            return f"公式用了cells中没有的“{unknown[0]}”"
    for spot in rule.spots.values():
        if not spot.column or (mapping.kind == "forms" and not spot.form):
            return "没有写明column" if not spot.column else "没有写明form"
    return ""


def find_mapping(params_dir: Path, word: str, dictionary: Dictionary) -> Mapping:
    """Return the mapping with this id, or the one in this file; raises UsageProblem with a did-you-mean."""
    file = Path(word)
    if file.suffix in (".yml", ".yaml"):
        if not file.is_file():
            raise UsageProblem(f"没有映射文件“{word}”（选项--mapping）。")
        return load_mapping(file, dictionary)
    known = load_mappings(params_dir, dictionary)
    for mapping in known:
        if word in (mapping.id, mapping.name):
            return mapping
    ids = [mapping.id for mapping in known]
    raise UsageProblem(
        f"没有名为“{word}”的映射，可选{'、'.join(ids)}或一个.yml文件。{did_you_mean(word, ids)}"
    )
