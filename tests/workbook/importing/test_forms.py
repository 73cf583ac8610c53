"""Both series of the 基层统计调查表: a folder of one file a school becomes one county's workbook."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path

import pytest
from openpyxl import Workbook

from junheng.errors import DataProblem
from junheng.params.mapping import load_mappings
from junheng.workbook.model import Severity
from tests.workbook.importing.forms_builder import Form, put, write_forms
from tests.workbook.importing.forms_new import new_forms
from tests.workbook.importing.forms_old import old_forms
from tests.workbook.importing.helpers import (
    DICTIONARY,
    PARAMS,
    figures,
    imported,
    lack,
    reasons,
    reread,
    rows_of,
    written,
)

OTHER_COUNTY = ("曲阜市教育和体育局", "370881")
SCHOOLS = (
    ("2137830001", "城关小学", "小学"),
    ("2137830002", "城关中学", "初级中学"),
    ("2137830003", "峄山学校", "九年一贯制学校"),
)
COMMON = {
    "sponsor": "7", "teaching_area": Fraction("3200.5"), "indoor_sports_area": 300, "sports_ground_area": 6000,
    "equipment_value": Fraction("85.6"), "multimedia_rooms": 13,
}  # fmt: skip
PRIMARY = {
    "students_primary": 420, "classes_primary": 10, "oversize_primary": 2, "teachers_primary": 30, "college_primary": 5,
    "bachelor_primary": 20, "master_primary": 3, "doctor_primary": 1, "backbone_primary": 6, "pe_primary": 3,
    "music_primary": 2, "fineart_primary": 2, "arts_primary": 1,
}  # fmt: skip
JUNIOR = {
    "students_junior": 390, "classes_junior": 9, "oversize_junior": 1, "bachelor_junior": 20, "master_junior": 3,
    "doctor_junior": 1, "backbone_junior": 5, "pe_junior": 3, "music_junior": 2, "fineart_junior": 2, "arts_junior": 1,
    "cohort_graduates": 120,
}  # fmt: skip
OLD, NEW, LATER = "old", "new", "later"


def forms_of(series: str, code: str, name: str, kind: str, **options: object) -> dict[str, Form]:
    """Return a school's forms of a series; `later` is the new one with 教基4155 for all compulsory stages."""
    if series == OLD:
        return old_forms(code, name, kind, **options)  # type: ignore[arg-type]
    return new_forms(code, name, kind, combined_form=series == LATER, **options)  # type: ignore[arg-type]


def folder_of(series: str, folder: Path) -> Path:
    """Write one workbook for each kind of school."""
    for code, name, kind in SCHOOLS:
        write_forms(folder / f"{code}{name}.xlsx", forms_of(series, code, name, kind))
    return folder


@pytest.mark.parametrize("series", [OLD, NEW, LATER])
def test_a_folder_of_schools_becomes_a_county(tmp_path: Path, series: str) -> None:
    result = imported(folder_of(series, tmp_path))
    assert result.mapping.id == ("jichuji" if series == OLD else "jiaoji")
    primary, junior, both = (figures(result, code) for code, _, _ in SCHOOLS)
    assert PRIMARY.items() | COMMON.items() <= primary.items()
    assert JUNIOR.items() | COMMON.items() <= junior.items()
    assert PRIMARY.items() | JUNIOR.items() | COMMON.items() <= both.items()
    assert primary["staff_primary"] == 33 == junior["staff_junior"]
    assert primary["location"] == ("镇区" if series == OLD else "乡村")
    assert not any(key.endswith("_junior") for key in primary) and not result.left_out


@pytest.mark.parametrize("series", [OLD, NEW])
def test_forms_of_another_stage_are_attached_classes(tmp_path: Path, series: str) -> None:
    """A 小学 that sends forms of junior pupils as well has attached classes: they are read, not dropped."""
    code, name, _ = SCHOOLS[0]
    both = forms_of(series, code, name, "九年一贯制学校")
    both[next(iter(both))] = next(iter(forms_of(series, code, name, "小学").values()))
    write_forms(tmp_path / f"{code}{name}.xlsx", both)
    got = figures(imported(tmp_path), code)
    assert got["school_type"] == "小学"
    assert (got["students_primary"], got["students_junior"], got["classes_junior"]) == (420, 390, 9)


