"""The pages of the trial form: each holds its inputs and says which changes they ask for."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from html import escape
from typing import Any, ClassVar

import ipywidgets as w

from junheng.assess.model import Assessment, Unit
from junheng.assess.whatif import Trial
from junheng.errors import UsageProblem
from junheng.exact import plain
from junheng.params.brief import Brief
from junheng.params.dictionary import Field
from junheng.params.formula_text import SIGN_OF
from junheng.params.standard import Standard
from junheng.report.content.numbers import cell_text, unit_name
from junheng.report.content.tables.building import MARKS
from junheng.report.page.html import STYLE
from junheng.workbook.model import Row

WIDE = w.Layout(width="28em")
NARROW = w.Layout(width="12em")
WHOLE = {"continuous_update": False}
"""A value is sent when it is finished, not at each key: a button pressed at once overtook the last digits."""
PRESS = w.Layout(width="12em", margin="0.6em 0 0 0")
Schools = list[tuple[str, str]]
"""(what is read, code) of every school that can be chosen."""


@dataclass(frozen=True, repr=False)
class TrialStep(Brief):
    """One change: a method of `Trial`, the schools it takes (by code), then the other arguments."""

    method: str
    schools: tuple[str, ...]
    words: tuple[Any, ...] = ()
    more: Mapping[str, Any] = field(default_factory=dict)


class Panel:
    """One page of the form. `choices` are its lists of schools, `widgets` what it shows above its button."""

    title: ClassVar[str]
    action: ClassVar[str]

    def __init__(self, choices: tuple[w.Dropdown, ...], *widgets: w.Widget) -> None:
        self.choices, self.widgets = choices, widgets
        self._schools: Schools = []
        self.search = w.Text(description="查找", placeholder="校名、标识码或结论", layout=WIDE)
        self.search.observe(lambda _: self._offer(), "value")
        self.button = w.Button(description=self.action, button_style="primary", layout=PRESS)

    @property
    def box(self) -> w.VBox:
        """The page as shown: the search where there are schools to choose, what it asks, its button."""
        searched = (self.search,) if self.choices else ()
        shown = [*searched, *self.widgets, self.button]
        return w.VBox(shown, layout=w.Layout(align_items="flex-start"))

    def show(self, schools: Schools, trial: Trial, assessment: Assessment) -> None:
        """Offer these schools, assessed as the trial now is; a school chosen stays chosen while it is there."""
        self._schools = schools
        self._offer()

    def _offer(self) -> None:
        """Offer the schools whose line holds every word looked for; one already chosen stays."""
        words = self.search.value.split()
        for choice in self.choices:
            held = choice.value
            found = [
                s for s in self._schools if s[1] == held or all(word in f"{s[0]} {s[1]}" for word in words)
            ]
            choice.options = found
            choice.value = held if held in [code for _, code in found] else None

    def chosen(self) -> tuple[str, ...]:
        """The schools chosen, by code; raises UsageProblem while one is not."""
        for choice in self.choices:
            if choice.value is None:
                raise UsageProblem(f"请先选择{choice.description}。")
        return tuple(choice.value for choice in self.choices)

    def steps(self, trial: Trial) -> Iterator[TrialStep]:
        """Yield the changes asked for; raises UsageProblem."""
        raise NotImplementedError


def stages_of(row: Row, trial: Trial) -> tuple[str, ...]:
    """The assessed stages of a school."""
    known = {stage.id for stage in trial.standards[0].stages}
    return tuple(s for s in trial.dictionary.row_stages(row.get) if s in known)


def row_of(trial: Trial, code: str) -> Row:
    """A school's row; an empty one where it is not."""
    rows = trial.book.rows("schools")
    return next((row for row in rows if row.text("school_code") == code), Row({}))


