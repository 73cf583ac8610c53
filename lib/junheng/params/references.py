"""What one parameter file names must be there in the others: a slip in a key must not drop a rule without a word.

Each file is checked by itself as it is read; what stands here needs several of them.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from pathlib import Path
from typing import NamedTuple

from junheng.errors import ParamsProblem, did_you_mean
from junheng.params.dictionary import Dictionary, load_city_dictionary, load_dictionary
from junheng.params.formula import parse_formula
from junheng.params.prices import Lever, load_prices
from junheng.params.small_counts import SmallCounts, load_small_counts
from junheng.params.standard import Item, Part, Standard, StatementFigure, load_standards
from junheng.params.tasks import TaskPlan, load_tasks
from junheng.params.template import load_template


class Reference(NamedTuple):
    """A word that a record of a file takes from elsewhere: what it must be (Chinese), and all that there are."""

    file: str
    record: str
    what: str
    word: str
    known: Collection[str]


def require_known_names(params_dir: Path, year: int) -> None:
    """Make sure that every name is there; raises ParamsProblem naming file and record, with what was perhaps meant."""
    for file, record, what, word, known in references(params_dir, year):
        if word not in known:
            guess = did_you_mean(word, known) or f"可用的有{'、'.join(list(known)[:8])}等。"
            raise ParamsProblem(f"参数文件{file}的“{record}”有误：没有名为“{word}”的{what}。{guess}")


def references(params_dir: Path, year: int) -> Iterator[Reference]:
    """Yield all that the files name of each other."""
    dictionary = load_dictionary(params_dir)
    yield from _of_dictionary("dictionary", dictionary)
    yield from _of_dictionary("dictionary/city.yml", load_city_dictionary(params_dir))
    standards = load_standards(params_dir, year)
    for standard in standards:
        yield from _of_standard(f"standards/{standard.id}.yml", standard, dictionary)
    plan = load_tasks(params_dir)
    yield from _of_tasks(plan, standards[1], dictionary)
    for lever in load_prices(params_dir).levers:
        yield from _of_lever(lever, standards[0], dictionary)
    yield from _of_small_counts(load_small_counts(params_dir), dictionary)
    for key in load_template(params_dir).carried:
        yield Reference("template.yml", "carried", "学校数据项", key, dictionary.sheet("schools").by_key)


def _of_dictionary(file: str, dictionary: Dictionary) -> Iterator[Reference]:
    for term in dictionary.vocabularies["school_type"] if dictionary.stages else ():
        for stage in term.stages:
            yield Reference("dictionary/vocabularies.yml", term.value, "学段", stage, dictionary.stages)
    for sheet in dictionary.sheets:
        for key in filter(None, (sheet.key,)):
            yield Reference(file, sheet.id, "数据项", key, sheet.by_key)
        for field in sheet.fields:
            if field.vocabulary:
                yield Reference(file, field.key, "词表", field.vocabulary, dictionary.vocabularies)
            for key in field.within:
                yield Reference(file, field.key, "数据项", key, sheet.by_key)
            if field.stage:  # a stage is one by its pupils
                yield Reference(file, field.key, "在校生数", f"students_{field.stage}", sheet.by_key)


def _of_standard(file: str, standard: Standard, dictionary: Dictionary) -> Iterator[Reference]:
    schools = dictionary.sheet("schools").by_key
    names = {**standard.derived, **schools}
    stages = [stage.id for stage in standard.stages]
    types = [term.value for term in dictionary.vocabularies["school_type"]]
    for kind in (*standard.unit_rule.out_of_scope, *standard.unit_rule.minimum_students):
        yield Reference(file, "unit_rule", "办学类型", kind, types)
    for key in standard.split.pupils.values():
        yield Reference(file, "split", "学校数据项", key, schools)
    yield from _formulas(file, "derived", standard.derived.values(), names)
    for indicator in standard.indicators:
        for asked in (indicator.numerator, indicator.thresholds):
            yield from _each_stage(file, indicator.id, stages, asked)
        yield from _formulas(file, indicator.id, indicator.numerator.values(), names)
    yield from _each_stage(file, "disparity", stages, standard.disparity.limits)
    for rule in standard.exceptions:
        for indicator_id, added in rule.adds.items():
            yield Reference(file, rule.id, "指标", indicator_id, [one.id for one in standard.indicators])
            yield from (Reference(file, rule.id, "学段", stage, stages) for stage in added)
            yield from _formulas(file, rule.id, added.values(), names)
        yield from _formulas(file, rule.id, [rule.where], names)
    for item in standard.items:
        yield from _of_item(file, item, standard, dictionary)


def _each_stage(file: str, record: str, stages: list[str], given: Collection[str]) -> Iterator[Reference]:
    """What is given by stage must be so for every stage, and for no other."""
    yield from (Reference(file, record, "学段", stage, stages) for stage in given)
    yield from (Reference(file, record, "学段", stage, given) for stage in stages)


def _of_item(file: str, item: Item, standard: Standard, dictionary: Dictionary) -> Iterator[Reference]:
    options = {setting.id: setting.options for setting in standard.settings}
    for part in item.parts:
        for name, value in part.when.items():
            yield Reference(file, f"{item.id}/{part.id}", "口径设置", name, options)
            yield Reference(file, f"{item.id}/{part.id}", f"“{name}”的取值", value, options.get(name, {}))
        for relaxed in part.relaxed:
            known = [rule.id for rule in standard.exceptions]
            yield Reference(file, f"{item.id}/{part.id}", "例外情形", relaxed.exception, known)
        yield from _scoped(file, f"{item.id}/{part.id}", part, _of_part(part), standard, dictionary)
    for name, figure in item.figures.items():
        texts = [figure.value, figure.where]
        yield from _scoped(file, f"{item.id}/{name}", figure, texts, standard, dictionary)


def _of_part(part: Part) -> list[str | None]:
    asked = part.threshold if isinstance(part.threshold, str) else None
    relaxed = [text for one in part.relaxed for text in (one.where, one.value, one.threshold)]
    return [part.value, part.where, asked, *relaxed]


def _scoped(
    file: str,
    record: str,
    asked: Part | StatementFigure,
    texts: Iterable[str | None],
    standard: Standard,
    dictionary: Dictionary,
) -> Iterator[Reference]:
    """Formulas over the rows of a sheet read its columns; those over schools also what the county has as a whole."""
    yield Reference(file, record, "工作表", asked.over, [*dictionary.by_id, "school_rows"])
    if asked.over in ("schools", "school_rows"):
        sheets = [dictionary.sheet(name).by_key for name in ("schools", "county")]
        yield from _formulas(file, record, texts, {**standard.derived, **sheets[0], **sheets[1]})
    elif asked.over in dictionary.by_id:
        yield from _formulas(file, record, texts, dictionary.sheet(asked.over).by_key)


def _of_tasks(plan: TaskPlan, standard: Standard, dictionary: Dictionary) -> Iterator[Reference]:
    file, items = "tasks.yml", {item.id: [part.id for part in item.parts] for item in standard.items}
    amounts = [amount.id for amount in (*plan.inputs, *plan.settings)]
    names = {**plan.figures, **dict.fromkeys(amounts), **dictionary.sheet("county").by_key}
    for name, figure in plan.figures.items():
        yield from _scoped(file, name, figure, [figure.value, figure.where], standard, dictionary)
    for task in plan.tasks:
        for check in task.checks:
            if check.item:
                yield Reference(file, check.id, "项目", check.item, items)
                yield Reference(file, check.id, "要求", check.part or "", items.get(check.item, []))
            asked = check.threshold if isinstance(check.threshold, str) else None
            yield from _formulas(file, check.id, [check.value, asked, check.nothing_when], names)


def _of_lever(lever: Lever, standard: Standard, dictionary: Dictionary) -> Iterator[Reference]:
    schools = dictionary.sheet("schools").by_key
    yield from (Reference("prices.yml", lever.id, "学校数据项", key, schools) for key in lever.adds)
    texts = [lever.where, lever.most, lever.spare]
    yield from _formulas("prices.yml", lever.id, texts, {**standard.derived, **schools})


def _of_small_counts(rules: SmallCounts, dictionary: Dictionary) -> Iterator[Reference]:
    """A key that is not there would leave in print what it should hide."""
    file, county = "small_counts.yml", dictionary.sheet("county").by_key
    schools = dictionary.sheet("schools").by_key
    for group in rules.groups:
        yield from (Reference(file, group.id, "县级数据项", key, county) for key in group.hidden)
        yield from (Reference(file, group.id, "学校数据项", key, schools) for key in group.school_columns)
        yield from _formulas(file, group.id, [group.schools], schools)
    for text in rules.texts:
        yield Reference(file, "texts", "工作表", text.sheet, dictionary.by_id)
        known = dictionary.sheet(text.sheet).by_key if text.sheet in dictionary.by_id else {}
        yield from (Reference(file, text.sheet, "数据项", key, known) for key in (text.key, *text.fields))


def _formulas(
    file: str, record: str, texts: Iterable[str | None], known: Collection[str]
) -> Iterator[Reference]:
    for text in filter(None, texts):
        yield from (Reference(file, record, "数据项", name, known) for name in parse_formula(text).names)
