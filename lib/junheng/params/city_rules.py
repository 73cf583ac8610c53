"""What the city's summary decides by (params/city_rules.yml): order of verdicts, grounds for 通报, what counts as common."""

from __future__ import annotations

from pathlib import Path
from typing import Literal

from junheng.params.loader import Record, load_cached


class Ground(Record):
    """A ground on which a county is listed for 通报: name, what the figures show then, clause, what is proposed.

    `letters` are the letters it proposes (vocabulary measure_kind), `demand` what they ask of the county.
    """

    id: str
    name: str
    rule: str
    clause: str
    action: str
    letters: tuple[Literal["通报", "约谈", "挂牌督办", "问责"], ...] = ()
    demand: str = ""


class CityRules(Record):
    """What the city decides by.

    `ranking`: the verdicts that are ranked, best first (a county with another verdict is listed apart, without a place);
    `common_from`: how many counties make a problem a common one; `grounds`: for 通报, in the order of the list, by the policy's `clause`.
    """

    ranking: tuple[Literal["达标", "未达标", "无法判定"], ...]
    common_from: int
    clause: str
    grounds: tuple[Ground, ...]

    def ground(self, ground_id: str) -> Ground:
        """Return the ground of this id, which the rules must have."""
        return next(ground for ground in self.grounds if ground.id == ground_id)

    def named(self, text: str) -> Ground | None:
        """The ground that a text of the office names; None when it has words of its own."""
        return next((ground for ground in self.grounds if ground.name in text), None)


def load_city_rules(params_dir: Path) -> CityRules:
    """Read params/city_rules.yml; raises ParamsProblem."""
    return load_cached(params_dir / "city_rules.yml", CityRules)
