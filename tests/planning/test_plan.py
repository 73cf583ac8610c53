"""The least-cost plan on counties small enough to check: by hand, by trying everything, by the exact engine."""

from __future__ import annotations

import random
from collections import defaultdict
from fractions import Fraction
from itertools import count, product

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from junheng.assess.engine import evaluate
from junheng.assess.model import Verdict
from junheng.errors import JunhengError, ParamsProblem
from junheng.params.prices import PlanChoices, Prices, SchoolLimit
from junheng.planning.apply import Action, apply_actions
from junheng.planning.linear import Effort, Program, solve
from junheng.workbook.check.run import run_checks
from tests.assess.make import DICTIONARY, NATIONAL, book, school
from tests.planning.make import CHECKS, added, assessed, planned, prices

A, B, C = "2137830001", "2137830002", "2137830003"


def resource(schools, actions):
    return evaluate(apply_actions(book(schools), actions), DICTIONARY, NATIONAL).resource


def test_nothing_to_do_costs_nothing():
    plan = planned([school(1), school(2)])
    assert (plan.status, plan.cost, plan.gap, plan.actions) == ("optimal", 0, 0, ())


def test_one_of_seven_stays_at_85_per_cent_and_it_is_the_dearest():
    """500 pupils: rooms 8 of 11.5, backbone 2 of 5. Leaving rooms at 85% saves 2 rooms (12), leaving backbone none."""
    plan = planned(
        [school(1, multimedia_rooms=8, backbone_primary=2)], prices("multimedia", "backbone_primary")
    )
    assert added(plan, A, "backbone_primary") == 3  # to 5
    assert added(plan, A, "multimedia_rooms") == 2  # to 10 of 11.5: 0.8696
    assert (plan.status, plan.cost) == ("optimal", 3 * 3 + 2 * 6)
    assert resource([school(1, multimedia_rooms=8, backbone_primary=2)], plan.actions) is Verdict.MET


@pytest.mark.parametrize("spare", [0, 1, 4])
def test_the_plan_is_as_cheap_as_the_best_of_all_plans(spare):
    """Every quantity of two additions and one transfer is tried with the exact engine."""
    schools = [
        school(1, multimedia_rooms=8, backbone_primary=2),
        school(2, backbone_primary=5 + spare, multimedia_rooms=11),
        school(3, backbone_primary=5),
    ]
    levers = prices("multimedia", "backbone_primary", "move_backbone_primary", multimedia=7)
    best = None
    for rooms, trained, moved in product(range(6), range(5), range(4)):
        cost = 7 * rooms + 3 * trained + Fraction("1.5") * moved
        if best is not None and cost >= best:
            continue
        if moved > Fraction("0.3") * (5 + spare) or moved > spare:
            continue
        actions = [
            Action(A, "multimedia_rooms", Fraction(rooms)),
            Action(A, "backbone_primary", Fraction(trained + moved)),
            Action(B, "backbone_primary", Fraction(-moved)),
        ]
        best = cost if resource(schools, actions) is Verdict.MET else best
    plan = planned(schools, levers)
    assert best is not None and (plan.status, plan.cost) == ("optimal", best)


def test_what_is_added_to_a_combined_school_is_shared_with_the_other_stage():
    """A 九年一贯制 of 300 + 200: the primary part gets 300/520 of what is built, so more must be built than it lacks."""
    schools = [
        school(
            1,
            school_type="九年一贯制学校",
            students_primary=300,
            students_junior=200,
            teachers_junior=20,
            staff_junior=22,
            bachelor_junior=18,
            backbone_junior=4,
            pe_junior=3,
            classes_junior=4,
            grades_junior=3,
            teaching_area=2000,
            multimedia_rooms=7,
        )
    ]
    plan = planned(schools, prices("multimedia", "teaching_area"))
    # both stages may leave L4 at 85%: the junior part needs 0.85·5.8·200·520/220 = 2330.55 of the whole school
    assert added(plan, A, "teaching_area") == Fraction("330.55")
    assert added(plan, A, "multimedia_rooms") == 5  # 2.3·3·520/300 = 11.96 of the whole school
    assert plan.after is not None and plan.after.resource is Verdict.MET
    junior = next(u for u in plan.after.units if u.stage == "junior")
    assert sum(c.verdict is Verdict.UNMET for c in junior.cells.values()) <= 1


