"""Announcements: made from what two people approved, recorded, told once, whole, in time, and not against a hold."""

import json
from datetime import timedelta

from django.utils.translation import gettext_lazy as _

from oversight.invariants.shape import Invariant, Sight, rows
from selection.actions.announcement import public_folder
from selection.models import Announcement
from selection.rendering import folder as folders

PATIENCE = timedelta(minutes=2)  # between the due time and the open announcement
NEWEST = 40  # announcements whose files are read in one look; the others only have to be there

NAMED = "a.number || ' v' || a.version"
ANNOUNCED = "FROM selection_announcement a"
WITH_SET = f"{ANNOUNCED} JOIN selection_outcomeset s ON s.id = a.outcome_set_id"
FACT = "convert_from(p.body, 'UTF8')::jsonb -> 'body'"


def whole_files(at) -> Sight:
    """Every public announcement has its folder and a pointer to its newest version; the newest are read to the last byte."""
    public = Announcement.objects.public().order_by("-public_at").prefetch_related("redactions")
    found = [(one.number, one.version, one.files_digest()) for one in public]
    newest = {}
    for number, version, _digest in found:
        newest[number] = max(version, newest.get(number, 0))
    broken = [
        f"{number} v{version}"
        for place, (number, version, digest) in enumerate(found)
        if not _is_whole(number, version, digest, read=place < NEWEST)
    ]
    broken += [f"{number} pointer" for number, version in newest.items() if _pointed(number) != version]
    return Sight.of(len(found), broken)


def _is_whole(number: str, version: int, digest: str, *, read: bool) -> bool:
    place = public_folder(number, version)
    return folders.is_intact(place, digest) if read else (place / folders.MANIFEST).exists()


def _pointed(number: str) -> int | None:
    try:
        return json.loads((public_folder(number, 1).parent / "current.json").read_bytes())["version"]
    except (OSError, ValueError, KeyError):
        return None


