"""Items out of QTI packages (1EdTech), 2.x or 3.0, with one choice or one text entry in an item. `qti_written.py` writes them.

A package is a zip with `imsmanifest.xml` and an XML file per item. Nothing is unpacked to the disk, no reference leaves
the package, no entity is followed. What the portal knows and QTI does not, component and topic, stands in `label`.
"""

import hashlib
import io
import posixpath
import re
import zipfile
import zlib
from collections.abc import Iterator
from urllib.parse import unquote
from xml.etree.ElementTree import Element, ParseError

from defusedxml import DefusedXmlException
from defusedxml.ElementTree import fromstring
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _l

from exams import content, pictures, scoring
from exams.models import Component
from exams.scoring import Kind

MANIFEST = "imsmanifest.xml"
MOST_FILES, MOST_FILE, MOST_ALL = 3000, 2 * 1024 * 1024, 40 * 1024 * 1024
MOST_DEEP = 100  # elements inside each other; `words` goes down one by one
# What a question of plain text and one picture cannot carry: left out silently, it would ask something else.
LOST = {
    "math": _l("rumus (MathML)"), "sup": _l("pangkat"), "sub": _l("indeks bawah"), "table": _l("tabel"),
    "audio": _l("suara"), "video": _l("video"), "templatedeclaration": _l("bilangan acak"),
    "printedvariable": _l("bilangan acak"), "feedbackinline": _l("umpan balik di dalam soal"),
    "feedbackblock": _l("umpan balik di dalam soal"), "assessmentstimulusref": _l("bacaan dari berkas lain"),
    "svg": _l("gambar SVG di dalam soal"), "iframe": _l("halaman lain"), "embed": _l("halaman lain"), "ruby": _l("aksara ruby"),
}  # fmt: skip
# What other systems ask for, by the name of its interaction, in the words of the refusal.
OTHER_KINDS = {
    "extendedtextinteraction": _l("uraian"), "orderinteraction": _l("mengurutkan"), "matchinteraction": _l("menjodohkan"),
    "associateinteraction": _l("memasangkan"), "gapmatchinteraction": _l("mengisi celah dengan menyeret"),
    "inlinechoiceinteraction": _l("memilih di dalam kalimat"), "hottextinteraction": _l("menandai kata"),
    "hotspotinteraction": _l("menunjuk pada gambar"), "selectpointinteraction": _l("menunjuk pada gambar"),
    "graphicorderinteraction": _l("mengurutkan pada gambar"), "graphicassociateinteraction": _l("memasangkan pada gambar"),
    "graphicgapmatchinteraction": _l("menyeret ke gambar"), "positionobjectinteraction": _l("menaruh pada gambar"),
    "sliderinteraction": _l("menggeser"), "drawinginteraction": _l("menggambar"), "uploadinteraction": _l("mengunggah berkas"),
    "mediainteraction": _l("memutar suara atau video"), "endattemptinteraction": _l("tombol mengakhiri"),
    "custominteraction": _l("buatan sendiri"), "portablecustominteraction": _l("buatan sendiri"),
    "choiceinteraction": _l("pilihan"), "textentryinteraction": _l("isian"),
}  # fmt: skip
BLOCKS = {
    "p", "div", "li", "br", "prompt", "h1", "h2", "h3", "h4", "h5", "h6", "blockquote", "pre", "dt", "dd", "figcaption",
}  # fmt: skip
XML_BASE = "{http://www.w3.org/XML/1998/namespace}base"
GAP, STAYS = "\ufffc", "\ufffb"  # where one types; the number of a list before its first word, on the same line


class Damaged(Exception):
    """The package or an item in it cannot be read; the words say what to do."""


