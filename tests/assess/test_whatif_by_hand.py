"""Every kind of trial on two like primary schools, against arithmetic done by hand: values, CV², verdicts.

Each school has 500 pupils, 30 teachers with 本科 (6.00 a hundred), 6 骨干 (1.2), 5 体育 (1.0), 3000㎡ of rooms (6), 5000㎡ of
grounds (10), 150万元 of equipment (3000元) and 14 multimedia rooms (2.8 a hundred); nothing varies, all CVs are 0.
"""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction

import pytest

from junheng.assess.engine import assess
from junheng.assess.model import Verdict
from junheng.assess.whatif import Trial
from junheng.params.whatif import load_moves
from tests.assess.make import DICTIONARY, LOCAL, NATIONAL, PARAMS, book, school

A, B, C = "2137830001", "2137830002", "2137830003"
SMALL = school(3, students_primary=200, teaching_area=600)
MET, UNMET = Verdict.MET, Verdict.UNMET


def start(*more: dict) -> Trial:
    return Trial(book([school(1), school(2), *more]), (NATIONAL, LOCAL), DICTIONARY, load_moves(PARAMS))


@pytest.mark.parametrize(
    ("change", "indicator", "values", "cv_squared", "verdicts"),
    [
        # 700 pupils: rooms 3000÷700; mean 6000÷1200 = 5; (700×(5/7)² + 500×1²)÷1200 = 5/7; ÷25 = 1/35.
        # L2 6/7, L4 30/7 of 4.5, L7 2 of 2.3 all miss: 未达标.
        (
            lambda t: t.put(A, "小学在校生数", 700),
            "L4",
            [Fraction(30, 7), Fraction(6)],
            Fraction(1, 35),
            [UNMET, MET],
        ),
        # 28 and 32 of 500 are 5.6 and 6.4 a hundred; 0.4²÷6² = 1/225.
        (
            lambda t: t.move_teachers(A, B, "小学", 2),
            "L1",
            [Fraction(28, 5), Fraction(32, 5)],
            Fraction(1, 225),
            [MET, MET],
        ),
        # 体育 teachers: 4 and 6 of 500 are 0.8 (of 0.9, 88.9%: the one that may stay) and 1.2; 0.2²÷1² = 1/25.
        (
            lambda t: t.move_teachers(A, B, "小学", 1, subject="体育"),
            "L3",
            [Fraction(4, 5), Fraction(6, 5)],
            Fraction(1, 25),
            [MET, MET],
        ),
        # 骨干: 4 and 8 of 500 are 0.8 (of 1, 80%: below 85%) and 1.6; 0.4²÷1.2² = 1/9.
        (
            lambda t: t.move_teachers(A, B, "小学", 2, backbone=True),
            "L2",
            [Fraction(4, 5), Fraction(8, 5)],
            Fraction(1, 9),
            [UNMET, MET],
        ),
        # 4500÷500 = 9; mean 7.5; 1.5²÷7.5² = 1/25.
        (
            lambda t: t.add(A, "教学及辅助用房面积", 1500),
            "L4",
            [Fraction(9), Fraction(6)],
            Fraction(1, 25),
            [MET, MET],
        ),
        # Rooms for sports indoors count as grounds and not as rooms: (3000−300)÷500 = 5.4; 0.3²÷5.7² = 1/361.
        (
            lambda t: t.put(A, "室内体育用房面积", 300),
            "L4",
            [Fraction(27, 5), Fraction(6)],
            Fraction(1, 361),
            [MET, MET],
        ),
        # ... and (5000+300)÷500 = 10.6; 0.3²÷10.3² = 9/10609.
        (
            lambda t: t.put(A, "室内体育用房面积", 300),
            "L5",
            [Fraction(53, 5), Fraction(10)],
            Fraction(9, 10609),
            [MET, MET],
        ),
        # 90万元÷500 = 1800元 (90% of 2000); mean 2400; 600²÷2400² = 1/16.
        (
            lambda t: t.add(A, "教学仪器设备资产值", -60),
            "L6",
            [Fraction(1800), Fraction(3000)],
            Fraction(1, 16),
            [MET, MET],
        ),
        # 84万元÷500 = 1680元 (84% of 2000, below 85%); mean 2340; 660²÷2340² = 121/1521.
        (
            lambda t: t.put(A, "教学仪器设备资产值", 84),
            "L6",
            [Fraction(1680), Fraction(3000)],
            Fraction(121, 1521),
            [UNMET, MET],
        ),
        # 9 rooms are 1.8 a hundred (78% of 2.3); mean 2.3; 0.5²÷2.3² = 25/529.
        (
            lambda t: t.add(A, "网络多媒体教室数", -5),
            "L7",
            [Fraction(9, 5), Fraction(14, 5)],
            Fraction(25, 529),
            [UNMET, MET],
        ),
        # 400 and 600 pupils: 7.5 and 5; mean 6; (400×1.5² + 600×1²)÷1000 = 1.5; ÷36 = 1/24.
        # B: L3 5÷600 = 0.83 (93% of 0.9) alone misses, L2 is exactly 1, L7 14÷600 = 2.33.
        (
            lambda t: t.move_pupils(A, B, "小学", 100),
            "L4",
            [Fraction(15, 2), Fraction(5)],
            Fraction(1, 24),
            [MET, MET],
        ),
        # A new school with 300 pupils and what A has: 3000÷300 = 10; mean 9000÷1300 = 90/13;
        # (1000×(12/13)² + 300×(40/13)²)÷1300 = 480/169; ÷(90/13)² = 480/8100 = 8/135.
        (
            lambda t: t.new_school("新城小学", like=A, figures={"小学在校生数": 300}),
            "L4",
            [Fraction(6), Fraction(6), Fraction(10)],
            Fraction(8, 135),
            [MET, MET, MET],
        ),
    ],
)
def test_each_trial_is_what_the_hand_finds(
    change: Callable[[Trial], Trial],
    indicator: str,
    values: list[Fraction],
    cv_squared: Fraction,
    verdicts: list[Verdict],
) -> None:
    before = assess(start().book, DICTIONARY, (NATIONAL, LOCAL))
    assert [unit.verdict for unit in before.units] == [MET, MET]
    assert before.national.disparity("primary", indicator).cv_squared == 0
    changed = change(start())
    after = assess(changed.book, DICTIONARY, changed.standards)
    assert [unit.cells[indicator].value for unit in after.units] == values
    assert after.national.disparity("primary", indicator).cv_squared == cv_squared
    assert [unit.verdict for unit in after.units] == verdicts


