"""Items in QTI packages (1EdTech): written as 2.1, read as 2.x or 3.0, with one choice or one text entry in an item.

A package is a zip with `imsmanifest.xml` and an XML file per item. Nothing is unpacked to the disk, no reference leaves
the package, no entity is followed. What the portal knows and QTI does not, component and topic, stands in `label`.
"""

import base64
import io
import posixpath
import re
import zipfile
import zlib
from collections.abc import Iterable, Iterator
from urllib.parse import unquote
from xml.etree.ElementTree import Element, ParseError, SubElement, tostring

from defusedxml import DefusedXmlException
from defusedxml.ElementTree import fromstring
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _l

from exams import content, pictures
from exams.models import Component
from exams.scoring import Kind

MANIFEST = "imsmanifest.xml"
MOST_FILES, MOST_FILE, MOST_ALL = 3000, 2 * 1024 * 1024, 40 * 1024 * 1024
# What a question of plain text and one picture cannot carry: left out silently, it would ask something else.
LOST = {
    "math": _l("rumus (MathML)"), "sup": _l("pangkat"), "sub": _l("indeks bawah"), "table": _l("tabel"),
    "audio": _l("suara"), "video": _l("video"), "templatedeclaration": _l("bilangan acak"),
    "printedvariable": _l("bilangan acak"), "feedbackinline": _l("umpan balik di dalam soal"),
    "feedbackblock": _l("umpan balik di dalam soal"),
}  # fmt: skip
NAMESPACE = "http://www.imsglobal.org/xsd/imsqti_v2p1"
PACKAGE = "http://www.imsglobal.org/xsd/imscp_v1p1"


class Damaged(Exception):
    """The package or an item in it cannot be read; the words say what to do."""


def is_package(inside: bytes) -> bool:
    """A zip with a manifest, as far as one can tell. An XLSX file is a zip without one."""
    try:
        with zipfile.ZipFile(io.BytesIO(inside)) as package:
            return any(posixpath.basename(name) == MANIFEST for name in package.namelist())
    except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError):
        return inside.startswith(b"PK") and MANIFEST.encode() in inside


# --- Reading -----------------------------------------------------------------------------------


class Package:
    """The files of a zip by their names, each read within its limits. Raises Damaged."""

    def __init__(self, inside: bytes):
        try:
            self.zip = zipfile.ZipFile(io.BytesIO(inside))
            found = self.zip.infolist()
        except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError) as error:
            raise Damaged(
                _("Paket rusak atau terpotong. Ekspor ulang dari sistem asalnya, lalu unggah lagi.")
            ) from error
        if len(found) > MOST_FILES or sum(one.file_size for one in found) > MOST_ALL:
            raise Damaged(_("Paket terlalu besar setelah dibuka. Bagi menjadi beberapa paket."))
        self.names = {one.filename for one in found}

    def read(self, name: str) -> bytes:
        if name not in self.names:
            raise Damaged(_("Berkas %(name)s tidak ada di dalam paket.") % {"name": name[:100]})
        try:
            with self.zip.open(name) as file:
                inside = file.read(MOST_FILE + 1)
        except (
            zipfile.BadZipFile,
            OSError,
            ValueError,
            RuntimeError,
            NotImplementedError,
            EOFError,
            zlib.error,
        ) as error:
            raise Damaged(_("Berkas %(name)s di dalam paket rusak atau bersandi.") % {"name": name[:100]}) from error
        if len(inside) > MOST_FILE:
            raise Damaged(_("Berkas %(name)s di dalam paket terlalu besar.") % {"name": name[:100]})
        return inside

    def xml(self, name: str) -> Element:
        try:
            return fromstring(self.read(name), forbid_dtd=True)
        except (ParseError, DefusedXmlException, ValueError, LookupError) as error:
            raise Damaged(_("Berkas %(name)s bukan XML yang sah atau memakai DTD.") % {"name": name[:100]}) from error


def local(element: Element) -> str:
    """The name of an element without namespace, the same for QTI 2 and 3: qti-simple-choice is simplechoice."""
    return str(element.tag).rpartition("}")[2].removeprefix("qti-").replace("-", "").lower()


def under(element: Element, name: str) -> list[Element]:
    return [one for one in element.iter() if local(one) == name]


def attribute(element: Element, name: str) -> str:
    """An attribute by its QTI 2 name: baseType is base-type in QTI 3."""
    dashed = re.sub("([A-Z])", lambda found: "-" + found[1].lower(), name)
    return (element.get(name) or element.get(dashed) or "").strip()


def words(element: Element, skip: tuple[str, ...] = ()) -> str:
    """The text inside, blocks on lines of their own, without what is inside `skip`."""
    made: list[str] = []

    def collect(one: Element) -> None:
        if local(one) in skip:
            return
        block = local(one) in ("p", "div", "li", "br", "prompt", "h1", "h2", "h3")
        made.append("\n" if block else "")
        made.append(one.text or "")
        for child in one:
            collect(child)
            made.append(child.tail or "")
        made.append("\n" if block else "")

    collect(element)
    lines = (" ".join(line.split()) for line in "".join(made).splitlines())
    return "\n".join(line for line in lines if line)


