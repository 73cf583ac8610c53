"""Importing foreign files into one county's collection workbook: recognise, read, filter, merge; guess nothing."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from junheng.errors import DataProblem, UsageProblem
from junheng.params.checks import load_checks
from junheng.params.counties import County, load_counties
from junheng.params.dictionary import load_dictionary
from junheng.params.mapping import Mapping, load_conversions, load_mappings
from junheng.params.template import load_template
from junheng.workbook.importing.county import CountyTest
from junheng.workbook.importing.forms import form_number
from junheng.workbook.importing.labels import NotThere
from junheng.workbook.importing.last import lost_schools, with_last_year
from junheng.workbook.importing.merge import merged
from junheng.workbook.importing.model import Findings, Imported, NotImported
from junheng.workbook.importing.school import SchoolForms
from junheng.workbook.importing.suspects import without_suspects
from junheng.workbook.importing.table import TableSource, has_headers
from junheng.workbook.importing.values import Reader
from junheng.workbook.model import CountyBook
from junheng.workbook.read.cells import CellRules
from junheng.workbook.read.find import LOCK_MARK
from junheng.workbook.read.formats import SUFFIXES, open_file
from junheng.workbook.read.grid import Grid

MOST_SHOWN = 8
TEXT_SUFFIXES = (*SUFFIXES, ".txt")


@dataclass(frozen=True)
class OpenedSource:
    """A source file with its visible sheets."""

    file: str
    sheets: tuple[Grid, ...]


def import_files(
    sources: Sequence[Path],
    county: County,
    year: int,
    params_dir: Path,
    mapping: Mapping | None = None,
    partial: bool = False,
    blank_zero: bool = False,
    last: CountyBook | None = None,
) -> Imported:
    """Read files and folders into one county's schools; the mapping is recognised when none is given.

    `blank_zero`: the caller knows that these forms leave zeros empty; each such value says so in its origin.
    `last`: last year's book; who and what a school is (params/template.yml, carried) is taken from it where the sources
    do not say, and its schools that no source holds are listed.

    Raises UsageProblem when there is nothing to read or the mapping cannot be told; DataProblem when a form lacks a
    row or column that the mapping needs (unless `partial`), or when no school of the county is found.
    """
    dictionary = load_dictionary(params_dir)
    findings = Findings()
    opened = _open_all(_files(sources, findings.left_out), findings.left_out)
    if not opened:
        raise UsageProblem(
            "没有可以读取的来源文件。" + "".join(item.reason for item in findings.left_out[:1])
        )
    chosen = mapping or _recognise(opened, load_mappings(params_dir, dictionary))
    if blank_zero:
        chosen = chosen.model_copy(update={"blank": "zero"})
    reader = Reader(chosen, CellRules.of(dictionary, year), load_conversions(params_dir))
    also = chosen.county.also if chosen.county else {}
    for source in opened:
        _read(source, reader, CountyTest(county, load_counties(params_dir), also), findings)
    if findings.not_there and not partial:
        raise DataProblem(_structure_message(findings.not_there, chosen))
    schools = merged(findings.schools, dictionary.sheet("schools"))
    if not schools:
        raise DataProblem(f"来源文件中没有{county.title}的学校。{_reasons(findings.left_out)}")
    schools = without_suspects(schools, county, year, dictionary, load_checks(params_dir))
    lost = tuple(lost_schools(schools, last)) if last else ()
    if last:
        schools = with_last_year(schools, last, load_template(params_dir).carried)
    files = tuple(source.file for source in opened)
    left_out, not_there = tuple(findings.left_out), tuple(findings.not_there)
    return Imported(county, year, chosen, files, schools, left_out, not_there, lost)


def _read(source: OpenedSource, reader: Reader, county: CountyTest, findings: Findings) -> None:
    """Read one file by the mapping; a table is one sheet, the forms of a school are all sheets of its file."""
    mapping = reader.mapping
    usable = [sheet for sheet in source.sheets if recognises(mapping, sheet)]
    if not usable:
        why = f"没有“{mapping.detect[0]}”，不能按“{mapping.name}”读取"
        findings.left_out.append(NotImported(source.file, "", "", "", why, fault=True))
    elif mapping.kind == "forms":
        SchoolForms(source.file, source.sheets, reader, county).read(findings)
    else:
        for sheet in usable:
            TableSource(sheet, reader, county, findings).read()


def recognises(mapping: Mapping, sheet: Grid) -> bool:
    """Say whether a sheet is of the kind that a mapping describes."""
    if mapping.kind == "table":
        return has_headers(sheet, mapping.detect)
    return form_number(sheet) in mapping.detect


def _recognise(opened: Sequence[OpenedSource], mappings: Sequence[Mapping]) -> Mapping:
    fitting = [m for m in mappings if any(recognises(m, s) for file in opened for s in file.sheets)]
    if len(fitting) == 1:
        return fitting[0]
    found = "同时符合" + "、".join(f"“{m.name}”" for m in fitting) if fitting else "不是已知的格式"
    ids = "、".join(mapping.id for mapping in mappings)
    raise UsageProblem(
        f"来源文件{found}，请用--mapping写明（{ids}或自己的映射文件），办法见docs/howto/import.md。"
    )


def _files(sources: Sequence[Path], left_out: list[NotImported]) -> list[Path]:
    """Return the files named, and those in the folders named, in a fixed order; others in a folder are listed."""
    files: list[Path] = []
    for source in sources:
        if source.is_dir():
            inside = sorted(path for path in source.rglob("*") if path.is_file())
            kept = [path for path in inside if not path.name.startswith((LOCK_MARK, "."))]
            files += [path for path in kept if path.suffix.lower() in TEXT_SUFFIXES]
            others = [path for path in kept if path.suffix.lower() not in TEXT_SUFFIXES]
            left_out += [NotImported(path.name, "", "", "", "不是电子表格文件") for path in others]
        elif source.is_file():
            files.append(source)
        else:
            raise UsageProblem(f"没有来源文件或目录“{source}”。")
    return list(dict.fromkeys(files))


def _open_all(files: Sequence[Path], left_out: list[NotImported]) -> list[OpenedSource]:
    """Open the files; one that cannot be read is left out, and so is one whose bytes came already."""
    opened: list[OpenedSource] = []
    seen: dict[str, str] = {}
    for path in files:
        try:
            book = open_file(path)
            grids = [book.grid(part) for part in book.sheets if part.visible]
        except DataProblem as error:
            left_out.append(NotImported(path.name, "", "", "", str(error), fault=True))
            continue
        if book.sha256 in seen:  # the same export saved twice, under two names
            why = f"与{seen[book.sha256]}内容完全相同，只读取一份"
            left_out.append(NotImported(path.name, "", "", "", why))
            continue
        seen[book.sha256] = path.name
        hidden = [part.name for part in book.sheets if not part.visible]
        left_out += [NotImported(path.name, name, "", "", "工作表被隐藏，未读取") for name in hidden]
        opened.append(OpenedSource(path.name, tuple(grids)))
    return opened


def _structure_message(faults: Sequence[NotThere], mapping: Mapping) -> str:
    """List what the forms lack, the same lack of many files once."""
    first: dict[tuple[str, str], NotThere] = {}
    files: dict[tuple[str, str], set[str]] = {}
    for fault in faults:
        kind = (fault.kind, fault.sought)
        first.setdefault(kind, fault)
        files.setdefault(kind, set()).add(fault.file)
    lines = []
    for kind, fault in list(first.items())[:MOST_SHOWN]:
        others = len(files[kind]) - 1
        lines.append(fault.message + (f"另有{others}个文件相同。" if others else ""))
    if len(first) > MOST_SHOWN:
        lines.append(f"另有{len(first) - MOST_SHOWN}处。")
    remedy = (
        f"请核对表式；确为改名的，请在映射文件“{mapping.id}”的相应规则中补上新名称。"
        "加上--partial可先导入其余数据，缺少的列入“待补填”。"
    )
    return "\n".join([f"与映射“{mapping.name}”不符，未导入：", *lines, remedy])


def _reasons(left_out: Sequence[NotImported]) -> str:
    reasons = dict.fromkeys(
        f"{item.found}：{item.reason}" if item.found else item.reason for item in left_out
    )
    return "未导入的有：" + "；".join(list(reasons)[:MOST_SHOWN]) + "。" if reasons else ""
