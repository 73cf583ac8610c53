"""Tags of a template: found over split runs, replaced safely, and named when they are wrong."""

from __future__ import annotations

from pathlib import Path

import pytest
from docx.oxml.ns import qn

from junheng.errors import OutputProblem, ParamsProblem
from junheng.report.content.model import Heading, Paragraph
from junheng.report.word.document import open_template
from junheng.report.word.render import render_word
from tests.report.test_word_sample import COUNTY, edit, make_template, p, part, texts, tiny


def render(
    folder: Path, body: str, header: str = "", fields: dict[str, str] | None = None, **blocks: tuple
) -> Path:
    target = folder / "out.docx"
    render_word(tiny(fields, **blocks), make_template(folder, body, header), target, folder)
    return target


def failure(folder: Path, body: str, header: str = "", **blocks: tuple) -> str:
    with pytest.raises(ParamsProblem) as caught:
        render(folder, body, header, **blocks)
    assert not (folder / "out.docx").exists()
    return str(caught.value)


@pytest.mark.parametrize(
    "runs",
    [
        ["现对{{ county }}（{{year}}年）"],
        ["现对{", "{ coun", "ty }", "}（{{", "year", "}}年）"],
        ["现对", "{{", " county ", "}}", "（", "{{year}}", "年）"],
    ],
)
def test_a_tag_is_replaced_however_word_splits_it(tmp_path: Path, runs: list[str]) -> None:
    assert texts(render(tmp_path, p(*runs))) == [f"现对{COUNTY}（2024年）"]


def test_the_value_has_the_format_of_the_run_where_the_tag_begins(tmp_path: Path) -> None:
    bold = "<w:r><w:rPr><w:b/></w:rPr><w:t>{{ cou</w:t></w:r><w:r><w:t>nty }}年</w:t></w:r>"
    target = render(tmp_path, f'<w:p><w:pPr><w:pStyle w:val="Body"/></w:pPr>{bold}</w:p>')
    runs = {
        run.findtext(qn("w:t")): run.find(f"{qn('w:rPr')}/{qn('w:b')}") is not None
        for run in part(target).iter(qn("w:r"))
    }
    assert runs == {COUNTY: True, "年": False}


def test_values_cannot_break_the_file(tmp_path: Path) -> None:
    value = "A&B<校>\x0b\x00\ud83d “引”]]>&amp;"
    target = render(tmp_path, p("校名：{{ county }}。"), fields={"county": value})
    assert texts(target) == ["校名：A&B<校> “引”]]>&amp;。"]


def test_a_value_is_not_read_for_tags(tmp_path: Path) -> None:
    assert texts(render(tmp_path, p("{{ county }}"), fields={"county": "{{ year }}"})) == ["{{ year }}"]


def test_lines_of_a_value_become_line_breaks(tmp_path: Path) -> None:
    target = render(tmp_path, p("{{ county }}年"), fields={"county": "一\n二"})
    assert [child.tag for child in part(target).iter(qn("w:t"), qn("w:br"))] == [
        qn("w:t"),
        qn("w:br"),
        qn("w:t"),
    ]


def test_a_paragraph_of_empty_tags_leaves_no_trace_but_a_header_stays(tmp_path: Path) -> None:
    target = render(tmp_path, p("前") + p("{{ none }}") + p("后{{ none }}"), header="{{ none }}")
    assert texts(target) == ["前", "后"]
    assert texts(target, "word/header1.xml") == [""]


def test_a_header_is_filled(tmp_path: Path) -> None:
    assert texts(render(tmp_path, p("文"), header="{{ county }}"), "word/header2.xml") == [COUNTY]


def test_a_block_takes_the_place_of_its_paragraph(tmp_path: Path) -> None:
    body = p("一、标题", style="Heading1") + p("{{ blo", "cks.a }}") + p("尾")
    target = render(
        tmp_path, body, a=(Heading(2, "（一）甲"), Paragraph("乙", "plain"), Paragraph("丙", "note"))
    )
    assert texts(target) == ["一、标题", "（一）甲", "乙", "丙", "尾"]
    styles = [style.get(qn("w:val")) for style in part(target).iter(qn("w:pStyle"))]
    assert styles == ["Heading1", "Heading2", "Flush", "Remark", "Body"]