CHECKS = (
    rows(
        "announced_from_approved_scores",
        _("Setiap daftar nilai yang diumumkan dihitung dari berkas nilai yang sudah disahkan orang kedua."),
        of=f"{WITH_SET} WHERE cardinality(s.components) > 0",
        what=NAMED,
        broken="""cardinality(s.batches) = 0 OR EXISTS (
            SELECT FROM unnest(s.batches) b(id) LEFT JOIN selection_scorebatch x ON x.id = b.id
            WHERE (x.state = 'approved' AND x.decided_at <= a.frozen_at) IS NOT TRUE)""",
    ),
    rows(
        "announced_result_was_in_force",
        _("Yang diumumkan adalah hasil yang berlaku dari tahap itu, bukan hitungan percobaan."),
        of=WITH_SET,
        what=NAMED,
        broken="s.state <> 'applied' OR s.decided_at > a.frozen_at OR s.stage_id <> a.stage_id",
    ),
    rows(
        "announced_as_approved",
        _("Setiap pengumuman disiapkan satu orang, disahkan orang lain, dan terbit persis seperti yang disahkan."),
        of=f"{ANNOUNCED} JOIN selection_preparation p ON p.id = a.preparation_id",
        what=NAMED,
        broken="""(p.approved_at <= a.frozen_at AND p.approved_by_id <> p.prepared_by_id AND p.digest = a.digest
            AND p.rows_digest = a.rows_digest AND p.outcome_set_id = a.outcome_set_id) IS NOT TRUE""",
    ),
    rows(
        "announced_once",
        _("Setiap tahap diumumkan satu kali per versi, dan versi baru selalu menyebut versi yang digantinya."),
        of="""FROM (SELECT a.*, row_number() OVER (PARTITION BY stage_id ORDER BY version, id) AS place,
            lag(a.id) OVER (PARTITION BY stage_id ORDER BY version, id) AS before FROM selection_announcement a) a""",
        what=NAMED,
        broken="a.version <> a.place OR a.supersedes_id IS DISTINCT FROM a.before",
    ),
    rows(
        "announced_not_before_its_time",
        _("Tidak ada hasil yang diputuskan atau dibuka sebelum waktunya."),
        of=ANNOUNCED,
        what=NAMED,
        broken="a.frozen_at < a.due_at OR coalesce(a.public_at < a.frozen_at, false)",
    ),
    rows(
        "announced_and_recorded",
        _("Setiap pengumuman tercatat di catatan publik, dan baru terbuka setelah catatan itu ditandatangani."),
        of=f"{ANNOUNCED} JOIN ledger_pending p ON p.id = a.fact_id",
        what=NAMED,
        broken=f"""p.kind <> 'announcement.frozen' OR {FACT} ->> 'number' <> a.number
            OR ({FACT} ->> 'version')::int <> a.version OR {FACT} ->> 'digest' <> a.digest
            OR (a.public_at IS NOT NULL AND (p.n < (SELECT max(size) FROM ledger_checkpoint)) IS NOT TRUE)""",
    ),
    rows(
        "recorded_and_announced",
        _("Catatan publik tidak menyebut pengumuman yang tidak pernah ada."),
        of="""FROM ledger_pending p LEFT JOIN selection_announcement a ON a.fact_id = p.id
            WHERE p.kind = 'announcement.frozen'""",
        what="'fakta ' || p.id",
        broken="a.id IS NULL",
    ),
    rows(
        "told_once",
        _("Setiap pengumuman dikabarkan satu kali, setelah terbuka."),
        of="""FROM selection_announcement a LEFT JOIN LATERAL (
            SELECT count(*) AS n, bool_and(p.opened_at IS NOT DISTINCT FROM a.public_at) AS together
            FROM publishing_publication p WHERE p.source = 'announcement:' || a.number || ':v' || a.version) t ON true""",
        what=NAMED,
        broken="t.n <> 1 OR NOT t.together",
    ),
    rows(
        "letters_have_an_announcement",
        _("Tidak ada surat tentang pengumuman yang tidak ada atau belum terbuka."),
        of="FROM publishing_publication p",
        what="p.source",
        broken="""EXISTS (SELECT FROM publishing_delivery d WHERE d.publication_id = p.id) AND (p.opened_at IS NULL
            OR (p.source LIKE 'announcement:%%' AND NOT EXISTS (SELECT FROM selection_announcement a
                WHERE a.public_at IS NOT NULL AND p.source = 'announcement:' || a.number || ':v' || a.version)))""",
    ),
    rows(
        "never_silently_late",
        _("Tahap yang jatuh tempo terbit dalam dua menit, atau terbit pemberitahuan penundaannya."),
        of=f"""FROM vacancies_stage t JOIN vacancies_recruitment r ON r.id = t.recruitment_id
            WHERE r.published_at IS NOT NULL AND t.announce_at <= %(at)s - interval '{PATIENCE.seconds} seconds'""",
        what="r.slug || '/' || t.slug",
        broken="""NOT EXISTS (SELECT FROM selection_announcement a WHERE a.stage_id = t.id)
            AND NOT EXISTS (SELECT FROM selection_delaynotice n WHERE n.stage_id = t.id AND n.due_at = t.announce_at)""",
    ),
    rows(
        "decided_means_open",
        _("Pengumuman yang sudah diputuskan terbuka untuk umum dalam dua menit."),
        of=f"{ANNOUNCED} WHERE a.frozen_at <= %(at)s - interval '{PATIENCE.seconds} seconds'",
        what=NAMED,
        broken="a.public_at IS NULL",
    ),
    rows(
        "a_hold_holds",
        _("Selama tim pengawas menahan sebuah tahap, tahap itu tidak diumumkan."),
        of="FROM selection_hold h",
        what="'tahanan ' || h.id",
        broken="""EXISTS (SELECT FROM selection_announcement a WHERE a.stage_id = h.stage_id AND a.frozen_at >= h.placed_at
            AND (h.lifted_at IS NULL OR a.frozen_at < h.lifted_at)
            AND (coalesce(h.confirmed_at <= a.frozen_at, false) OR a.frozen_at < h.lapses_at))""",
    ),
    Invariant(
        "files_are_whole", _("Berkas setiap pengumuman utuh, dan alamatnya menunjuk versi terbaru."), whole_files
    ),
)
