"""The shipped records hang together, and a change of params alone changes the assessment."""

from __future__ import annotations

import shutil

import pytest
import yaml

from junheng.assess.engine import assess
from junheng.assess.model import Verdict
from junheng.errors import ParamsProblem, UsageProblem
from junheng.params.counties import find_county, load_counties
from junheng.params.dictionary import load_dictionary
from junheng.params.formula import parse_formula
from junheng.params.loader import as_data
from junheng.params.standard import Part, load_standards
from tests.assess.make import DICTIONARY, NATIONAL, PARAMS, book, school


@pytest.fixture
def params(tmp_path):
    return shutil.copytree(PARAMS, tmp_path / "params")


def edited(path, change):
    """Change a YAML file as an editor of params would, through its data."""
    data = yaml.safe_load(path.read_text(encoding="utf-8"))
    change(data)
    path.write_text(yaml.safe_dump(data, allow_unicode=True, sort_keys=False), encoding="utf-8")


def test_every_formula_reads_known_keys():
    known = set(NATIONAL.derived)
    for sheet in DICTIONARY.sheets:
        known |= set(sheet.by_key)
    for indicator in NATIONAL.indicators:
        for stage in indicator.numerator:
            assert set(indicator.formula(stage).names) <= known
    for item in NATIONAL.items:
        texts = [t for part in item.parts for t in (part.value, part.where)]
        texts += [t for figure in item.figures.values() for t in (figure.value, figure.where)]
        texts += [t for part in item.parts for r in part.relaxed for t in (r.value, r.threshold, r.where)]
        for text in filter(None, texts):
            assert set(parse_formula(text).names) <= known, (item.id, text)


def test_every_record_has_its_clause_and_the_counts_are_right():
    groups = [item.group for item in NATIONAL.items]
    assert [groups.count(g) for g in ("government", "quality", "social", "veto")] == [15, 9, 1, 6]
    assert len(NATIONAL.indicators) == 7
    assert all(record.clause for record in (*NATIONAL.indicators, *NATIONAL.items, *NATIONAL.exceptions))


def test_the_special_schools_amount_decides_alone_and_the_subsidy_stands_beside_it():
    item = NATIONAL.items[6]
    years = (2019, 2024, 2025, 2030)
    assert [item.parts[0].threshold_for(year)(lambda name: None) for year in years] == [6000] * 4
    assert [item.reference("subsidy", year) for year in years] == [None, None, 7000, 7000]


def test_amounts_hold_for_their_years():
    dated = [{"value": 6000, "years": {"last": 2024}}, {"value": 7000, "years": {"first": 2025}}]
    part = Part.model_validate({**as_data(NATIONAL.items[6].parts[0]), "threshold": dated})
    assert [part.threshold_for(year)(lambda name: None) for year in (2024, 2025)] == [6000, 7000]


def test_an_eighth_indicator_through_params_alone(params):
    def add(data):
        data["indicators"].append(
            {
                "id": "L8",
                "name": "生均图书册数",
                "short": "图书",
                "unit": "册",
                "numerator_unit": "册",
                "factor": 1,
                "split": True,
                "numerator": {"primary": "books", "junior": "books"},
                "thresholds": {"primary": 25, "junior": 35},
                "gap_name": "图书",
                "gap_unit": "册",
                "whole": True,
                "clause": "测试条款",
            }
        )

    edited(params / "standards" / "national.yml", add)
    new_field = {"key": "books", "header": "图书册数", "type": "int", "required": "always", "merge": "sum"}
    edited(params / "dictionary" / "school.yml", lambda data: data["fields"].append(new_field))
    standards = load_standards(params, 2024)
    county = book([school(1)])
    assessment = assess(county, load_dictionary(params), standards)
    cell = assessment.units[0].cells["L8"]
    assert (cell.verdict, cell.missing[0].header) == (Verdict.UNKNOWN, "图书册数")


def test_a_stricter_local_threshold_through_params_alone(params):
    stricter = {"indicator": "L4", "stage": "primary", "threshold": 8, "clause": "测试条款"}
    edited(params / "standards" / "jining.yml", lambda data: data["thresholds"].append(stricter))
    assessment = assess(book([school(1)]), DICTIONARY, load_standards(params, 2024))
    national, local = (r.units[0].cells["L4"] for r in (assessment.national, assessment.local))
    assert (national.verdict, local.verdict) == (Verdict.MET, Verdict.UNMET)
    assert local.threshold == 8
    assert (assessment.national.resource, assessment.local.resource) == (Verdict.MET, Verdict.UNMET)


@pytest.mark.parametrize(
    ("place", "named"),
    [
        ({"item": "G99", "part": "share"}, "G99/share"),
        ({"item": "G1", "part": "shares"}, "G1/shares"),
        ({"indicator": "L4", "stage": "primry"}, "L4/primry"),
        ({"disparity": "primry"}, "primry"),
    ],
)
def test_a_local_threshold_that_fits_nothing_is_refused(params, place, named):
    wrong = {**place, "threshold": 1, "clause": "测试"}
    edited(params / "standards" / "jining.yml", lambda data: data["thresholds"].append(wrong))
    with pytest.raises(ParamsProblem, match=f"地方标准中“{named}”在国家标准里不存在"):
        load_standards(params, 2024)


@pytest.mark.parametrize(
    ("change", "told"),
    [
        (lambda data: data["stages"].append(dict(data["stages"][0])), "“primary”重复"),
        (lambda data: data["indicators"][1].update(id="L1"), "“L1”重复"),
        (lambda data: data["items"].append(dict(data["items"][0])), "“G1”重复"),
        (lambda data: data["items"][0]["parts"].append(dict(data["items"][0]["parts"][0])), "“items → G1”"),
        (lambda data: data["settings"].append(dict(data["settings"][0])), "“campus_merge”重复"),
        (lambda data: data["items"][0].update(parts=[]), "至少要有一项"),
        (lambda data: data["items"][0].update(years={"first": 2025, "last": 2020}), "没有适用的年度"),
        (
            lambda data: data["indicators"][0].update(thresholds={"primary": -4, "junior": 5}),
            "应大于0，现为“-4”",
        ),
        (lambda data: data["indicators"][0].update(factor=0), "应大于0，现为“0”"),
        (lambda data: data["unit_rule"].update(floor=85), "应在0和1之间（85%写作0.85），现为“85”"),
        (lambda data: data["unit_rule"].update(may_miss=-1), "应不小于0，现为“-1”"),
        (lambda data: data["disparity"].update(limits={"primary": 50, "junior": 45}), "现为“50”"),
        (lambda data: data["split"]["weights"].update(primary=0), "应大于0"),
    ],
)
def test_what_would_count_twice_or_not_at_all_is_refused(params, change, told):
    """Each of these changed a verdict without a word: 230 units of 128, an indicator short, a limit nobody reaches."""
    edited(params / "standards" / "national.yml", change)
    with pytest.raises(ParamsProblem) as caught:
        load_standards(params, 2024)
    assert "第" in str(caught.value) and told in str(caught.value)


@pytest.mark.parametrize("word", ["370883", 370883, "邹城市", " 邹城市 "])
def test_counties_are_found_by_code_or_name(word):
    assert find_county(load_counties(PARAMS), word).name == "邹城市"


def test_full_names_of_zones_are_found():
    assert find_county(load_counties(PARAMS), "济宁经济技术开发区").code == "370873"


def test_an_unknown_county_gets_a_hint():
    with pytest.raises(UsageProblem, match="是否要写“邹城市"):
        find_county(load_counties(PARAMS), "邹成市")
