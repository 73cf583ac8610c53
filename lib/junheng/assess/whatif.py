"""Trials: a county book and standards changed on purpose, every change on record, the originals untouched.

`Trial` is immutable: each method returns a new one. Nothing here reads or writes a file, and no trial is ever an
assessment: `report.whatif` shows it beside the official one and says so.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import Any

from junheng.assess.schools import content_of
from junheng.errors import UsageProblem, did_you_mean, named
from junheng.exact import exact, plain
from junheng.params.brief import Brief, Shown
from junheng.params.dictionary import Dictionary, Field
from junheng.params.standard import LocalStandard, Stage, Standard, Stricter
from junheng.params.whatif import Followers, Moves
from junheng.workbook.frames import school_row
from junheng.workbook.model import CountyBook, Hidden, Row, Value
from junheng.workbook.read.cells import CellRules
from junheng.workbook.read.grid import GridCell
from junheng.workbook.read.kinds import vital_keys
from junheng.workbook.read.numbers import parse_number
from junheng.workbook.read.text import Units

Number = int | float | str | Fraction
TRIAL = "试算值"


@dataclass(frozen=True, slots=True, repr=False)
class Change(Brief):
    """One change on record: what was done, to whom, which figure, before and after (None = not there)."""

    action: str
    subject: str
    what: str
    before: Any
    after: Any
    unit: str = ""


@dataclass(frozen=True, repr=False)
class Trial(Shown):
    """A book and the (national, local) standards after some changes, and the list of these."""

    book: CountyBook
    standards: tuple[Standard, Standard]
    dictionary: Dictionary
    moves: Moves
    changes: tuple[Change, ...] = ()
    calls = (
        'changed = changed.put("学校名称", "小学在校生数", 1100)',
        "tried = trials.try_out(work, official, changed)",
    )

    def about(self) -> str:
        county = self.book.county_record.title
        return f"{county}{self.book.year}年度试算：已作改动{len(self.changes)}项，尚未评估"

    # ---- one figure ----

    def put(self, school: str, field: str, value: Any) -> Trial:
        """把一所学校的一个数据项改为value；学校写名称或标识码，数据项写采集表的表头；value为None即缺数据。

        例：
            changed = changed.put("某某小学", "小学在校生数", 1100)
        """
        return self._put(self._row(school), self._field(field), value, "改为")

    def add(self, school: str, field: str, amount: Number) -> Trial:
        """一个数据项增加amount，负数为减少；缺数据的、减到0以下的给出提示。

        例：
            changed = changed.add("某某小学", "教学及辅助用房面积", 500)
        """
        row, found = self._row(school), self._field(field)
        return self._put(row, found, self._known(row, found) + _exact(amount), "增减")

    def county(self, field: str, value: Any) -> Trial:
        """改一个县级数据。

        例：
            changed = changed.county("上年度交流轮岗教师数", 200)
        """
        found = named(self.dictionary.sheet("county").by_name, field, "数据项")
        row, content = self.book.county_row, _content(found, value, self._rules)
        record = Change("改为", "县级数据", found.header, row.get(found.key), content, found.unit or "")
        return self._recorded("county", [_with(row, found, content)], record)

    # ---- people ----

    def move_pupils(self, giver: str, taker: str, stage: str, count: int) -> Trial:
        """把学生由一校分流到另一校；班级数和用房不变。

        例：
            changed = changed.move_pupils("某某小学", "另一小学", "小学", 60)
        """
        return self._move(giver, taker, self._stage(stage), count, self.moves.pupil, ())

    def move_teachers(
        self,
        giver: str,
        taker: str,
        stage: str,
        count: int,
        degree: str = "本科",
        subject: str = "",
        backbone: bool = False,
    ) -> Trial:
        """把专任教师由一校调到另一校，学历、任教学科、骨干各列一同变动（params/whatif.yml）。

        例：
            changed = changed.move_teachers("调出学校", "调入学校", "小学", 2, degree="本科", subject="体育")
        """
        teacher = self.moves.teacher
        keys = [_word(teacher.degrees, degree, "学历")]
        keys += [_word(teacher.subjects, subject, "任教学科")] if subject else []
        keys += [teacher.backbone] if backbone else []
        return self._move(giver, taker, self._stage(stage), count, teacher, keys)

    def _move(
        self, giver: str, taker: str, stage: Stage, count: int, kind: Followers, keys: Iterable[str]
    ) -> Trial:
        whole = _exact(count)
        if whole <= 0 or whole.denominator != 1:
            raise UsageProblem(f"调动人数应为正整数，现为“{count}”。")
        if self._row(giver) is self._row(taker):
            raise UsageProblem("调出校与调入校相同。")
        trial = self
        for key in (*kind.follow, *keys):
            trial = trial._shift(giver, taker, key.format(stage=stage.id), whole, stage)
        for key in kind.capped:
            name = key.format(stage=stage.id)
            has = trial._row(giver).figure(name)
            if has is not None:
                trial = trial._shift(giver, taker, name, min(whole, has), stage)
        return trial

    def _shift(self, giver: str, taker: str, key: str, amount: Fraction, stage: Stage) -> Trial:
        field = self._fields().get(key)
        if field is None:
            raise UsageProblem(f"采集工作簿没有“{stage.name}”的这一数据项（{key}）。")
        trial = self
        for school, signed in ((giver, -amount), (taker, amount)):
            row = trial._row(school)
            if field.stage is not None and field.stage not in self.dictionary.row_stages(row.get):
                raise UsageProblem(
                    f"“{row.text('school_name')}”为{row.text('school_type')}，没有“{field.header}”。"
                )
            trial = trial._put(row, field, self._known(row, field) + signed, "调动")
        return trial

    # ---- schools ----

    def merge(self, closing: str, into: str, school_type: str = "") -> Trial:
        """撤销一所学校，并入另一所；合并后办学类型不同的，用school_type写明。

        例：
            changed = changed.merge("撤并学校", "并入学校")
        """
        gone, kept = self._row(closing), self._row(into)
        if gone is kept:
            raise UsageProblem("合并的两所学校相同。")
        kind = self._merged_type(gone, kept, school_type)
        merged = self._merged(gone, kept, kind)
        code, old = kept.text("school_code"), gone.text("school_code")
        rows = []
        for row in self.book.rows("schools"):
            if row is kept:
                rows.append(merged)
            elif row.text("parent_code") == old:  # a campus of the closed school
                rows.append(_with(row, self._fields()["parent_code"], code))
            elif row is not gone:
                rows.append(row)
        names = (gone.text("school_name"), kept.text("school_name"))
        record = Change("合并", "、".join(names), "学校", "2所", f"1所（{names[1]}，{kind}）")
        return self._recorded("schools", rows, record)

    def _merged_type(self, gone: Row, kept: Row, school_type: str) -> str:
        kind = school_type or kept.text("school_type")
        types = [term.value for term in self.dictionary.vocabularies["school_type"]]
        if kind not in types:
            raise UsageProblem(f"没有“{kind}”这种办学类型。{did_you_mean(kind, types)}")
        have = {s for row in (gone, kept) for s in self.dictionary.row_stages(row.get)}
        attached = self.dictionary.row_stages(kept.get) if kind == kept.text("school_type") else ()
        if not have <= {*self.dictionary.stages_of(kind), *attached}:
            fit = "或".join(t for t in types if have <= set(self.dictionary.stages_of(t)))
            raise UsageProblem(f"合并后的学校包含{kind}没有的学段，请用school_type写明办学类型：{fit}。")
        return kind

    def _merged(self, gone: Row, kept: Row, kind: str) -> Row:
        row = _with(kept, self._fields()["school_type"], kind)
        for field in self._fields().values():
            if field.merge == "keep":
                continue
            sides = [content_of(r, field, self.dictionary.row_stages(r.get)) for r in (kept, gone)]
            joined = max if field.merge == "max" else sum
            row = _with(row, field, None if None in sides else joined(sides))
        return row

    def new_school(
        self, name: str, like: str, figures: Mapping[str, Any] | None = None, code: str = ""
    ) -> Trial:
        """新建一所学校，数据先与参照学校相同，figures中写它自己的数字。

        例：
            changed = changed.new_school("新建小学", like="参照学校", figures={"小学在校生数": 300})
        """
        model = self._row(like)
        number = code or _free_code(self.book)
        if any(number == row.text("school_code") for row in self.book.rows("schools")):
            raise UsageProblem(f"标识码“{number}”已有学校使用。")
        row = Row({key: Value(value.content, None, "", TRIAL) for key, value in model.values.items()})
        own = {"school_code": number, "school_name": name, **(figures or {})}
        for word, value in own.items():
            field = self._field(word)
            row = _with(row, field, _content(field, value, self._rules))
        record = Change("新建", name, "学校", None, f"参照{model.text('school_name')}（{number}）")
        return self._recorded("schools", [*self.book.rows("schools"), row], record)

    # ---- the standard ----

    def threshold(self, what: str, stage: str = "", value: Number = 0, only: str = "") -> Trial:
        """改一项指标（写明学段）或一个项目（G14，多项要求的写G14/share）的标准值；only写明只改国家标准或地方标准，不写则都改。

        例：
            changed = changed.threshold("L4", "小学", 4.6)
            changed = changed.threshold("G14", value=0.6)
        """
        return self._changed_standards(only, lambda s: _threshold_change(s, what, stage, _exact(value)))

    def limit(self, stage: str, value: Number, only: str = "") -> Trial:
        """改一个学段的差异系数限值；only同threshold。

        例：
            changed = changed.limit("初中", 0.40)
        """
        found = self._stage(stage)
        change = Stricter(disparity=found.id, threshold=_exact(value), clause=TRIAL)
        return self._changed_standards(
            only, lambda s: (change, f"{found.name}差异系数限值", s.disparity.limits[found.id], "")
        )

    def _changed_standards(self, only: str, made: Any) -> Trial:
        chosen = [s for s in self.standards if not only or only in (s.id, s.title)]
        if not chosen:
            raise UsageProblem(f"没有名为“{only}”的标准。可写{'、'.join(s.title for s in self.standards)}。")
        records, standards = list(self.changes), list(self.standards)
        for position, standard in enumerate(self.standards):
            if standard in chosen:
                change, name, before, unit = made(standard)
                standards[position] = _applied(standard, change)
                records.append(Change("改标准", standard.title, name, before, change.threshold, unit))
        return replace(self, standards=(standards[0], standards[1]), changes=tuple(records))

    # ---- plans ----

    def plan(self, actions: Iterable[Mapping[str, Any]]) -> Trial:
        """套用补短板方案的各项改动。

        例：
            changed = changed.plan(planned.actions)
        """
        trial = self
        for action in actions:
            trial = trial.add(str(action["school_code"]), str(action["field"]), action["add"])
        return trial

    # ---- finding and recording ----

    @property
    def _rules(self) -> CellRules:
        return CellRules.of(self.dictionary, self.book.year)

    def _fields(self) -> dict[str, Field]:
        return self.dictionary.sheet("schools").by_key

    def _field(self, word: str) -> Field:
        return named(self.dictionary.sheet("schools").by_name, word, "数据项")

    def _row(self, word: str) -> Row:
        return school_row(self.book, word)

    def _stage(self, word: str) -> Stage:
        return named(self.standards[0].stage_words, word, "学段")

    def _known(self, row: Row, field: Field) -> Fraction:
        content = content_of(row, field, self.dictionary.row_stages(row.get))
        if not isinstance(content, Fraction):
            raise UsageProblem(
                f"“{row.text('school_name')}”的“{field.header}”缺少数据或不是数值，请先用put填写。"
            )
        return content

    def _put(self, row: Row, field: Field, value: Any, action: str) -> Trial:
        name = row.text("school_name")
        if isinstance(value, Fraction) and value < 0:
            has = plain(self._known(row, field))
            raise UsageProblem(
                f"“{name}”的“{field.header}”只有{has}{field.unit or ''}，不能减到{plain(value)}。"
            )
        content = _content(field, value, self._rules)
        rows = [_with(r, field, content) if r is row else r for r in self.book.rows("schools")]
        record = Change(action, name, field.header, row.get(field.key), content, field.unit or "")
        return self._recorded("schools", rows, record)

    def _recorded(self, sheet: str, rows: Iterable[Row], record: Change) -> Trial:
        book = replace(self.book.with_rows(sheet, rows), trial=True)
        return replace(self, book=book, changes=(*self.changes, record))


@dataclass(frozen=True, slots=True)
class Beyond:
    """A trial figure far beyond what the county's schools have: whose, which, and the range of theirs."""

    school: str
    field: Field
    value: Fraction
    low: Fraction
    high: Fraction


