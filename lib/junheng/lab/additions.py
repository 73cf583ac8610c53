"""What an analyst adds to one county's report: paragraphs, tables and figures at a place of their choice.

`wb.compose` gives reports of this kind. What is added is content like all else: it is numbered, checked, printed and
delivered with it, and says whose it is when the office wants that (`remark_source` in params/<YEAR>/city.yml).
"""

from __future__ import annotations

import io
import math
import shutil
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from fractions import Fraction
from html import escape
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar, Final

from junheng.errors import JunhengError, ParamsProblem, UsageProblem, did_you_mean
from junheng.exact import exact, fixed
from junheng.params.city import Remark
from junheng.params.tables import TableColumn, TableSpec
from junheng.project import project_root
from junheng.report.content.model import (
    Block,
    Document,
    Heading,
    Paragraph,
    Picture,
    Table,
    TableCell,
    TableRow,
)
from junheng.report.content.numbers import BLANK
from junheng.report.word.render import make_word

if TYPE_CHECKING:
    from docx.document import Document as WordDocument
    from matplotlib.figure import Figure
    from pandas import DataFrame, Series

PORTRAIT: Final = 156
LANDSCAPE: Final = 225
"""Millimetres of text on a page (GB/T 9704-2012)."""
_CHARACTER: Final = 3.8
"""Millimetres that a Chinese character of 五号 takes in a table."""
_LONGEST: Final = 24
_ROWS: Final = 500
"""A longer table belongs into an annex of its own, not into a report."""
_SHOWN: Final = 30
_PLACES: Final = 6
_UPRIGHT, _ACROSS = 14, 24
"""Columns of a table on an upright and on a landscape page; with more, words would stand one character a line."""


@dataclass(frozen=True, repr=False)
class EditableDocument(Document):
    """A report as content, to which an analyst adds. `titles` names its sections in Chinese; `source` says whose additions are.

    `figures_dir` is where added figures are stored; `word` holds the Word document once an analyst has taken it.
    """

    titles: tuple[tuple[str, str], ...] = ()
    source: str = ""
    figures_dir: Path = Path()
    word: list[WordDocument] = field(default_factory=list)
    calls: ClassVar[tuple[str, ...]] = (
        'reports["assessment"].section("存在问题").paragraph("……").table(df, caption="……")',
        'wb.preview(reports["assessment"])',
        "wb.write(work, assessment, reports)",
    )

    def section(self, name: str) -> Section:
        """取报告的一节，写章节名（problems）或标题（存在问题）；没有这一节时列出可用的章节。

        例：
            reports["assessment"].section("存在问题").paragraph("……")
        """
        if self.word:
            raise UsageProblem("Word文档已用wb.word取出，不能再加章节内容；请先加内容，再取Word文档。")
        known = {title: key for key, title in self._sections} | {key: key for key in self.blocks}
        if name not in known:
            there = "、".join(f"{key}（{title}）" for key, title in self._sections)
            raise UsageProblem(
                f"这份报告没有名为“{name}”的章节。{did_you_mean(name, known)}可用的章节：{there}。"
            )
        return Section(self, known[name])

    def _repr_html_(self) -> str:
        """What every document shows, and its sections by name."""
        rows = "".join(
            f"<li><code>{escape(key)}</code> {escape(title)}（{len(self.blocks[key])}段）</li>"
            for key, title in self._sections
        )
        return f"{super()._repr_html_()}<p>章节：</p><ul>{rows}</ul>"

    @property
    def _sections(self) -> list[tuple[str, str]]:
        return [(key, title) for key, title in self.titles if key in self.blocks]

    @property
    def contents(self) -> dict[str, tuple[Block, ...]]:
        """The blocks by section, to be changed in place."""
        assert isinstance(self.blocks, dict)
        return self.blocks


def word(report: EditableDocument) -> WordDocument:
    """取出一份报告的Word文档（python-docx的Document），直接修改；`wb.write`写出的就是改过的这一份。

    段落、表、图能用`.section(...)`加的，先加好再取；取出之后不能再加。

    例：
        doc = wb.word(reports["assessment"])
        doc.add_paragraph("……")
        wb.write(work, assessment, reports)
    """
    if not report.word:
        report.word.append(made_word(report))
    return report.word[0]


