"""Where the project is: the folder that holds notebooks/, params/ and templates/."""

from __future__ import annotations

import os
from pathlib import Path

from junheng.errors import UsageProblem

HOME_VARIABLE = "JUNHENG_HOME"


def project_root() -> Path:
    """Return the project's folder: JUNHENG_HOME, else the first one above this package with notebooks/ and params/."""
    home = os.environ.get(HOME_VARIABLE)
    if home:
        root = Path(home).resolve()
        if not (root / "notebooks").is_dir():
            raise UsageProblem(f"环境变量{HOME_VARIABLE}所指的目录中没有notebooks目录，请改正后重试。")
        return root
    for folder in Path(__file__).resolve().parents:
        if (folder / "notebooks").is_dir() and (folder / "params").is_dir():
            return folder
    raise UsageProblem(f"找不到项目目录（其中应有notebooks和params），请用环境变量{HOME_VARIABLE}指明。")
