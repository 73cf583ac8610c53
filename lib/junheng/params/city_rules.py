"""What the city's summary decides by (params/city_rules.yml): order of verdicts, grounds for 通报, what counts as common."""

from __future__ import annotations

from pathlib import Path

from junheng.params.loader import Record, load_cached


class Ground(Record):
    """A ground on which a county is listed for 通报: name, what the figures show then, clause, what is proposed."""

    id: str
    name: str
    rule: str
    clause: str
    action: str


class CityRules(Record):
    """What the city decides by.

    `ranking`: the verdicts that are ranked, best first (a county with another verdict is listed apart, without a place);
    `common_from`: how many counties make a problem a common one; `grounds`: for 通报, in the order of the list, by the policy's `clause`.
    """

    ranking: tuple[str, ...]
    common_from: int
    clause: str
    grounds: tuple[Ground, ...]

    def ground(self, ground_id: str) -> Ground:
        return next(ground for ground in self.grounds if ground.id == ground_id)


def load_city_rules(params_dir: Path) -> CityRules:
    """Read params/city_rules.yml; raises ParamsProblem."""
    return load_cached(params_dir / "city_rules.yml", CityRules)
