"""Opening a notebook's work: its parameters, and a county and year with everything read from params/ once.

Relative folders count from the project.
"""

from __future__ import annotations

import ast
import os
from collections.abc import Mapping, MutableMapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from IPython.core.getipython import get_ipython

from junheng.assess.suppress_texts import Suppression
from junheng.errors import UsageProblem, did_you_mean
from junheng.lab.charts import prepare_charts
from junheng.lab.errors import show_readable_errors
from junheng.lab.notebooks import DRAFTS, CellChange, own_changes, own_notebook
from junheng.params.brief import Shown
from junheng.params.checks import load_checks
from junheng.params.city import CountyYear, load_county_year
from junheng.params.counties import County, find_county, load_counties
from junheng.params.references import require_known_names
from junheng.params.small_counts import load_small_counts
from junheng.params.standard import Standard, load_standards
from junheng.project import project_root
from junheng.report.content.context import Wording, load_wording
from junheng.report.content.names import check_reports
from junheng.report.figures.style import add_fonts

PARAMETERS = ("COUNTY", "YEAR", "DATA_DIR", "PARAMS_DIR", "OUT_DIR", "REPORTS", "EXTERNAL")
DEFAULTS: dict[str, Any] = {"REPORTS": "assessment", "EXTERNAL": False}
"""What a notebook that writes no report may leave out."""
FIGURES = Path("evidence") / "figures"


@dataclass(frozen=True, repr=False)
class Workspace(Shown):
    """One county and year to work on, with everything read from params/ once. All folders are absolute.

    `suppression` is the rule on small counts when what is made leaves the city, else None; `own_cells` are the cells
    by which the county's own notebook, if it has one, differs from the standard one.
    """

    county: County
    year: int
    data_dir: Path
    params_dir: Path
    out_dir: Path
    reports: tuple[str, ...]
    standards: tuple[Standard, Standard]
    choices: CountyYear
    wording: Wording
    suppression: Suppression | None = None
    own_cells: tuple[CellChange, ...] = ()

    calls = ("book = wb.read(work)",)

    def about(self) -> str:
        national, local = self.standards
        return (
            f"{self.county.title}（{self.county.code}）{self.year}年度，依据{national.title}和{local.title}"
        )

    @property
    def figures_dir(self) -> Path:
        return self.out_dir / FIGURES


def start(namespace: dict[str, Any], *extra: str) -> Workspace:
    """按参数单元格打开一个县（市、区）一个年度的评估，后面各格都用它。

    写错的参数名会给出提示；只读取参数，不读采集工作簿，也不写出文件。

    例：
        work = wb.start(globals())
    """
    given = parameters(namespace, (*PARAMETERS, *extra), {**DEFAULTS, **dict.fromkeys(extra)})
    return open_workspace(**{name.lower(): given[name] for name in PARAMETERS})


def parameters(
    namespace: dict[str, Any], known: tuple[str, ...], defaults: Mapping[str, Any]
) -> dict[str, Any]:
    """Take a notebook's parameters, all of `known` that have no default and no others; raises UsageProblem.

    In a notebook they are what its parameters cell sets, whatever other names in capitals there are. A name that is
    no parameter is refused: a misspelt one must not leave the default in force. What an earlier run left is taken away.
    """
    shell, given = prepared_shell(), None
    if shell is not None and namespace is shell.user_ns:
        forget_earlier_work(shell.user_ns)
        os.chdir(project_root())  # relative paths mean the same in JupyterLab, papermill and the batch
        cells = list(shell.user_ns.get("In", ()))
        given = from_cells(cells, namespace, set(known) - set(defaults))
    if given is None:
        given = {n: v for n, v in namespace.items() if n.isupper() and not n.startswith("_")}
    for name in given:
        if name not in known:
            raise UsageProblem(f"没有名为“{name}”的参数。{did_you_mean(name, known)}")
    absent = [name for name in known if name not in given and name not in defaults]
    if absent:
        raise UsageProblem(f"笔记本缺少参数{'、'.join(absent)}，请恢复参数单元格。")
    return {**defaults, **given}


def prepared_shell() -> Any:
    """The IPython shell that runs this, if any, with readable errors and the report's charts."""
    shell = get_ipython()
    show_readable_errors(shell)
    prepare_charts(shell)
    return shell