def beyond_plausible(
    official: CountyBook, trial: CountyBook, dictionary: Dictionary, factor: Fraction
) -> tuple[Beyond, ...]:
    """Return the figures of schools that the trial changed to more than `factor` times the county's largest, or less than
    its smallest divided by `factor`; a 0 is a real value and is not questioned, nor counted as the smallest.
    """
    numbers = [f for f in dictionary.sheet("schools").fields if f.is_number and f.type != "ratio"]
    old = {row.text("school_code"): row for row in official.rows("schools")}
    found = []
    for field in numbers:
        known = [v for row in old.values() if (v := row.figure(field.key)) and v > 0]
        if not known or field.unit == "年":
            continue
        low, high = min(known), max(known)
        for row in trial.rows("schools"):
            value = row.figure(field.key)
            if not value or low / factor <= value <= high * factor:
                continue
            if value != old.get(row.text("school_code"), Row({})).get(field.key):
                found.append(Beyond(row.text("school_name"), field, value, low, high))
    return tuple(found)


def with_schools(
    book: CountyBook, dictionary: Dictionary, wanted: Mapping[str, Mapping[str, Any]]
) -> CountyBook:
    """Return the book with exactly these schools (by code), each with the figures given (by key) and else its own.

    A changed figure and a new school are marked as trial values; a school that is not among `wanted` is dropped. The book
    itself comes back when nothing changed. Raises UsageProblem for a wrong kind of value.
    """
    fields = dictionary.sheet("schools").by_key
    old = {row.text("school_code"): row for row in book.rows("schools")}
    rows = [row for code, row in old.items() if code in wanted] + [
        Row({"school_code": Value(code, None, "", TRIAL)}) for code in wanted if code not in old
    ]
    rules = CellRules.of(dictionary, book.year)
    changed = tuple(_overwritten(row, wanted[row.text("school_code")], fields, rules) for row in rows)
    if changed == book.rows("schools"):
        return book
    return replace(book.with_rows("schools", changed), trial=True)