def is_package(inside: bytes) -> bool:
    """A zip with a manifest, as far as one can tell. An XLSX file is a zip without one."""
    try:
        with zipfile.ZipFile(io.BytesIO(inside)) as package:
            return any(posixpath.basename(name) == MANIFEST for name in package.namelist())
    except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError):
        return inside.startswith(b"PK") and MANIFEST.encode() in inside


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
        # Some systems write the separators of their own machine, or begin with "./".
        self.names = {posixpath.normpath(one.filename.replace("\\", "/")): one.filename for one in found}

    def read(self, name: str) -> bytes:
        if name not in self.names:
            raise Damaged(_("Berkas %(name)s tidak ada di dalam paket.") % {"name": name[:100]})
        try:
            with self.zip.open(self.names[name]) as file:
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
            root = fromstring(self.read(name), forbid_dtd=True)
        except (ParseError, DefusedXmlException, ValueError, LookupError) as error:
            raise Damaged(_("Berkas %(name)s bukan XML yang sah atau memakai DTD.") % {"name": name[:100]}) from error
        layer = [root]
        for _depth in range(MOST_DEEP):
            layer = [child for one in layer for child in one]
        if layer:
            raise Damaged(_("Berkas %(name)s bersusun terlalu dalam.") % {"name": name[:100]})
        return root


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
    """The text inside, blocks on lines of their own, without what is inside `skip`.

    A text entry in the middle of a line leaves its gap, and the numbers of a list stay: the question may speak of them.
    """
    made: list[str] = []

    def collect(one: Element, mark: str = "") -> None:
        if local(one) in skip:
            made.append(GAP if local(one) == "textentryinteraction" else "")
            return
        block = local(one) in BLOCKS
        made.append("\n" if block else "")
        made.append(mark + (one.text or ""))
        number = 0
        for child in one:
            number += local(child) == "li"
            collect(child, f"{number}.{STAYS}" if local(one) == "ol" and local(child) == "li" else "")
            made.append(child.tail or "")
        made.append("\n" if block else "")

    collect(element)
    lines = (" ".join(line.split()) for line in re.sub(rf"{STAYS}\s*", " ", "".join(made)).splitlines())
    return "\n".join(line.replace(GAP, "____") for line in lines if line.strip(GAP))


def read(inside: bytes, *, component: str = "", topic: str = "") -> Iterator[tuple[str, dict]]:
    """(file name, item as `item_rows.read` makes it) for each item; for one that cannot be used (file name, {"wrong": words}).

    `component` and `topic` stand in where an item names none. Raises Damaged for the package as a whole.
    """
    package = Package(inside)
    manifest = next((name for name in sorted(package.names) if posixpath.basename(name) == MANIFEST), None)
    if manifest is None:
        raise Damaged(_("Paket tidak memuat imsmanifest.xml. Pilih paket QTI."))
    listed = _listed(package.xml(manifest), posixpath.dirname(manifest))
    if not listed:
        raise Damaged(_("Paket tidak memuat soal QTI."))
    for name in listed:
        try:
            yield name, _item(package, name, component, topic)
        except Damaged as error:
            yield name, {"wrong": str(error)}


def _listed(manifest: Element, folder: str) -> list[str]:
    """The files of the items that a manifest lists, as they are named in the package. Raises Damaged for QTI 1."""
    found, older = [], False
    for group in under(manifest, "resources"):
        for resource in under(group, "resource"):
            kind = (resource.get("type") or "").lower()
            older |= kind.startswith(("imsqti_xmlv1", "imsqti_assessment_xmlv1"))
            if not re.match("imsqti_(apip)?item_", kind):
                continue
            href = resource.get("href") or next((one.get("href") or "" for one in under(resource, "file")), "")
            parts = [folder, *((one.get(XML_BASE) or "") for one in (manifest, group, resource)), href]
            found.append(posixpath.normpath(posixpath.join(*(unquote(one).replace("\\", "/") for one in parts))))
    if older and not found:
        raise Damaged(
            _(
                "Paket ini memakai QTI 1.2, seperti dari Canvas. Ekspor ulang sebagai QTI 2.1, 2.2, atau 3.0, atau pakai CSV."
            )
        )
    return found


def _code(identifier: str) -> str:
    """A code of the bank from the identifier of an item: a short one is prefixed, a long one keeps its difference."""
    code = re.sub("[^a-z0-9]+", "-", identifier.lower()).strip("-")
    if len(code) > 40:
        code = f"{code[:31].strip('-')}-{hashlib.sha256(identifier.encode()).hexdigest()[:8]}"
    return code if len(code) >= 3 else f"soal-{code}".strip("-")


def _item(package: Package, name: str, component: str, topic: str) -> dict:
    root = package.xml(name)
    if local(root) != "assessmentitem":
        raise Damaged(_("Berkas ini bukan soal QTI."))
    label = attribute(root, "label").split("/")
    if len(label) == 2 and label[0] in Component.values:
        component, topic = label
    code = _code(attribute(root, "identifier"))
    try:
        return {"code": code, "component": component, "topic": topic, "content": _content(package, name, root)}
    except Damaged as error:
        raise Damaged(_("Soal %(code)s: %(why)s") % {"code": code, "why": error}) from error


