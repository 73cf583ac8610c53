"""Nothing freezes a notebook: whatever an analyst can reach shows itself in one line, and says what to call next."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import fields, is_dataclass
from typing import Any

import pytest
from pydantic import BaseModel

from junheng import lab as wb
from junheng.assess.model import Assessment
from junheng.lab import city, county, forms, plan, trials
from junheng.params.brief import Shown
from tests.assess.make import ROOT

FOLDERS = (str(ROOT / "data"), str(ROOT / "params"))
MOST = 500


@pytest.fixture(scope="module")
def public(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """What a notebook's variables hold after all calls."""
    out = str(tmp_path_factory.mktemp("out"))
    work = county.open_workspace("370826", 2024, *FOLDERS, out, "assessment,self,schools")
    book = county.open_book(work)
    assessment = wb.assess(work, book)
    trend = wb.compare(work, assessment)
    official = trials.official(work)
    changed = trials.trial(work, official).add(official.units[0].school_code, "网络多媒体教室数", 2)
    city_work = city.open_city(2024, *FOLDERS, out)
    return {
        "work": work, "book": book, "assessment": assessment, "trend": trend, "official": official,
        "changed": changed, "tried": trials.try_out(work, official, changed),
        "made": trials.forecast(work, official), "planned": plan.make_plan(work, official),
        "form": forms.form(work, official), "reports": wb.compose(work, assessment, trend),
        "city_work": city_work, "context": county.make_context(work, assessment, trend),
    }  # fmt: skip


def reached(thing: Any, seen: set[type], depth: int = 0) -> Iterator[Any]:
    """One object of every class of ours that can be reached by attributes and items."""
    if isinstance(thing, Mapping):
        for value in list(thing.values())[:50]:
            yield from reached(value, seen, depth)
    elif isinstance(thing, tuple | list):
        for value in thing[:50]:
            yield from reached(value, seen, depth)
    elif type(thing).__module__.startswith("junheng"):
        new = type(thing) not in seen
        seen.add(type(thing))
        if new:
            yield thing
        names = [f.name for f in fields(thing)] if is_dataclass(thing) else []
        names += list(type(thing).model_fields) if isinstance(thing, BaseModel) else []
        for name in names if new or depth < 3 else ():
            yield from reached(getattr(thing, name), seen, depth + 1)


def test_whatever_can_be_reached_has_a_short_repr(public: dict[str, Any]) -> None:
    seen: set[type] = set()
    found = [thing for value in public.values() for thing in reached(value, seen)]
    assert len(found) > 60
    long = {type(thing).__name__: len(repr(thing)) for thing in found if len(repr(thing)) >= MOST}
    assert long == {}
    assert all(len(str(thing)) < MOST for thing in found if isinstance(thing, BaseModel))


def test_what_calls_return_says_in_chinese_what_it_is_and_what_to_call_next(public: dict[str, Any]) -> None:
    shown = {name: thing for name, thing in public.items() if isinstance(thing, Shown)}
    assert {"work", "book", "assessment", "trend", "changed", "made", "city_work"} <= set(shown)
    for name, thing in {**shown, "report": public["reports"]["assessment"]}.items():
        html = thing._repr_html_()
        assert re.search(r"[\u4e00-\u9fff]{4}", html) and len(html) < 1500, name
        assert "接下来可写" in html and thing.calls, name
        for call in thing.calls:
            compile(call, name, "exec")
            for used in re.findall(r"wb\.(\w+)", call):
                assert used in wb.__all__, call
    assert "评估单元" in repr(public["assessment"]) and "微山县2024年度评估" in repr(public["assessment"])
    assert repr(public["tried"]).startswith("<试算：改动1项") and repr(public["form"]).startswith(
        "<试算表单：微山县"
    )
    assert repr(public["planned"]).startswith("<补短板方案：")


def test_in_the_batch_nothing_is_said_of_what_to_write_next(
    public: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Shown, "hints", False)
    assessment: Assessment = public["assessment"]
    assert "接下来" not in assessment._repr_html_() and "评估单元" in assessment._repr_html_()