def made_word(report: EditableDocument) -> WordDocument:
    """Return a report's Word document: the one an analyst took and may have changed, else one made now.

    Raises UsageProblem for a report composed without the pictures that its annex is made of.
    """
    if report.blocks.get("annex_figures") == ():
        raise UsageProblem(
            "成文时没有给出图，附件“图表”没有内容。请先绘图，再成文："
            "pictures = wb.draw(work, assessment, trend)，reports = wb.compose(work, assessment, trend, pictures)。"
        )
    template = project_root() / "templates" / f"{report.template}.docx"
    return report.word[0] if report.word else make_word(report, template, report.figures_dir)


@dataclass(frozen=True)
class Section:
    """A place in a report: the end of a section, or the gap before or after one of its paragraphs.

    Each call adds one thing there and returns the place behind it, so that calls can follow one another.
    """

    document: EditableDocument
    name: str
    place: int | None = None

    def paragraph(self, text: str) -> Section:
        """加一段文字；多行的，一行一段。

        例：
            reports["assessment"].section("存在问题").paragraph("……")
        """
        if not isinstance(text, str) or not text.strip():
            raise UsageProblem("paragraph的内容应为一段文字，不能为空。")
        return self._add(
            *(Paragraph(self._marked(line)) for line in text.strip().splitlines() if line.strip())
        )

    def table(
        self,
        frame: DataFrame | Series[Any],
        caption: str = "",
        *,
        decimals: int = 2,
        unit: str = "",
        notes: Sequence[str] = (),
        wide: bool = False,
    ) -> Section:
        """把DataFrame（或Series）加为一张表，编号自动排。

        整数照印，小数保留decimals位（四舍五入），缺的印作——；索引不只是行号的，作为首列；wide=True放在横页上；unit为表的单位，notes为表注。

        例：
            reports["assessment"].section("存在问题").table(df, caption="各乡镇学校数", decimals=1)
        """
        return self._add(table_of(frame, caption, decimals, unit, (*notes, *self._source_note()), wide))

    def figure(self, figure: Figure, caption: str = "", *, alt: str = "", width: float = 1.0) -> Section:
        """把matplotlib的图加为一幅图，编号自动排。

        alt：供读屏软件朗读的说明（默认为图题）；width：占版心宽度的比例。字体中没有的字符给出提示。

        例：
            reports["assessment"].section("存在问题").figure(fig, caption="各乡镇生均面积")
        """
        from matplotlib.figure import Figure

        if not isinstance(figure, Figure):
            raise UsageProblem(
                'figure的内容应为matplotlib的Figure：.figure(fig, caption="……")，坐标轴ax的图是ax.figure。'
            )
        if not isinstance(caption, str) or not caption.strip():
            raise UsageProblem('figure要有标题：.figure(fig, caption="……")。')
        return self._pictured(lambda file: save_figure(figure, file), caption, alt, width)

    def picture(self, path: Path, caption: str, alt: str = "") -> Section:
        """把图片文件（PNG）加为一幅图，编号自动排。

        例：
            reports["assessment"].section("存在问题").picture(Path("notebooks/2024/370883_操场.png"), "操场改造现场")
        """
        return self._pictured(lambda file: shutil.copyfile(path, file), caption, alt)

    def before(self, words: str) -> Section:
        """定位到含有这几个字的段落、标题、表或图之前；应恰有一处。

        例：
            reports["assessment"].section("存在问题").before("体育运动场馆").paragraph("……")
        """
        return replace(self, place=self._find(words))

    def after(self, words: str) -> Section:
        """定位到含有这几个字的段落、标题、表或图之后；应恰有一处。

        例：
            reports["assessment"].section("存在问题").after("体育运动场馆").paragraph("……")
        """
        return replace(self, place=self._find(words) + 1)

    def replace(self, old: str, new: str) -> Section:
        """把一段中的文字换成另外的文字；应恰有一段含有它，表、图中的不能替换。

        例：
            reports["assessment"].section("存在问题").replace("原文", "改为")
        """
        number = self._find(old)
        blocks = list(self.document.contents[self.name])
        block = blocks[number]
        if not isinstance(block, Paragraph | Heading):
            raise UsageProblem(f"“{old}”在表或图中，不能这样替换；请用before、after在其前后加说明。")
        blocks[number] = replace(block, text=block.text.replace(old, new))
        self.document.contents[self.name] = tuple(blocks)
        return replace(self, place=number + 1)

    def __repr__(self) -> str:
        return f"章节{self.name}，共{len(self.document.contents[self.name])}段"

    def _add(self, *added: Block) -> Section:
        blocks = self.document.contents[self.name]
        place = len(blocks) if self.place is None else self.place
        self.document.contents[self.name] = (*blocks[:place], *added, *blocks[place:])
        return replace(self, place=place + len(added))

    def _find(self, words: str) -> int:
        texts = [_words(block) for block in self.document.contents[self.name]]
        found = [n for n, text in enumerate(texts) if words and words in text]
        if len(found) == 1:
            return found[0]
        near = max(texts, key=lambda text: _likeness(words, text), default="")
        told = f"最接近的是“{near[:_SHOWN]}…”。" if near and not found else ""
        count = f"有{len(found)}处" if found else "没有"
        raise UsageProblem(f"章节{self.name}中{count}“{words}”，应恰有一处。{told or '请多写几个字。'}")

    def _marked(self, text: str) -> str:
        source = self.document.source
        return f"{text.strip()}（{source}）" if source else text.strip()

    def _source_note(self) -> tuple[str, ...]:
        return (f"{self.document.source}。",) if self.document.source else ()

    def _pictured(self, put: Callable[[Path], object], caption: str, alt: str, width: float = 1.0) -> Section:
        """Add a picture, whose file `put` writes, and under it whose it is, as a note."""
        file, caption = self._next_file(), caption.strip()
        self.document.figures_dir.mkdir(parents=True, exist_ok=True)
        put(self.document.figures_dir / file)
        notes = (Paragraph(f"注：{note}", "note") for note in self._source_note())
        return self._add(Picture(file, caption, alt.strip() or caption, width), *notes)

    def _next_file(self) -> str:
        """The name of the next added picture: free in this report."""
        blocks = (block for part in self.document.contents.values() for block in part)
        used = {block.file for block in blocks if isinstance(block, Picture)}
        names = (f"own_{self.name}_{number}.png" for number in range(1, len(used) + 2))
        return next(name for name in names if name not in used)