@pytest.mark.parametrize(
    ("tag", "expected"),
    [
        ("{{ coutny }}", ["标记“{{ coutny }}”无此名称", "是否要写“county”？"]),
        ("{{ county", ["标记“{{ county", "不完整"]),
        ("county }}", ["标记“}}”不完整"]),
        ("{% if county %}", ["标记“{% if county %}”不完整"]),
        ("{{ county|upper }}", ["标记“{{ county|upper }}”写法有误"]),
        ("{{ county() }}", ["写法有误"]),
        ("{{ __class__.x }}", ["无此名称"]),
        ("{{}}", ["写法有误"]),
        ("｛｛county｝｝", ["标记“｛｛county｝｝”不完整", "半角花括号"]),
        ("{{ blocks.tabels }}", ["标记“{{ blocks.tabels }}”无此内容块", "是否要写“blocks.tables”？"]),
        ("见{{ blocks.tables }}。", ["标记“{{ blocks.tables }}”应单独成段"]),
    ],
)
def test_a_wrong_tag_is_named_with_template_and_paragraph(
    tmp_path: Path, tag: str, expected: list[str]
) -> None:
    said = failure(tmp_path, p("一") + p("甲乙", tag) + p("{{ blocks.tables }}"), tables=(Paragraph("x"),))
    assert said.startswith("模板clerk.docx：正文第2段（“甲乙") or tag.startswith("见")
    assert all(words in said for words in expected), said


def test_a_wrong_tag_in_a_header_is_named(tmp_path: Path) -> None:
    assert "页眉第1段（“{{ yaer }}”）标记“{{ yaer }}”无此名称，是否要写“year”？" in failure(
        tmp_path, p("文"), "{{ yaer }}"
    )


def test_all_faults_are_told_at_once(tmp_path: Path) -> None:
    said = failure(tmp_path, "".join(p(f"{{{{ wrong{number} }}}}") for number in range(7)))
    assert "wrong0" in said and "wrong4" in said and "wrong5" not in said and "等共7处" in said


def test_a_tag_over_two_paragraphs_or_lines_is_broken(tmp_path: Path) -> None:
    assert "不完整" in failure(tmp_path, p("{{ cou") + p("nty }}"))
    broken = "<w:p><w:r><w:t>{{ cou</w:t><w:br/><w:t>nty }}</w:t></w:r></w:p>"
    assert "写法有误" in failure(tmp_path, broken)


def test_a_block_in_a_table_or_header_is_misplaced(tmp_path: Path) -> None:
    table = f"<w:tbl><w:tblPr/><w:tblGrid/><w:tr><w:tc>{p('{{ blocks.a }}')}</w:tc></w:tr></w:tbl>"
    assert "只能放在正文中" in failure(tmp_path, table + p("文"), a=(Paragraph("x"),))
    assert "只能放在正文中" in failure(
        tmp_path, p("{{ blocks.a }}"), header="{{ blocks.a }}", a=(Paragraph("x"),)
    )


def test_content_without_a_place_is_not_lost_in_silence(tmp_path: Path) -> None:
    assert "没有放置“{{ blocks.veto }}”" in failure(tmp_path, p("文"), veto=(Paragraph("x"),))


def test_a_heading_with_nothing_under_it_is_an_error(tmp_path: Path) -> None:
    body = p("一、甲", style="Heading1") + p("{{ blocks.a }}") + p("二、乙", style="Heading1") + p("文")
    with pytest.raises(OutputProblem, match="标题“一、甲”下没有内容"):
        render(tmp_path, body, a=())
    label = p("附件1", style="AnnexLabel")
    with pytest.raises(OutputProblem, match="标题“清单”下没有内容"):
        render(tmp_path, p("清单", style="AnnexTitle") + p("{{ blocks.a }}") + label + p("文"), a=())
    assert texts(render(tmp_path, p("{{ blocks.a }}") + p("文"), a=())) == ["文"]


