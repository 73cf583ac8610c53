"""Whether a school belongs to the county that is imported, judged by the names and codes its source gives."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from junheng.params.counties import County
from junheng.workbook.read.text import fold_key

AREA_CODE = re.compile(r"^[0-9]{6}")
AREA_NAME = re.compile(r"[县区市旗]$")
CITY_END = "00"


@dataclass(frozen=True)
class CountyTest:
    """Tells the county's own schools from those of others."""

    county: County
    counties: Sequence[County]
    also: Mapping[str, Sequence[str]] = field(default_factory=dict)

    def owns(self, texts: Iterable[str]) -> bool | None:
        """Say whether texts of a school name the county or another; None where they name none. A name decides before a code."""
        folded = [fold_key(text) for text in texts if text.strip()]
        named = {county.code for text in folded for county in self._named(text)}
        if named:
            return self.county.code in named
        codes = [text[:6] for text in folded if AREA_CODE.match(text)]
        if self.county.code in codes:
            return True
        # A code that ends in 00 is the city's own; zones (internal) have codes that no source knows.
        foreign = [code for code in codes if not code.endswith(CITY_END) and not self.county.internal]
        strange = [text for text in folded if AREA_NAME.search(text)]
        return False if foreign or strange else None

    def _named(self, text: str) -> list[County]:
        return [county for county in self.counties if any(name in text for name in self._names(county))]

    def _names(self, county: County) -> list[str]:
        names = (county.name, county.title, *county.also, *self.also.get(county.code, ()))
        return [fold_key(name) for name in names]