def test_a_campus_shares_by_its_own_pupils():
    """A campus with primary pupils only gives all it gets to the primary part: build there."""
    main = school(
        1,
        school_type="九年一贯制学校",
        students_primary=300,
        students_junior=300,
        teachers_junior=30,
        staff_junior=30,
        bachelor_junior=30,
        backbone_junior=6,
        pe_junior=5,
        classes_junior=6,
        teaching_area=4000,
        sports_ground_area=9000,
        multimedia_rooms=20,
        equipment_value=250,
    )
    campus = school(
        2,
        counted=False,
        parent_code=A,
        students_primary=300,
        teaching_area=100,
        sports_ground_area=3000,
        multimedia_rooms=10,
        equipment_value=100,
    )
    plan = planned([main, campus], prices("teaching_area"))
    assert plan.status == "optimal" and plan.cost is not None
    if plan.actions:
        assert {a.school_code for a in plan.actions} == {B}
    else:
        assert plan.after is not None and plan.after.resource is Verdict.MET


def test_transfers_balance_and_leave_the_giver_sound():
    schools = [
        school(1, pe_primary=2, backbone_primary=2),
        school(2, pe_primary=12, backbone_primary=12, teachers_primary=40, staff_primary=44),
    ]
    plan = planned(schools)
    sums = defaultdict(Fraction)
    for action in plan.actions:
        sums[action.field] += action.add
    assert sums["pe_primary"] == 0 and added(plan, B, "pe_primary") < 0
    assert resource(schools, plan.actions) is Verdict.MET
    changed = apply_actions(book(schools), plan.actions)
    assert not [i for i in run_checks(changed, CHECKS, DICTIONARY) if i.severity.value == "error"]


def test_a_new_teacher_is_also_staff_and_certified_and_trained():
    schools = [school(1, bachelor_primary=17, teachers_primary=17, staff_primary=17, pe_primary=3)]
    schools[0] |= {"certified_teachers": 17, "trained_teachers": 17}
    plan = planned(schools, prices("recruit_primary", "recruit_arts_primary"))
    people = [
        added(plan, A, key)
        for key in (
            "staff_primary",
            "teachers_primary",
            "bachelor_primary",
            "certified_teachers",
            "trained_teachers",
        )
    ]
    assert (
        people == [2] * 5
    )  # two PE teachers: L3 3 + 2 of 4.5, L1 17 + 2 of 21 (0.905, the one that may stay)
    assert plan.cost == 50
    assert resource(schools, plan.actions) is Verdict.MET


def test_a_failing_coefficient_of_variation_is_brought_within_its_limit():
    """Equal thresholds are met everywhere; one school's equipment is far above all others'."""
    schools = [school(n, equipment_value=v) for n, v in enumerate((110, 110, 110, 110, 110, 700), 1)]
    before = assessed(schools).national
    assert before.disparity("primary", "L6").verdict is Verdict.UNMET
    plan = planned(schools, prices("equipment"))
    assert plan.status == "optimal" and plan.after is not None
    assert plan.after.disparity("primary", "L6").verdict is Verdict.MET
    # by symmetry the five are lifted alike: x with |700 − x|·√5/6 = 0.5·(5x + 700)/6
    root5 = 5**0.5
    level = (700 * root5 - 350) / (2.5 + root5)
    assert float(plan.cost) == pytest.approx(5 * (level - 110), rel=1e-4)


def test_a_plan_never_costs_more_than_the_obvious_rule():
    schools = [
        school(n, equipment_value=60 + 9 * n, pe_primary=n, multimedia_rooms=4 + 2 * n) for n in range(1, 8)
    ]
    plan = planned(schools)
    assert plan.cost is not None and plan.greedy is not None and plan.cost < plan.greedy
    assert plan.saving == (plan.greedy - plan.cost) / plan.greedy


