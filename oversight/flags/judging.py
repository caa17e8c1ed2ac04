"""Rules about how files are judged: by whom, when, on what documents, and who looked too early."""

from collections import defaultdict
from collections.abc import Iterator
from math import sqrt
from statistics import median

from django.db import connection
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from lib.indonesian_text import long_date
from oversight.flags.raised import Raised, line

LEAST_FILES = 30  # decided files, for a verifier and for each peer
LEAST_PEERS = 4
FAR = 3.5  # modified z-score, the usual bound for outliers
LEAST_DISTANCE = 0.10  # ten of a hundred files
MAD_TO_DEVIATION = 1.4826
SHOWN_ROWS = 200

DECIDED = """
    SELECT v.stage_id, r.name || ', ' || s.name_public, v.verifier_id, count(*),
           count(*) FILTER (WHERE v.verdict = 'TMS')
    FROM selection_review v JOIN vacancies_stage s ON s.id = v.stage_id
    JOIN vacancies_recruitment r ON r.id = s.recruitment_id AND r.published_at IS NOT NULL
    WHERE v.decided_at IS NOT NULL AND v.seat < 3 AND v.reopening_id IS NULL
    GROUP BY v.stage_id, r.name, s.name_public, v.verifier_id HAVING count(*) >= %s
"""
BY_REASON = """
    SELECT v.stage_id, v.verifier_id, i.reason_id, g.text, count(DISTINCT v.id),
           (array_agg(DISTINCT v.id ORDER BY v.id))[1:%s]
    FROM selection_review v JOIN selection_reviewitem i ON i.review_id = v.id AND NOT i.met
    JOIN selection_reason g ON g.id = i.reason_id
    WHERE v.decided_at IS NOT NULL AND v.seat < 3 AND v.reopening_id IS NULL
    GROUP BY v.stage_id, v.verifier_id, i.reason_id, g.text
"""


def rejection_rate(at) -> Iterator[Raised]:
    """Verifiers whose rejections for one reason lie far from those of their peers in the same stage, either way.

    Distance in modified z-scores: from the median of the peers, in their median absolute deviation, which is never
    taken smaller than chance alone would make it. Wants LEAST_PEERS peers with LEAST_FILES files each.
    """
    with connection.cursor() as cursor:
        cursor.execute(DECIDED, [LEAST_FILES])
        files = {(stage, who): (name, n) for stage, name, who, n, _failed in cursor.fetchall()}
        cursor.execute(BY_REASON, [SHOWN_ROWS])
        rejected = {(stage, reason, who): (text, n, rows) for stage, who, reason, text, n, rows in cursor.fetchall()}
    verifiers = defaultdict(list)
    for stage, who in files:
        verifiers[stage].append(who)
    for stage, reason in sorted({(stage, reason) for stage, reason, _who in rejected}):
        rates = {
            who: rejected.get((stage, reason, who), ("", 0, []))[1] / files[stage, who][1] for who in verifiers[stage]
        }
        text = next(words for (s, g, _who), (words, _n, _rows) in rejected.items() if (s, g) == (stage, reason))
        for who in sorted(rates):
            peers = [rate for other, rate in rates.items() if other != who]
            name, decided = files[stage, who]
            distance = far_from(rates[who], peers, decided)
            if distance is None:
                continue
            _text, n, rows = rejected.get((stage, reason, who), ("", 0, []))
            yield Raised(
                key=f"stage:{stage}:reason:{reason}:verifier:{who}",
                stage_id=stage,
                subject=_("%(rate)s%% ditolak karena \u201c%(reason)s\u201d, rekan %(usual)s%%")
                % {"rate": round(100 * rates[who]), "usual": round(100 * median(peers)), "reason": text},
                grounds=[f"{stage}:{reason}:{who}"],
                lines=[
                    line(
                        _("Penolakan seorang pemeriksa karena: %(reason)s") % {"reason": text},
                        expected=_("sekitar %(usual)s%%, seperti %(n)s rekannya")
                        % {"usual": round(100 * median(peers)), "n": len(peers)},
                        found=_("%(rate)s%% (%(n)s dari %(files)s berkas)")
                        % {"rate": round(100 * rates[who]), "n": n, "files": decided},
                        source=_("Keputusan pemeriksa, %(name)s") % {"name": name},
                    )
                ],
                rows={"accounts.user": [who], "selection.review": rows},
                numbers={"files": decided, "rejected": n, "peers": len(peers), "distance": f"{distance:.1f}"},
            )


