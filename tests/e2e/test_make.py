"""What an analyst types: `make reports` with COUNTIES, FORCE, WHY and -n, over a copy of two counties' data."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest

from tests.faults.harness import REPO, Site, tree

pytestmark = [pytest.mark.e2e, pytest.mark.slow]
CODES = ("370872", "370873")
HEAVY = ("IPython", "matplotlib", "openpyxl", "pandas", "papermill", "pikepdf", "PIL")
"""What is only needed for making a report, and takes most of the time a command needs to start."""


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Site:
    return Site.made(tmp_path_factory.mktemp("make") / "site", CODES)


def make(site: Site, *words: str) -> str:
    """Run make in the project, with the site's folders; return what it printed."""
    places = (f"DATA={site.data}", f"PARAMS={site.params}", f"OUT={site.out}")
    # A make above this test must not hand down its own options.
    environment = {k: v for k, v in os.environ.items() if not k.startswith(("MAKE", "MFLAGS"))}
    done = subprocess.run(
        ["make", *words, *places], cwd=REPO, env=environment,
        capture_output=True, text=True, encoding="utf-8", check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def test_reports_are_made_when_something_changed_and_only_then(site: Site) -> None:
    dry = make(site, "-n", "reports", f"COUNTIES={CODES[0]},济宁经开区", "FORCE=1")
    assert f"--county '{CODES[0]}' --county '济宁经开区'" in dry and "--force" in dry
    assert not site.out.exists()

    assert "完成2个，已是最新0个" in make(site, "reports", f"COUNTIES={CODES[0]},济宁经开区", "JOBS=1")
    first, second = (site.published(county) for county in site.counties)
    made, other = tree(first), tree(second)

    said = make(site, "reports", f"COUNTIES={','.join(CODES)}")
    assert "完成0个，已是最新2个" in said
    assert [name for name in HEAVY if name in imported_with_nothing_to_do(site)] == []

    (first / "data" / "units.csv").write_text("edited by hand")
    why = make(site, "reports", "WHY=1", f"COUNTIES={','.join(CODES)}")
    assert "太白湖新区：已发布的“data/units.csv”缺失或被改动。" in why and "济宁经开区：已是最新" in why
    assert "完成1个，已是最新1个" in make(site, "reports", f"COUNTIES={','.join(CODES)}")
    same = {name for name, digest in tree(first).items() if made.get(name) == digest}
    assert set(made) - same == {"manifest.json"}  # it holds times; all else is as it was

    forced = make(site, "reports", f"COUNTIES={CODES[0]}", "FORCE=1", "MEMORY=2048")
    assert "完成1个，已是最新0个" in forced
    assert tree(second) == other


def imported_with_nothing_to_do(site: Site) -> set[str]:
    """All modules that the command imports when every report is up to date; in no process but its own."""
    script = (
        "import sys\n"
        "from junheng.cli.main import guarded\n"
        "def forked(event, given):\n"
        "    assert event not in ('subprocess.Popen', 'os.fork', 'os.posix_spawn'), given\n"
        "sys.addaudithook(forked)\n"
        "assert guarded(sys.argv[1:]) == 0\n"
        "print(*sys.modules, file=sys.stderr)\n"
    )
    command = [sys.executable, "-c", script, *site.command("run")[1:]]
    done = subprocess.run(command, cwd=REPO, capture_output=True, text=True, check=True)
    assert "已是最新2个" in done.stdout
    return set(done.stderr.split())


def test_a_county_is_required_for_one_report() -> None:
    done = subprocess.run(["make", "report"], cwd=REPO, capture_output=True, text=True, check=False)
    assert done.returncode == 2 and "COUNTY=" in done.stderr
