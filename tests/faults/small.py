"""`junheng` as a whole (command line, workers, county processes, LibreOffice, publishing) over a project whose notebook takes no time.

`python -m tests.faults.small ROOT run …` takes junheng's own options; ROOT was made by `make_project` with `CELL`.
"""

from __future__ import annotations

import sys
from pathlib import Path

from junheng import project
from junheng.batch import run as batch_run
from junheng.batch.checks import inspect_contract
from junheng.batch.execute import PapermillRunner
from junheng.batch.work import Toolbox, office_converter
from junheng.cli import main as cli

REPO = Path(__file__).resolve().parents[2]
CELL = f"""
import sys
from pathlib import Path
sys.path.insert(0, {str(REPO)!r})
from docx import Document
from tests.batch.fakes import write_outputs
write_outputs(Path(OUT_DIR), COUNTY, Path(PARAMS_DIR))
for path in Path(OUT_DIR).glob("*.docx"):
    document = Document()
    for number in range(40):
        document.add_paragraph(f"{{COUNTY}}第{{number}}段")
    document.save(path)
"""


def main() -> None:
    root = Path(sys.argv.pop(1))
    project.project_root = lambda: root
    batch_run.standard_tools = lambda *about: Toolbox(PapermillRunner(), office_converter, inspect_contract)
    cli.main()


if __name__ == "__main__":
    main()
