"""Small counts in what leaves the city: hidden, together with whatever would give them back by subtraction.

The rule, the limit and the groups (pupils with disabilities, 随迁子女) are in params/delivery.yml. A package for
the county itself stays in the city and is complete; one made with --external carries the data files only, and
in them the items of these groups are written anew from counts that have been through here.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Mapping, Sequence
from fractions import Fraction

from junheng.batch.job import Places
from junheng.delivery.settings import CountGroup, SmallCounts, Sum, matches
from junheng.exact import fixed
from junheng.params.counties import County
from junheng.workbook.find import find_workbook
from junheng.workbook.read import open_county_book

ITEMS = "data/items.csv"
NOT_REPORTED = "（未填报）"
Counts = Mapping[str, Fraction | None]


def county_counts(places: Places, year: int, county: County) -> dict[str, Fraction | None]:
    """The county's counts by key of sheet 县级数据; raises UsageProblem or DataProblem without its workbook."""
    book = open_county_book(find_workbook(places.data, year, county), county, year, places.params)
    row = book.county_row
    return {key: content if isinstance(content := row.get(key), Fraction) else None for key in row.values}


def hidden_counts(counts: Counts, sums: Sequence[Sum], limit: int) -> frozenset[str]:
    """Return the names of the counts that must not be shown.

    First every count from 1 to limit − 1, also one that is only left over in a sum; then, while a sum has just
    one unknown, the smallest other count in it (never a 0, which hides nothing), until nobody can subtract.
    """
    known = {key: count for key, count in counts.items() if count is not None}
    known |= _rests(known, sums)
    hidden = {key for key, count in known.items() if 0 < count < limit}
    missing = counts.keys() - known.keys()
    changed = True
    while changed:
        changed = False
        for one in sums:
            cells = [key for key in (one.whole, *one.of, one.rest) if key in known]
            unknown = [key for key in cells if key in hidden]
            complete = not missing & {one.whole, *one.of}
            if complete and len(unknown) == 1:
                others = [key for key in cells if key not in hidden and known[key] > 0]
                if others:
                    hidden.add(min(others, key=lambda key: (known[key], key == one.rest, key)))
                    changed = True
    return frozenset(hidden)


def _rests(known: Mapping[str, Fraction], sums: Sequence[Sum]) -> dict[str, Fraction]:
    return {
        one.rest: known[one.whole] - sum((known[key] for key in one.of), Fraction(0))
        for one in sums
        if {one.whole, *one.of} <= known.keys()
    }


def shown(group: CountGroup, counts: Counts, rules: SmallCounts) -> tuple[str, bool]:
    """Return the group's sentence with what may be shown, and whether anything is hidden."""
    own = {name: counts.get(key) for name, key in group.counts.items()}
    hidden = hidden_counts(own, group.sums, rules.limit)
    words = {name: _word(count, name in hidden, rules.mark) for name, count in own.items()}
    for name, (part, base) in group.rates.items():
        closed = bool({part, base} & hidden)
        above, below = own.get(part), own.get(base)
        known = above is not None and below is not None and below != 0
        rate = f"{fixed(above / below * 100, 1)}%" if known else NOT_REPORTED  # type: ignore[operator]
        words[name] = rules.mark if closed else rate
    return re.sub(r"\{(\w+)\}", lambda match: words[match[1]], group.text), bool(hidden)


def _word(count: Fraction | None, hidden: bool, mark: str) -> str:
    if count is None:
        return NOT_REPORTED
    return mark if hidden else str(int(count))


def external_files(files: Mapping[str, bytes], rules: SmallCounts, counts: Counts) -> dict[str, bytes]:
    """Return what may leave the city of a county's files, small counts hidden."""
    kept = {name: data for name, data in files.items() if matches(name, rules.external_include)}
    if rules.on and ITEMS in kept:
        kept[ITEMS] = _items(kept[ITEMS], rules, counts)
    return kept


def _items(data: bytes, rules: SmallCounts, counts: Counts) -> bytes:
    """Write the rows of the groups anew: sentence from the counts, value only when nothing is hidden."""
    groups = {group.item: group for group in rules.groups}
    reader = csv.DictReader(io.StringIO(data.decode("utf-8-sig"), newline=""))
    rows = []
    for row in reader:
        group = groups.get(row["item"])
        if group is not None:
            row["statement"], hides = shown(group, counts, rules)
            if hides:
                row["value"] = rules.mark
        rows.append(row)
    text = io.StringIO()
    writer = csv.DictWriter(text, reader.fieldnames or (), lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    return text.getvalue().encode()