def test_a_walled_school_says_what_stands_in_its_way():
    plan = planned([school(1, dense_urban=True, sports_ground_area=500)], prices("sports_ground"))
    assert (plan.status, plan.cost, plan.actions) == ("infeasible", None, ())
    assert len(plan.reasons) == 1
    assert "第1小学" in plan.reasons[0] and "运动场" in plan.reasons[0]
    assert "校园用地不能增加" in plan.reasons[0]


def test_a_limit_of_the_county_names_its_reason():
    limit = SchoolLimit(school_code=A, lever="multimedia", most=Fraction(1), why="校舍已无空余房间")
    plan = planned([school(1, multimedia_rooms=2)], prices("multimedia"), PlanChoices(limits=(limit,)))
    assert plan.status == "infeasible" and "校舍已无空余房间" in plan.reasons[0]


def test_too_small_a_budget_is_named_with_what_lacks():
    schools = [school(1, multimedia_rooms=2)]  # 10 rooms of 11.5 stay at 85%: 8 × 6 万元
    plan = planned(
        schools, prices("multimedia"), PlanChoices(budget={2025: Fraction(20), 2026: Fraction(20)})
    )
    assert plan.status == "infeasible"
    (reason,) = plan.reasons
    assert reason.startswith("预算合计40万元（2025年20万元、2026年20万元") and reason.endswith(
        "至少还差8.00万元。"
    )


def test_a_budget_spreads_whole_rooms_over_the_years():
    schools = [school(1, multimedia_rooms=2)]
    plan = planned(
        schools, prices("multimedia"), PlanChoices(budget={2025: Fraction(20), 2026: Fraction(30)})
    )
    assert plan.status == "optimal" and plan.yearly == {2025: 18, 2026: 30}
    assert [dict(m.years) for m in plan.measures] == [{2025: 3, 2026: 5}]


def test_units_without_data_are_named_and_not_planned():
    plan = planned([school(1, multimedia_rooms=None), school(2, multimedia_rooms=2)])
    assert plan.status == "infeasible" and len(plan.reasons) == 1
    assert "第1小学" in plan.reasons[0] and "网络多媒体教室数" in plan.reasons[0]
    assert ".xlsx" not in plan.reasons[0], "documents print the reasons: no file is named there"
    assert "测试.xlsx〔学校〕multimedia_rooms2" in plan.remedies[0]


def test_a_missing_figure_beside_the_point_is_left_alone():
    """Trained teachers are not part of the seven: a blank there stays blank, and the plan stands."""
    schools = [school(1, trained_teachers=None, bachelor_primary=10, teachers_primary=10, staff_primary=10)]
    schools[0] |= {"certified_teachers": 10, "pe_primary": 5, "backbone_primary": 5}
    plan = planned(schools, prices("recruit_primary"))
    assert plan.status == "optimal"
    assert "trained_teachers" not in {a.field for a in plan.actions}
    assert resource(schools, plan.actions) is Verdict.MET


def test_an_unknown_lever_in_the_county_file_is_refused():
    with pytest.raises(ParamsProblem, match="multimedia"):
        planned([school(1)], None, PlanChoices(prices={"multimeda": Fraction(1)}))


def test_a_price_of_the_county_is_used():
    schools = [school(1, multimedia_rooms=2)]
    plan = planned(schools, prices("multimedia"), PlanChoices(prices={"multimedia": Fraction(5)}))
    assert plan.cost == 40


@pytest.mark.slow
@settings(max_examples=15)
@given(
    st.lists(
        st.fixed_dictionaries(
            {
                "students_primary": st.integers(60, 900),
                "teaching_area": st.integers(300, 5000),
                "sports_ground_area": st.integers(300, 8000),
                "equipment_value": st.integers(5, 300),
                "multimedia_rooms": st.integers(0, 30),
                "backbone_primary": st.integers(0, 12),
                "pe_primary": st.integers(0, 8),
                "dense_urban": st.booleans(),
            }
        ),
        min_size=1,
        max_size=5,
    )
)
def test_every_plan_passes_the_exact_engine(records):
    """Whatever the county: a plan makes it 达标, its moves balance, its cost lies between bound and obvious rule."""
    schools = [school(n, **values) for n, values in enumerate(records, 1)]
    plan = planned(schools)
    if plan.status == "infeasible":
        assert plan.reasons
        return
    assert resource(schools, plan.actions) is Verdict.MET
    assert plan.cost is not None and plan.bound is not None
    assert float(plan.bound) <= float(plan.cost) + 1e-6
    assert plan.greedy is None or plan.cost <= plan.greedy + Fraction(1, 10)
    moved = defaultdict(Fraction)
    for measure in plan.measures:
        moved[measure.lever] += measure.quantity
    assert all(total == 0 for lever, total in moved.items() if lever.startswith("move"))
    assert plan.cost == sum(m.cost for m in plan.measures)