def far_from(rate: float, peers: list[float], files: int) -> float | None:
    """How many deviations `rate` lies from the median of `peers`; None when that is not far, or not to be told."""
    if len(peers) < LEAST_PEERS:
        return None
    usual = median(peers)
    deviation = MAD_TO_DEVIATION * median(abs(one - usual) for one in peers)
    chance = sqrt(usual * (1 - usual) / files)
    distance = (rate - usual) / max(deviation, chance, 0.01)
    return distance if abs(distance) > FAR and abs(rate - usual) >= LEAST_DISTANCE else None


OUTSIDE = """
    SELECT d.kind, d.who, d.stage_id, r.name || ', ' || s.name_public, (d.at AT TIME ZONE r.time_zone)::date AS day,
           count(*), to_char(min(d.at AT TIME ZONE r.time_zone), 'HH24.MI'), to_char(max(d.at AT TIME ZONE r.time_zone), 'HH24.MI'),
           max(d.id), (array_agg(d.id ORDER BY d.id))[1:%(shown)s]
    FROM (
        SELECT 'selection.review' AS kind, id, verifier_id AS who, stage_id, decided_at AS at FROM selection_review
        UNION ALL SELECT 'selection.scorebatch', id, decided_by_id, stage_id, decided_at FROM selection_scorebatch
        UNION ALL SELECT 'selection.preparation', id, approved_by_id, stage_id, approved_at FROM selection_preparation
        UNION ALL SELECT 'selection.outcomeset', id, decided_by_id, stage_id, decided_at FROM selection_outcomeset
    ) d
    JOIN vacancies_stage s ON s.id = d.stage_id
    JOIN vacancies_recruitment r ON r.id = s.recruitment_id AND r.published_at IS NOT NULL
    LEFT JOIN vacancies_holiday h ON h.date = (d.at AT TIME ZONE r.time_zone)::date
    WHERE d.at IS NOT NULL AND d.who IS NOT NULL AND (
        h.id IS NOT NULL OR extract(isodow FROM d.at AT TIME ZONE r.time_zone) > 5
        OR (d.at AT TIME ZONE r.time_zone)::time < %(opens)s OR (d.at AT TIME ZONE r.time_zone)::time >= %(closes)s)
    GROUP BY d.kind, d.who, d.stage_id, r.name, s.name_public, day ORDER BY day, d.kind, d.who
"""
DAY_BEGINS, DAY_ENDS = "07:00", "18:00"
DECISIONS = {
    "selection.review": gettext_lazy("pemeriksaan berkas"),
    "selection.scorebatch": gettext_lazy("pengesahan nilai"),
    "selection.preparation": gettext_lazy("pengesahan pengumuman"),
    "selection.outcomeset": gettext_lazy("penerapan hasil"),
}


def outside_hours(at) -> Iterator[Raised]:
    """Decisions on a weekend or holiday, before DAY_BEGINS or from DAY_ENDS on; one flag per person, stage and day."""
    with connection.cursor() as cursor:
        cursor.execute(OUTSIDE, {"opens": DAY_BEGINS, "closes": DAY_ENDS, "shown": SHOWN_ROWS})
        found = cursor.fetchall()
    for kind, who, stage, name, day, n, first, last, newest, rows in found:
        hours = f"{first}" if first == last else f"{first}\u2013{last}"
        yield Raised(
            key=f"{kind}:{who}:{stage}:{day}",
            stage_id=stage,
            subject=_("%(n)s %(what)s, %(day)s pukul %(hours)s")
            % {"n": n, "what": DECISIONS[kind], "day": long_date(day), "hours": hours},
            grounds=[f"{kind}:{newest}"],
            lines=[
                line(
                    _("Waktu %(what)s") % {"what": DECISIONS[kind]},
                    expected=_("hari kerja, pukul 07.00\u201318.00"),
                    found=_("%(n)s keputusan pada %(day)s pukul %(hours)s")
                    % {"n": n, "day": long_date(day), "hours": hours},
                    source=name,
                )
            ],
            rows={"accounts.user": [who], kind: rows},
            numbers={"decisions": n},
        )