def test_staff_of_a_school_of_two_stages_is_not_divided_by_guess(tmp_path: Path) -> None:
    result = imported(folder_of(OLD, tmp_path / "forms"))
    assert not {"staff_primary", "staff_junior"} & figures(result, "2137830003").keys()
    todo = rows_of(written(result, tmp_path), "待补填")
    assert {row[4] for row in todo if row[2] == "2137830003"} >= {"小学教职工数", "初中教职工数"}


@pytest.mark.parametrize(("series", "form"), [(OLD, "基础基423"), (NEW, "教基4155")])
def test_each_arts_teacher_is_counted_once(tmp_path: Path, series: str, form: str) -> None:
    """Old: 艺术 (N) stands beside 音乐 and 美术. New: 艺术 (L) is their subtotal and one more."""
    forms = forms_of(series, *SCHOOLS[0])
    cell = "N8" if series == OLD else "L5"
    forms[form].values[cell] = 4
    got = figures(imported(write_forms(tmp_path / "a.xlsx", forms)))
    arts = {OLD: 4, NEW: 0}[series]
    assert [got[f"{subject}_primary"] for subject in ("music", "fineart", "arts")] == [2, 2, arts]


def test_an_old_form_that_shows_the_subtotal_is_recognised(tmp_path: Path) -> None:
    """A 基础基423 whose header groups 艺术 into 计, 音乐, 美术 has the subtotal, whatever its series does elsewhere."""

    def regroup(book: Workbook) -> None:
        page = book["基础基423"]
        for column in "NPQ":
            page.unmerge_cells(f"{column}5:{column}6")
        page.unmerge_cells("O5:O6")
        page["N5"], page["O5"], page["P5"], page["Q5"] = "艺术", None, None, "地方课程"
        page.merge_cells("N5:P5")
        page["N6"], page["O6"], page["P6"] = "计", "音乐", "美术"
        page["N8"], page["O8"], page["P8"], page["Q8"] = 5, 2, 2, 7

    got = figures(imported(write_forms(tmp_path / "a.xlsx", old_forms(), edit=regroup)))
    assert [got[f"{subject}_primary"] for subject in ("music", "fineart", "arts")] == [2, 2, 1]


def test_a_new_form_whose_subtotal_is_too_small_is_left_open(tmp_path: Path) -> None:
    forms = new_forms()
    forms["教基4155"].values["L5"] = 1
    result = imported(write_forms(tmp_path / "a.xlsx", forms))
    assert "原表数据矛盾（L5为1，M5为2，N5为2）" in lack(result, "arts_primary")
    assert figures(result)["music_primary"] == 2


def test_graduates_that_are_not_told_apart_are_left_open(tmp_path: Path) -> None:
    result = imported(write_forms(tmp_path / "a.xlsx", old_forms(split=False)))
    assert lack(result, "master_primary") == "原表只有硕士、博士研究生合计4，请分列填写"
    forms = old_forms(split=False)
    forms["基础基423"].values["D11"] = 0
    got = figures(imported(write_forms(tmp_path / "b.xlsx", forms)))
    assert (got["master_primary"], got["doctor_primary"]) == (0, 0)


@pytest.mark.parametrize("series", [OLD, NEW])
def test_another_years_form_with_a_row_and_a_column_inserted(tmp_path: Path, series: str) -> None:
    plain = figures(imported(write_forms(tmp_path / "a.xlsx", forms_of(series, *SCHOOLS[0]))))

    def insert(book: Workbook) -> None:
        for page in book.worksheets:
            number = page.title.split("_")[0]
            if number in ("基础基512", "基础基112", "教基5170", "教基5176", "教基1102"):
                _insert_row(page, 10 if number != "基础基112" else 25)
            if number in ("基础基312", "基础基423", "教基3112", "教基4155"):
                _move_last_column(page)

    moved = figures(imported(write_forms(tmp_path / "b.xlsx", forms_of(series, *SCHOOLS[0]), edit=insert)))
    assert moved == plain