class Figures(Panel):
    """The figures that a school's indicators rest on, each to be overwritten; a blank one is missing."""

    title, action = "改数据", "试算"

    def __init__(self, start: Trial) -> None:
        self._start = start
        self.school = w.Dropdown(description="学校", layout=WIDE)
        self.figures: dict[str, w.Text] = {}
        columns = w.Layout(grid_template_columns="22em 9em 13em 8em", align_items="center")
        self.grid, self.indicators = w.GridBox(layout=columns), w.HTML()
        super().__init__((self.school,), self.school, self.indicators, self.grid)
        self._trial = start
        self._assessment: Assessment | None = None
        self.school.observe(lambda _: self._fill(), "value")

    def show(self, schools: Schools, trial: Trial, assessment: Assessment) -> None:
        self._trial, self._assessment = trial, assessment
        super().show(schools, trial, assessment)
        if self.school.value is None and schools:
            self.school.value = schools[0][1]
        self._fill()

    def _fill(self) -> None:
        now, before = (row_of(t, self.school.value) for t in (self._trial, self._start))
        titles = ("数据项", "填报值", "试算值", "用于")
        cells: list[w.Widget] = [w.HTML(f"<b>{title}</b>") for title in titles]
        self.figures = {}
        self.indicators.value = self._indicator_tables()
        drives = self._drives(now)
        for found in self._fields(now):
            box = w.Text(value=_text(now.get(found.key)), placeholder="缺数据", layout=NARROW, **WHOLE)
            self.figures[found.key] = box
            unit = f"（{found.unit}）" if found.unit else ""
            held = w.Label(_text(before.get(found.key)) or "——")
            cells += [w.Label(found.header + unit), held, box, w.Label(drives[found.key])]
        self.grid.children = cells

    def _fields(self, row: Row) -> list[Field]:
        names = self._drives(row)
        return [f for f in self._start.dictionary.sheet("schools").fields if f.key in names]

    def _drives(self, row: Row) -> dict[str, str]:
        """The figures that the school's indicators rest on, each with the indicators: pupils are in all of them.

        Pupils that only take their share of what is split (senior, attached classes) are in those.
        """
        stages = stages_of(row, self._start)
        drives: dict[str, dict[str, None]] = {}
        for indicator in self._start.standards[0].indicators:
            for stage in stages:
                for name in indicator.formula(stage).names:
                    drives.setdefault(name, {})[indicator.id] = None
        split = "、".join(i.id for i in self._start.standards[0].indicators if i.split)
        pupils = {
            column: "各项指标" if stage in stages else split
            for stage, column in self._start.standards[0].split.pupils.items()
            if stage in stages or row.get(column)
        }
        return {**{name: "、".join(ids) for name, ids in drives.items()}, **pupils}

    def _indicator_tables(self) -> str:
        """The indicators of the chosen school as the trial now is, beside their thresholds, a table for each stage."""
        result = self._assessment.national if self._assessment else None
        units = [u for u in result.units if u.school_code == self.school.value] if result else []
        return STYLE + "".join(_indicator_table(unit, result.standard) for unit in units if result)

    def steps(self, trial: Trial) -> Iterator[TrialStep]:
        row = row_of(trial, self.school.value)
        for found in self._fields(row):
            typed = self.figures[found.key].value.strip()
            if typed != _text(row.get(found.key)):
                yield TrialStep("put", (self.school.value,), (found.header, typed or None))


def _indicator_table(unit: Unit, standard: Standard) -> str:
    heads = "".join(f"<th>{escape(f'{i.id} {i.short}（{i.unit}）')}</th>" for i in standard.indicators)
    limits = "".join(
        f'<td class="num">{SIGN_OF[i.comparator]}{plain(unit.cells[i.id].threshold)}</td>'
        for i in standard.indicators
    )
    values = "".join(
        f'<td class="{MARKS[unit.cells[i.id].verdict]} num">{escape(cell_text(unit.cells[i.id], i))}</td>'
        for i in standard.indicators
    )
    name = f"{unit_name(unit, standard)}：{standard.stage(unit.stage).name}，{unit.verdict}"
    return (
        f'<table class="jh"><caption>{escape(name)}</caption><thead><tr><th></th>{heads}</tr></thead>'
        f'<tbody><tr><td class="label">现值</td>{values}</tr><tr><td class="label">标准值</td>{limits}</tr></tbody></table>'
    )


def _text(content: Any) -> str:
    return "" if content is None else plain(content) if isinstance(content, Fraction) else str(content)


