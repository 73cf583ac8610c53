"""A frame as a table to look at: in JupyterLab sortable and filterable, page by page; elsewhere plain HTML.

The interactive table is DataTables as `itables` carries it: its script comes with the output, so it works without a
network and from the saved notebook. Without scripts (an untrusted notebook, the batch's evidence) the plain first page shows.
"""

from __future__ import annotations

import json
import uuid
from collections.abc import Sequence
from html import escape
from string import Template
from typing import TYPE_CHECKING, Any

from IPython.core.getipython import get_ipython

from junheng.assess.model import Verdict
from junheng.errors import UsageProblem
from junheng.lab import city, county
from junheng.report.page.html import STYLE

if TYPE_CHECKING:
    import pandas as pd

PAGE = 20
DECIMALS = 4
MARKS = {Verdict.UNMET.value: "unmet", Verdict.UNKNOWN.value: "unknown"}
NAMED_IN = {"unmet": ("未达标指标", "unmet"), "unknown": ("无法判定指标", "unknown")}
"""Columns of a frame of units that name its indicators with that mark."""
CHINESE = {
    "search": "查找：", "lengthMenu": "每页 _MENU_ 行", "lengthLabels": {"-1": "全部"}, "info": "第 _START_ 至 _END_ 行，共 _TOTAL_ 行",
    "infoEmpty": "没有数据", "infoFiltered": "（由 _MAX_ 行筛选）", "emptyTable": "没有数据",
    "zeroRecords": "没有符合条件的行", "paginate": {"first": "首页", "last": "末页", "next": "下页", "previous": "上页"},
    "columnControl": {
        "searchClear": "清除", "list": {"all": "全选", "none": "全不选", "search": "查找", "empty": "（空）"},
        "search": {
            "text": {"contains": "包含", "equal": "等于", "ends": "结尾为", "starts": "开头为", "empty": "为空",
                     "notContains": "不包含", "notEmpty": "不为空", "notEqual": "不等于"},
            "number": {"equal": "等于", "greater": "大于", "greaterOrEqual": "不小于", "less": "小于",
                       "lessOrEqual": "不大于", "empty": "为空", "notEmpty": "不为空", "notEqual": "不等于"},
        },
    },
}  # fmt: skip
FRAME_STYLE = f"{STYLE}<style>.jh.jh.jh.jh-frame th{{white-space:nowrap}}.jh.jh.jh.jh-frame caption{{text-align:left}}</style>"
LAYOUT = {"topStart": "pageLength", "topEnd": "search", "bottomStart": "info", "bottomEnd": "paging"}
SCRIPT = Template("""<script type="module">
const draw = async () => {
    const { ITable } = await window.$library;
    const table = document.getElementById("$id");
    if (!table || table.classList.contains("dataTable")) return;
    document.getElementById("$id-plain").hidden = true;
    table.removeAttribute("hidden");
    new ITable(table, $settings);
};
if (window.$library) draw(); else window.addEventListener("$ready", draw);
</script>""")
_bundle_cells: set[str] = set()
"""The cells (by id) whose output carries the script: the first that showed a table; run again, it carries it again."""


class FrameTable:
    """A frame shown as a table; `wb.show(frame)` makes it."""

    def __init__(self, frame: pd.DataFrame, most: int = PAGE) -> None:
        import pandas as pd

        numbered = frame.index.name is None and pd.api.types.is_integer_dtype(frame.index)
        self._frame = (
            frame.reset_index(drop=True) if numbered else frame.reset_index(names=_index_names(frame))
        )
        self._most = most
        whole = list(frame.columns) == frame.attrs.get("columns")
        self._title = str(frame.attrs.get("title", "")) if whole else ""
        self._units = {str(k): str(v) for k, v in frame.attrs.get("units", {}).items()}

    def __repr__(self) -> str:
        return f"<表{self._title and f'“{self._title}”'}：{len(self._frame)}行{len(self._frame.columns)}列>"

    def _repr_html_(self) -> str:
        plain = self.html()
        return (
            interactive(plain, self._table(len(self._frame)), self._most, self._listed())
            if in_lab()
            else plain
        )

    def html(self) -> str:
        """The first page as plain HTML, with how many rows follow."""
        left = len(self._frame) - self._most
        more = f"共{len(self._frame)}行，此处列出前{self._most}行。" if left > 0 else ""
        noted = f'<p class="jh-note">{more}</p>' if more else ""
        return f"{FRAME_STYLE}{self._table(self._most)}{noted}"

    def _table(self, most: int) -> str:
        columns = list(self._frame.columns)
        head = "".join(f"<th>{escape(self._heading(name))}</th>" for name in columns)
        shown = self._frame.head(most)
        marks = [_marks(row) for row in shown.to_dict("records")]
        cells = [
            [_cell(v, m.get(name, "")) for v, m in zip(shown[name], marks, strict=True)] for name in columns
        ]
        body = "".join(f"<tr>{''.join(row)}</tr>" for row in zip(*cells, strict=True))
        caption = f"<caption>{escape(self._title)}</caption>" if self._title else ""
        return (
            f'<table class="jh jh-frame">{caption}<thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>'
        )

    def _listed(self) -> list[int]:
        """The columns whose few values are picked from a list."""
        kinds = [str(kind) for kind in self._frame.dtypes]
        return [number for number, kind in enumerate(kinds) if kind in ("category", "boolean")]

    def _heading(self, name: Any) -> str:
        """The heading with its unit; units that differ from row to row stand in a column of their own."""
        unit = self._units.get(str(name), "")
        return f"{name}（{unit}）" if unit and not unit.startswith(("见", "同")) else str(name)


