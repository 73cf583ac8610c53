"""`junheng import`: foreign files become a county's collection workbook; what they do not hold is listed."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import click

from junheng.by_hand import put
from junheng.cli.options import existing, place_options, year_option
from junheng.cli.show import shown_path
from junheng.cli.template import item_titles, last_book
from junheng.cli.words import ChineseCommand
from junheng.errors import UsageProblem
from junheng.params.counties import County, find_county, load_counties
from junheng.params.dictionary import Dictionary, load_dictionary
from junheng.params.mapping import find_mapping
from junheng.params.template import load_template
from junheng.workbook.importing.last import carried_number
from junheng.workbook.importing.model import Imported, MissingFigure
from junheng.workbook.importing.open import count_open, open_values
from junheng.workbook.importing.run import import_files
from junheng.workbook.importing.write import LEFT_OUT_SHEET, OPEN_SHEET, Form, write_import
from junheng.workbook.model import CountyBook
from junheng.workbook.read.origins import ORIGIN_SHEET
from junheng.workbook.template.book import known_titles

FOLDER = "导入"
MOST_LISTED = 12


@dataclass(frozen=True)
class ImportRequest:
    """One call: what to read, for whom, how, and where the workbook goes (`out`: a folder, or an .xlsx file).

    `data`: where last year's workbook is looked for.
    """

    sources: Sequence[Path]
    county: str
    year: int
    params: Path
    data: Path
    out: Path
    mapping: str = ""
    force: bool = False
    partial: bool = False
    blank_zero: bool = False


@click.command("import", cls=ChineseCommand)
@click.argument("sources", nargs=-1, metavar="来源文件或目录…")
@click.option("--county", required=True, metavar="代码或名称", help="哪个县（市、区）。")
@year_option
@click.option(
    "--mapping", default="", metavar="名称或文件", help="映射名称或自己的映射文件（默认自动识别）。"
)
@click.option("--partial", is_flag=True, help="原表缺少的行、列列入待补填，其余照常导入。")
@click.option("--blank-zero", is_flag=True, help="原表以空白代替0：空白的数值按0导入，逐个注明。")
@click.option("--force", is_flag=True, help="目标文件已经存在时覆盖。")
@place_options
def command(sources: tuple[str, ...], data: str, out: str, params: str, **choices: Any) -> int:
    """把县和学校手中的表格导入为采集工作簿（--out可以是目录或.xlsx文件）。"""
    known = existing(params, "--params")
    files = tuple(map(Path, sources))
    return import_workbook(ImportRequest(files, params=known, data=Path(data), out=Path(out), **choices))


def import_workbook(request: ImportRequest) -> int:
    """Import, write the workbook, say what is open; return the exit code (1: some files or rows could not be read)."""
    if not request.sources:
        raise UsageProblem(
            "没有写明来源文件或目录，例如：junheng import 宽表目录 --county 邹城市 --year 2024。"
        )
    county = find_county(load_counties(request.params), request.county)
    dictionary = load_dictionary(request.params)
    mapping = find_mapping(request.params, request.mapping, dictionary) if request.mapping else None
    target = import_target(request, county)
    if target.exists() and not request.force:
        raise UsageProblem(f"“{shown_path(target)}”已经存在，不予覆盖；确要覆盖的，请加上--force。")
    last, trouble = last_book(request.data, request.year, county, dictionary)
    imported = import_files(
        request.sources,
        county,
        request.year,
        request.params,
        mapping,
        partial=request.partial,
        blank_zero=request.blank_zero,
        last=last,
    )
    titles = known_titles(last, item_titles(request.params, request.year))
    form = Form(dictionary, load_template(request.params), last, titles)
    kept = put(target, write_import(imported, form))
    click.echo(_told(imported, target))
    if kept:
        click.echo(f"注意：{kept}")
    for line in _suspects(imported, dictionary):
        click.echo(line)
    click.echo(trouble or _told_last(imported, last, request.year))
    for sheet, header, needed, number in count_open(open_values(imported, dictionary)):
        click.echo(f"  {'待补填' if needed else '可留空'}  〔{sheet}〕{header}：{number}处")
    return 1 if imported.faults or trouble else 0


def _told_last(imported: Imported, last: CountyBook | None, year: int) -> str:
    if last is None:
        return f"没有{year - 1}年度工作簿，学校基本信息未沿用上年度。"
    number, lost = carried_number(imported.schools), len(imported.lost)
    missing = f"；上年度有、来源中没有的学校{lost}所，已列入“{OPEN_SHEET}”" if lost else ""
    return f"沿用{last.file}（{year - 1}年度）的学校基本信息{number}个{missing}。"


def _suspects(imported: Imported, dictionary: Dictionary) -> Iterator[str]:
    """Say of each column how many figures were left open because their unit stands nowhere and is hardly the usual one."""
    headers = {field.key: field.header for field in dictionary.sheet("schools").fields}
    found: dict[str, list[MissingFigure]] = {}
    for school in imported.schools:
        for key, lack in school.lacks.items():
            if lack.suspect:
                found.setdefault(key, []).append(lack)
    for key, lacks in found.items():
        place = lacks[0].sources[0]
        yield f"  单位存疑  〔学校〕{headers[key]}：{len(lacks)}处未导入，如{place}：{lacks[0].reason}。"


def import_target(request: ImportRequest, county: County) -> Path:
    """Return the file that is written: by default outputs/<YEAR>/导入/<code>_<name>.xlsx."""
    if request.out.suffix.lower() == ".xlsx":
        return request.out
    return request.out / str(request.year) / FOLDER / f"{county.stem}.xlsx"


def _told(imported: Imported, target: Path) -> str:
    values = sum(len(school.figures) for school in imported.schools) - carried_number(imported.schools)
    lines = [
        f"按“{imported.mapping.name}”读取{len(imported.files)}个文件，导入{imported.county.title}"
        f"{len(imported.schools)}所学校的{values}个数值。",
        f"已写入：{shown_path(target)}（待补填的见“{OPEN_SHEET}”，每个数值的出处见“{ORIGIN_SHEET}”，"
        f"未导入的见“{LEFT_OUT_SHEET}”）。",
    ]
    counted = Counter((item.file, item.reason, item.fault) for item in imported.left_out)
    for (file, reason, fault), number in list(counted.items())[:MOST_LISTED]:
        times = f"（{number}处）" if number > 1 else ""
        lines.append(f"  {'未能导入' if fault else '未导入'}  {file}：{reason.rstrip('。')}{times}")
    if len(counted) > MOST_LISTED:
        lines.append(f"  另有{len(counted) - MOST_LISTED}项未导入，见“{LEFT_OUT_SHEET}”。")
    lines += [f"  未找到  {fault.message}" for fault in imported.not_there[:MOST_LISTED]]
    return "\n".join(lines)
