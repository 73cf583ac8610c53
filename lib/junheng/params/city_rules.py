"""What the city's summary decides by (params/city_rules.yml): order of verdicts, grounds for 通报, what counts as common."""

from __future__ import annotations

from pathlib import Path

from junheng.params.loader import Record, load_cached


class Ground(Record):
    """A ground on which a county is listed for 通报: what it is called, where the policy says so, what follows."""

    id: str
    name: str
    clause: str
    action: str


class CityRules(Record):
    """`ranking`: the three verdicts, best first; `common_from`: how many counties make a problem a common one."""

    ranking: tuple[str, ...]
    common_from: int
    grounds: tuple[Ground, ...]

    def ground(self, ground_id: str) -> Ground:
        return next(ground for ground in self.grounds if ground.id == ground_id)


def load_city_rules(params_dir: Path) -> CityRules:
    """Read params/city_rules.yml; raises ParamsProblem."""
    return load_cached(params_dir / "city_rules.yml", CityRules)
