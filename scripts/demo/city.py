"""The city's own workbook of the demo: goals, measures of the teams, visits, third parties, register, papers received."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from .chance import between, dice, happens, whole

OPEN_FROM = 6
"""From this month of the following year on nothing can be closed yet."""
Rows = list[dict[str, object]]


def city_sheets(settings: dict, year: int) -> dict[str, Rows]:
    """Return the rows of each sheet of the city's workbook, by sheet id and key."""
    demo, counties = settings["city"], list(settings["counties"].values())
    return {
        "goals": list(_goals(demo, settings["plan"], year)),
        "teams": list(_teams(demo, year)),
        "visits": [_visit(demo, county, year) for county in counties],
        "third_parties": [{**party, "ended": _day(year + 1, 4, 10)} for party in demo["third_parties"]],
        "register": [_registered(row, year) for row in demo["register"][year]],
        "received": [_received(demo, county, year, number) for number, county in enumerate(counties, 1)],
    }


def _goals(demo: dict, tasks: list[dict], year: int) -> Iterator[dict[str, object]]:
    for task in tasks:
        for goal in task["city_goals"]:
            own = {"task": task["id"], "goal": goal["name"], "unit": goal.get("unit")}
            if goal["id"] in demo["blank"][year]:
                yield own
            elif "target" in goal:
                share = between(demo["share"][year], "city", goal["id"], year)
                amount = max(round(goal["target"] * share), 1)
                yield {**own, "result": amount, "evidence": demo["evidence"]}
            else:
                yield {**own, **_answer(demo, goal, year)}


def _answer(demo: dict, goal: dict, year: int) -> dict[str, object]:
    """A requirement's state and words; one that is done in the first year stays done."""
    chance = dice("city", goal["id"]).random()
    state = "已完成" if chance < demo["done_share"][year] else "推进中"
    if goal["id"] in demo["not_begun"][year]:
        state = "未开展"
    bounds = demo["numbers"].get(goal.get("unit"))
    number = whole(bounds, "city", goal["id"], year) if bounds and state != "未开展" else None
    evidence = demo["evidence"] if state == "已完成" else None
    return {"result": number, "state": state, "told": demo["told"][state], "evidence": evidence}


def _teams(demo: dict, year: int) -> Iterator[dict[str, object]]:
    number = 0
    for team in demo["teams"]:
        for measure in team["measures"]:
            number += 1
            later, month = demo["months"][number % len(demo["months"])]
            closed = (later == 0 or month < OPEN_FROM) and happens(
                demo["closed_share"][year], "city", measure, year
            )
            state = "已销号" if closed else "已完成" if number % 5 == 0 else "推进中"
            yield {
                "number": number,
                "team": team["team"],
                "task": team["task"],
                "department": team["department"],
                "measure": measure,
                "deadline": _day(year + later, month, 30),
                "state": state,
                "closed_on": _day(year + later, month, 15) if closed else None,
                "evidence": demo["closed_evidence"] if closed else None,
            }


def _visit(demo: dict, county: dict, year: int) -> dict[str, object]:
    code, visits = county["code"], demo["visits"]
    begun = date(year + 1, *_spring(demo, code, year))
    counts = {
        key: whole(visits[key], "city", code, year, key) for key in ("schools", "meetings", "questionnaires")
    }
    found = dice("city", code, year, "findings").choice(demo["findings"])
    return {
        "county": county["name"],
        "leader": visits["leader"],
        "members": visits["members"],
        "begun": _day(begun.year, begun.month, begun.day),
        "ended": _day(begun.year, begun.month, begun.day + 2),
        **counts,
        "findings": found,
    }


def _spring(demo: dict, code: str, year: int) -> tuple[int, int]:
    first, last = demo["visit_months"]
    return whole([first, last], "city", code, year, "month"), whole([6, 18], "city", code, year, "day")


def _registered(row: dict, year: int) -> dict[str, object]:
    """A measure of the office as it is entered; its days are written as lists in the demo's settings."""
    days = {key: _day(*row[key]) for key in ("deadline", "closed_on") if key in row}
    return {**row, **days, "date": _day(year + 1, 4, 15)}


def _received(demo: dict, county: dict, year: int, number: int) -> dict[str, object]:
    name, code = county["name"], county["code"]
    late = happens(demo["late_reports"], "city", code, year, "late")
    arrived = _day(year + 1, 2 if late else 1, whole([8, 26], "city", code, year, "arrived"))
    return {
        "county": name,
        "self_report": None if name in demo["no_report"][year] else arrived,
        "application": _day(year + 1, 3, 20) if name in demo["applicants"][year] else None,
        "feedback_number": None if name in demo["no_number"][year] else f"演示教督〔{year + 1}〕{number}号",
    }


def _day(year: int, month: int, day: int) -> str:
    return f"{year}年{month}月{day}日"
