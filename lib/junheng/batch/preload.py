"""All a worker imports, imported once: workers are forked from a process that has done so."""

from __future__ import annotations

import sys

# jsonschema's check of web addresses builds a grammar on import, for 0.7 s. It is optional, and nobody here asks for it.
_UNUSED = "rfc3987_syntax"
sys.modules.setdefault(_UNUSED, None)  # type: ignore[arg-type]


import junheng.batch.engine  # noqa: E402
import junheng.batch.work  # noqa: E402
import junheng.report.pdf.convert  # noqa: E402
import junheng.report.pdf.inspect  # noqa: E402
import junheng.report.word.contents  # noqa: E402, F401

if not sys.modules[_UNUSED]:
    del sys.modules[_UNUSED]