def test_tracked_changes_and_comments_are_refused(tmp_path: Path) -> None:
    edited = '<w:p><w:ins w:id="1" w:author="张三"><w:r><w:t>改</w:t></w:r></w:ins></w:p>'
    assert "请先接受全部修订" in failure(tmp_path, edited)


def test_a_missing_or_broken_template_is_named(tmp_path: Path) -> None:
    with pytest.raises(ParamsProblem, match=r"缺少Word模板none.docx"):
        render_word(tiny(), tmp_path / "none.docx", tmp_path / "o.docx", tmp_path)
    (tmp_path / "bad.docx").write_text("x")
    with pytest.raises(ParamsProblem, match=r"模板bad.docx不是可用的Word文件"):
        render_word(tiny(), tmp_path / "bad.docx", tmp_path / "o.docx", tmp_path)


RELATION = '<Relationship Id="rX" Type="http://x/relationships/{}" Target="{}"{}/></Relationships>'
OUTSIDE = ' TargetMode="External"'


def with_relation(folder: Path, kind: str, target: str, mode: str = OUTSIDE) -> Path:
    file = make_template(folder, p("甲"))
    told = RELATION.format(kind, target, mode)
    edit(file, "word/_rels/document.xml.rels", "</Relationships>", told)
    return file


@pytest.mark.parametrize(
    ("kind", "target", "mode", "said"),
    [
        ("image", "http://example.org/a.png", OUTSIDE, "外部链接“http://example.org/a.png”"),
        ("image", "file:///srv/a.png", OUTSIDE, "外部链接"),
        ("hyperlink", "file:///srv/a.docx", OUTSIDE, "外部链接"),
        ("oleObject", "a.xlsx", OUTSIDE, "外部链接"),
        ("aFChunk", "styles.xml", "", "嵌入的外部文档"),
    ],
)
def test_a_template_that_leads_out_of_its_file_is_refused_on_opening(
    tmp_path: Path, kind: str, target: str, mode: str, said: str
) -> None:
    with pytest.raises(ParamsProblem, match=f"模板clerk.docx中有{said}.*图片请改为嵌入"):
        open_template(with_relation(tmp_path, kind, target, mode))


@pytest.mark.parametrize(
    "field",
    [
        "<w:fldSimple w:instr=' INCLUDEPICTURE \"http://example.org/a.png\" '/>",
        "<w:r><w:fldChar w:fldCharType='begin'/></w:r><w:r><w:instrText> DDE</w:instrText></w:r>"
        "<w:r><w:instrText>AUTO excel</w:instrText></w:r><w:r><w:fldChar w:fldCharType='end'/></w:r>",
    ],
)
def test_a_template_s_fields_are_known_ones(tmp_path: Path, field: str) -> None:
    with pytest.raises(ParamsProblem, match=r"模板clerk\.docx中有域代码“(INCLUDEPICTURE|DDEAUTO)"):
        open_template(make_template(tmp_path, f"<w:p>{field}</w:p>"))


def test_what_a_reader_clicks_and_fields_that_number_may_stand_in_a_template(tmp_path: Path) -> None:
    open_template(with_relation(tmp_path, "hyperlink", "https://example.org/"))
    open_template(with_relation(tmp_path, "attachedTemplate", "file:///C:/Users/a/Normal.dotm"))
    open_template(make_template(tmp_path, "<w:p><w:fldSimple w:instr=' PAGE \\* MERGEFORMAT '/></w:p>"))


def test_a_block_placed_twice_is_named(tmp_path: Path) -> None:
    body = p("{{ blocks.tables }}") + p("一") + p("{{ blocks.tables }}")
    assert "“{{ blocks.tables }}”放置了2次，请只留一处" in failure(tmp_path, body, tables=(Paragraph("x"),))
