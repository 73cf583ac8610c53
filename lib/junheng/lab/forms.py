"""用表单试算（whatif.ipynb）：选学校、改数据、调人员、撤并或新建学校、改标准，立即看到前后对照。

每一步都是`trials`的一步；表单下方写出同样的代码，抄到单元格即可重复。没有浏览器时（papermill、批处理）只是不显示。

例：
    form = forms.form(work, official)
    form
"""

from __future__ import annotations

from collections.abc import Callable
from html import escape
from typing import Any

import ipywidgets as w
from IPython.core.getipython import get_ipython
from IPython.display import display

from junheng.assess.model import Assessment
from junheng.assess.whatif import Trial
from junheng.lab import trials
from junheng.lab.arguments import checked
from junheng.lab.county import Workspace
from junheng.lab.errors import message
from junheng.lab.form_pages import (
    Figures,
    LimitsPanel,
    Merger,
    Opening,
    Panel,
    People,
    Schools,
    TrialStep,
    row_of,
    stages_of,
)


class TrialForm:
    """A form over one county. `trial` is the trial so far, `code` what to write in a cell to get the same."""

    def __init__(self, work: Workspace, official: Assessment) -> None:
        self._work, self._official = work, official
        self._done: list[tuple[str, Trial]] = []
        self._start = trials.trial(work, official)
        start = self._start
        self.figures, self.people, self.merger = Figures(start), People(start), Merger(start)
        self.opening, self.limits = Opening(start), LimitsPanel(start)
        self._panels = (self.figures, self.people, self.merger, self.opening, self.limits)
        self.undo, self.clear = (w.Button(description=t) for t in ("撤销上一项", "全部清除"))
        self.told, self.result = w.HTML(), w.HTML()
        tabs = w.Tab([panel.box for panel in self._panels])
        tabs.titles = [panel.title for panel in self._panels]
        self.box = w.VBox([tabs, self.told, w.HBox([self.undo, self.clear]), self.result])
        for panel in self._panels:
            panel.button.on_click(lambda _, panel=panel: self._act(lambda: self._take(panel)))
        self.undo.on_click(lambda _: self._act(lambda: self._done.pop()))
        self.clear.on_click(lambda _: self._act(self._done.clear))
        self._show()

    def __repr__(self) -> str:
        return (
            f"<试算表单：{self._official.county.title}{self._official.year}年度，已作改动{len(self._done)}项>"
        )

    @property
    def trial(self) -> Trial:
        """The trial with everything done so far."""
        return self._done[-1][1] if self._done else self._start

    @property
    def code(self) -> str:
        """The same trial as code for a cell."""
        steps = "".join(f"    {code}\n" for code, _ in self._done)
        return f"changed = (\n    trials.trial(work, official)\n{steps})\ntrials.try_out(work, official, changed)"

    def _ipython_display_(self) -> None:
        display(self.box)

    def _act(self, act: Callable[[], Any]) -> None:
        """Act; an error is told and changes nothing."""
        before = list(self._done)
        self.told.value = "正在试算……"
        try:
            act()
            self._show()
        except Exception as error:
            self._done = before
            told = message(get_ipython(), error, error.__traceback__)
            self.told.value = f'<p style="color:#b00020;font-weight:600">{escape(told)}</p>'

    def _take(self, panel: Panel) -> None:
        for step in list(panel.steps(self.trial)):
            changed = getattr(self.trial, step.method)(*step.schools, *step.words, **step.more)
            self._done.append((self._written(step), changed))

    def _written(self, step: TrialStep) -> str:
        """A step as an analyst would write it: schools by name where the name is theirs alone."""
        more = {k: self._said(v) if k == "like" else v for k, v in step.more.items()}
        words = [*map(repr, map(self._said, step.schools)), *map(repr, step.words)]
        return f".{step.method}({', '.join([*words, *(f'{key}={value!r}' for key, value in more.items())])})"

    def _said(self, code: str) -> str:
        name = row_of(self.trial, code).text("school_name")
        names = [row.text("school_name") for row in self.trial.book.rows("schools")]
        return name if names.count(name) == 1 else code

    def _show(self) -> None:
        tried = trials.try_out(self._work, self._official, self.trial)
        schools = self._schools(tried.assessment)
        for panel in self._panels:
            panel.show(schools, self.trial, tried.assessment)
        self.result.value = tried._repr_html_()
        code = f"<p>在单元格中写下面几行，结果相同：</p><pre>{escape(self.code)}</pre>"
        self.told.value = code if self._done else ""
        self.undo.disabled = self.clear.disabled = not self._done

    def _schools(self, assessment: Assessment) -> Schools:
        """Every school that has an assessed stage, with its units' verdicts as they now are."""
        verdicts: dict[str, dict[str, None]] = {}
        for unit in assessment.units:
            verdicts.setdefault(unit.school_code, {})[str(unit.verdict)] = None
        found = []
        for row in self.trial.book.rows("schools"):
            code, name = row.text("school_code"), row.text("school_name")
            if stages_of(row, self._start):
                said = "、".join(verdicts.get(code, ())) or "不单独评估"
                found.append((f"{name}（{said}）", code))
        return found


@checked
def form(work: Workspace, official: Assessment) -> TrialForm:
    """试算表单：选学校、改数字、点按钮，即见前后对照；不写出文件。

    例：
        forms.form(work, official)
    """
    return TrialForm(work, official)