def _overwritten(row: Row, figures: Mapping[str, Any], fields: Mapping[str, Field], rules: CellRules) -> Row:
    for key, value in figures.items():
        if _same(row.get(key), value):
            continue
        try:
            content = _content(fields[key], value, rules)
        except UsageProblem as problem:
            name = figures.get("school_name") or row.text("school_name") or row.text("school_code")
            raise UsageProblem(f"“{name}”：{problem}") from problem
        if content != row.get(key):  # a word may be written otherwise: 县级教育部门 for 7
            row = _with(row, fields[key], content)
    blank = [
        fields[key].header for key in vital_keys(rules.dictionary.sheet("schools")) if row.get(key) is None
    ]
    if blank:  # without its type a school would drop out of all units
        name = row.text("school_name") or row.text("school_code")
        raise UsageProblem(f"“{name}”没有{'、'.join(blank)}，请补上。")
    return row


def _same(content: Any, value: Any) -> bool:
    """Whether a value of a frame is what the book has: a float that shows the exact figure is no change."""
    if value is None or isinstance(content, Hidden):
        return content is None or isinstance(content, Hidden)
    if isinstance(content, Fraction) and isinstance(value, float):
        return value in (float(content), content)
    return bool(content == value) and isinstance(content, bool) == isinstance(value, bool)