def _insert_row(page: object, row: int) -> None:
    """Insert a row and move merged cells with it."""
    spans = [span for span in page.merged_cells.ranges if span.min_row >= row]  # type: ignore[attr-defined]
    for span in spans:
        page.unmerge_cells(str(span))  # type: ignore[attr-defined]
    page.insert_rows(row)  # type: ignore[attr-defined]
    for span in spans:
        span.shift(row_shift=1)
        page.merge_cells(str(span))  # type: ignore[attr-defined]


def _move_last_column(page: object) -> None:
    """Let the columns from the first figure on begin one column further right; the last one is now the first."""
    first = 4 if page.title.startswith("基础基") else 3  # type: ignore[attr-defined]
    spans = [span for span in page.merged_cells.ranges if span.min_col >= first]  # type: ignore[attr-defined]
    for span in spans:
        page.unmerge_cells(str(span))  # type: ignore[attr-defined]
    page.insert_cols(first)  # type: ignore[attr-defined]
    for span in spans:
        span.shift(col_shift=1)
        page.merge_cells(str(span))  # type: ignore[attr-defined]
    top = spans[0].min_row if spans else 3
    page.cell(top, first, "新增指标")  # type: ignore[attr-defined]


@pytest.mark.parametrize(
    ("series", "form", "cell", "name", "says"),
    [
        (OLD, "基础基312", "H5", "总数", "a.xlsx〔基础基312〕中没有表头“在校生数/合计”，相近的有“在校生数/总数”（H5）"),
        (OLD, "基础基512", "B10", "一、教学用房", "a.xlsx〔基础基512〕中没有行“一、教学及辅助用房”，相近的有“一、教学用房”（第10行）"),
        (NEW, "教基5176", "A19", "#仪器设备值", "a.xlsx〔教基5176_小学〕中没有行“教学仪器设备资产值”"),
        (NEW, "教基4155", "K3", "体育健康", "a.xlsx〔教基4155_小学〕中没有表头“体育与健康”，相近的有“体育健康”（K3）"),
    ],
)  # fmt: skip
def test_a_renamed_label_fails_by_name(
    tmp_path: Path, series: str, form: str, cell: str, name: str, says: str
) -> None:
    def rename(book: Workbook) -> None:
        page = next(page for page in book.worksheets if page.title.split("_")[0] == form)
        assert page[cell].value
        page[cell] = name

    path = write_forms(tmp_path / "a.xlsx", forms_of(series, *SCHOOLS[0]), edit=rename)
    with pytest.raises(DataProblem) as error:
        imported(path)
    assert says in str(error.value)
    assert imported(path, partial=True).schools


def test_the_same_rename_in_many_files_is_told_once(tmp_path: Path) -> None:
    def rename(book: Workbook) -> None:
        book["基础基522"]["F6"] = "运动场"

    for code, name, kind in SCHOOLS:
        write_forms(tmp_path / f"{code}.xlsx", old_forms(code, name, kind), edit=rename)
    with pytest.raises(DataProblem, match="另有2个文件相同") as error:
        imported(tmp_path)
    assert str(error.value).count("占地面积/运动场地面积") == 1


@pytest.mark.parametrize(("series", "form"), [(OLD, "基础基522"), (NEW, "教基5176")])
def test_a_school_without_a_form_is_listed_field_by_field(tmp_path: Path, series: str, form: str) -> None:
    folder = folder_of(series, tmp_path / "forms")
    write_forms(folder / "2137830001城关小学.xlsx", forms_of(series, *SCHOOLS[0]), drop=[form])
    result = imported(folder)
    assert lack(result, "equipment_value") == f"缺少表{form}" == lack(result, "sports_ground_area")
    assert figures(result, "2137830002")["equipment_value"] == Fraction("85.6")
    todo = rows_of(written(result, tmp_path), "待补填")
    assert [row[6] for row in todo if row[3] == "城关小学" and row[4] == "网络多媒体教室数"] == [
        f"缺少表{form}"
    ]


