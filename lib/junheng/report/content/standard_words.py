"""Numbers of the standard that any sentence may use, so that no sentence has to know them (七项, 六项, 85%)."""

from __future__ import annotations

from junheng.exact import plain
from junheng.params.standard import Standard
from junheng.report.content.phrases import PhraseBook


def standard_words(standard: Standard, phrases: PhraseBook) -> dict[str, object]:
    """Return what every phrase may use beside its own values.

    `indicators` how many there are, `may_miss` how many of them a unit may miss, `floor` 85%,
    `unit_rule` when a unit is 达标, `exceptions` the exceptions' ids (E1至E4).
    """
    rule = standard.unit_rule
    words: dict[str, object] = {
        "indicators": len(standard.indicators),
        "may_miss": rule.may_miss,
        "least": len(standard.indicators) - rule.may_miss,
        "floor": f"{plain(rule.floor * 100)}%",
        "exceptions": _ids([exception.id for exception in standard.exceptions]),
    }
    return {**words, "unit_rule": phrases.say("unit_rule", **words)}


def _ids(ids: list[str]) -> str:
    return "、".join(ids) if len(ids) < 3 else f"{ids[0]}至{ids[-1]}"