def _exact(number: Number) -> Fraction:
    """The exact value; a text may be written as a workbook may have it (1,100, full-width digits)."""
    try:
        read = parse_number(number, Units({})) if isinstance(number, str) else None
        return read.value if read and not read.percent else exact(number)
    except (ValueError, TypeError, ArithmeticError) as error:
        raise UsageProblem(f"“{number}”不是数值。") from error


def _content(field: Field, value: Any, rules: CellRules) -> Any:
    """Return a value as it is read from a cell of the workbook; raises UsageProblem for what no cell may hold."""
    if value is None:
        return None
    if isinstance(value, bool):
        cell = GridCell("text", "是" if value else "否")
    elif isinstance(value, str):
        cell = GridCell("text", value)
    else:
        cell = GridCell("number", str(_exact(value)))
    reading = rules.read(cell, field)
    if reading.fault:
        raise UsageProblem(f"“{field.header}”应为{reading.fault.expected}，现为“{value}”。")
    return reading.content


def _with(row: Row, field: Field, content: Any) -> Row:
    """Return the row with one content changed; the cell's place and text stay, marked as a trial."""
    return row.changed({field.key: content}, TRIAL)


def _word(words: Mapping[str, Any], word: str, kind: str) -> Any:
    if word not in words:
        raise UsageProblem(f"{kind}不能写“{word}”，可写{'、'.join(words)}。")
    return words[word]


