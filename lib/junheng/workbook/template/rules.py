"""What a cell of the blank workbook accepts: lists, ranges, lengths, and the message shown when it is chosen."""

from __future__ import annotations

from openpyxl.worksheet.datavalidation import DataValidation

from junheng.exact import plain
from junheng.params.dictionary import Field
from junheng.workbook.read.cells import YES_NO, CellRules

LARGEST = 1_000_000_000
"""Validations of Excel need both ends; no figure of a county reaches this one."""
LONGEST_LIST, LONGEST_TITLE, LONGEST_MESSAGE = 255, 32, 255
"""What Excel takes in a validation; a file with more it calls damaged, and drops the validation."""


def column_rule(field: Field, rules: CellRules, hint: str) -> DataValidation | None:
    """Return the validation of a column; None for free text without a hint."""
    rule = _restriction(field, rules)
    if rule is None and not hint:
        return None
    rule = rule or DataValidation()
    expected = "" if field.type == "text" else f"应为{rules.expected(field)}。"
    rule.allow_blank = True
    rule.showInputMessage, rule.promptTitle = True, field.header[:LONGEST_TITLE]
    rule.prompt = f"{hint}{expected}{_needed(field)}"[:LONGEST_MESSAGE]
    if rule.type:
        rule.showErrorMessage, rule.errorTitle = True, "填写有误"
        rule.error = f"“{field.header}”{expected}"[:LONGEST_MESSAGE]
    return rule


def _needed(field: Field) -> str:
    words = {
        "always": "必填，没有数据时留空。",
        "stage": "有该学段的学校必填。",
        "campus": "校区必填，其他学校不填。",
        "blank": "没有的留空。",
        "optional": "没有的留空。",
    }
    return words[field.required]


def _restriction(field: Field, rules: CellRules) -> DataValidation | None:
    if field.vocabulary or field.type == "yesno":
        words = [term.label for term in rules.terms(field)] or list(YES_NO)
        listed = ",".join(words)
        return DataValidation("list", formula1=f'"{listed}"') if len(listed) < LONGEST_LIST else None
    if field.type == "code" and field.digits:
        return DataValidation("textLength", formula1=str(field.digits), operator="equal")
    if not field.is_number:
        return None
    low, high = rules.limits(field)
    kind = "whole" if field.type == "int" else "decimal"
    top = plain(high) if high is not None else str(LARGEST)
    return DataValidation(kind, formula1=plain(low), formula2=top, operator="between")
