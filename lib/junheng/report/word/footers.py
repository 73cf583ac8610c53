"""Footers of landscape pages: the page number stands where the portrait page has it (GB/T 9704-2012, 8).

The sheet is turned by a quarter, so that what was the lower edge is on the left. The footer turns with it: the same
paragraphs stand in a text box on the left edge, written from top to bottom, as long as a portrait line.
"""

from __future__ import annotations

from copy import deepcopy

from docx.document import Document as WordDocument
from docx.enum.section import WD_ORIENT
from docx.opc.constants import CONTENT_TYPE as CT
from docx.opc.constants import RELATIONSHIP_TYPE as RT
from docx.opc.packuri import PackURI
from docx.opc.part import XmlPart
from docx.oxml.ns import qn
from docx.oxml.section import CT_SectPr
from docx.oxml.xmlchemy import BaseOxmlElement
from docx.shared import Length

from junheng.report.word.text import element

# Nothing is there to flow around the box; without a wrap LibreOffice 7.4 puts it into the page's corner now and then.
_BOX = """<w:p><w:pPr><w:pStyle w:val="{style}"/></w:pPr><w:r><mc:AlternateContent
 xmlns:mc="http://schemas.openxmlformats.org/markup-compatibility/2006"
 xmlns:wp="http://schemas.openxmlformats.org/drawingml/2006/wordprocessingDrawing"
 xmlns:a="http://schemas.openxmlformats.org/drawingml/2006/main"
 xmlns:wps="http://schemas.microsoft.com/office/word/2010/wordprocessingShape"><mc:Choice Requires="wps"><w:drawing>
<wp:anchor distT="0" distB="0" distL="0" distR="0" simplePos="0" relativeHeight="1" behindDoc="0" locked="0"
 layoutInCell="1" allowOverlap="1"><wp:simplePos x="0" y="0"/>
<wp:positionH relativeFrom="page"><wp:posOffset>{left}</wp:posOffset></wp:positionH>
<wp:positionV relativeFrom="page"><wp:posOffset>{top}</wp:posOffset></wp:positionV>
<wp:extent cx="{width}" cy="{height}"/><wp:wrapSquare wrapText="bothSides"/><wp:docPr id="1" name="页码" descr="页码"/><wp:cNvGraphicFramePr/>
<a:graphic><a:graphicData uri="http://schemas.microsoft.com/office/word/2010/wordprocessingShape"><wps:wsp>
<wps:cNvSpPr txBox="1"/><wps:spPr><a:xfrm><a:off x="0" y="0"/><a:ext cx="{width}" cy="{height}"/></a:xfrm>
<a:prstGeom prst="rect"><a:avLst/></a:prstGeom><a:noFill/><a:ln><a:noFill/></a:ln></wps:spPr>
<wps:txbx><w:txbxContent/></wps:txbx>
<wps:bodyPr vert="vert" wrap="square" lIns="0" tIns="0" rIns="0" bIns="0" anchor="b"><a:noAutofit/></wps:bodyPr>
</wps:wsp></a:graphicData></a:graphic></wp:anchor></w:drawing></mc:Choice></mc:AlternateContent></w:r></w:p>"""


def turn_footers(word: WordDocument) -> None:
    """Give every landscape section of `word` the footers of the portrait ones, turned with the sheet."""
    turned: dict[str, str] = {}
    for section in word.element.body.iter(qn("w:sectPr")):
        if not isinstance(section, CT_SectPr) or section.orientation != WD_ORIENT.LANDSCAPE:
            continue
        for reference in section.findall(qn("w:footerReference")):
            key = reference.get(qn("r:id"), "")
            if key not in turned:
                turned[key] = _turned_part(word, key, section)
            reference.set(qn("r:id"), turned[key])


def _turned_part(word: WordDocument, key: str, section: CT_SectPr) -> str:
    """Add a footer part that is the one called `key`, turned; return how the document calls it."""
    upright = word.part.related_parts[key]
    assert isinstance(upright, XmlPart)
    package = word.part.package
    name = PackURI(str(package.next_partname("/word/footer%d.xml")))
    part = XmlPart(name, CT.WML_FOOTER, _turned(upright.element, section), package)
    for relation in upright.rels.values():
        target = relation.target_ref if relation.is_external else relation.target_part
        part.rels.add_relationship(relation.reltype, target, relation.rId, relation.is_external)
    return word.part.relate_to(part, RT.FOOTER)


def _turned(footer: BaseOxmlElement, section: CT_SectPr) -> BaseOxmlElement:
    """The paragraphs of a footer in a box on the left edge, as far from the text as the footer is below it."""
    made = deepcopy(footer)
    content = list(made)
    style = next((item.get(qn("w:val"), "") for item in made.iter(qn("w:pStyle"))), "")
    edges = (section.page_height, section.top_margin, section.bottom_margin, section.left_margin)
    height, top, bottom, left = (edge or Length(0) for edge in edges)
    distance = (section.footer or Length(0)) + left - bottom  # that of the portrait page: `sections.turn`
    box = _BOX.format(
        style=style, left=distance, top=top, width=left - distance, height=height - top - bottom
    )
    holder = element(box.replace("\n", " ").replace("> <", "><"))
    inside = next(holder.iter(qn("w:txbxContent")))
    for child in content:
        inside.append(child)
    made.append(holder)
    return made