def save_figure(figure: Figure, path: Path) -> None:
    """Write an analyst's figure as PNG for print, in the report's fonts; raises UsageProblem for a missing glyph.

    Labels are given room unless the figure has a layout of its own.
    """
    from junheng.report.figures.png import png
    from junheng.report.figures.sheet import ReportFigure

    if figure.get_layout_engine() is None and not isinstance(figure, ReportFigure):
        figure.set_layout_engine("constrained")
    try:
        path.write_bytes(png(figure))
    except JunhengError as error:
        raise UsageProblem(f"图不能印入报告：{error}") from error


def _words(block: Block) -> str:
    match block:
        case Heading() | Paragraph():
            return block.text
        case Table() | Picture():
            return block.caption
    return ""


def _likeness(words: str, text: str) -> float:
    """How much of the words' pairs of characters stand in the text."""
    pairs = {words[n : n + 2] for n in range(len(words) - 1)}
    return sum(pair in text for pair in pairs) / len(pairs) if pairs else 0


# Remarks of a county without code: what params/<YEAR>/<code>.yml names


def add_remark_files(document: EditableDocument, remarks: Mapping[str, Remark], folder: Path) -> None:
    """Add the tables and pictures of a county's remarks; their texts stand there already. Raises ParamsProblem."""
    for name, remark in remarks.items():
        if name not in document.blocks:
            continue
        section = document.section(name)
        if remark.table:
            section.table(_own_table(folder / remark.table), remark.table_caption)
        if remark.picture:
            section.picture(_own_file(folder / remark.picture), remark.picture_caption)


def _own_file(path: Path) -> Path:
    if not path.is_file():
        raise ParamsProblem(
            f"remarks中的文件“{path.parent.name}/{path.name}”不存在，请放入参数目录的{path.parent.name}。"
        )
    return path


def _own_table(path: Path) -> DataFrame:
    """A CSV file in UTF-8 or GB18030, texts kept as they are written, figures as figures."""
    import pandas as pd

    data = _own_file(path).read_bytes()
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            return pd.read_csv(io.BytesIO(data), encoding=encoding, dtype_backend="numpy_nullable")
        except UnicodeDecodeError:
            continue
        except ValueError as error:
            raise ParamsProblem(
                f"remarks中的表“{path.name}”读不成表（{error}），应为带表头的CSV。"
            ) from error
    raise ParamsProblem(f"remarks中的表“{path.name}”的编码不是UTF-8或GB18030，请另存为CSV UTF-8。")


# Tables


