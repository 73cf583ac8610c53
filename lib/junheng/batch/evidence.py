"""The executed notebook as evidence: one .ipynb, and one HTML page that opens without a network."""

from __future__ import annotations

import re
import warnings
from base64 import b64encode
from functools import lru_cache
from hashlib import sha256
from html import unescape
from pathlib import Path
from typing import Any

POLICY = "%CONTENT-SECURITY-POLICY%"
"""Stands in the template where the page's policy goes."""
_NONE = "'none'"
_CHARACTER = re.compile(r"&#(\d{3,6});")
"""How nbconvert writes Chinese in headings."""
_ASCII = 127
_STYLE = re.compile(r"<style>(.*?)</style>", re.DOTALL)


def write_notebook(notebook: Any, path: Path) -> None:
    """Write the notebook with a fixed key order."""
    import nbformat

    path.parent.mkdir(parents=True, exist_ok=True)
    text = nbformat.writes(notebook, version=nbformat.NO_CONVERT)
    path.write_text(text.rstrip("\n") + "\n", encoding="utf-8")


def write_html(notebook: Any, path: Path, title: str, templates: Path) -> None:
    """Render the notebook with our own template (templates/nbconvert/junheng)."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        body, _ = _exporter(templates).from_notebook_node(notebook, {"metadata": {"name": title}})
    body = _CHARACTER.sub(_written_out, body)
    path.write_text(with_policy(body).rstrip("\n") + "\n", encoding="utf-8")


def _written_out(code: re.Match[str]) -> str:
    """The character, unless it could be a mark of the page's own language."""
    return unescape(code[0]) if int(code[1]) > _ASCII else code[0]


def with_policy(page: str) -> str:
    """Fill in the page's Content-Security-Policy: no script, no network, no style but its own sheets.

    Styles are named by their hashes, pictures must be in the page itself.
    """
    styles = dict.fromkeys(_STYLE.findall(page))
    hashes = " ".join(f"'sha256-{b64encode(sha256(style.encode()).digest()).decode()}'" for style in styles)
    policy = (
        f"default-src 'none'; style-src {hashes or _NONE}; img-src data:; base-uri 'none'; form-action 'none'"
    )
    return page.replace(POLICY, policy, 1)


@lru_cache(maxsize=2)
def _exporter(templates: Path) -> Any:
    from jinja2.sandbox import SandboxedEnvironment
    from nbconvert.exporters.html import HTMLExporter
    from nbconvert.filters.highlight import Highlight2HTML

    class SandboxedExporter(HTMLExporter):
        """The exporter with its templates in Jinja's sandbox: no way from a value to Python's insides.

        HTMLExporter parses the finished page once more, for marks that our template sets itself; that is left out.
        """

        def from_notebook_node(self, nb: Any, resources: Any = None, **kw: Any) -> Any:
            lexer = nb.metadata.get("language_info", {}).get("pygments_lexer")
            self.register_filter("highlight_code", Highlight2HTML(pygments_lexer=lexer, parent=self))
            resources = self._init_resources(resources)
            return super(HTMLExporter, self).from_notebook_node(nb, resources, **kw)

        def _create_environment(self) -> SandboxedEnvironment:
            plain = super()._create_environment()
            sandbox = SandboxedEnvironment(loader=plain.loader, extensions=list(plain.extensions))
            sandbox.globals.update(plain.globals | {"range": sandbox.globals["range"]})
            sandbox.filters.update(plain.filters)
            sandbox.tests.update(plain.tests)
            return sandbox

    return SandboxedExporter(
        template_name="junheng",
        extra_template_basedirs=[str(templates / "nbconvert")],
        exclude_input_prompt=True,
        exclude_output_prompt=True,
        embed_images=False,
    )
