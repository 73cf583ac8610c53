"""The sheet 目标任务: the policy's 18 tasks, with results from the other sheets where they have them."""

from __future__ import annotations

from .chance import whole
from .county import CountySheets
from .roster import PRIVATE_SPONSOR

Figures = dict[str, object]


def measures(sheets: CountySheets, figures: Figures, large_now: int) -> dict[str, float]:
    """Return the results that other sheets give, in percent."""
    survey = sheets.survey()
    users = sum(row["three_classrooms"] == "是" for row in sheets.rows)
    compulsory = ("students_primary", "students_junior")
    large_before = figures["large_schools_last"]
    parts = {
        "large_cleared": (large_before - large_now, large_before)
        if large_before
        else (0 if large_now else 1, 1),
        "three_classrooms": (users, len(sheets.rows)),
        "rotation": (figures["rotation_actual"], figures["rotation_eligible"]),
        "training": (sheets.total("training_budget"), sheets.total("public_funds_budget")),
        "pay": (figures["teacher_pay"], figures["civil_pay"]),
        "private_share": (
            sheets.total(*compulsory, where=lambda row: row["sponsor"] == PRIVATE_SPONSOR),
            sheets.total(*compulsory),
        ),
        "quota": (figures["quota_allotted"], figures["quota_total"]),
        "satisfaction": (sum(row[3] for row in survey), sum(row[2] for row in survey)),
        "spending": (
            figures["education_spending"] - figures["education_spending_last"],
            figures["education_spending_last"],
        ),
    }
    return {name: round(part / whole_ * 100, 1) for name, (part, whole_) in parts.items()}


def task_rows(
    tasks: list[dict], sheets: CountySheets, figures: Figures, large_now: int
) -> list[list[object]]:
    """Return the rows of 目标任务."""
    known = measures(sheets, figures, large_now)
    rows = []
    for task in tasks:
        result = (
            known[task["result"]]
            if isinstance(task["result"], str)
            else whole(task["result"], *sheets.key, "task", task["task"])
        )
        done = result <= task["goal"] if task.get("at_most") else result >= task["goal"]
        why = [None, None] if done else [task["cause"], task["next_step"]]
        rows.append(
            [
                task["task"],
                task["title"],
                task["target"],
                result,
                task["unit"],
                "是" if done else "否",
                *why,
                task["department"],
            ]
        )
    return rows