def _content(package: Package, name: str, root: Element) -> dict:
    bodies = under(root, "itembody")
    if len(bodies) != 1:
        raise Damaged(_("Soal tidak punya isi (itemBody)."))
    asked = [one for one in bodies[0].iter() if local(one).endswith("interaction")]
    if len(asked) != 1 or local(asked[0]) not in ("choiceinteraction", "textentryinteraction"):
        kinds = ", ".join(dict.fromkeys(str(OTHER_KINDS.get(local(one), local(one))) for one in asked)) or _(
            "tanpa pertanyaan"
        )
        said = _("memuat %(count)s pertanyaan (%(kinds)s)") % {"count": len(asked), "kinds": kinds}
        raise Damaged(
            _(
                "%(said)s. Di sini satu soal memuat satu pilihan (choiceInteraction) atau satu isian (textEntryInteraction)."
            )
            % {"said": said}
        )
    if attribute(root, "adaptive") == "true":
        raise Damaged(_("soal adaptif: nilainya bergantung pada beberapa percobaan. Tulis sebagai soal biasa."))
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
        made["accepted"] = _accepted(right, worths)
        key = "; ".join(made["accepted"])
    else:
        made |= _choices(asked[0], attribute(response, "cardinality"), right, worths)
        key = "; ".join(one["text"] for one in made["options"] if one["key"] in made.get("right", []))
    said = "\n".join(filter(None, (words(one) for one in under(root, "modalfeedback"))))
    made["explanation"] = said if len(said) >= 5 else _("Kunci menurut berkas: %(key)s") % {"key": key or "–"}
    shown = [one for one in bodies[0].iter() if local(one) in ("img", "object")]
    if len(shown) > 1:
        raise Damaged(_("Satu soal memuat paling banyak satu gambar."))
    if shown:
        made["image"] = _picture(package, name, shown[0])
    return made


def _accepted(right: list[str], worths: dict[str, str]) -> list[str]:
    """The answers that count in full. One that is worth a part, and is not the same word in other letters, is refused."""
    numbers = {text: _number(worth) for text, worth in worths.items()}
    most = max(numbers.values(), default=0)
    full = list(dict.fromkeys([*right, *(text for text, worth in numbers.items() if worth == most > 0)]))
    same = {scoring.plain(text) for text in full}
    if part := [text for text, worth in numbers.items() if 0 < worth < most and scoring.plain(text) not in same]:
        words_ = _("jawaban “%(text)s” bernilai sebagian. Di sini jawaban isian benar atau salah.")
        raise Damaged(words_ % {"text": part[0][:60]})
    return full


def _number(text: str) -> float:
    try:
        return float(text)
    except ValueError as error:
        raise Damaged(_("nilai “%(text)s” bukan angka.") % {"text": text[:20]}) from error


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
    numbers = {name: _number(worth) for name, worth in worths.items()}
    if len({worth for worth in numbers.values() if worth > 0}) > 1:
        raise Damaged(_("Beri setiap pilihan nilai 1 sampai 5, atau sebut satu jawaban benar."))
    right = right or [name for name, worth in numbers.items() if worth > 0]
    if not right or not set(right) <= keys.keys():
        raise Damaged(_("Soal tidak menyebut jawaban yang benar (correctResponse)."))
    kind = Kind.SEVERAL if cardinality == "multiple" else Kind.SINGLE
    return {"kind": kind, "options": options, "right": sorted(keys[one] for one in right)}


def _picture(package: Package, name: str, element: Element) -> dict:
    source = unquote(element.get("src") or element.get("data") or "")
    if re.match("[a-z]+:", source, re.IGNORECASE):
        raise Damaged(_("gambar berada di luar paket. Simpan gambar sebagai berkas di dalam paket."))
    where = posixpath.normpath(posixpath.join(posixpath.dirname(name), source.replace("\\", "/")))
    try:
        return pictures.remade(package.read(where)) | {"alt": (element.get("alt") or words(element)).strip()}
    except pictures.Unfit as error:
        raise Damaged(str(error)) from error