def test_a_merger_by_hand() -> None:
    """C has 200 pupils and 600㎡, 3 each. With B: 3600÷700 = 36/7; mean 6600÷1200 = 5.5;
    (500×0.5² + 700×(5/14)²)÷1200 = 5/28; ÷5.5² = 5/847. Apart: mean 5.5; (1000×0.5² + 200×2.5²)÷1200 = 5/4; ÷5.5² = 5/121."""
    trial = start(SMALL)
    before = assess(trial.book, DICTIONARY, trial.standards)
    assert before.units[2].cells["L4"].value == 3 and before.units[2].verdict is UNMET
    assert before.national.disparity("primary", "L4").cv_squared == Fraction(5, 121)
    merged = trial.merge(C, B)
    after = assess(merged.book, DICTIONARY, merged.standards)
    assert [(u.school_code, u.students, u.cells["L4"].value) for u in after.units] == [
        (A, 500, 6),
        (B, 700, Fraction(36, 7)),
    ]
    assert after.national.disparity("primary", "L4").cv_squared == Fraction(5, 847)
    assert [u.verdict for u in after.units] == [MET, MET]
    # Teachers add up as well: (30+30)÷700 is 60/7 a hundred.
    assert after.units[1].cells["L1"].value == Fraction(60, 7)


def test_a_limit_and_a_threshold_by_hand() -> None:
    """CV² 1/25 is CV 0.2: met at a limit of 0.2 exactly, not at 0.19. 9㎡ meets 9 exactly, 6㎡ is 66.7% of it."""
    trial = start().add(A, "教学及辅助用房面积", 1500)
    for limit, verdict in (("0.2", MET), ("0.19", UNMET)):
        changed = trial.limit("小学", limit)
        row = assess(changed.book, DICTIONARY, changed.standards).national.disparity("primary", "L4")
        assert row.verdict is verdict
    changed = trial.threshold("L4", "小学", 9)
    after = assess(changed.book, DICTIONARY, changed.standards)
    assert [u.cells["L4"].verdict for u in after.units] == [MET, UNMET]
    assert [u.verdict for u in after.units] == [MET, UNMET]
