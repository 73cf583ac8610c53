"""From records to DataFrames: a column is a record (key, heading, kind, unit, source), so that a frame has a documented schema.

Numbers become the float nearest to the exact value (`float(Fraction)` rounds once, correctly); what is missing is NA,
never 0. pandas is imported when the first frame is made: reading, checking and the command line do without it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from typing import TYPE_CHECKING, Any, Literal

if TYPE_CHECKING:
    import pandas as pd

Kind = Literal["text", "whole", "number", "yesno", "category", "ordered"]
DTYPES: Mapping[str, str] = {"text": "string", "whole": "Int64", "number": "Float64", "yesno": "boolean"}
"""The pandas type of a kind; `category` and `ordered` are categoricals of their words."""


@dataclass(frozen=True)
class Column:
    """One column of a frame. `value` takes a record and gives an exact number, a text, True or False, or None.

    `words` maps the stored words of a category, in their order, to the Chinese ones; `source` says in Chinese where the
    figure comes from.
    """

    key: str
    heading: str
    kind: Kind
    value: Callable[[Any], Any]
    unit: str = ""
    source: str = ""
    words: Mapping[str, str] = field(default_factory=dict)

    @property
    def dtype(self) -> str:
        """The pandas type of the column."""
        return DTYPES.get(self.kind, "category")


def make_frame(
    columns: Sequence[Column], records: Iterable[Any], keys: bool = False, exact: bool = False
) -> pd.DataFrame:
    """Return one row a record, with Chinese headings and words, or with `keys` the dictionary's keys and stored words.

    With `exact` every number is a Fraction (None where missing) in a column of type object.
    The frame's `attrs["units"]` maps a column's name to its unit.
    """
    import pandas as pd

    records = list(records)
    names = [column.key if keys else column.heading for column in columns]
    series = [_series(column, [column.value(r) for r in records], keys, exact) for column in columns]
    frame = pd.DataFrame(dict(zip(names, series, strict=True)))
    frame.attrs["units"] = {name: c.unit for name, c in zip(names, columns, strict=True) if c.unit}
    return frame


def _series(column: Column, values: list[Any], keys: bool, exact: bool) -> pd.Series[Any]:
    import pandas as pd

    if column.kind in ("whole", "number"):
        numbers = [_exactly(value) for value in values]
        if exact:
            return pd.Series(numbers, dtype=object)
        # A count that is no whole number (an analyst's trial) must not be rounded to fit the column.
        if column.kind == "whole" and all(n is None or n.denominator == 1 for n in numbers):
            return pd.Series([None if n is None else int(n) for n in numbers], dtype="Int64")
        return pd.Series([None if n is None else float(n) for n in numbers], dtype="Float64")
    if column.kind in ("category", "ordered"):
        said = [None if value in (None, "") else str(value) for value in values]
        words = dict(column.words) | {v: v for v in said if v is not None and v not in column.words}
        shown = [v if keys or v is None else words[v] for v in said]
        known = list(words) if keys else list(dict.fromkeys(words.values()))
        return pd.Series(pd.Categorical(shown, categories=known, ordered=column.kind == "ordered"))
    if column.kind == "yesno":
        return pd.Series([v if isinstance(v, bool) else None for v in values], dtype="boolean")
    return pd.Series([None if v is None else str(v) for v in values], dtype="string")


def _exactly(value: Any) -> Fraction | None:
    """A number as it is; None for what is missing and for what is hidden in print (`Hidden` is a text)."""
    if isinstance(value, bool) or not isinstance(value, int | Fraction):
        return None
    return Fraction(value)