class People(Panel):
    """Teachers (with what hangs on them) or pupils moved from one school to another."""

    title, action = "调动人员", "调动并试算"

    def __init__(self, start: Trial) -> None:
        self.giver, self.taker = (w.Dropdown(description=d, layout=WIDE) for d in ("调出校", "调入校"))
        stages = [stage.name for stage in start.standards[0].stages]
        teacher = start.moves.teacher
        degrees, subjects = list(teacher.degrees), [("其他", ""), *((s, s) for s in teacher.subjects)]
        self.kind = w.Dropdown(description="调动", options=["教师", "学生"], layout=NARROW)
        self.stage = w.Dropdown(description="学段", options=stages, layout=NARROW)
        self.count = w.BoundedIntText(description="人数", value=1, min=1, max=100000, layout=NARROW)
        self.degree = w.Dropdown(description="学历", options=degrees, value="本科", layout=NARROW)
        self.subject = w.Dropdown(description="学科", options=subjects, layout=NARROW)
        self.backbone = w.Checkbox(description="骨干教师", indent=False, layout=NARROW)
        self._carried = w.HBox([self.degree, self.subject, self.backbone])
        self.kind.observe(lambda _: self._show_carried(), "value")
        asked = w.HBox([self.kind, self.stage, self.count])
        super().__init__((self.giver, self.taker), self.giver, self.taker, asked, self._carried)

    def _show_carried(self) -> None:
        self._carried.layout.display = "none" if self.kind.value == "学生" else "flex"

    def steps(self, trial: Trial) -> Iterator[TrialStep]:
        schools, words = self.chosen(), (self.stage.value, self.count.value)
        if self.kind.value == "学生":
            yield TrialStep("move_pupils", schools, words)
            return
        more: dict[str, Any] = {"degree": self.degree.value}
        more |= {"subject": self.subject.value} if self.subject.value else {}
        more |= {"backbone": True} if self.backbone.value else {}
        yield TrialStep("move_teachers", schools, words, more)


class Merger(Panel):
    """One school closed, all it has added to another."""

    title, action = "撤并学校", "合并并试算"

    def __init__(self, start: Trial) -> None:
        self.closing, self.into = (w.Dropdown(description=d, layout=WIDE) for d in ("撤并校", "并入校"))
        types = [term.value for term in start.dictionary.vocabularies["school_type"]]
        options = [("办学类型同并入校", ""), *((name, name) for name in types)]
        self.merged_type = w.Dropdown(description="合并后", options=options, layout=WIDE)
        super().__init__((self.closing, self.into), self.closing, self.into, self.merged_type)

    def steps(self, trial: Trial) -> Iterator[TrialStep]:
        more = {"school_type": self.merged_type.value} if self.merged_type.value else {}
        yield TrialStep("merge", self.chosen(), more=more)


class Opening(Panel):
    """A new school, equipped like another; its own figures are then overwritten on the first page."""

    title, action = "新建学校", "新建并试算"

    def __init__(self, start: Trial) -> None:
        self.name = w.Text(description="新建校", placeholder="名称", layout=WIDE, **WHOLE)
        self.like = w.Dropdown(description="参照校", layout=WIDE)
        note = w.Label("新建校的数据先与参照校相同，请随后在“改数据”页写它自己的学生、教师和资源。")
        super().__init__((self.like,), self.name, self.like, note)

    def steps(self, trial: Trial) -> Iterator[TrialStep]:
        name = self.name.value.strip()
        if not name:
            raise UsageProblem("请写新建学校的名称。")
        yield TrialStep("new_school", (), (name,), {"like": self.chosen()[0]})


class LimitsPanel(Panel):
    """A threshold of an indicator, or the limit of a stage's coefficients of variation, in both standards."""

    title, action = "改标准", "改标准并试算"

    def __init__(self, start: Trial) -> None:
        standard = start.standards[0]
        options: list[tuple[str, TrialStep]] = []
        for stage in standard.stages:
            for found in standard.indicators:
                now = f"现为{plain(found.thresholds[stage.id])}{found.unit}"
                name = f"{stage.name} {found.id} {found.short}（{now}）"
                options.append((name, TrialStep("threshold", (), (found.id, stage.name))))
            name = f"{stage.name} 差异系数限值（现为{plain(standard.disparity.limits[stage.id])}）"
            options.append((name, TrialStep("limit", (), (stage.name,))))
        self.what = w.Dropdown(description="标准", options=options, layout=WIDE)
        self.value = w.Text(description="试算值", layout=WIDE, **WHOLE)
        super().__init__((), self.what, self.value)

    def steps(self, trial: Trial) -> Iterator[TrialStep]:
        step, typed = self.what.value, self.value.value.strip()
        if not typed:
            raise UsageProblem("请写标准的试算值。")
        yield TrialStep(step.method, (), (*step.words, typed))
