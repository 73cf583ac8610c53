"""Several counties side by side, each assessed as in its own notebook."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from junheng.errors import DataProblem, UsageProblem
from junheng.lab.county import assess, open_book
from junheng.lab.frames import stacked_frame
from junheng.lab.workspace import open_workspace
from junheng.workbook.model import usable

if TYPE_CHECKING:
    import pandas as pd


def compare_counties(
    year: int,
    counties: Iterable[str],
    name: str = "units",
    *,
    data_dir: str = "data",
    params_dir: str = "params",
    keys: bool = False,
    exact: bool = False,
) -> pd.DataFrame:
    """把几个县（市、区）的同一张表上下接在一起，前两列为县（市、区）代码和名称。

    year：年度；counties：县（市、区）的名称或代码；name：表名，同`wb.frame(assessment, name)`。
    只读取和评估，不写出文件；采集工作簿缺失或有错误时说明是哪个县。

    例：
        both = wb.compare_counties(2024, ["邹城市", "曲阜市"], "units")
        both.groupby(["县（市、区）", "学段"], observed=True)["L5"].describe()
    """
    if isinstance(counties, str):
        counties = [counties]
    assessments = []
    for county in counties:
        work = open_workspace(county, year, data_dir, params_dir, "", "assessment")
        try:
            assessments.append(assess(work, usable(open_book(work))))
        except DataProblem as problem:
            raise DataProblem(f"{work.county.title}：{problem}") from problem
    if not assessments:
        raise UsageProblem(
            '请写明要比较的县（市、区），例如wb.compare_counties(2024, ["邹城市", "曲阜市"])。'
        )
    return stacked_frame(assessments, name, keys=keys, exact=exact)
