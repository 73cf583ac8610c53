"""params/small_counts.yml: which small counts are hidden in what leaves the city, and how counts hang together."""

from __future__ import annotations

from functools import cached_property
from pathlib import Path

from pydantic import Field, model_validator

from junheng.params.formula import FormulaText
from junheng.params.loader import Record, load_cached

FILE = "small_counts.yml"


class Sum(Record):
    """`whole` is the sum of the counts named in `of` and of a rest that nobody reports."""

    whole: str
    of: tuple[str, ...]


class CountGroup(Record):
    """Counts of one group of pupils: keys of sheet 县级数据 in `counts`, tied by `sums`, shown or hidden together.

    `words` are those by which texts speak of these pupils. `same` are other keys that count some of them, `tied` are
    keys that count nobody but bound the counts (funds by a norm per pupil) and are hidden with them, `schools`
    is a formula for the schools whose pupils belong to the group; `school_columns` are columns of sheet 学校 that
    count pupils of the group.
    """

    id: str
    words: tuple[str, ...] = Field(min_length=1)
    counts: tuple[str, ...] = Field(min_length=1)
    sums: tuple[Sum, ...] = ()
    same: tuple[str, ...] = ()
    tied: tuple[str, ...] = ()
    schools: FormulaText | None = None
    school_columns: tuple[str, ...] = ()

    @model_validator(mode="after")
    def _known(self) -> CountGroup:
        named = {key for one in self.sums for key in (one.whole, *one.of)}
        # A sum of counts outside the group would stay in print and tell the hidden ones by subtraction.
        if unknown := sorted(named - set(self.counts)):
            raise ValueError(f"“{self.id}”的相加关系用到counts中没有的人数：{'、'.join(unknown)}")
        return self

    @cached_property
    def keys(self) -> frozenset[str]:
        """All keys of sheet 县级数据 that count pupils of the group."""
        return frozenset((*self.counts, *self.same))

    @cached_property
    def hidden(self) -> frozenset[str]:
        """All keys of sheet 县级数据 that are not shown when the group is not."""
        return self.keys | {*self.tied}


class FreeTexts(Record):
    """Where a sheet keeps what was written about an item or task: `key` names the column that says which.

    `carried`: the texts come from earlier years, whose counts may be small where this year's are not.
    """

    sheet: str
    key: str
    fields: tuple[str, ...]
    carried: bool = False


class SmallCounts(Record):
    """Suppression: a group with a count from 1 to `limit` − 1 is shown as `mark`s."""

    on: bool = True
    limit: int = Field(ge=2)
    mark: str = Field(min_length=1)
    rule: str
    groups: tuple[CountGroup, ...] = ()
    texts: tuple[FreeTexts, ...] = ()

    @property
    def printed(self) -> str:
        """The rule as it is printed."""
        return self.rule.replace("{most}", str(self.limit - 1)).replace("{mark}", self.mark)


def load_small_counts(params_dir: Path) -> SmallCounts:
    """Read params/small_counts.yml; raises ParamsProblem."""
    return load_cached(params_dir / FILE, SmallCounts)
