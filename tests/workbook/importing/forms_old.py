"""The 基础基 forms (to 2020/21): frame of letters and line numbers, items, numbering rows, merged headers."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from openpyxl.utils import get_column_letter

from tests.workbook.importing.forms_builder import BANDS, GRADES, Form, marks


def old_identity(code: str, name: str, kind: str, county: Sequence[str]) -> Form:
    """基础基111: who the school is; no items, names and codes under their headers, tables divided by 续."""
    heads = [
        ("B4:K4", "制定机关：教       育       部_x000D_\n批准机关：国   家  统   计  局_x000D_\n批准文号：国统制 【2018】 86号"),
        ("B5:K5", "基础基111"), ("B6:C6", "学校标识码"), ("D6:G6", "学校（机构）名称（章）"), ("H6:K6", "学校（机构）英文名称"),
        ("L7", "10"), ("B8", "续"), ("D9:F9", "学校（机构）地址"), ("G9", "学校（机构）所在地城乡类型"),
        ("H9:K9", "学校（机构）属地管理教育行政部门"), ("B10:C10", "名称"), ("B11:C11", "代码"), ("B12", "续"),
        ("D13", "学校（机构）办学类型"), ("E13:F13", "学校（机构）举办者"), ("G13", "学校（机构）性质类别"),
        ("H13:I13", "规定年制"), ("J13:K13", "规定入学年龄"), ("B14:C14", "名称"), ("G14", "*"), ("H14", "小学"),
        ("B15:C15", "代码"), ("G15", "*"), ("H15", "初中"), ("B16", "续"), ("B17:C17", "邮政编码"), ("I17", "填表人"),
        ("B20", "续"), ("D21", "学校（机构）举办者"), ("E21:F21", "学校（机构）属地管理教育行政部门"),
        ("B22", "名称"), ("C22", "附设幼儿班"), ("B23", "代码"), ("C23", "119"),
        ("B24", "名称"), ("C24", "附设小学班"), ("B25", "代码"), ("C25", "219"),
    ]  # fmt: skip
    values = {"B7": code, "D7": name, "D14": kind, "E14": "县级教育部门", "G10": "镇中心区", "G11": "121"}
    values |= {"D10": "中心路1号", "H10": county[0], "H11": county[1], "D15": "000", "E15": "841"}
    return Form(
        "基础基111", "基础教育学校（机构）统计调查表", "", "K", heads, {}, code_column=None, values=values
    )


def old_items(primary: Any, junior: Any) -> Form:
    """基础基112: numbered items 项目, 编号, 内容, 单位, 备注; no row 甲 乙."""
    heads = [("B4", "项目"), ("C4", "编号"), ("D4", "内容"), ("E4", "单位"), ("F4", "备注")]
    labels = [f"其他项目{n}" for n in range(1, 26)]
    labels += [
        "县级及以上骨干教师（小学）",
        "县级及以上骨干教师（初中）",
        "县级及以上骨干教师（高中）",
        "安全保卫人员",
    ]
    rows = {4 + n: (text,) for n, text in enumerate(labels, 1)}
    values = {f"E{row}": "人" for row in (30, 31, 32, 33)} | {"D30": primary, "D31": junior}
    return Form("基础基112", "学校（机构）基本情况", "", "F", heads, rows, values=values)


def old_primary_classes(values: Mapping[str, Any]) -> Form:
    heads = [
        ("D4:D4", "编号"),
        ("E4:E4", "合计"),
        *[(f"{c}4", g) for c, g in zip("FGHIJK", GRADES, strict=True)],
        ("L4", "复式班"),
    ]
    heads += [("B5:C5", "甲"), ("D5", "乙"), *[(f"{c}5", str(n)) for n, c in enumerate("EFGHIJKL", 1)]]
    rows = {6: ("总计",), 7: ("其中：五年制",), **{8 + n: (band,) for n, band in enumerate(BANDS)}}
    return Form(
        "基础基212",
        "小学教学班数、班额情况",
        "个",
        "L",
        heads,
        rows,
        code_column="D",
        label_merge="C",
        values=dict(values),
    )


def old_junior_classes(values: Mapping[str, Any]) -> Form:
    heads = [("D4:D5", "编号"), ("E4:I4", "初中"), ("J4:M4", "高中")]
    heads += [(f"{c}5", g) for c, g in zip("EFGHI", ("合计", *GRADES[:4]), strict=True)]
    heads += [(f"{c}5", g) for c, g in zip("JKLM", ("合计", *GRADES[:3]), strict=True)]
    heads += [("B6:C6", "甲"), ("D6", "乙"), *[(f"{c}6", str(n)) for n, c in enumerate("EFGHIJKLM", 1)]]
    rows = {7: ("总计",), **{8 + n: (band,) for n, band in enumerate(BANDS)}}
    return Form(
        "基础基213",
        "中学教学班数、班额情况",
        "个",
        "M",
        heads,
        rows,
        code_column="D",
        label_merge="C",
        values=dict(values),
    )


def old_pupils(number: str, title: str, first: str, grades: Sequence[str], values: Mapping[str, Any]) -> Form:
    """基础基312 and 313: 毕业生数, 招生数 with parts, 在校生数 by grade from column `first` on."""
    start = ord(first) - 64
    letters = [get_column_letter(c) for c in range(start, start + len(grades) + 1)]
    last = get_column_letter(start + len(grades) + 1)
    before = get_column_letter(start - 1)
    heads = [("C4:C5", "编号"), ("D4:D5", "毕业生数"), (f"E4:{before}4", "招生数"), ("E5", "计")]
    heads += [
        (f"{letters[0]}4:{letters[-1]}4", "在校生数"),
        *zip([f"{c}5" for c in letters], ("合计", *grades), strict=True),
    ]
    heads += [(f"{last}4:{last}5", "预计毕业生数"), *marks(6, "B", "C", "D", last)]
    rows = {7: ("总计",), 8: ("女",), 9: ("少数民族",), 10: ("寄宿生",)}
    return Form(number, title, "人", last, heads, rows, values=dict(values))


def old_changes(values: Mapping[str, Any]) -> Form:
    """基础基331: pupil changes by stage."""
    heads = [
        ("C4:C5", "编号"),
        ("D4:D5", "上学年初\n报表在校\n学生数"),
        ("E4:I4", "增加学生数"),
        ("J4:Q4", "减少学生数"),
    ]
    heads += [("R4:R5", "本学年初\n报表在校\n学生数")]
    heads += list(zip([f"{c}5" for c in "EFGHI"], ("合计", "招生", "复学", "转入", "其他"), strict=True))
    gone = ("合计", "毕业", "结业", "休学", "退学", "死亡", "转出", "其他")
    heads += list(zip([f"{c}5" for c in "JKLMNOPQ"], gone, strict=True))
    heads += marks(6, "B", "C", "D", "R")
    stages = ("幼儿园", "小学", "初中", "高中", "特殊教育")
    labels = [text for stage in stages for text in (stage, "女", "少数民族")]
    rows = {7 + n: (text,) for n, text in enumerate(labels)}
    stars = {f"L{row}": "*" for row in (*range(7, 16), 19, 20, 21)}
    return Form("基础基331", "学生变动情况", "人", "R", heads, rows, values={**stars, **values})


def old_staff(values: Mapping[str, Any]) -> Form:
    heads = [("C4:C5", "编号"), ("D4:H4", "教职工数")]
    heads += list(
        zip([f"{c}5" for c in "DEFGH"], ("合计", "专任教师", "行政人员", "教辅人员", "工勤人员"), strict=True)
    )
    heads += marks(6, "B", "C", "D", "H")
    rows = {7: ("总计",), 8: ("其中：女",), 9: ("少数民族",), 10: ("在编人员",)}
    return Form("基础基412", "中小学教职工", "人", "H", heads, rows, values=dict(values))


PRIMARY_SUBJECTS = (
    "合计", "品德与生活（社会）", "语文", "数学", "科学", "外语", "信息技术", "劳动与技术", "综合实践活动", "体育", "艺术",
    "地方课程", "音乐", "美术", "其他", "当年不任课",
)  # fmt: skip


def old_teachers(
    number: str, title: str, stages: Sequence[str], values: Mapping[str, Any], split: bool = True
) -> Form:
    """基础基423 (primary, no group rows) and 424 (初中, 高中 each head a group); 艺术 beside 音乐 and 美术."""
    letters = [get_column_letter(c) for c in range(4, 4 + len(PRIMARY_SUBJECTS))]
    heads = [
        ("C5:C6", "编号"),
        *[(f"{c}5:{c}6", text) for c, text in zip(letters, PRIMARY_SUBJECTS, strict=True)],
    ]
    heads += marks(7, "B", "C", "D", letters[-1])
    graduate = ["博士研究生毕业", "硕士研究生毕业"] if split else ["研究生毕业"]
    degrees = ["女", "少数民族", *graduate, "本科毕业", "专科毕业", "高中阶段毕业", "高中阶段毕业以下"]
    labels = [text for stage in stages for text in (stage, *degrees)]
    rows = {8 + n: (text,) for n, text in enumerate(labels)}
    return Form(number, title, "人", letters[-1], heads, rows, values=dict(values))


def old_buildings(values: Mapping[str, Any]) -> Form:
    """基础基512, built like its twin 511."""
    heads = [("D4:D5", "编号"), ("E4:I4", "校舍建筑面积"), ("J4:K4", "校舍建筑面积中：租借面积")]
    heads += list(
        zip([f"{c}5" for c in "EFGHI"], ("合计", "框架结构", "砖混结构", "砖木结构", "土木结构"), strict=True)
    )
    heads += [("J5", "计"), ("K5", "租借公办的基础教育_x000D_\n学校的校舍建筑面积")]
    heads += [("B6:C6", "甲"), ("D6", "乙"), *[(f"{c}6", str(n)) for n, c in enumerate("EFGHIJK", 1)]]
    rooms = ("普通教室", "实验室", "图书室", "微机室", "语音室", "体育馆")
    labels = [
        "一、教学及辅助用房",
        *rooms,
        "二、行政办公用房",
        "其中：教师办公室",
        "三、生活用房",
        "四、其他用房",
    ]
    rows: dict[int, tuple[str, ...]] = {7: ("总     计",), 8: ("其中", "危房"), 9: ("", "当年新增校舍")}
    rows |= {10 + n: (text,) for n, text in enumerate(labels)}
    stars = {f"{c}{r}": "*" for c in "JK" for r in (8, 9)}
    return Form(
        "基础基512",
        "中小学校舍情况",
        "平方米",
        "K",
        heads,
        rows,
        code_column="D",
        label_merge="C",
        values={**stars, **values},
    )


def old_grounds(values: Mapping[str, Any]) -> Form:
    """基础基522: three header rows; 网络多媒体教室 under 普通教室 and under 其他教室."""
    heads = [
        ("C4:C7", "编号"),
        ("D4:F4", "占地面积（平方米）"),
        ("D5:D7", "计"),
        ("E5:F5", "其中"),
        ("E6:E7", "绿化用地面积"),
        ("F6:F7", "运动场地面积"),
    ]
    heads += [
        ("G4:G7", "图书（册）"),
        ("H4:J4", "计算机数（台）"),
        ("H5:H7", "计"),
        ("I5:J5", "其中"),
        ("I6:I7", "教学用计算机"),
        ("J6:J7", "平板电脑"),
    ]
    heads += [("K4:N4", "教室（间）"), ("K5:L5", "普通教室"), ("K6:K7", "计"), ("L6:L7", "网络多媒体教室")]
    heads += [("M5:N5", "其他教室"), ("M6:M7", "计"), ("N6:N7", "网络多媒体教室")]
    heads += [("O4:P4", "固定资产总值（万元）"), ("O5:O7", "教学仪器设备资产值"), ("P5:P7", "其他")]
    heads += marks(8, "B", "C", "D", "P")
    return Form(
        "基础基522", "中小学占地面积及其他办学条件", "", "P", heads, {9: ("总   计",)}, values=dict(values)
    )


def old_forms(
    code: str = "2137830001",
    name: str = "城关小学",
    kind: str = "小学",
    county: Sequence[str] = ("邹城市教育和体育局", "370883"),
    split: bool = True,
) -> dict[str, Form]:
    """Return the forms of one school with one consistent set of figures."""  # fmt: skip
    primary = kind in ("小学", "小学教学点", "九年一贯制学校")
    junior = kind in ("初级中学", "九年一贯制学校")
    degrees = {"D11": 1, "D12": 3, "D13": 20, "D14": 5} if split else {"D11": 4, "D12": 20, "D13": 5}
    taught = {"M8": 3, "N8": 1, "P8": 2, "Q8": 2}
    forms = [old_identity(code, name, kind, county), old_items(6 if primary else None, 5 if junior else None)]
    if primary:
        forms += [
            old_primary_classes(
                {"E6": 10, "E12": 8, "E13": 1, "E14": 1, **{f"E{r}": 0 for r in (8, 9, 10, 11, 15, 16, 17)}}
            ),
            old_pupils(
                "基础基312", "小学学生数", "H", GRADES, {"D7": 60, "E7": 70, "H7": 420, "I7": 70, "H8": 200}
            ),
            old_teachers(
                "基础基423", "小学专任教师分课程、分学历", ["总计"], {"D8": 30, **taught, **degrees}, split
            ),
        ]
    if junior:
        forms += [
            old_junior_classes(
                {"E7": 9, "E13": 8, "E14": 1, **{f"E{r}": 0 for r in (8, 9, 10, 11, 12, 15, 16, 17)}}
            ),
            old_pupils("基础基313", "初中学生数", "G", GRADES[:4], {"D7": 120, "E7": 130, "G7": 390}),
            old_teachers(
                "基础基424",
                "中学专任教师分课程、分学历",
                ["初中", "高中"],
                {"D8": 32, **taught, **degrees},
                split,
            ),
        ]
    forms += [
        old_changes({"K13": 120 if junior else None, "K10": 60 if primary else None}),
        old_staff({"D7": 33, "E7": 30}),
        old_buildings({"E7": 4200, "E10": 3200.5, "E16": 300, "E11": 2000}),
        old_grounds({"D9": 15000, "F9": 6000, "K9": 12, "L9": 10, "M9": 4, "N9": 3, "O9": 85.6}),
    ]
    return {form.number: form for form in forms}
