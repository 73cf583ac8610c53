"""Strict reading of the YAML under params/.

Numbers with a point become exact fractions, never floats; `no`, `yes`, `on` and dates stay text; a key
written twice, an unknown key or a wrong type is an error that names the file and the record.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal, InvalidOperation
from fractions import Fraction
from functools import lru_cache
from pathlib import Path
from typing import Annotated, Any, ClassVar, Self, TypeVar

import yaml
from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, ValidationError, model_validator
from pydantic_core import PydanticCustomError

from junheng.errors import ParamsProblem
from junheng.exact import ZERO, exact, plain
from junheng.params.brief import brief_fields


class Record(BaseModel):
    """Base of every record: frozen, and no key that nobody reads."""

    model_config = ConfigDict(frozen=True, extra="forbid", arbitrary_types_allowed=True)
    told_apart_by: ClassVar[tuple[str, ...]] = ("id",)
    """The fields in which no two records of one list may be the same: of two, only the last or both would count."""

    @model_validator(mode="after")
    def _listed_once(self) -> Self:
        lists = {name: getattr(self, name) for name in (*type(self).model_fields, *(self.model_extra or {}))}
        for name, records in lists.items():
            if isinstance(records, tuple) and records and isinstance(records[0], Record):
                for key in records[0].told_apart_by:
                    _require_different(name, key, [getattr(record, key, None) for record in records])
        return self

    def __repr__(self) -> str:
        return brief_fields(self, type(self).model_fields)

    __str__ = __repr__


def _require_different(name: str, key: str, words: Sequence[Any]) -> None:
    first: dict[Any, int] = {}
    for place, word in enumerate(words):
        if word not in (None, "") and first.setdefault(word, place) != place:
            told = f"{key} {', '.join(map(str, word))}" if isinstance(word, tuple) else str(word)
            raise repeated(told, [(name, first[word]), (name, place)])


class Staged(Record):
    """A record that stands for one a stage: `{s}` in its texts is the stage's id, `{stage}` its name."""

    stages: tuple[str, ...] = ()

    def for_stages(self, names: Mapping[str, str]) -> Iterator[Self]:
        """Return the record once for each of its stages, as the stage's own; itself when it has none."""
        if not self.stages:
            yield self
        for stage in self.stages:
            yield type(self).model_validate(
                {**_filled(as_data(self), {"{s}": stage, "{stage}": names[stage]}), "stages": ()}
            )


def _filled(value: Any, words: Mapping[str, str]) -> Any:
    if isinstance(value, str):
        for mark, word in words.items():
            value = value.replace(mark, word)
        return value
    if isinstance(value, list):
        return [_filled(item, words) for item in value]
    if isinstance(value, dict):
        return {_filled(key, words): _filled(item, words) for key, item in value.items()}
    return value


def _to_exact(value: Any) -> Any:
    if isinstance(value, bool) or not isinstance(value, int | Decimal | Fraction):
        raise ValueError(f"应为数值，现为{value!r}")
    return exact(value)


def _within(low: Fraction | None, high: Fraction | None, told: str) -> AfterValidator:
    """Refuse a number outside; without `low` it must be more than 0."""

    def check(value: Fraction) -> Fraction:
        if (value <= 0 if low is None else value < low) or (high is not None and value > high):
            raise ValueError(f"应{told}，现为“{plain(value)}”")
        return value

    return AfterValidator(check)


Exact = Annotated[Fraction, BeforeValidator(_to_exact)]
Positive = Annotated[Exact, _within(None, None, "大于0")]
NotNegative = Annotated[Exact, _within(ZERO, None, "不小于0")]
Share = Annotated[Exact, _within(ZERO, Fraction(1), "在0和1之间（85%写作0.85）")]
R = TypeVar("R", bound=BaseModel)


try:
    from yaml import CSafeLoader as _SafeLoader  # libyaml: eight times as fast
except ImportError:  # PyYAML built without it
    from yaml import SafeLoader as _SafeLoader  # type: ignore[assignment]


class _StrictLoader(_SafeLoader):
    """SafeLoader without guesses: YAML 1.1 words and dates stay text, floats are exact."""

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Any, Any]:
        """Make a mapping; a key that is written twice is an error, where YAML takes the last."""
        own = (key for key, _ in node.value if key.tag != _MERGE)  # what `<<` brings in may be written anew
        keys = [self.construct_object(key, deep=True) for key in own]
        twice = [key for position, key in enumerate(keys) if key in keys[:position]]
        if twice:
            raise yaml.constructor.ConstructorError(None, None, f"键“{twice[0]}”重复", node.start_mark)
        return super().construct_mapping(node, deep)