def _index_names(frame: pd.DataFrame) -> list[Any]:
    """The headings of an index that says something (groups, codes); mere row numbers are not shown."""
    return [name if name is not None else f"行{number}" for number, name in enumerate(frame.index.names, 1)]


def _marks(row: dict[Any, Any]) -> dict[Any, str]:
    """The mark of each cell of a row: verdicts by themselves, indicators as the row names them."""
    marks = {name: MARKS[value] for name, value in row.items() if isinstance(value, str) and value in MARKS}
    for mark, columns in NAMED_IN.items():
        for column in columns:
            named = row.get(column)
            marks |= dict.fromkeys(named.split("、"), mark) if isinstance(named, str) else {}
    return marks


def _cell(value: Any, mark: str) -> str:
    """A cell: numbers with at most 4 places, whole in the tooltip; what is missing is blank. Verdicts are made bold or slanted."""
    import pandas as pd

    if pd.api.types.is_scalar(value) and pd.isna(value):
        return f'<td class="{mark} num"></td>'
    if pd.api.types.is_bool(value):
        return f'<td class="{mark}">{"是" if value else "否"}</td>'
    if pd.api.types.is_number(value):
        number = value.item() if hasattr(value, "item") else value
        text = f"{number:.{DECIMALS}f}".rstrip("0").rstrip(".") if isinstance(number, float) else str(number)
        return f'<td class="{mark} num" data-order="{number!r}" title="{number!r}">{text}</td>'
    return f'<td class="{mark}">{escape(str(value))}</td>'


def in_lab() -> bool:
    """Whether a kernel of Jupyter's runs this (the batch's has none)."""
    return hasattr(get_ipython(), "kernel")


def interactive(plain: str, table: str, page: int, listed: Sequence[int]) -> str:
    """The whole table for DataTables; the plain one stands in its place until, and wherever no, script has run.

    The page around it is ours and not itables', whose own gives way to an English notice when its script is missing.
    """
    from itables import javascript

    table_id = f"jh-{uuid.uuid4().hex}"
    wanted: dict[str, Any] = {
        "classes": ["jh", "jh-frame", "display", "nowrap", "compact"],
        "style": {"width": "auto", "margin": "0"},
        "language": CHINESE,
        "pageLength": page,
        "lengthMenu": [page, 50, 100, -1],
        "scrollX": True,
        "columnControl": ["order", "searchDropdown"],
        "columnDefs": [{"targets": list(listed), "columnControl": ["order", ["searchList"]]}]
        if listed
        else [],
        "ordering": {"indicators": False},
        "order": [],
        "layout": LAYOUT,
        "table_html": table,
    }
    script = SCRIPT.substitute(
        id=table_id,
        settings=json.dumps(wanted).replace("<", "\\u003c"),
        library=javascript._itables_underscore_version(),
        ready=javascript._itables_ready_event(),
    )
    return f'{_bundle()}<div id="{table_id}-plain">{plain}</div><table id="{table_id}" hidden="hidden"></table>{script}'


def _bundle() -> str:
    """The script, once a notebook: in the first cell that shows a table, and again whenever that cell is run again."""
    from itables import javascript, options

    kernel = getattr(get_ipython(), "kernel", None)
    parent: dict[str, Any] = kernel.get_parent() if kernel else {}
    cell = str(parent.get("metadata", {}).get("cellId", ""))
    if _bundle_cells and (not cell or cell not in _bundle_cells):
        return ""
    _bundle_cells.add(cell)
    made = javascript.generate_init_offline_itables_html(options.dt_bundle)
    return str(made).rpartition("<div")[
        0
    ]  # what follows is an English hint for notebooks that are not trusted


def show(*what: Any, most: int | None = None) -> Any:
    """显示一张表：DataFrame，或报告中的表。

    DataFrame在JupyterLab中可按列排序、筛选、查找，分页显示；批处理的运行记录中为普通表格。未达标加粗加底纹，无法判定为斜体。
    报告中的表按名称显示：conclusion、resource、units、disparity、government、quality、social、failing、missing、edges、tasks。
    most：每页（或至多显示）的行数。

    例：
        wb.show(wb.frame(assessment, "units"))
        wb.show(work, assessment, "conclusion", "disparity")
    """
    import pandas as pd

    first = what[0] if what else None
    if isinstance(first, pd.Series):
        first = first.to_frame()
    if isinstance(first, pd.DataFrame):
        return FrameTable(first, most or PAGE)
    if isinstance(first, county.Workspace):
        return county.show(*what, most=most)
    if isinstance(first, city.CityWorkspace):
        return city.show(*what, most=most)
    raise UsageProblem(
        'show的第一个参数应为DataFrame（如wb.show(wb.frame(assessment, "units"))），'
        '或work（如wb.show(work, assessment, "conclusion")）。'
    )
