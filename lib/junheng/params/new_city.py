"""A params/ folder for another city: what holds everywhere is copied, what is one city's own is laid out to be filled in."""

from __future__ import annotations

import csv
import io
import re
import shutil
from collections.abc import Iterator, Sequence
from pathlib import Path

import yaml

from junheng.errors import UsageProblem, did_you_mean, refused
from junheng.files import write_whole
from junheng.params.city import load_city_year
from junheng.params.counties import County, load_counties
from junheng.params.references import require_known_names
from junheng.params.tasks import load_cycle

OWN = ("demo", "keys", "counties.yml")
"""What is one city's own beside what the skeleton replaces; folders of years and local standards are too."""
NATIONAL = "national.yml"
COLUMNS = {
    "代码": "code", "名称": "name", "全称": "full_name", "人民政府": "government", "教育主管部门": "education",
    "目标年度": "target_year",
}  # fmt: skip
NEEDED = ("code", "name", "target_year")
ENCODINGS = ("utf-8-sig", "gb18030")


def read_counties(path: Path) -> list[County]:
    """Read the counties of a CSV file (UTF-8 or GB18030), headers in Chinese or as in counties.yml.

    Raises UsageProblem naming the row and column.
    """
    reader = csv.reader(io.StringIO(_text(path)))
    rows = [[cell.strip() for cell in row] for row in reader]
    if not rows:
        raise UsageProblem(f"“{path.name}”是空的，应有表头（{'、'.join(COLUMNS)}）和每县一行。")
    keys = [COLUMNS.get(head, head) for head in rows[0]]
    for key, head in zip(keys, rows[0], strict=True):
        if key not in COLUMNS.values():
            raise UsageProblem(f"“{path.name}”第1行：没有名为“{head}”的列。{did_you_mean(head, COLUMNS)}")
    lacking = [name for name, key in COLUMNS.items() if key in NEEDED and key not in keys]
    if lacking:
        raise UsageProblem(f"“{path.name}”缺少“{'”“'.join(lacking)}”列。")
    found = [
        _county(path, n, dict(zip(keys, row, strict=False))) for n, row in enumerate(rows[1:], 2) if any(row)
    ]
    for key in ("code", "name"):
        values = [getattr(county, key) for county in found]
        twice = next((value for value in values if values.count(value) > 1), None)
        if twice:
            raise UsageProblem(f"“{path.name}”中“{twice}”出现不止一次，每县一行，代码和名称不得重复。")
    if not found:
        raise UsageProblem(f"“{path.name}”的表头下没有县（市、区）。")
    return found


def _text(path: Path) -> str:
    try:
        data = path.read_bytes()
    except FileNotFoundError as error:
        raise UsageProblem(f"没有找到“{path.name}”，请核对--counties所写的路径。") from error
    except OSError as error:
        raise UsageProblem(f"“{path.name}”无法读取（{refused(error)}）。") from error
    for encoding in ENCODINGS:
        try:
            return data.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise UsageProblem(f"“{path.name}”的编码无法识别，请另存为“CSV UTF-8（逗号分隔）”。")


def _county(path: Path, number: int, row: dict[str, str]) -> County:
    """A county of a row; its government and what is left blank are named after it."""
    given = {key: text for key, text in row.items() if text}
    lacking = [name for name, key in COLUMNS.items() if key in NEEDED and key not in given]
    if lacking:
        raise UsageProblem(f"“{path.name}”第{number}行缺少“{'”“'.join(lacking)}”。")
    if not re.fullmatch(r"20\d\d", given["target_year"]):
        raise UsageProblem(f"“{path.name}”第{number}行“目标年度”应为四位年份，现为“{given['target_year']}”。")
    name = given.get("full_name", given["name"])
    given.setdefault("government", f"{name}人民政府")
    try:
        return County(**{**given, "target_year": int(given["target_year"])})  # type: ignore[arg-type]
    except ValueError as error:
        raise UsageProblem(
            f"“{path.name}”第{number}行有误：代码应为6位数字，名称应为不超过20个字的汉字（“{given['code']}”“{given['name']}”）。"
        ) from error


def write_skeleton(
    source: Path, skeleton: Path, target: Path, city: str, code: str, counties: Sequence[County], year: int
) -> None:
    """Write the new params/ folder `target` from the project's own (`source`) and the `skeleton`, and try to read it.

    Raises UsageProblem when something stands there already, ParamsProblem when what was made cannot be read.
    """
    if target.exists() and any(target.iterdir()):
        raise UsageProblem(f"“{target}”已有内容，不覆盖；请换一个目录。")
    if not re.fullmatch(r"[\u4e00-\u9fff]{2,12}", city):
        raise UsageProblem(f"市名应为不超过12个字的汉字，现为“{city}”。")
    words = {"city": city, "code": code, "year": str(year), "next": str(year + 1)}
    for path in _general(source):
        place = target / path.relative_to(source)
        place.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(path, place)
    for path in sorted(skeleton.rglob("*.yml")):
        name = path.relative_to(skeleton)
        place = target / (f"{year}/city.yml" if name.name == "year.yml" else name)
        write_whole(place, _filled(path.read_text(encoding="utf-8"), words).encode())
    listed = {"counties": [county.model_dump(exclude_defaults=True) for county in counties]}
    text = yaml.safe_dump(listed, allow_unicode=True, sort_keys=False, width=200)
    write_whole(target / "counties.yml", f"# 各县（市、区）；target_year为计划达标年度。\n{text}".encode())
    _try(target, year)


def _general(source: Path) -> Iterator[Path]:
    """The files that hold in any city."""
    for path in sorted(source.rglob("*")):
        name = path.relative_to(source)
        own = name.parts[0] in OWN or name.parts[0].isdecimal() or path.name.startswith(".")
        local = name.parts[0] == "standards" and path.name != NATIONAL
        if path.is_file() and not own and not local:
            yield path


def _filled(text: str, words: dict[str, str]) -> str:
    return re.sub(r"\{\{(\w+)\}\}", lambda found: words[found[1]], text)


def _try(params: Path, year: int) -> None:
    load_counties(params), load_city_year(params, year), load_cycle(params)
    require_known_names(params, year)


def city_code(counties: Sequence[County]) -> str:
    """The code of the city that counties belong to: their first four digits and 00; raises UsageProblem."""
    heads = {county.code[:4] for county in counties}
    if len(heads) != 1:
        raise UsageProblem("各县代码的前4位不同，无法推断市的代码，请用--code写明。")
    return f"{heads.pop()}00"
