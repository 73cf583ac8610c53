"""The 教基 forms (since 2021): sheets named like 教基3112_小学, a leading # for parts, 艺术 as a subtotal."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from openpyxl.utils import get_column_letter

from tests.workbook.importing.forms_builder import BANDS, GRADES, Form, marks


def new_identity(code: str, name: str, kind: str, county: Sequence[str]) -> Form:
    heads = [
        ("A3:B3", "学校（机构）标识码"), ("C3:E3", "学校（机构）名称"), ("A5", "续"), ("B6", "学校（机构）办学类型"), ("C6", "学校（机构）举办者"),
        ("D6", "学校（机构）所在地城乡类型"), ("E6", "学校（机构）属地管理教育行政部门"), ("A7", "名称"), ("A8", "代码"),
    ]  # fmt: skip
    values = {
        "A4": code,
        "C4": name,
        "B7": kind,
        "C7": "县级教育部门",
        "D7": "村庄",
        "D8": "220",
        "E7": county[0],
        "E8": county[1],
    }
    return Form("教基1001", "教育机构（学校）统计调查表", "", "E", heads, {}, "A", None, values=values)


def new_simple(
    number: str,
    title: str,
    unit: str,
    heads: Sequence[str],
    rows: Iterable[str],
    values: Mapping[str, Any],
    first: int = 5,
) -> Form:
    """A form with one header row (指标名称, 代码, …), the row 甲 乙 1 2 …, and rows from `first` on."""
    letters = [get_column_letter(n) for n in range(1, len(heads) + 3)]
    cells = list(zip([f"{c}{first - 2}" for c in letters], ("指标名称", "代码", *heads), strict=True))
    cells += marks(first - 1, "A", "B", "C", letters[-1])
    labels = {first + n: (text,) for n, text in enumerate(rows)}
    return Form(
        number, title, unit, letters[-1], cells, labels, "A", "B", values=dict(values), zero_codes=True
    )


SUBJECTS = (
    "合计", "#女", "道德与法治", "语文", "数学", "外语", "科学", "信息科技", "体育与健康", "艺术", "音乐", "美术", "劳动",
    "综合实践活动", "其他", "本学年不授课",
)  # fmt: skip
DEGREES = ("博士研究生", "硕士研究生", "本科", "专科", "高中阶段", "高中阶段以下")
PUPIL_ROWS = (
    "总计",
    "#女",
    "#少数民族",
    "#复式班",
    "#寄宿生",
    "#随迁子女",
    "外省迁入",
    "本省外县迁入",
    "#农村留守儿童",
)
"""艺术 is the subtotal of 音乐 and 美术 (and of nothing else unless somebody teaches 艺术 itself)."""


def new_teachers(number: str, title: str, groups: Sequence[str], values: Mapping[str, Any]) -> Form:
    if groups:
        rows = ["总计", *[text for group in groups for text in (group, " #女", " #少数民族", *DEGREES)]]
    else:
        rows = ["总计", "#女", "#少数民族", *DEGREES]
    return new_simple(number, title, "人", SUBJECTS, rows, values)


def new_items(primary: Any, junior: Any) -> Form:
    """教基1102: numbered items with a unit column; the figures of 小学 and 初中 in D12 and D13."""
    heads = list(zip(("A3", "B3", "C3", "D3"), ("指标名称", "计量单位", "代码", "数量"), strict=True))
    heads += list(zip(("A4", "B4", "C4", "D4"), ("甲", "乙", "丙", "1"), strict=True))
    labels = [f"其他指标{n}" for n in range(1, 8)] + [
        f"县级及以上骨干教师（{stage}）" for stage in ("小学", "初中", "高中")
    ]
    rows = {5 + n: (text, "人") for n, text in enumerate(labels)}
    return Form(
        "教基1102",
        "学校（机构）基本情况",
        "",
        "D",
        heads,
        rows,
        "A",
        "C",
        values={"D12": primary, "D13": junior},
    )


def new_buildings(values: Mapping[str, Any]) -> Form:
    """教基5170: labels over three columns, 代码 in E, areas from F on."""
    heads = [
        ("A3:D4", "指标名称"),
        ("E3:E4", "代码"),
        ("F3:I3", "学校产权校舍建筑面积"),
        ("J3:J4", "正在施工校舍建筑面积"),
    ]
    heads += list(
        zip(("F4", "G4", "H4", "I4"), ("计", "#危房", "#当年新增校舍", "#被外单位租（借）用"), strict=True)
    )
    heads += [("A5:D5", "甲"), ("E5", "乙"), *[(f"{c}5", str(n)) for n, c in enumerate("FGHIJ", 1)]]
    labels = [
        "总计",
        "#租借",
        "#其他产权",
        "#抗震",
        "一、教学及辅助用房",
        "普通教室",
        "合班教室",
        "专用教室",
        "实验室",
        "公共教学用房",
        "图书室",
        "室内体育用房",
        "二、行政办公用房",
        "三、生活用房",
    ]
    rows = {6 + n: (text,) for n, text in enumerate(labels)}
    return Form(
        "教基5170",
        "中小学校舍情况",
        "平方米",
        "J",
        heads,
        rows,
        "A",
        "E",
        "D",
        values=dict(values),
        zero_codes=True,
    )


def new_grounds(values: Mapping[str, Any]) -> Form:
    """教基5176: one figure a row in D, each row with its own unit."""
    heads = list(zip(("A3", "B3", "C3", "D3"), ("指标名称", "计量单位", "代码", "数量"), strict=True))
    heads += list(zip(("A4", "B4", "C4", "D4"), ("甲", "乙", "丙", "1"), strict=True))
    lines = [
        ("占地面积", "平方米"), ("#绿化用地面积", "平方米"), ("#运动场地面积", "平方米"), ("校园足球场", "个"), ("#11人制", "个"),
        ("#7人制", "个"), ("#5人制", "个"), ("图书", "册"), ("数字终端数", "台"), ("#教师终端", "台"), ("#学生终端", "台"),
        ("教室", "间"), ("#网络多媒体教室", "间"), ("固定资产总值", "万元"), ("#教学仪器设备资产值", "万元"),
    ]  # fmt: skip
    rows = {5 + n: line for n, line in enumerate(lines)}
    return Form(
        "教基5176", "中小学占地面积及其他办学条件", "", "D", heads, rows, "A", "C", values=dict(values)
    )


def new_forms(
    code: str = "2137830001",
    name: str = "城关小学",
    kind: str = "小学",
    county: Sequence[str] = ("邹城市教育和体育局", "370883"),
    combined_form: bool = False,
) -> dict[str, Form]:
    """Return the forms of one school, their sheets named like 教基3112_小学; with `combined_form`, 教基4155 is of
    all compulsory stages, as in the later years of the series."""  # fmt: skip
    primary = kind in ("小学", "小学教学点", "九年一贯制学校")
    junior = kind in ("初级中学", "九年一贯制学校")
    band = {f"C{6 + n}": 0 for n in range(10)}
    teach = {"C": 30, "K": 3, "L": 5, "M": 2, "N": 2}
    degree = {"博士研究生": 1, "硕士研究生": 3, "本科": 20, "专科": 5}
    forms = [new_identity(code, name, kind, county), new_items(6 if primary else None, 5 if junior else None)]
    pupils = ("毕业生数", "招生数", "在校生数", "#女")
    if primary:
        forms += [
            new_simple(
                "教基2106",
                "小学班额情况",
                "个",
                ("合计", *GRADES),
                ["总计", *BANDS],
                band | {"C5": 10, "C10": 8, "C11": 1, "C12": 1},
            ),
            new_simple(
                "教基3112",
                "小学分类型学生数",
                "人",
                (*pupils, *GRADES, "预计毕业生数"),
                PUPIL_ROWS,
                {"C5": 60, "D5": 70, "E5": 420, "E10": 21, "F6": "-"},
            ),
        ]
    if junior:
        forms += [
            new_simple(
                "教基2107",
                "初中班额情况",
                "个",
                ("合计", *GRADES[:4]),
                ["总计", *BANDS],
                band | {"C5": 9, "C11": 8, "C12": 1},
            ),
            new_simple(
                "教基3115",
                "初中分类型学生数",
                "人",
                (*pupils, *GRADES[:4], "预计毕业生数"),
                PUPIL_ROWS,
                {"C5": 120, "D5": 130, "E5": 390, "E10": 12, "F6": "-"},
            ),
        ]
    forms += [
        new_simple(
            "教基4149",
            "中小学教职工",
            "人",
            ("教职工数", "专任教师", "行政人员", "教辅人员", "工勤人员", "其他"),
            ("总计", "#女", "#少数民族", "#在编人员"),
            {"C6": 33, "D6": 30},
            first=6,
        ),
        *_new_teacher_forms(primary, junior, combined_form, teach, degree),
        new_buildings({"F6": 4200, "F10": 3200.5, "F11": 2000, "F17": 300}),
        new_grounds({"D5": 15000, "D7": 6000, "D12": 9000, "D16": 16, "D17": 13, "D18": 900, "D19": 85.6}),
    ]
    for form in forms:
        form.sheet = f"{form.number}_{kind}"
    return {form.number: form for form in forms}


def _new_teacher_forms(
    primary: bool, junior: bool, combined: bool, teach: Mapping[str, int], degree: Mapping[str, int]
) -> list[Form]:
    def values(first: int, degrees: int) -> dict[str, Any]:
        counts = {f"{column}{first}": number for column, number in teach.items()}
        return counts | {f"C{degrees + DEGREES.index(word)}": number for word, number in degree.items()}

    if combined:
        figures = {"C5": 60} | (values(6, 9) if primary else {}) | (values(15, 18) if junior else {})
        return [new_teachers("教基4155", "义务教育阶段专任教师分课程、分学历情况", ("小学", "初中"), figures)]
    forms = [new_teachers("教基4155", "小学专任教师分课程、分学历情况", (), values(5, 8))] if primary else []
    if junior:
        forms.append(
            new_teachers(
                "教基4156", "中学专任教师分课程、分学历情况", ("初中", "普通高中"), {"C5": 30} | values(6, 9)
            )
        )
    return forms
