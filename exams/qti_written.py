"""Items as a QTI 2.1 package (1EdTech): what `qti.read` makes the same items from."""

import base64
import io
import zipfile
from collections.abc import Iterable
from xml.etree.ElementTree import Element, SubElement, tostring

from exams.qti import MANIFEST
from exams.scoring import Kind

NAMESPACE = "http://www.imsglobal.org/xsd/imsqti_v2p1"
PACKAGE = "http://www.imsglobal.org/xsd/imscp_v1p1"


def write(items: Iterable[tuple[str, str, str, dict]]) -> bytes:
    """A QTI 2.1 package of (code, component, topic, content)."""
    target = io.BytesIO()
    manifest = Element("manifest", {"xmlns": PACKAGE, "identifier": "jabatan-terbuka"})
    SubElement(manifest, "organizations")
    resources = SubElement(manifest, "resources")
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as package:
        for code, component, topic, body in items:
            file = f"items/{code}.xml"
            resource = SubElement(
                resources, "resource", {"identifier": f"r-{code}", "type": "imsqti_item_xmlv2p1", "href": file}
            )
            SubElement(resource, "file", {"href": file})
            picture = body.get("image")
            if picture:
                SubElement(resource, "file", {"href": f"items/{code}.png"})
                package.writestr(f"items/{code}.png", base64.b64decode(picture["data"]))
            package.writestr(file, _xml(_written(code, component, topic, body)))
        package.writestr(MANIFEST, _xml(manifest))
    return target.getvalue()


def _xml(root: Element) -> bytes:
    return tostring(root, encoding="utf-8", xml_declaration=True)


def _written(code: str, component: str, topic: str, body: dict) -> Element:
    kind = body["kind"]
    root = Element("assessmentItem", {
        "xmlns": NAMESPACE, "identifier": code, "title": code, "label": f"{component}/{topic}", "adaptive": "false",
        "timeDependent": "false",
    })  # fmt: skip
    declared = SubElement(root, "responseDeclaration", {
        "identifier": "RESPONSE", "cardinality": "multiple" if kind == Kind.SEVERAL else "single",
        "baseType": "string" if kind == Kind.SHORT else "identifier",
    })  # fmt: skip
    accepted = body.get("accepted", [])
    best = [one["key"] for one in body.get("options", []) if one.get("points") == 5]
    right = SubElement(declared, "correctResponse")
    for value in accepted[:1] or body.get("right") or best[:1]:
        SubElement(right, "value").text = value
    worths = [(one["key"], one["points"]) for one in body.get("options", []) if "points" in one]
    worths = worths or [(text, 5) for text in accepted]
    if worths:
        mapping = SubElement(declared, "mapping", {"defaultValue": "0"})
        for key, worth in worths:
            SubElement(mapping, "mapEntry", {"mapKey": key, "mappedValue": str(worth)})
    SubElement(root, "outcomeDeclaration", {"identifier": "SCORE", "cardinality": "single", "baseType": "float"})
    inside = SubElement(root, "itemBody")
    for line in body["stem"].splitlines():
        SubElement(inside, "p").text = line
    if picture := body.get("image"):
        SubElement(SubElement(inside, "p"), "img", {"src": f"{code}.png", "alt": picture["alt"]})
    if kind == Kind.SHORT:
        SubElement(SubElement(inside, "p"), "textEntryInteraction", {"responseIdentifier": "RESPONSE"})
    else:
        most = "0" if kind == Kind.SEVERAL else "1"
        asked = SubElement(
            inside, "choiceInteraction", {"responseIdentifier": "RESPONSE", "shuffle": "true", "maxChoices": most}
        )
        for one in body["options"]:
            SubElement(asked, "simpleChoice", {"identifier": one["key"]}).text = one["text"]
    template = "map_response" if worths else "match_correct"
    SubElement(
        root, "responseProcessing", {"template": f"http://www.imsglobal.org/question/qti_v2p1/rptemplates/{template}"}
    )
    feedback = SubElement(
        root, "modalFeedback", {"outcomeIdentifier": "SCORE", "identifier": "explanation", "showHide": "show"}
    )
    for line in body["explanation"].splitlines():
        SubElement(feedback, "p").text = line
    return root