@pytest.mark.parametrize("series", [OLD, NEW])
def test_a_school_of_another_county_is_left_out(tmp_path: Path, series: str) -> None:
    folder_of(series, tmp_path)
    write_forms(tmp_path / "x.xlsx", forms_of(series, "2137810001", "曲阜小学", "小学", county=OTHER_COUNTY))
    result = imported(tmp_path)
    assert len(result.schools) == 3 and reasons(result) == ["属于其他县（市、区）"]
    assert result.left_out[0].file == "x.xlsx" and "曲阜市" in result.left_out[0].found


def test_two_files_of_one_school_that_disagree(tmp_path: Path) -> None:
    write_forms(tmp_path / "a.xlsx", old_forms())
    changed = old_forms()
    changed["基础基312"].values["H7"] = 421
    write_forms(tmp_path / "b.xlsx", changed)
    result = imported(tmp_path)
    assert len(result.schools) == 1
    assert lack(result, "students_primary") == (
        "同一学校有不同的数值：420（a.xlsx〔基础基312〕H7）、421（b.xlsx〔基础基312〕H7），请核对"
    )


def test_files_that_are_no_forms_are_listed(tmp_path: Path) -> None:
    folder_of(NEW, tmp_path)
    (tmp_path / "说明.docx").write_bytes(b"x")
    (tmp_path / "坏.xlsx").write_bytes(b"PK\x03\x04broken")
    write_forms(tmp_path / "无标识.xlsx", new_forms(), drop=["教基1001"])
    result = imported(tmp_path)
    assert len(result.schools) == 3
    assert {(item.file, item.fault) for item in result.left_out} == {
        ("说明.docx", False), ("坏.xlsx", True), ("无标识.xlsx", True),
    }  # fmt: skip


def test_a_kindergarten_is_not_assessed(tmp_path: Path) -> None:
    folder_of(OLD, tmp_path)
    write_forms(tmp_path / "y.xlsx", old_forms("2137830099", "实验幼儿园", "幼儿园"))
    assert reasons(imported(tmp_path)) == ["不参加评估的办学类型"]


def test_a_star_is_not_applicable_and_an_empty_cell_is_no_zero(tmp_path: Path) -> None:
    forms = old_forms()
    forms["基础基522"].values |= {"O9": "*", "F9": None}
    result = imported(write_forms(tmp_path / "a.xlsx", forms))
    assert lack(result, "equipment_value") == "原表为“*”，表示不适用或缺少"
    assert lack(result, "sports_ground_area") == "原表为空"


def test_empty_cells_are_zero_only_when_the_caller_says_so(tmp_path: Path) -> None:
    """Schools often leave zeros empty; it is the caller who knows, and every such zero is marked."""
    forms = old_forms()
    forms["基础基423"].values["D11"] = None
    forms["基础基212"].values["E16"] = None
    forms["基础基522"].values["O9"] = "*"
    path = write_forms(tmp_path / "a.xlsx", forms)
    plain = imported(path)
    assert lack(plain, "doctor_primary") == "原表为空" == lack(plain, "oversize_primary")
    result = imported(path, blank_zero=True)
    got = figures(result)
    assert (got["doctor_primary"], got["oversize_primary"]) == (0, 2)
    assert "空白为0" in result.schools[0].figures["doctor_primary"].remark
    assert "空白为0" in result.schools[0].figures["oversize_primary"].remark
    assert "不适用" in lack(result, "equipment_value")


def test_a_form_with_one_attached_class_is_not_mistaken_for_the_school(tmp_path: Path) -> None:
    """基础基111 repeats 举办者 for attached classes: their row is named by the class, not by 名称 alone."""

    def one_class(book: Workbook) -> None:
        page = book["基础基111"]
        page.delete_rows(24, 2)
        page["D22"] = "省级教育部门"

    assert figures(imported(write_forms(tmp_path / "a.xlsx", old_forms(), edit=one_class)))["sponsor"] == "7"