def read(inside: bytes, *, component: str = "", topic: str = "") -> Iterator[tuple[str, dict]]:
    """(file name, item as `item_rows.read` makes it) for each item; for one that cannot be used (file name, {"wrong": words}).

    `component` and `topic` stand in where an item names none. Raises Damaged for the package as a whole.
    """
    package = Package(inside)
    manifest = next((name for name in sorted(package.names) if posixpath.basename(name) == MANIFEST), None)
    if manifest is None:
        raise Damaged(_("Paket tidak memuat imsmanifest.xml. Pilih paket QTI."))
    folder = posixpath.dirname(manifest)
    resources = [one for one in under(package.xml(manifest), "resource") if "imsqti_item" in (one.get("type") or "")]
    if not resources:
        raise Damaged(_("Paket tidak memuat soal QTI."))
    for resource in resources:
        name = posixpath.normpath(posixpath.join(folder, unquote(resource.get("href") or "")))
        try:
            yield name, _item(package, name, component, topic)
        except Damaged as error:
            yield name, {"wrong": str(error)}


def _item(package: Package, name: str, component: str, topic: str) -> dict:
    root = package.xml(name)
    if local(root) != "assessmentitem":
        raise Damaged(_("Berkas ini bukan soal QTI."))
    label = attribute(root, "label").split("/")
    if len(label) == 2 and label[0] in Component.values:
        component, topic = label
    code = re.sub("[^a-z0-9]+", "-", attribute(root, "identifier").lower()).strip("-")[:40]
    return {"code": code, "component": component, "topic": topic, "content": _content(package, name, root)}


def _content(package: Package, name: str, root: Element) -> dict:
    bodies = under(root, "itembody")
    if len(bodies) != 1:
        raise Damaged(_("Soal tidak punya isi (itemBody)."))
    asked = [one for one in bodies[0].iter() if local(one).endswith("interaction")]
    if len(asked) != 1 or local(asked[0]) not in ("choiceinteraction", "textentryinteraction"):
        raise Damaged(_("Hanya soal dengan satu pilihan (choiceInteraction) atau satu isian (textEntryInteraction)."))
    _refuse_what_is_lost(root, asked[0])
    declared = {attribute(one, "identifier"): one for one in under(root, "responsedeclaration")}
    response = declared.get(attribute(asked[0], "responseIdentifier"))
    if response is None:
        raise Damaged(_("Soal tidak menyebut jawaban yang benar (responseDeclaration)."))
    right = [(one.text or "").strip() for part in under(response, "correctresponse") for one in under(part, "value")]
    worths = {attribute(one, "mapKey"): attribute(one, "mappedValue") for one in under(response, "mapentry")}
    stem = words(bodies[0], skip=("simplechoice", "textentryinteraction", "rubricblock"))
    made = {"kind": Kind.SHORT, "stem": stem}
    if local(asked[0]) == "textentryinteraction":
        made["accepted"] = list(dict.fromkeys([*right, *worths]))
        key = "; ".join(made["accepted"])
    else:
        made |= _choices(asked[0], attribute(response, "cardinality"), right, worths)
        key = "; ".join(one["text"] for one in made["options"] if one["key"] in made.get("right", []))
    said = "\n".join(filter(None, (words(one) for one in under(root, "modalfeedback"))))
    made["explanation"] = said or _("Kunci menurut berkas: %(key)s") % {"key": key or "–"}
    shown = [one for one in bodies[0].iter() if local(one) in ("img", "object")]
    if len(shown) > 1:
        raise Damaged(_("Satu soal memuat paling banyak satu gambar."))
    if shown:
        made["image"] = _picture(package, name, shown[0])
    return made


def _refuse_what_is_lost(root: Element, asked: Element) -> None:
    lost = list(dict.fromkeys(str(LOST[local(one)]) for one in root.iter() if local(one) in LOST))
    if any(local(one) in ("img", "object") for one in asked.iter()):
        lost.append(_("gambar di dalam pilihan"))
    if lost:
        raise Damaged(
            _(
                "Soal memuat %(what)s, yang akan hilang di sini. Tulis soal itu dengan kata-kata atau sebagai satu gambar."
            )
            % {"what": ", ".join(lost)}
        )


def _choices(asked: Element, cardinality: str, right: list[str], worths: dict[str, str]) -> dict:
    choices = under(asked, "simplechoice")
    if not 2 <= len(choices) <= len(content.KEYS):
        raise Damaged(_("Tulis dua sampai delapan pilihan."))
    keys = {attribute(one, "identifier"): key for key, one in zip(content.KEYS, choices, strict=False)}
    if len(keys) < len(choices):
        raise Damaged(_("Dua pilihan memakai nama (identifier) yang sama."))
    options = [{"key": key, "text": words(one)} for key, one in zip(content.KEYS, choices, strict=False)]
    points = [re.fullmatch(r"([1-5])(?:\.0*)?", worths.get(name, "")) for name in keys]
    if cardinality == "single" and all(points):
        for one, worth in zip(options, points, strict=True):
            one["points"] = int(worth[1])
        return {"kind": Kind.WEIGHTED, "options": options}
    if len(set(worths.values())) > 2:
        raise Damaged(_("Beri setiap pilihan nilai 1 sampai 5, atau sebut satu jawaban benar."))
    if not right or not set(right) <= keys.keys():
        raise Damaged(_("Soal tidak menyebut jawaban yang benar (correctResponse)."))
    kind = Kind.SEVERAL if cardinality == "multiple" else Kind.SINGLE
    return {"kind": kind, "options": options, "right": sorted(keys[one] for one in right)}


def _picture(package: Package, name: str, element: Element) -> dict:
    source = unquote(element.get("src") or element.get("data") or "")
    where = posixpath.normpath(posixpath.join(posixpath.dirname(name), source))
    try:
        return pictures.remade(package.read(where)) | {"alt": (element.get("alt") or words(element)).strip()}
    except pictures.Unfit as error:
        raise Damaged(str(error)) from error


# --- Writing -----------------------------------------------------------------------------------


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
