"""Where a number comes from, as blocks: `explain(context, "L4", "2137830001")`, "G6", "CV-L4", "资源配置", "总体"."""

from __future__ import annotations

from collections.abc import Iterator

from junheng.assess.disparity import COMPOSITE
from junheng.assess.model import Unit
from junheng.assess.trace import Tracer
from junheng.assess.trace_items import ItemTracer
from junheng.errors import UsageProblem, did_you_mean, named
from junheng.exact import plain
from junheng.params.standard import Stage
from junheng.report.content.context import CountyContext
from junheng.report.content.explain.cells import cell_blocks, disparity_blocks
from junheng.report.content.explain.figures import plains
from junheng.report.content.explain.items import NAMES, aspect_blocks, item_blocks, overall_blocks
from junheng.report.content.model import Block, Heading
from junheng.report.content.numbers import BLANK, cv_text, unit_name
from junheng.workbook.frames import school_row

CV = "CV-"
OVERALL = ("总体", "overall")
COMPOSITE_WORDS = ("综合", COMPOSITE)


def explain(
    context: CountyContext, what: str = "", where: str = "", stage: str = "", cv: bool = False
) -> tuple[Block, ...]:
    """Explain one figure or verdict.

    `what`: an indicator, an item, `CV-` and an indicator, a group of items, 资源配置 or 总体 (also when empty).
    `where`: a school (code or name) or a stage; `stage` narrows a combined school; `cv` asks for the coefficient
    of variation. Raises UsageProblem for what is not there.
    """
    word, asked = what.strip(), what.strip().upper()
    standard = context.standard
    if asked.startswith(CV) or cv:
        return tuple(_disparities(context, word[len(CV) :] if asked.startswith(CV) else word, stage or where))
    if asked in [indicator.id.upper() for indicator in standard.indicators]:
        if not where or where in standard.stage_words:
            return tuple(_disparities(context, asked, stage or where))
        return tuple(_cells(context, asked, where, stage))
    if asked in [item.id.upper() for item in standard.items]:
        return _item(context, asked, where)
    return _total(context, word)


def _total(context: CountyContext, word: str) -> tuple[Block, ...]:
    if not word or word.lower() in OVERALL:
        return (_title(context, "总体结论"), *overall_blocks(context))
    for key, name in NAMES.items():
        if word in (key, name):
            return (_title(context, name), *aspect_blocks(key, context))
    raise UsageProblem(f"没有名为“{word}”的指标或项目。{did_you_mean(word.upper(), _known(context))}")


def _known(context: CountyContext) -> list[str]:
    standard = context.standard
    ids = [indicator.id for indicator in standard.indicators]
    return [
        *ids,
        *(CV + i for i in ids),
        *(item.id for item in standard.items),
        *NAMES.values(),
        *NAMES,
        *OVERALL,
    ]


def _title(context: CountyContext, what: str) -> Heading:
    code = context.assessment.county.code
    return Heading(1, context.say("explain.title", code=code, what=what))


def _stages(context: CountyContext, word: str) -> tuple[Stage, ...]:
    """Return the stages asked for: all without a word; raises UsageProblem for a word that names none."""
    standard = context.standard
    return (named(standard.stage_words, word, "学段"),) if word else standard.stages


def _cells(context: CountyContext, indicator_id: str, where: str, stage: str) -> Iterator[Block]:
    standard, tracer = context.standard, Tracer(context.assessment, context.wording.dictionary)
    indicator = standard.indicator(indicator_id)
    chosen = {found.id for found in _stages(context, stage)}
    units = [unit for unit in find_units(context, where) if unit.stage in chosen]
    if not units:
        raise UsageProblem(f"学校“{where}”没有{_stages(context, stage)[0].name}评估单元。")
    for unit in units:
        name = f"{unit_name(unit, standard)}（{unit.school_code}，{standard.stage(unit.stage).name}）"
        yield _title(context, f"{indicator.id} {indicator.name}　{name}")
        yield from cell_blocks(tracer.cell(unit, indicator), context)


def find_units(context: CountyContext, where: str) -> tuple[Unit, ...]:
    """Return the units of a school given by code or name (a campus counts for its main school); raises UsageProblem."""
    assessment, word = context.assessment, where.strip()
    found = tuple(u for u in assessment.units if word in (u.school_code, u.school_name, *u.campuses))
    if found:
        return found
    row = school_row(assessment.book, word)
    why = {one.school_code: one.reason for one in assessment.national.excluded}
    reason = why.get(row.text("school_code"), "")
    raise UsageProblem(f"“{row.text('school_name')}”不是评估单元{'：' * bool(reason)}{reason}。")


def _disparities(context: CountyContext, word: str, stage: str) -> Iterator[Block]:
    assessment = context.assessment
    standard, tracer = assessment.national.standard, Tracer(assessment, context.wording.dictionary)
    ids = {indicator.id.upper(): indicator for indicator in standard.indicators}
    composite = word in COMPOSITE_WORDS
    indicator = None if composite else named(ids, word.upper(), "指标")
    for found in _stages(context, stage):
        if not assessment.national.stage_units(found.id):
            yield from plains([f"没有{found.name}评估单元。"])
        elif indicator is None:
            yield from _composite(context, found)
        else:
            yield _title(context, f"{indicator.id} {indicator.name}　校际差异系数（{found.name}）")
            yield from disparity_blocks(tracer.disparity(found.id, indicator), context)


def _composite(context: CountyContext, stage: Stage) -> Iterator[Block]:
    """The plain mean of the coefficients, without a limit (RULES §3)."""
    result = context.assessment.national
    rows = [result.disparity(stage.id, indicator.id) for indicator in result.standard.indicators]
    own = result.disparity(stage.id, COMPOSITE)
    yield _title(context, f"综合差异系数（{stage.name}）")
    terms = "＋".join(BLANK if row.cv is None else plain(row.cv, 6) for row in rows)
    said = plain(own.cv) if own.cv is not None else own.reason
    printed = cv_text(own, result.standard)
    yield from plains(
        [context.say("explain.composite", terms=terms, count=len(rows), cv=said, printed=printed)]
    )


def _item(context: CountyContext, item_id: str, where: str) -> tuple[Block, ...]:
    assessment = context.assessment
    tracer = ItemTracer(Tracer(assessment, context.wording.dictionary))
    item = next(i for i in assessment.national.standard.items if i.id.upper() == item_id)
    code = _school_code(tracer.tracer, where) if where else ""
    return (_title(context, f"{item.id} {item.name}"), *item_blocks(tracer.item(item.id), context, code))


def _school_code(tracer: Tracer, where: str) -> str:
    """Return the code of the merged school a code or name means; raises UsageProblem."""
    code = school_row(tracer.assessment.book, where).text("school_code")
    return next(school.code for school in tracer.schools if code in [m.code for m in school.members])
