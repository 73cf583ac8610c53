"""Names of invented schools, made from real township names and common village names."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import count, cycle

from .chance import dice, shuffled

NUMERALS = "零一二三四五六七八九"


def numeral(number: int) -> str:
    """Write 1–29 in Chinese."""
    tens, ones = divmod(number, 10)
    if tens == 0:
        return NUMERALS[ones]
    return ("" if tens == 1 else NUMERALS[tens]) + "十" + (NUMERALS[ones] if ones else "")


class NameMaker:
    """Gives every school of a county a name of its own."""

    def __init__(self, code: str, profile: dict, shared: dict) -> None:
        """Prepare the streams of names of the county `code`."""
        self.prefix = profile["prefix"]
        self.used: set[str] = set()
        self.special = {kind: list(names) for kind, names in profile.get("special_names", {}).items()}
        self.towns = cycle(profile["towns"])
        self.villages = self._villages(code, shared)
        self.brands = iter(shuffled(shared["brands"], code, "brands"))
        streams = {
            ("小学", "城区"): self._urban_primary(profile["urban"]),
            ("小学", "镇区"): self._town_primary(profile["towns"]),
            ("小学", "乡村"): (f"{next(self.towns)}{v}小学" for v in self.villages),
            ("小学教学点", ""): (f"{next(self.towns)}{v}教学点" for v in self.villages),
            ("初级中学", "城区"): self._urban_junior(),
            ("初级中学", "镇区"): self._town_junior(profile["towns"]),
            ("初级中学", "乡村"): (f"{next(self.towns)}{v}中学" for v in self.villages),
            ("九年一贯制学校", "城区"): (f"{self.prefix}{brand}学校" for brand in self.brands),
            ("九年一贯制学校", ""): (
                f"{town}{brand}学校"
                for town, brand in zip(cycle(profile["towns"][::-1]), self.brands, strict=False)
            ),
            ("十二年一贯制学校", ""): (
                f"{self.prefix}{brand}{kind}学校"
                for brand, kind in zip(self.brands, cycle(["外国语", "双语", "实验"]), strict=False)
            ),
            ("完全中学", ""): (f"{self.prefix}第{numeral(n)}中学" for n in (2, 13)),
            ("特殊教育学校", ""): iter([f"{self.prefix}特殊教育学校", f"{profile['towns'][0]}启智学校"]),
        }
        self.streams = streams

    def name(self, kind: str, location: str) -> str:
        """Return the next unused name of a school of `kind` at `location`."""
        special = self.special.get(kind)
        if special and self._fits(special[0], location):
            name = special.pop(0)
            self.used.add(name)
            return name
        stream = self.streams.get((kind, location)) or self.streams[(kind, "")]
        name = next(name for name in stream if name not in self.used)
        self.used.add(name)
        return name

    def _fits(self, name: str, location: str) -> bool:
        return name.startswith(self.prefix) == (location == "城区")

    def _villages(self, code: str, shared: dict) -> Iterator[str]:
        fronts, endings = shared["village_fronts"], shared["village_endings"]
        seen: set[str] = set()
        for number, surname in enumerate(cycle(shuffled(shared["surnames"], code, "surnames"))):
            source = dice(code, "village", number)
            village = source.choice(fronts) + surname + source.choice(endings)
            if len(village) <= 4 and village not in seen:
                seen.add(village)
                yield village

    def _urban_primary(self, urban: list[str]) -> Iterator[str]:
        yield f"{self.prefix}实验小学"
        for number in (2, 3):
            yield f"{self.prefix}第{numeral(number)}实验小学"
        for place in urban:
            yield f"{self.prefix}{place}小学"
        for number in count(4):
            yield f"{self.prefix}第{numeral(number)}实验小学"

    def _town_primary(self, towns: list[str]) -> Iterator[str]:
        yield from (f"{town}中心小学" for town in towns)
        yield from (f"{town}实验小学" for town in towns if town.endswith("镇"))
        yield from (f"{town}第二小学" for town in towns)
        yield from (f"{next(self.towns)}{village}小学" for village in self.villages)

    def _urban_junior(self) -> Iterator[str]:
        yield f"{self.prefix}实验初级中学"
        for number in count(3):
            if number != 13:  # the 完全中学 have the numbers 2 and 13
                yield f"{self.prefix}第{numeral(number)}中学"

    def _town_junior(self, towns: list[str]) -> Iterator[str]:
        yield from (f"{town}中学" for town in towns)
        yield from (f"{town}第二中学" for town in towns)
        yield from (f"{town}第三中学" for town in towns)
