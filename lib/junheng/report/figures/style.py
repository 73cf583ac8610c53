"""How the figures look: one meaning, one look, told apart by shape, fill or hatch as well as by colour.

The colours are those of Okabe and Ito.
"""

from __future__ import annotations

from dataclasses import dataclass

from junheng.assess.model import Verdict
from junheng.params.standard import Standard

INK = "#1F1F1F"
MUTED = "#595959"
GRID = "#D4D4D4"
BAND = "#F4F4F4"
FAIL = "#B84E00"
"""Vermillion, darkened so that white text on it stays readable."""


@dataclass(frozen=True, slots=True)
class StageLook:
    """A stage's colour and marker in every figure; `tint` is for large areas."""

    colour: str
    tint: str
    marker: str


@dataclass(frozen=True, slots=True)
class VerdictLook:
    """A verdict as an area: light when met, dark when not, hatched when open."""

    fill: str
    edge: str
    text: str
    hatch: str | None = None


@dataclass(frozen=True, slots=True)
class LocationLook:
    """A location's marker: filled dark, hollow, filled light; no colour of a stage."""

    marker: str
    fill: str
    edge: str


STAGE_LOOKS = (
    StageLook("#0072B2", "#D6E6F1", "o"),
    StageLook("#E69F00", "#FBE8C6", "s"),
    StageLook("#009E73", "#D2ECE4", "D"),
)
VERDICT_LOOKS = {
    Verdict.MET: VerdictLook("#E4EFF6", "#5B8FB0", INK),
    Verdict.UNMET: VerdictLook(FAIL, FAIL, "#FFFFFF"),
    Verdict.UNKNOWN: VerdictLook("#FFFFFF", "#8C8C8C", INK, "...."),
}
LOCATION_LOOKS = (
    LocationLook("o", INK, INK),
    LocationLook("s", "#FFFFFF", INK),
    LocationLook("^", "#CC79A7", "#CC79A7"),
    LocationLook("D", "#F0E442", INK),
)


def stage_look(standard: Standard, stage_id: str) -> StageLook:
    """Return the look of a stage, by its place in the standard."""
    place = [stage.id for stage in standard.stages].index(stage_id)
    return STAGE_LOOKS[place % len(STAGE_LOOKS)]