_MOST_PLACES = 30
_MERGE = "tag:yaml.org,2002:merge"
# YAML 1.1 makes more of a plain word; but no, on, 2024-04-25 and 1:30 are texts to everybody who writes them here.
_PLAIN = {
    "tag:yaml.org,2002:int",
    "tag:yaml.org,2002:float",
    "tag:yaml.org,2002:null",
    _MERGE,
}
_BOOLEANS = {"true": True, "false": False}
_StrictLoader.yaml_implicit_resolvers = {
    first: [(tag, pattern) for tag, pattern in resolvers if tag in _PLAIN]
    for first, resolvers in yaml.SafeLoader.yaml_implicit_resolvers.items()
}


def _construct_int(loader: yaml.SafeLoader, node: yaml.ScalarNode) -> Any:
    text = loader.construct_scalar(node)
    if len(text) > _MOST_PLACES:
        raise yaml.constructor.ConstructorError(
            None, None, f"数“{text[:_MOST_PLACES]}……”过大", node.start_mark
        )
    # 010 stays a text: it is octal to YAML 1.1, and a code to whoever wrote it.
    return (
        int(text)
        if text.lstrip("+-").isdigit() and (text == "0" or not text.lstrip("+-").startswith("0"))
        else text
    )


def _construct_float(loader: yaml.SafeLoader, node: yaml.ScalarNode) -> Any:
    text = loader.construct_scalar(node)
    try:
        number = Decimal(text)
    except InvalidOperation:  # YAML's .inf and .nan
        number = Decimal("NaN")
    if (
        not number.is_finite() or abs(number.adjusted()) > _MOST_PLACES
    ):  # as a fraction it would fill the memory
        raise yaml.constructor.ConstructorError(None, None, f"数“{text}”过大、过小或不是数", node.start_mark)
    return Fraction(number)


def _construct_text(loader: yaml.SafeLoader, node: yaml.ScalarNode) -> Any:
    text = loader.construct_scalar(node)
    return _BOOLEANS.get(text, text) if not node.style else text


_StrictLoader.add_constructor("tag:yaml.org,2002:int", _construct_int)
_StrictLoader.add_constructor("tag:yaml.org,2002:float", _construct_float)
_StrictLoader.add_constructor("tag:yaml.org,2002:str", _construct_text)


def read_yaml(path: Path) -> Any:
    """Return the document in `path`; raises ParamsProblem when it is missing or not well formed."""
    try:
        text = path.read_text(encoding="utf-8-sig")
    except FileNotFoundError as error:
        raise ParamsProblem(f"缺少参数文件{path.name}（应在{path.parent.name}目录下）。") from error
    except UnicodeDecodeError as error:
        raise ParamsProblem(f"参数文件{path.name}不是UTF-8编码，请另存为UTF-8后重试。") from error
    try:
        return yaml.load(text, Loader=_StrictLoader)
    except (yaml.YAMLError, ArithmeticError) as error:
        raise ParamsProblem(f"参数文件{path.name}格式有误：{_yaml_place(error)}。") from error


def _yaml_place(error: Exception) -> str:
    mark = getattr(error, "problem_mark", None)
    place = f"第{mark.line + 1}行第{mark.column + 1}列，" if mark else ""
    problem = str(getattr(error, "problem", None) or error)
    known = (told for words, told in _YAML_TOLD.items() if words in problem)
    return f"{place}{next(known, '写法有误') if problem.isascii() else problem}"


_YAML_TOLD = {
    "mapping values are not allowed": "冒号的位置不对：文字中有冒号的，请把整句用引号括起来",
    "could not find expected ':'": "缺少冒号，或冒号后没有空格",
    "cannot start any token": "有不能用在这里的字符；缩进请用空格，不用制表符",
    "did not find expected": "括号、引号没有成对，或缩进不齐",
    "unexpected end of stream": "引号没有成对",
    "undefined alias": "“*”开头的文字请用引号括起来",
}
"""What the parser says most often of a file, and what is to be mended."""


def load_record(path: Path, model: type[R]) -> R:
    """Read `path` and check it against `model`; raises ParamsProblem naming the field at fault."""
    return validated(read_yaml(path), model, f"参数文件{path.name}", path)


def validated(data: Any, model: type[R], what: str, path: Path | None = None) -> R:
    """Check data against `model`; raises ParamsProblem saying where in `what` (of the file `path`) it is at fault."""
    try:
        return model.model_validate(data)
    except ValidationError as error:
        first = error.errors()[0]
        place = " → ".join(_place_name(data, first["loc"]))
        line = _line(path, tuple(first["loc"]))
        where = f"（第{line}行）" if line and place else ""
        named = f"的“{place}”{where}" if place else ""
        raise ParamsProblem(
            f"{what}{named}有误：{_told(first, path)}（共{error.error_count()}处）。"
        ) from error


