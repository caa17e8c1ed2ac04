"""Courses before a selection: readable lessons that come with the product, as files. Open to everybody.

`lessons/<course>/<nn>-<lesson>.md`: the first line is the title; lines after "? " ask the reader, after "! " answer.
"""

from dataclasses import dataclass
from functools import cache
from pathlib import Path

from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext_lazy as _
from markdown_it import MarkdownIt

FOLDER = Path(__file__).parent / "lessons"
NAMES = {
    "etika": (_("Etika dan integritas"), _("Apa yang boleh, apa yang tidak, dan ke mana melapor.")),
    "layanan": (_("Pelayanan publik"), _("Melayani warga dengan jelas dan setara.")),
    "teknis": (_("Bekerja di kantor pemerintah"), _("Surat, arsip, data, dan anggaran secara singkat.")),
}


@dataclass(frozen=True)
class Lesson:
    """One page to read, with a question to ask oneself."""

    course: str
    slug: str
    title: str
    body: SafeString
    question: str
    answer: str


@dataclass(frozen=True)
class Course:
    slug: str
    title: str
    about: str
    lessons: tuple[Lesson, ...]

    def lesson(self, slug: str) -> Lesson | None:
        return next((one for one in self.lessons if one.slug == slug), None)

    def after(self, lesson: Lesson) -> Lesson | None:
        """The lesson that follows, if any."""
        place = self.lessons.index(lesson) + 1
        return self.lessons[place] if place < len(self.lessons) else None


@cache
def courses() -> dict[str, Course]:
    """Every course by its name in the address, read once."""
    return {
        slug: Course(slug, title, about, tuple(_read(path) for path in sorted((FOLDER / slug).glob("*.md"))))
        for slug, (title, about) in NAMES.items()
    }


def _read(path: Path) -> Lesson:
    lines = path.read_text(encoding="utf-8").splitlines()
    title = lines[0].removeprefix("# ")
    question = " ".join(line[2:] for line in lines if line.startswith("? "))
    answer = " ".join(line[2:] for line in lines if line.startswith("! "))
    text = "\n".join(line for line in lines[1:] if not line.startswith(("? ", "! ")))
    body = MarkdownIt("commonmark", {"html": False}).render(text)
    return Lesson(path.parent.name, path.stem.partition("-")[2], title, mark_safe(body), question, answer)  # noqa: S308
