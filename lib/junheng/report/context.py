"""What every section of a report draws on."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from junheng.assess.model import Assessment
from junheng.assess.trend import Trend
from junheng.params.city import City, CityYear, load_city, load_city_year
from junheng.params.dictionary import Dictionary, load_dictionary
from junheng.params.phrases import load_phrases
from junheng.params.standard import Setting
from junheng.params.tables import TableSpec, load_tables
from junheng.report.model import Picture
from junheng.report.phrases import PhraseBook


@dataclass(frozen=True)
class Wording:
    """The words and forms of reports, read once: phrases, table forms, names, the year's dates, the dictionary."""

    phrases: PhraseBook
    specs: Mapping[str, TableSpec]
    city: City
    city_year: CityYear
    dictionary: Dictionary


@dataclass(frozen=True)
class Context:
    """One county's report: its assessment, the comparison with last year (None without its workbook), its figures.

    `fingerprints` are (what, SHA-256) of the inputs, printed in the notes on method;
    `defaults` are the standard's settings before the county's own choices.
    """

    assessment: Assessment
    trend: Trend | None
    wording: Wording
    pictures: tuple[Picture, ...] = ()
    fingerprints: tuple[tuple[str, str], ...] = ()
    defaults: tuple[Setting, ...] = ()

    def say(self, name: str, /, **values: object) -> str:
        return self.wording.phrases.say(name, **values)

    @property
    def county(self) -> str:
        return self.assessment.county.title


def load_wording(params_dir: Path, year: int) -> Wording:
    """Read the words and forms for `year`; raises ParamsProblem."""
    return Wording(
        phrases=PhraseBook(load_phrases(params_dir)),
        specs=load_tables(params_dir),
        city=load_city(params_dir),
        city_year=load_city_year(params_dir, year),
        dictionary=load_dictionary(params_dir),
    )