def table_of(
    frame: DataFrame | Series[Any], caption: str, decimals: int, unit: str, notes: tuple[str, ...], wide: bool
) -> Table:
    """Return a DataFrame as a table of a report; raises UsageProblem when it has no caption, columns or rows, or too many."""
    import pandas as pd

    if isinstance(frame, pd.Series):
        frame = frame.to_frame()
    if not isinstance(frame, pd.DataFrame):
        raise UsageProblem('table的内容应为DataFrame：.table(df, caption="……")。')
    numbered = frame.index.names == [None] and pd.api.types.is_integer_dtype(frame.index)
    names = [name if name is not None else "项目" for name in frame.index.names]
    flat = frame if numbered else frame.reset_index(names=names)
    _refuse_unprintable(flat, caption, decimals, wide)
    headings = [_heading(name) for name in flat.columns]
    texts = [_column(flat.iloc[:, n], decimals) for n in range(flat.shape[1])]
    spec = TableSpec(
        id="own", title=caption.strip(), columns=_columns(headings, texts, LANDSCAPE if wide else PORTRAIT), unit=unit, landscape=wide,
    )  # fmt: skip
    rows = tuple(
        TableRow({f"c{n}": cells[row] for n, cells in enumerate(texts)}) for row in range(flat.shape[0])
    )
    return Table(spec, rows, notes=notes)


def _refuse_unprintable(frame: DataFrame, caption: str, decimals: int, wide: bool) -> None:
    if not isinstance(caption, str) or not caption.strip():
        raise UsageProblem('table要有标题：.table(df, caption="……")。')
    if not 0 <= decimals <= _PLACES:
        raise UsageProblem(f"表“{caption}”的小数位数decimals应在0至{_PLACES}之间，现为{decimals}。")
    rows, columns = frame.shape
    if rows == 0 or columns == 0:
        raise UsageProblem(f"表“{caption}”是空的（{rows}行、{columns}列），没有加入报告。")
    if rows > _ROWS:
        raise UsageProblem(f"表“{caption}”有{rows}行，报告中的表最多{_ROWS}行，请先筛选或汇总。")
    if columns > (_ACROSS if wide else _UPRIGHT):
        advice = "" if wide else "放在横页上（wide=True），或"
        most = f"{'横' if wide else '竖'}页上的表最多{_ACROSS if wide else _UPRIGHT}列"
        raise UsageProblem(f"表“{caption}”有{columns}列，{most}；请{advice}只取需要的列：df[[…]]。")


def _heading(name: object) -> str:
    """A column's heading; of several levels (a pivot table) they are joined."""
    return " ".join(str(part) for part in name if part) if isinstance(name, tuple) else str(name)


def _columns(headings: list[str], cells: list[list[TableCell]], room: float) -> tuple[TableColumn, ...]:
    """Columns as wide as their longest word, shrunk or stretched to the page."""
    natural = [
        min(_LONGEST, max(len(heading) / 2, *(len(cell.text) for cell in column), 3)) * _CHARACTER
        for heading, column in zip(headings, cells, strict=True)
    ]
    scale = room / math.fsum(natural)  # the sum of floats differs between Python 3.11 and 3.12
    return tuple(
        TableColumn(
            key=f"c{n}",
            heading=heading,
            width=round(width * scale, 1),
            align="left" if all(cell.number is None for cell in column) else "center",
        )
        for n, (heading, width, column) in enumerate(zip(headings, natural, cells, strict=True))
    )


def _column(values: Any, decimals: int) -> list[TableCell]:
    """One column as cells; whole numbers have no places."""
    import pandas as pd

    places = 0 if pd.api.types.is_integer_dtype(values.dtype) else decimals
    return [_cell(value, places) for value in values]


def _cell(value: Any, places: int) -> TableCell:
    import pandas as pd

    if value is None or (pd.api.types.is_scalar(value) and pd.isna(value)):
        return TableCell(BLANK)
    if pd.api.types.is_bool(value):
        return TableCell("是" if value else "否")
    if isinstance(value, Fraction):
        return TableCell(fixed(value, places), value)
    if pd.api.types.is_integer(value):
        return TableCell(str(int(value)), Fraction(int(value)))
    if pd.api.types.is_float(value):
        if math.isinf(value):
            raise UsageProblem(
                "表中有无穷大（inf），多由除以0得来；请先改为缺数据：df.replace([float('inf'), float('-inf')], float('nan'))。"
            )
        return TableCell(fixed(exact(float(value)), places), exact(float(value)))
    return TableCell(str(value))