@pytest.mark.parametrize("groups", [("普通教室", "其他教室"), ("教室", "专用教室"), ("网络教室", "其中")])
def test_parts_of_multimedia_rooms_are_added_whatever_their_group(
    tmp_path: Path, groups: tuple[str, str]
) -> None:
    def rename(book: Workbook) -> None:
        book["基础基522"]["K5"], book["基础基522"]["M5"] = groups

    result = imported(write_forms(tmp_path / "a.xlsx", old_forms(), edit=rename))
    figure = result.schools[0].figures["multimedia_rooms"]
    assert figure.content == 13 and [source.cell for source in figure.sources] == ["L9", "N9"]


def test_a_form_with_one_figure_of_multimedia_rooms(tmp_path: Path) -> None:
    def one(book: Workbook) -> None:
        book["基础基522"]["N6"] = "美术教室"

    assert (
        figures(imported(write_forms(tmp_path / "a.xlsx", old_forms(), edit=one)))["multimedia_rooms"] == 10
    )


def test_sheets_known_by_the_number_on_them(tmp_path: Path) -> None:
    def anonymous(book: Workbook) -> None:
        for number, page in enumerate(book.worksheets, 1):
            page.title = f"Sheet{number}"

    path = write_forms(tmp_path / "a.xlsx", new_forms(), edit=anonymous)
    assert figures(imported(path)) == figures(imported(write_forms(tmp_path / "b.xlsx", new_forms())))


def test_form_units_are_converted(tmp_path: Path) -> None:
    def in_mu(book: Workbook) -> None:
        page = book["教基5176_小学"]
        page["B7"], page["D7"] = "亩", 9

    result = imported(write_forms(tmp_path / "a.xlsx", new_forms(), edit=in_mu))
    figure = result.schools[0].figures["sports_ground_area"]
    assert figure.content == 6000 and figure.remark == "由亩换算为㎡"


def test_line_breaks_marked_in_labels_do_not_matter(tmp_path: Path) -> None:
    def mark(book: Workbook) -> None:
        put(book["基础基522"], "F6:F6", "运动_x000D_\n场地面积")

    assert (
        figures(imported(write_forms(tmp_path / "a.xlsx", old_forms(), edit=mark)))["sports_ground_area"]
        == 6000
    )


@pytest.mark.parametrize("series", [OLD, NEW])
def test_origins_are_the_cells_that_others_found(tmp_path: Path, series: str) -> None:
    """The addresses that one importer of these forms used serve as a check, not as a way to find a cell."""
    result = imported(folder_of(series, tmp_path))
    known = {
        OLD: {"teaching_area": "E10", "indoor_sports_area": "E16", "sports_ground_area": "F9", "students_primary": "H7",
              "multimedia_rooms": "L9 N9", "equipment_value": "O9", "students_junior": "G7"},
        NEW: {"teaching_area": "F10", "indoor_sports_area": "F17", "sports_ground_area": "D7", "multimedia_rooms": "D17",
              "equipment_value": "D19", "backbone_primary": "D12", "backbone_junior": "D13"},
    }[series]  # fmt: skip
    both = next(one for one in result.schools if one.code == "2137830003")
    assert {key: " ".join(s.cell for s in both.figures[key].sources) for key in known} == known


@pytest.mark.parametrize("series", [OLD, NEW, LATER])
def test_the_workbook_reads_back_with_nothing_but_missing_values(tmp_path: Path, series: str) -> None:
    result = imported(folder_of(series, tmp_path / "forms"))
    book = reread(written(result, tmp_path))
    assert {issue.check for issue in book.issue_records if issue.severity is not Severity.NOTE} == {"missing"}
    for row in book.rows("schools"):
        for key, content in figures(result, row.text("school_code")).items():
            assert row.get(key) == content


def test_every_mapping_names_keys_of_the_dictionary() -> None:
    assert [mapping.id for mapping in load_mappings(PARAMS, DICTIONARY)] == ["jiaoji", "jichuji", "wide"]
