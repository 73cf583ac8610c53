"""What leaves the city: a folder, parameter and fingerprint of its own, here and on a cluster."""

from __future__ import annotations

import dataclasses
import shutil
from pathlib import Path

import pytest

from junheng.batch.city import city_job
from junheng.batch.cluster.chunk import Order
from junheng.batch.job import Places
from junheng.batch.plan import Cluster, Request, make_plan
from junheng.errors import UsageProblem
from junheng.lab.county import open_workspace

REPO = Path(__file__).resolve().parents[2]


@pytest.fixture
def inside(tmp_path: Path) -> Places:
    shutil.copytree(REPO / "params", tmp_path / "params")
    return Places(REPO, REPO / "data", tmp_path / "params", tmp_path / "outputs")


def jobs(inside: Places) -> tuple[object, object]:
    return tuple(make_plan(Request(2024, p, ("370872",))).jobs[0] for p in (inside, inside.leaving))  # type: ignore[return-value]


def test_folder_parameter_and_fingerprint_are_its_own(inside: Places) -> None:
    own, leaving = jobs(inside)
    assert own.published == inside.out / "2024" / "370872_太白湖新区"  # type: ignore[attr-defined]
    assert leaving.published == inside.out / "2024" / "对外" / "370872_太白湖新区"  # type: ignore[attr-defined]
    assert "EXTERNAL" not in own.logical_parameters()  # type: ignore[attr-defined]
    told = leaving.logical_parameters()  # type: ignore[attr-defined]
    assert told["EXTERNAL"] is True and told["OUT_DIR"] == "outputs/2024/对外/370872_太白湖新区"
    assert own.inputs.fingerprint != leaving.inputs.fingerprint  # type: ignore[attr-defined]


def test_only_what_leaves_depends_on_the_rule(inside: Places) -> None:
    before = [job.inputs.fingerprint for job in jobs(inside)]  # type: ignore[attr-defined]
    path = inside.params / "small_counts.yml"
    path.write_text(path.read_text(encoding="utf-8").replace("limit: 10", "limit: 5"), encoding="utf-8")
    after = [job.inputs.fingerprint for job in jobs(inside)]  # type: ignore[attr-defined]
    assert before[0] == after[0] and before[1] != after[1]
    cities = [city_job(Request(2024, places)) for places in (inside, inside.leaving)]
    assert "params/small_counts.yml" not in cities[0].inputs.digests
    assert "params/small_counts.yml" in cities[1].inputs.digests
    assert cities[1].logical_parameters()["EXTERNAL"] is True


def test_on_a_cluster_it_stays_what_leaves(inside: Places) -> None:
    """An order carries no folder; losing this would send small counts out without anybody noticing."""
    at = Cluster("tcp://x", "file:///d", "file:///p")
    for places in (inside, inside.leaving):
        request = Request(2024, places, ("370872",), cluster=at)
        (job,) = make_plan(request).jobs
        order = Order.of(request, (job,))
        there = dataclasses.replace(inside, external=order.request.places.external)
        (again,) = make_plan(dataclasses.replace(order.request, places=there)).jobs
        assert again.inputs.fingerprint == job.inputs.fingerprint
        assert again.places.external is places.external and order.request.force
        assert str(inside.root) not in repr(order) and str(inside.params) not in repr(order)


@pytest.mark.parametrize("value", ["False", 0, 1, None])
def test_the_parameter_is_yes_or_no(value: object) -> None:
    with pytest.raises(UsageProblem, match="应为True或False"):
        open_workspace("370872", 2024, "data", "params", "", "assessment", value)  # type: ignore[arg-type]