def test_a_spread_that_cannot_be_lowered_names_schools_and_limits():
    """Five schools may get 10 万元 of equipment each; the sixth stays at seven times theirs."""
    schools = [school(n, equipment_value=v) for n, v in enumerate((110, 110, 110, 110, 110, 900), 1)]
    limits = tuple(
        SchoolLimit(school_code=s["school_code"], lever="equipment", most=Fraction(10), why="库房已满")
        for s in schools
    )
    plan = planned(schools, prices("equipment"), PlanChoices(limits=limits))
    (reason,) = plan.reasons
    assert "差异系数现为" in reason and "限值0.50" in reason
    assert "第6小学（小学）18000.00元" in reason and "上限10万元已用足，库房已满" in reason


def test_a_passing_school_is_not_named_when_another_cannot_pass():
    """The walled school is the only reason; what others could give or get is not drawn into it."""
    schools = [school(1, dense_urban=True, sports_ground_area=500), school(2), school(3, multimedia_rooms=9)]
    levers = prices("sports_ground", "multimedia", "move_teacher_primary", "move_arts_primary")
    plan = planned(schools, levers)
    (reason,) = plan.reasons
    assert reason.startswith("第1小学（小学）") and "最多达到1.00㎡" in reason


# ---- No clock decides ------------------------------------------------------------------------------------------------

SPREAD = [school(1, equipment_value=60), school(2), school(3, multimedia_rooms=8, backbone_primary=2)]


def limited(**limits: object) -> Prices:
    own = prices()
    return own.model_copy(update={"search": own.search.model_copy(update=limits)})


def test_a_machine_however_slow_finds_the_same_plan(monkeypatch: pytest.MonkeyPatch) -> None:
    usual = planned(SPREAD).as_json()
    seconds = count(step=100)
    monkeypatch.setattr("junheng.planning.linear.time.monotonic", lambda: float(next(seconds)))
    assert planned(SPREAD, limited(seconds=Fraction(10**6))).as_json() == usual


def test_a_search_that_lasts_too_long_is_an_error_and_no_other_plan() -> None:
    with pytest.raises(JunhengError, match=r"方案测算已超过0\.001秒.*prices\.yml中search的seconds"):
        planned(SPREAD, limited(seconds=Fraction(1, 1000)))


def market_split() -> Program:
    """Halve four sums at once as nearly as can be: small, and out of reach of cuts and heuristics (Cornuéjols and Dawande)."""
    chance, program = random.Random(1), Program()
    for _ in range(30):
        program.variable(0, 1, 0.0, True)
    for _ in range(4):
        sizes = [chance.randrange(100) for _ in range(30)]
        more, less = program.variable(cost=1.0), program.variable(cost=1.0)
        row = {n: float(size) for n, size in enumerate(sizes)} | {more: 1.0, less: -1.0}
        program.row(row, sum(sizes) // 2, sum(sizes) // 2)
    return program


def test_the_solver_s_own_time_ends_in_the_same_error() -> None:
    with pytest.raises(JunhengError, match=r"方案测算已超过\S+秒"):
        solve(market_split(), Effort(10**9, 0.5), gap=0.0)


def test_a_search_ends_with_its_nodes_and_the_best_so_far() -> None:
    efforts = [Effort(20, 1000.0), Effort(20, 1000.0)]
    first, second = (solve(market_split(), effort, gap=0.0) for effort in efforts)
    assert first.values is not None and second.values is not None
    assert list(first.values) == list(second.values) and first.bound == second.bound
    assert efforts[0].nodes <= 0 == efforts[0].nodes - efforts[1].nodes