IDENTICAL = """
    SELECT s.id, r.id, r.name, d.sha256, min(q.text), array_agg(DISTINCT a.id), array_agg(DISTINCT d.id),
           count(DISTINCT coalesce('p' || a.person_id, 'u' || a.user_id, 'a' || a.id))
    FROM selection_document d
    JOIN selection_application a ON a.id = d.application_id AND a.state <> 'draft'
    JOIN vacancies_requirement q ON q.id = d.requirement_id
    JOIN vacancies_recruitment r ON r.id = a.recruitment_id AND r.published_at IS NOT NULL
    JOIN vacancies_stage s ON s.recruitment_id = r.id AND s.kind = 'registration'
    WHERE d.replaced_at IS NULL
    GROUP BY s.id, r.id, r.name, d.sha256
    HAVING count(DISTINCT coalesce('p' || a.person_id, 'u' || a.user_id, 'a' || a.id)) >= 2
    ORDER BY r.id, d.sha256
"""


def identical_documents(at) -> Iterator[Raised]:
    """The same file, byte for byte, handed in by different people of one recruitment."""
    with connection.cursor() as cursor:
        cursor.execute(IDENTICAL)
        found = cursor.fetchall()
    for stage, recruitment, name, sha256, text, applications, documents, people in found:
        yield Raised(
            key=f"recruitment:{recruitment}:{sha256}",
            stage_id=stage,
            subject=_("%(text)s: berkas yang sama dari %(people)s orang") % {"text": text[:200], "people": people},
            grounds=[f"application:{one}" for one in sorted(applications)[:SHOWN_ROWS]],
            lines=[
                line(
                    _("Dokumen \u201c%(text)s\u201d") % {"text": text},
                    expected=_("berbeda bagi setiap orang"),
                    found=_("%(people)s orang menyerahkan berkas yang sama persis") % {"people": people},
                    source=_("Sidik berkas (SHA-256) %(digest)s\u2026, %(name)s")
                    % {"digest": sha256[:16], "name": name},
                )
            ],
            rows={
                "selection.application": sorted(applications)[:SHOWN_ROWS],
                "selection.document": sorted(documents)[:SHOWN_ROWS],
            },
            numbers={"people": people},
        )


PEEKS = """
    SELECT s.id, r.id, r.name, x.by_id, (x.at AT TIME ZONE r.time_zone)::date AS day,
           count(DISTINCT x.subject), array_agg(x.id ORDER BY x.id)
    FROM accounts_fileaccess x
    JOIN selection_application a ON a.ref = x.subject
    JOIN vacancies_recruitment r ON r.id = a.recruitment_id AND r.sealed_until_closing AND r.published_at IS NOT NULL
    JOIN vacancies_stage s ON s.recruitment_id = r.id AND s.kind = 'registration'
    WHERE x.by_id IS DISTINCT FROM a.user_id AND (s.closed_at IS NULL OR x.at < s.closed_at)
    GROUP BY s.id, r.id, r.name, x.by_id, day ORDER BY r.id, day, x.by_id
"""


def peeks(at) -> Iterator[Raised]:
    """Somebody other than the applicant looked at a file while it was sealed; the pages refuse that."""
    with connection.cursor() as cursor:
        cursor.execute(PEEKS)
        found = cursor.fetchall()
    for stage, recruitment, name, who, day, files, looks in found:
        yield Raised(
            key=f"recruitment:{recruitment}:{who}:{day}",
            stage_id=stage,
            subject=_("%(files)s berkas tersegel dilihat, %(day)s") % {"files": files, "day": long_date(day)},
            grounds=[f"access:{one}" for one in looks[:SHOWN_ROWS]],
            lines=[
                line(
                    _("Berkas tersegel yang dilihat orang lain"),
                    expected=_("tidak ada sebelum pendaftaran ditutup"),
                    found=_("%(files)s berkas, %(looks)s kali, pada %(day)s")
                    % {"files": files, "looks": len(looks), "day": long_date(day)},
                    source=_("Catatan akses berkas, %(name)s") % {"name": name},
                )
            ],
            rows={"accounts.user": [who], "accounts.fileaccess": looks[:SHOWN_ROWS]},
            numbers={"files": files, "looks": len(looks)},
        )
