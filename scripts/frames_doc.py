"""Write docs/frames.md from the column records of the frames (tests/lab/test_frames_doc.py compares)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path

from junheng.lab.frames.assessment import ASSESSMENT_FRAMES
from junheng.lab.frames.changes import BEFORE_AFTER
from junheng.lab.frames.city import CITY_FRAMES
from junheng.lab.frames.model import FrameKind, Terms
from junheng.lab.frames.trend import TREND_FRAMES
from junheng.params.dictionary import load_city_dictionary, load_dictionary
from junheng.params.phrases import load_phrases
from junheng.params.standard import load_standards
from junheng.params.tasks import load_tasks
from junheng.report.content.phrases import PhraseBook
from junheng.workbook.columns import Column
from junheng.workbook.frames import book_columns

ROOT = Path(__file__).resolve().parents[1]
PAGE = ROOT / "docs" / "frames.md"
YEAR = 2024
HEAD = """# 数据表（DataFrame）

<!-- 本页由 scripts/frames_doc.py 根据程序中的列定义生成，请勿手改。 -->

笔记本中写 `from junheng import lab as wb`，用 `wb.frame(对象, 表名)` 得到 pandas 的 DataFrame：

    units = wb.frame(assessment, "units")
    units[(units["学段"] == "小学") & (units["L5"] < 7.5)].sort_values("在校生数")

- 列名默认为中文；`keys=True` 用数据字典的键（下表“键”一列），类别的取值也用存储值（如 primary）。
- 数值是由精确值正确舍入的浮点数，缺数据为 `<NA>`，从不当作0；`exact=True` 时为分数（Fraction）。
- 结论是有序类别：未达标 < 无法判定 < 达标，由评估程序按精确值判定。浮点数只供查看和作图，不据以判定。
- 每次调用都得到一份新表，改动它不影响评估；改过的学校表用 `wb.with_schools(book, 表)` 放回，得到试算用的工作簿。
- 一校两个学段的学校有两行。送出本市（EXTERNAL=True）时隐藏的数为 `<NA>`。
- `wb.compare_counties(年度, [县, 县], 表名)` 把几个县的同一张表接在一起，前两列同“全市汇总”各表。
- data/ 目录中的 units.csv、indicators.csv、disparity.csv、items.csv、issues.csv 由同名的表写出，列名为键
  （items.csv 的 jining_threshold、jining_verdict 即表中的 local_threshold、local_verdict）。

类型：string 文本，Int64 整数，Float64 数值，boolean 是否，category 类别（有序的另注）。
"""
BOOK_TITLES = {"issues": "核查发现的疑点", "repairs": "自动整理的书写形式"}
BOOK_ROWS = {
    "issues": "一处疑点",
    "repairs": "一个整理过的值",
    "county": "一个数据项",
    "schools": "工作簿〔学校〕的一行",
}


def frames_text(params_dir: Path, year: int) -> str:
    """Return docs/frames.md under the standard of `year`; raises ParamsProblem."""
    national, local = load_standards(params_dir, year)
    dictionary = load_dictionary(params_dir)
    phrases = PhraseBook(load_phrases(params_dir))
    city = load_city_dictionary(params_dir)
    terms = Terms(national, local, dictionary, phrases, city, load_tasks(params_dir))
    parts = [HEAD, *_book(terms)]
    for title, of, kinds in (
        ("评估", "assessment", ASSESSMENT_FRAMES),
        ("与上年度比较", "trend", TREND_FRAMES),
        ("全市汇总", "city", CITY_FRAMES),
    ):
        parts.append(f"## {title}：`wb.frame({of}, …)`\n")
        parts += [_kind(name, kind, terms) for name, kind in kinds.items()]
    parts.append("## 试算前后：`wb.before_after(official, tried)`\n")
    parts.append(_kind("before_after", BEFORE_AFTER, terms))
    return "\n".join(parts)


def _book(terms: Terms) -> Iterator[str]:
    yield (
        "## 采集工作簿：`wb.frame(book, …)`\n\n"
        "`book.schools`、`book.county`、`book.issues`、`book.repairs`是同样的表，列名为键；"
        "前两个的索引为学校标识码（school_code）和数据项的键（key）。"
        "`book.where(数据项, 学校)`给出一个数所在的文件、工作表、单元格。\n"
    )
    for name, columns in book_columns(terms.dictionary).items():
        title = BOOK_TITLES.get(name) or f"〔{terms.dictionary.sheet(name).name}〕"
        yield _section(name, title, BOOK_ROWS.get(name, "工作表的一行"), columns)


def _kind(name: str, kind: FrameKind, terms: Terms) -> str:
    return _section(name, kind.title, kind.row, kind.columns(terms))


def _section(name: str, title: str, row: str, columns: Iterable[Column]) -> str:
    lines = [_line(column) for column in columns]
    head = "| 列 | 键 | 类型 | 单位 | 来源 |\n|---|---|---|---|---|"
    return f"### {name}：{title}\n\n一行：{row}。\n\n{head}\n" + "\n".join(lines) + "\n"


def _line(column: Column) -> str:
    kind = column.dtype + ("，有序" if column.kind == "ordered" else "")
    cells = (column.heading, f"`{column.key}`", kind, column.unit, column.source)
    return f"| {' | '.join(cell.replace('|', '／') for cell in cells)} |"


if __name__ == "__main__":
    PAGE.write_text(frames_text(ROOT / "params", YEAR), encoding="utf-8")