_TOLD = {
    "missing": "缺少这一项",
    "extra_forbidden": "没有这一项，请核对写法",
    "model_type": "应为“名称: 内容”的一组，现为{found}",
    "dict_type": "应为“名称: 内容”的一组，现为{found}",
    "tuple_type": "应为逐项以“- ”列出的清单，现为{found}",
    "list_type": "应为逐项以“- ”列出的清单，现为{found}",
    "string_type": "应为文字，现为{found}；数字作文字用时请加引号",
    "bool_type": "应为true或false，现为{found}",
    "bool_parsing": "应为true或false，现为{found}",
    "int_type": "应为整数，现为{found}",
    "int_parsing": "应为整数，现为{found}",
    "int_from_float": "应为整数，现为{found}",
    "literal_error": "应为{expected}之一，现为{found}",
    "too_short": "至少要有一项",
    "string_too_short": "不应为空",
    "greater_than_equal": "应不小于{ge}，现为{found}",
}


def repeated(name: str, places: Sequence[tuple[int | str, ...]]) -> PydanticCustomError:
    """Return a validator's error for an entry that may stand only once; the loader names the line of each place."""
    return PydanticCustomError("repeated", "“{name}”重复", {"name": name, "places": tuple(places)})


def _told(error: Mapping[str, Any], path: Path | None) -> str:
    if error["type"] == "repeated":
        lines = [str(_line(path, (*error["loc"], *place)) or "") for place in error["ctx"]["places"]]
        return f"{error['msg']}（第{'、'.join(lines)}行），每个只能写一次，请只留一处"
    template = _TOLD.get(error["type"])
    if template is None:
        return str(error["msg"]).removeprefix("Value error, ")
    words = error.get("ctx", {})
    options = str(words.get("expected", "")).replace(" or ", "、").replace(", ", "、").replace("'", "")
    return template.format_map({**words, "found": _shown(error["input"]), "expected": options})


def _shown(value: Any) -> str:
    """Say in Chinese what a YAML value is."""
    if value is None:
        return "空"
    if isinstance(value, dict):
        return "“名称: 内容”的一组"
    if isinstance(value, list):
        return "一个清单"
    if isinstance(value, bool):
        return f"“{str(value).lower()}”"
    return f"“{plain(Fraction(value)) if isinstance(value, int | Fraction) else value}”"


def _line(path: Path | None, place: tuple[int | str, ...]) -> int | None:
    """Return the line on which a place of the document stands, as deep as the document goes; None without one."""
    if path is None:
        return None
    # Composed anew only for a message: the loaded data knows no lines.
    node = yaml.compose(path.read_text(encoding="utf-8-sig"), Loader=_StrictLoader)
    line = None
    for step in place:
        inner = _inner(node, step)
        if inner is None:
            break
        node = inner[1]
        line = inner[0].start_mark.line + 1
    return line


def _inner(node: yaml.Node | None, step: int | str) -> tuple[yaml.Node, yaml.Node] | None:
    """Return what names a part of a node (a key, or the item itself) and the part; None when it is not there."""
    if isinstance(node, yaml.MappingNode):
        return next(((key, value) for key, value in node.value if key.value == str(step)), None)
    if isinstance(node, yaml.SequenceNode) and isinstance(step, int) and step < len(node.value):
        return node.value[step], node.value[step]
    return None


def _place_name(data: Any, location: tuple[int | str, ...]) -> list[str]:
    names: list[str] = []
    for step in location:
        try:
            data = data[step]
        except (KeyError, IndexError, TypeError):
            data = None
        record_id = (
            data.get("id") or data.get("key") if isinstance(data, dict) and isinstance(step, int) else None
        )
        names.append(str(record_id or (f"第{step + 1}项" if isinstance(step, int) else step)))
    return names


def as_data(value: Any) -> Any:
    """Return a record as plain dictionaries and lists, its exact numbers kept (pydantic would write them as text)."""
    if isinstance(value, BaseModel):
        return {name: as_data(getattr(value, name)) for name in type(value).model_fields}
    if isinstance(value, dict):
        return {key: as_data(item) for key, item in value.items()}
    if isinstance(value, tuple):
        return [as_data(item) for item in value]
    return value


@lru_cache(maxsize=128)
def _cached(path: Path, stamp: tuple[int, int], model: type[BaseModel]) -> BaseModel:
    return load_record(path, model)


def stamp_of(path: Path) -> tuple[int, int] | None:
    """Time and size of a file, by which a change is noticed (an analyst edits while the notebook runs); None without one."""
    try:
        stat = path.stat()
    except FileNotFoundError:
        return None
    return stat.st_mtime_ns, stat.st_size


def load_cached(path: Path, model: type[R]) -> R:
    """Like `load_record`, but reads a file again only when it changed (size or time)."""
    stamp = stamp_of(path)
    return load_record(path, model) if stamp is None else _cached(path, stamp, model)  # type: ignore[return-value]