def from_cells(cells: list[str], namespace: Mapping[str, Any], needed: set[str]) -> dict[str, Any] | None:
    """Return what the last parameters cell sets, with what papermill injected after it; None when no cell was one.

    `cells` are the cells run so far, the running one last; `needed` are parameters without a default. A parameters
    cell sets plain names only, most of the needed ones among them.
    """
    for place in range(len(cells) - 1, -1, -1):
        names = _assigned_names(cells[place])
        # A trial cell that sets one or two names in capitals is no parameters cell.
        if names is None or 2 * len(names & needed) <= len(needed):
            continue
        for injected in cells[place + 1 :]:
            more = _assigned_names(injected)
            if more is None:
                break
            names |= more
        return {name: namespace[name] for name in sorted(names) if name in namespace}
    return None


def _assigned_names(source: str) -> set[str] | None:
    """The names in capitals that a cell sets, or None for a cell that does anything else."""
    try:
        body = ast.parse(source).body
    except SyntaxError:
        return None
    names = set()
    for node in body:
        target = node.targets[0] if isinstance(node, ast.Assign) and len(node.targets) == 1 else None
        if not isinstance(target, ast.Name) or not target.id.isupper():
            return None
        names.add(target.id)
    return names or None


def forget_earlier_work(namespace: MutableMapping[str, Any]) -> None:
    """Remove from a notebook's names what an earlier run of it made with junheng.

    Were it left, a cell that fails now (a wrong county, say) would let those below go on with the county before.
    """
    for name in [name for name, value in namespace.items() if not name.startswith("_") and _ours(value)]:
        del namespace[name]


def _ours(value: object) -> bool:
    """Whether this is an object of junheng, or a collection that begins with one; not a module, class or function."""
    if isinstance(value, (tuple, list, dict)):
        first = next(iter(value.values() if isinstance(value, dict) else value), None)
        return first is not None and not isinstance(first, (tuple, list, dict)) and _ours(first)
    return type(value).__module__.partition(".")[0] == "junheng"


def open_workspace(
    county: str | int,
    year: int | str,
    data_dir: str,
    params_dir: str,
    out_dir: str,
    reports: str,
    external: bool = False,
) -> Workspace:
    """Return the workspace for these parameters; `out_dir` empty means the draft folder. Raises UsageProblem.

    `external`: what is made leaves the city, small counts are hidden (params/small_counts.yml).
    """
    prepared_shell()
    root = project_root()
    params = root / params_dir
    number = year_of(year)
    found = find_county(load_counties(params), county)
    require_known_names(params, number)
    draft = root / "outputs" / DRAFTS / str(number) / found.stem
    own = own_notebook(root, number, found)
    wording = load_wording(params, number)
    return Workspace(
        county=found,
        year=number,
        data_dir=root / data_dir,
        params_dir=params,
        out_dir=root / out_dir if out_dir else draft,
        reports=check_reports(reports.split(",")),
        standards=load_standards(params, number),
        choices=load_county_year(params, number, found.code),
        wording=wording,
        suppression=suppression_of(params, wording) if yes_or_no(external) else None,
        own_cells=own_changes(own) if own.is_file() else (),
    )


def yes_or_no(external: object) -> bool:
    """Return the parameter EXTERNAL; raises UsageProblem for anything but True and False."""
    if not isinstance(external, bool):
        raise UsageProblem(f"参数EXTERNAL应为True或False，现为{external!r}。")
    return external


def suppression_of(params_dir: Path, wording: Wording) -> Suppression:
    """Return the rule on small counts with what it needs to know; raises ParamsProblem."""
    return Suppression(load_small_counts(params_dir), load_checks(params_dir), wording.tasks)


def year_of(year: int | str) -> int:
    """Return a year given as number or text; raises UsageProblem."""
    text = str(year).strip()
    if not (text.isascii() and text.isdigit() and len(text) == 4):
        raise UsageProblem(f"年度“{text}”有误，应为四位数字，例如2024。")
    return int(text)


def warm_up(params_dir: Path, year: int) -> None:
    """Read what every county's notebook of a year reads, ahead of time; raises ParamsProblem and UsageProblem."""
    load_counties(params_dir)
    for one in (year, year - 1):
        load_standards(params_dir, one)
    load_wording(params_dir, year)
    load_checks(params_dir)
    require_known_names(params_dir, year)
    add_fonts()