def _free_code(book: CountyBook) -> str:
    """Return a code no school has: the county's code and 9001, 9002 …"""
    used = {row.text("school_code") for row in book.rows("schools")}
    return next(code for n in range(9001, 10000) if (code := f"{book.county_record.code}{n}") not in used)


def _threshold_change(
    standard: Standard, what: str, stage: str, value: Fraction
) -> tuple[Stricter, str, Any, str]:
    """Return the change, what it is called, the value before, its unit."""
    name, _, part_id = what.strip().partition("/")
    for indicator in standard.indicators:
        if indicator.id.upper() == name.upper():
            if value <= 0:
                raise UsageProblem(f"“{indicator.id}”的标准值应大于0，现为{plain(value)}。")
            found = named(standard.stage_words, stage, "学段")
            change = Stricter(indicator=indicator.id, stage=found.id, threshold=value, clause=TRIAL)
            title = f"{indicator.id} {indicator.name}（{found.name}）标准值"
            return change, title, indicator.thresholds[found.id], indicator.unit
    for item in standard.items:
        if item.id.upper() == name.upper():
            part = next((p for p in item.parts if part_id in ("", p.id, p.name)), None)
            if part is None or not isinstance(part.threshold, Fraction):
                raise UsageProblem(f"“{what}”不是数值标准，不能试算。")
            change = Stricter(item=item.id, part=part.id, threshold=value, clause=TRIAL)
            return change, f"{item.id} {part.name}标准值", part.threshold, ""
    known = [*(indicator.id for indicator in standard.indicators), *(item.id for item in standard.items)]
    raise UsageProblem(f"没有名为“{what}”的指标或项目。{did_you_mean(name.upper(), known)}")


def _applied(standard: Standard, change: Stricter) -> Standard:
    """Return the standard with one threshold changed, under its own id and title."""
    local = LocalStandard(
        id=standard.id, title=standard.title, basis=standard.basis, extends=standard.id, thresholds=(change,)
    )
    return local.applied_to(standard)
