"""The practice city: nine recruitments, each in another phase, made by the actions that people use."""

import io
from dataclasses import dataclass
from datetime import datetime, timedelta
from random import Random

from django.conf import settings
from django.db import connection, transaction
from django.utils import timezone

from accounts.models import User
from ledger.actions import record, recording
from lib import rulepack_files
from oversight.actions import openness_report
from oversight.models import Membership, OpennessReport, Team
from portal.demo import (
    appraisal,
    audits,
    bank,
    cases,
    cast,
    findings,
    formations,
    live,
    local_tests,
    objections,
    panel,
    participation,
    reports,
    training,
    workforce,
)
from portal.demo.people import Crowd, hand_in
from selection.actions import announcement, participants, ranking, scores, verification
from selection.actions import application as applications
from selection.models import Application, Reason, Review, ReviewItem
from selection.queries import participants as taking_part
from selection.states import State
from vacancies.actions import formation_import
from vacancies.actions import recruitment as recruitments
from vacancies.models import Agency, Holiday, Recruitment, Requirement, Stage

DAY, HOUR, MINUTE = timedelta(days=1), timedelta(hours=1), timedelta(minutes=1)
SHARES = {
    "open": 0.08,
    "verification": 0.04,
    "mirrored": 0.72,
    "self_publishing": 0.08,
    "finished": 0.08,
    "contested": 0.04,
}


@dataclass
class City:
    """What the stories share: the accounts, the crowd, the clock at which the demo begins."""

    people: dict[str, User]
    crowd: Crowd
    rng: Random
    now: datetime
    applicants: int
    say: callable
    agency: Agency = None

    def share(self, name: str) -> int:
        return max(12, round(self.applicants * SHARES[name]))


def build(*, seed: int, applicants: int, say) -> City:
    """Everything, from nothing. The same seed gives the same people, scores and results."""
    rng = Random(seed)  # noqa: S311 - the same city each time
    city = City(cast.make_cast(), Crowd(rng), rng, timezone.now(), applicants, say)
    city.agency = Agency.objects.create(name=settings.INSTANCE["name"], slug="pemerintah-kota")
    _team(city)
    _holidays()
    reports.open_channel(city.people["oka"], city.people["nia"], city.now)
    for story in (
        _finished,
        _mirrored,
        _in_verification,
        _contested,
        _open,
        _taking_part,
        _serving,
        _appraised,
        _training,
        _by_a_panel,
        _tested_here,
        _publishing_itself,
    ):
        say(story.__doc__.splitlines()[0])
        story(city)
    _reported(city)
    return city


def _reported(city: City) -> None:
    """Two past months and the recruitment that is over have their reports, each written when it was due."""
    city.say("Laporan keterbukaan dua bulan terakhir.")
    last = openness_report.month_before(openness_report.month_of(city.now))
    for month in (openness_report.month_before(last), last):
        due = openness_report.due_at(month)
        if due <= city.now:  # on the first, before nine, the last one is still to come
            openness_report.write_month(month, at=due)
    for recruitment, ended in openness_report.closings_due(city.now):
        openness_report.write_closing(recruitment, at=ended, ended=ended)
    recording.record_waiting(city.now)
    for report in OpennessReport.objects.order_by("due_at"):
        openness_report.open_(report, at=report.due_at)


def is_unfinished() -> bool:
    """Whether building was interrupted: only invented accounts, and the last step of the last story is missing."""
    return (
        User.objects.exists()
        and not User.objects.exclude(email__endswith="@demo.example").exists()
        and not Application.objects.filter(user__email=cast.CAST[1].email).exists()
    )


def _team(city: City) -> None:
    team = Team.objects.create(
        name="Tim Pengawas Seleksi", mandate="Akademisi dan masyarakat sipil, bekerja tanpa perintah BKPSDM.",
        contact="tim@pengawas.example",
    )  # fmt: skip
    since = city.now - 400 * DAY
    for key, role, place in (("oka", "overseer", "Universitas Latihan"), ("nia", "secretariat", "LSM Latihan")):
        Membership.objects.create(team=team, user=city.people[key], role=role, affiliation=place, since=since)


def _holidays() -> None:
    Holiday.objects.get_or_create(date="2026-12-25", defaults={"name": "Hari Raya Natal", "decree": "SKB 3 Menteri"})
    Holiday.objects.get_or_create(date="2027-01-01", defaults={"name": "Tahun Baru", "decree": "SKB 3 Menteri"})


# --- parts of a recruitment --------------------------------------------------------------------


def _recruitment(
    city: City,
    slug: str,
    name: str,
    kind: str,
    pack: str,
    cut: tuple[int, int] | io.BytesIO,
    age_max: str = "35",
    **fields,
) -> Recruitment:
    """A recruitment with its formations, a slice of the real file or a file of its own, and its requirements."""
    recruitment = Recruitment.objects.create(
        slug=slug, name=name, kind=kind, year=fields.pop("year", 2026), agency=city.agency,
        decree=fields.pop("decree", "Keputusan Wali Kota Nomor 800/117 Tahun 2026 (contoh)"), rulepack=pack, **fields,
    )  # fmt: skip
    file = formations.cut(*cut, kind=kind) if isinstance(cut, tuple) else cut
    pia = city.people["pia"]
    made = formation_import.stage_file(recruitment, file, file_name=f"formasi-{slug}.csv", by=pia, at=city.now)
    formation_import.apply(made, by=pia, at=city.now)
    _requirements(recruitment, age_max)
    return recruitment


def _requirements(recruitment: Recruitment, age_max: str) -> None:
    """The clauses of PP 11/2017 article 23 that a person can answer, and the documents of the pack."""
    basis = "PP 11 Tahun 2017 Pasal 23"
    clauses = [
        ("usia-min", "Usia paling rendah 18 tahun saat melamar", "age_min", "18"),
        ("usia-maks", f"Usia paling tinggi {age_max} tahun saat melamar", "age_max", age_max),
        ("pidana", "Tidak pernah dipidana penjara 2 tahun atau lebih", "yes", ""),
        ("partai", "Bukan anggota atau pengurus partai politik", "yes", ""),
        ("sehat", "Sehat jasmani dan rohani", "", ""),
    ]
    rows = [
        Requirement(
            recruitment=recruitment,
            order=order,
            kind="clause",
            code=code,
            text=text,
            basis=basis,
            check_name=check,
            limit=limit,
        )
        for order, (code, text, check, limit) in enumerate(clauses, start=1)
    ]
    rows += [
        Requirement(
            recruitment=recruitment, order=20 + order, kind="document", code=one["code"], text=one["label"],
            document_format=one["format"], max_kb=one["max_kb"], required=one["required"],
        )
        for order, one in enumerate(rulepack_files.load(recruitment.rulepack).body["documents"])
    ]  # fmt: skip
    Requirement.objects.bulk_create(rows)


def _stage(recruitment, order, kind, slug, name, opens_at, closes_at, announce_at=None, rule="", **days) -> Stage:
    return Stage.objects.create(
        recruitment=recruitment, order=order, kind=kind, slug=slug, rule=rule, name_internal=name, name_public=name,
        opens_at=opens_at, closes_at=closes_at, announce_at=announce_at,
        planned_opens_at=opens_at, planned_closes_at=closes_at, planned_announce_at=announce_at, **days,
    )  # fmt: skip


def _closed(registration: Stage, at) -> None:
    """A registration that closed in the past: the portal's own closing writes the present of the database's clock."""
    with transaction.atomic():
        Stage.objects.filter(pk=registration.pk).update(closed_at=at)
        sent = Application.objects.filter(recruitment=registration.recruitment).exclude(state=State.DRAFT).count()
        record.append(
            "registration.closed", at=at, recruitment=registration.recruitment.slug, stage=registration.slug,
            applications=sent,
        )  # fmt: skip


def _judge_all(city: City, stage: Stage, at, *, fail_every: int) -> None:
    """Two agreeing looks at every file of a past stage, set-based; one in `fail_every` lacks something."""
    reason = Reason.objects.get(code="tidak-terbaca")
    files = list(taking_part(stage).submitted().order_by("pk"))
    for start in range(0, len(files), 2_000):
        with transaction.atomic():
            part = list(enumerate(files[start : start + 2_000], start=start))
            reviews = Review.objects.bulk_create(
                Review(
                    application=one, stage=stage, seat=seat, verifier=city.people[who], taken_at=at, decided_at=at,
                    verdict="TMS" if number % fail_every == fail_every - 1 else "MS",
                )
                for number, one in part
                for seat, who in ((1, "vera"), (2, "wati"))
            )  # fmt: skip
            wanted = list(verification.requirements_of(part[0][1]))  # none of this city's is a formation's own
            ReviewItem.objects.bulk_create(
                (
                    ReviewItem(
                        review=review, requirement=one, met=not (review.verdict == "TMS" and one.code == "transkrip"),
                        reason=reason if review.verdict == "TMS" and one.code == "transkrip" else None,
                        detail="Halaman 2 buram." if review.verdict == "TMS" and one.code == "transkrip" else "",
                    )
                    for review in reviews
                    for one in wanted
                ),
                batch_size=5_000,
            )  # fmt: skip


def _announce(city: City, stage: Stage, at) -> None:
    """Prepare, approve, freeze and open a result in the past."""
    _approve(city, stage, at - HOUR)
    found = announcement.freeze(stage, at=at)
    recording.record_waiting(city.now)
    announcement.open_(found, at=at)


def _approve(city: City, stage: Stage, at) -> None:
    prepared = announcement.prepare(stage, by=city.people["pia"], at=at)
    announcement.approve(prepared, by=city.people["rudi"], at=at)


def _score_file(
    stage: Stage, rng: Random, components: list[tuple[str, int, int, int]], *, absent: float = 0.04
) -> io.BytesIO:
    """Scores for everybody in `stage`: heading, lowest, highest, decimals per component; a few are absent."""
    lines = ["No Peserta," + ",".join(name for name, *_rest in components)]
    numbers = taking_part(stage).submitted().order_by("pk")
    for p, national in numbers.values_list("participant_number", "national_number"):
        skill = rng.gauss(0.62, 0.13)
        cells = []
        for _name, low, high, decimals in components:
            value = low + (high - low) * min(1, max(0, rng.gauss(skill, 0.08)))
            cells.append(f"{value:.{decimals}f}")
        if rng.random() < absent:
            cells = [""] * len(components)
        lines.append(",".join([national or p, *cells]))
    return io.BytesIO(("\n".join(lines) + "\n").encode())


def _take_scores(city: City, stage: Stage, file: io.BytesIO, at, *, approved: bool) -> None:
    batch = scores.stage_file(stage, file, file_name=f"nilai-{stage.slug}.csv", by=city.people["pia"], at=at)
    if approved:
        scores.approve(batch, by=city.people["rudi"], at=at)


WRITTEN = [("Tes tertulis", 20, 100, 2), ("Tes praktik", 20, 100, 2)]
SKD = [("TWK", 30, 150, 0), ("TIU", 40, 175, 0), ("TKP", 100, 225, 0)]


# --- the stories --------------------------------------------------------------------------


def _admitted(
    city: City, recruitment: Recruitment, begin: datetime, *, count: int, test_on: datetime, test_until: datetime,
    due: datetime, fail_every: int, **days: int,
) -> tuple[Stage, list[int]]:  # fmt: skip
    """A recruitment of local contracts whose files are judged and announced; returns its test and the applications."""
    pia, rudi = city.people["pia"], city.people["rudi"]
    closes, announced = begin + 15 * DAY, begin + 26 * DAY
    registration = _stage(recruitment, 1, "registration", "pendaftaran", "Pendaftaran", begin, closes)
    files = _stage(
        recruitment, 2, "administrative", "administrasi", "Seleksi administrasi", closes + DAY, announced - DAY,
        announced, "administrasi",
    )  # fmt: skip
    test = _stage(recruitment, 3, "test", "tes", "Tes dan hasil akhir", test_on, test_until, due, "tes", **days)
    recruitment = recruitments.publish(recruitment, by=rudi, at=begin - DAY)
    keys = city.crowd.apply(recruitment, count, since=begin, until=closes)
    _closed(registration, closes)
    _judge_all(city, files, closes + 5 * DAY, fail_every=fail_every)
    verification.tally(files, by=pia, at=announced - DAY)
    _announce(city, files, announced)
    return test, keys


def _ranked(
    city: City,
    recruitment: Recruitment,
    begin: datetime,
    *,
    share: str,
    test_on: datetime,
    due: datetime,
    fail_every: int,
):
    """A recruitment of local contracts brought up to its ranked test; returns that stage and the applications."""
    test, keys = _admitted(
        city, recruitment, begin, count=city.share(share), test_on=test_on, test_until=test_on + DAY, due=due,
        fail_every=fail_every,
    )  # fmt: skip
    _take_scores(city, test, _score_file(test, city.rng, WRITTEN), test_on + 2 * DAY, approved=True)
    ranking.rank(test, by=city.people["pia"], at=test_on + 3 * DAY)
    return test, keys


def _finished(city: City) -> None:
    """Pengadaan yang sudah selesai: dua hasil terbit, satu daftar tidak cocok dengan nilainya."""
    begin = city.now - 200 * DAY
    recruitment = _recruitment(
        city, "kontrak-2025", "Pegawai kontrak 2025", "contract", "local-contract", (330, 360), year=2025,
        decree="Keputusan Wali Kota Nomor 800/98 Tahun 2025 (contoh)",
    )  # fmt: skip
    due = begin + 50 * DAY
    test, _keys = _ranked(city, recruitment, begin, share="finished", test_on=begin + 40 * DAY, due=due, fail_every=9)
    swap_under_the_portals_feet(test)
    _announce(city, test, due)
    findings.write(city, recruitment.stages.get(kind="administrative"))


def swap_under_the_portals_feet(stage: Stage) -> None:
    """What happened in Kemuning: somebody with the database's owner role swaps two results before they go out.

    No action of the portal can do this. The scores stay as they are, so that a recomputation shows it.
    """
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("ALTER TABLE selection_outcome DISABLE TRIGGER USER")
        cursor.execute(
            """WITH pair AS (
                SELECT i.id AS a, o.id AS b, i.code AS ac, o.code AS bc, i.advances AS aa, o.advances AS ba,
                       i.rank AS ar, o.rank AS br, i.decided_by AS ad, o.decided_by AS bd
                FROM selection_outcome i JOIN selection_outcome o USING (set_id, formation_id)
                JOIN selection_outcomeset s ON s.id = set_id
                WHERE s.stage_id = %s AND i.code = 'L' AND o.code = 'C' ORDER BY i.formation_id, i.rank DESC, o.rank LIMIT 1
            )
            UPDATE selection_outcome x SET
                code = CASE x.id WHEN a THEN bc ELSE ac END, advances = CASE x.id WHEN a THEN ba ELSE aa END,
                rank = CASE x.id WHEN a THEN br ELSE ar END, decided_by = CASE x.id WHEN a THEN bd ELSE ad END
            FROM pair WHERE x.id IN (a, b)""",
            [stage.pk],
        )
        if cursor.rowcount != 2:
            raise LookupError("no two people of one formation stand on both sides of the limit")
        cursor.execute("ALTER TABLE selection_outcome ENABLE TRIGGER USER")


def _mirrored(city: City) -> None:
    """Seleksi nasional: daftar peserta dan nilai SKD masuk, nilainya menunggu pengesahan."""
    begin = city.now - 60 * DAY
    recruitment = _recruitment(
        city, "cpns-2026", "CPNS Kota 2026", "cpns", "cpns-2024", (180, 300), mirrors_national=True,
        decree="Pengumuman Wali Kota Nomor 800/5 Tahun 2026 (contoh)",
    )  # fmt: skip
    _stage(recruitment, 1, "registration", "pendaftaran", "Pendaftaran di SSCASN", begin, begin + 20 * DAY)
    skd = _stage(
        recruitment, 2, "test", "skd", "Seleksi kompetensi dasar (SKD)", begin + 40 * DAY, begin + 57 * DAY,
        city.now + 2 * DAY, "skd",
    )  # fmt: skip
    _stage(recruitment, 3, "test", "skb", "Seleksi kompetensi bidang (SKB)", city.now + 20 * DAY, city.now + 25 * DAY)
    recruitment = recruitments.publish(recruitment, by=city.people["rudi"], at=begin - DAY)
    codes = list(recruitment.formations.order_by("code").values_list("code", flat=True))
    lines = ["No Peserta,Kode Formasi"]
    lines += [f"2026{number:012d},{city.rng.choice(codes)}" for number in range(1, city.share("mirrored") + 1)]
    participants.import_participants(skd, io.BytesIO("\n".join(lines).encode()), by=city.people["pia"], at=city.now)
    file = _score_file(skd, city.rng, SKD)
    live.goes_on(city, skd, file)
    _take_scores(city, skd, file, city.now - 2 * HOUR, approved=False)


def _in_verification(city: City) -> None:
    """Pengadaan yang berkasnya sedang diperiksa dua pemeriksa."""
    begin = city.now - 20 * DAY
    recruitment = _recruitment(city, "pppk-2026", "PPPK Tenaga Teknis 2026", "pppk", "pppk-2024", (120, 180))
    registration = _stage(recruitment, 1, "registration", "pendaftaran", "Pendaftaran", begin, city.now - 2 * DAY)
    files = _stage(
        recruitment, 2, "administrative", "administrasi", "Seleksi administrasi", city.now - 2 * DAY + MINUTE,
        city.now + 5 * DAY, city.now + 6 * DAY, "administrasi",
    )  # fmt: skip
    _stage(
        recruitment, 3, "test", "kompetensi", "Seleksi kompetensi", city.now + 20 * DAY, city.now + 22 * DAY,
        city.now + 30 * DAY, "kompetensi",
    )  # fmt: skip
    recruitment = recruitments.publish(recruitment, by=city.people["rudi"], at=begin - DAY)
    parties = city.people["oka"], city.people["pia"]
    audits.commit(files, *parties, at=begin + DAY)
    keys = city.crowd.apply(recruitment, city.share("verification"), since=begin, until=city.now - 2 * DAY)
    hand_in(recruitment, keys)
    _closed(registration, city.now - 2 * DAY)
    audits.sample(files, *parties, at=city.now)
    unreadable = Reason.objects.get(code="tidak-terbaca")
    for turn in range(min(24, len(keys) // 2)):
        for who, fails in (("vera", turn % 5 == 4), ("wati", turn % 7 == 6 or turn % 5 == 4)):
            if who == "wati" and turn > 15:
                continue  # the second look still has to come
            review = verification.take(files, by=city.people[who], at=timezone.now())
            wanted = verification.requirements_of(review.application)
            found = [
                verification.Finding(one.pk, False, unreadable, "Halaman 2 buram.")
                if fails and one.code == "ijazah"
                else verification.Finding(one.pk, True)
                for one in wanted
            ]
            verification.open_file(review, by=city.people[who], at=timezone.now())
            verification.decide(review, found, by=city.people[who], at=timezone.now())
    audits.look_again(files, by=city.people["oka"], at=timezone.now())


def _contested(city: City) -> None:
    """Pengadaan yang masa sanggahnya sedang berjalan: satu sanggah sudah dijawab, satu menunggu."""
    begin, announced = city.now - 30 * DAY, city.now - 36 * HOUR
    closes = begin + 15 * DAY
    recruitment = _recruitment(
        city,
        "puskesmas-2026",
        "Pegawai puskesmas 2026",
        "contract",
        "local-contract",
        (112, 120),
        one_application=False,
    )
    registration = _stage(recruitment, 1, "registration", "pendaftaran", "Pendaftaran", begin, closes)
    files = _stage(
        recruitment, 2, "administrative", "administrasi", "Seleksi administrasi", closes + DAY, announced - DAY,
        announced, "administrasi", objection_days=3, answer_days=7,
    )  # fmt: skip
    _stage(
        recruitment, 3, "test", "tes", "Tes dan hasil akhir", city.now + 14 * DAY, city.now + 15 * DAY,
        city.now + 20 * DAY, "tes",
    )  # fmt: skip
    recruitment = recruitments.publish(recruitment, by=city.people["rudi"], at=begin - DAY)
    keys = city.crowd.apply(recruitment, city.share("contested"), since=begin, until=closes)
    hand_in(recruitment, keys)
    _closed(registration, closes)
    _judge_all(city, files, closes + 5 * DAY, fail_every=3)
    verification.tally(files, by=city.people["pia"], at=announced - DAY)
    _announce(city, files, announced)
    _give_one_to(city.people["citra"], objections.write(files, city.people, timezone.now()).pk)


def _open(city: City) -> None:
    """Pengadaan yang pendaftarannya dibuka."""
    begin = city.now - 5 * DAY
    recruitment = _recruitment(
        city, "blud-2026", "Pegawai BLUD dan kontrak 2026", "contract", "local-contract", (0, 112),
        summary="Pegawai untuk unit layanan dan puskesmas. Melamar langsung di portal ini, tanpa biaya.",
    )  # fmt: skip
    last = (city.now + 10 * DAY).astimezone(recruitment.zone)
    closes = last.replace(hour=23, minute=59, second=59, microsecond=0)
    _stage(recruitment, 1, "registration", "pendaftaran", "Pendaftaran", begin, closes)
    files = _stage(
        recruitment, 2, "administrative", "administrasi", "Seleksi administrasi", closes + MINUTE, closes + 7 * DAY,
        closes + 8 * DAY, "administrasi",
    )  # fmt: skip
    _stage(
        recruitment, 3, "test", "tes", "Tes dan hasil akhir", closes + 20 * DAY, closes + 21 * DAY, closes + 25 * DAY, "tes",
    )  # fmt: skip
    recruitment = recruitments.publish(recruitment, by=city.people["rudi"], at=begin - DAY)
    audits.commit(files, city.people["pia"], at=city.now)  # the team still has to hand in its own
    city.crowd.apply(recruitment, city.share("open"), since=begin, until=city.now - MINUTE)
    formation = recruitment.formations.order_by("position", "code").first()
    applications.start(formation, by=city.people["alya"], at=city.now)


def _taking_part(city: City) -> None:
    """Acara untuk datang dan bertanya, konsultasi yang sedang dibuka, dan aduan layanan."""
    recruitment = Recruitment.objects.get(slug="blud-2026")
    participation.build(city.people["pia"], city.people["rudi"], recruitment, now=city.now)
    bank.build(city.people["wina"], now=city.now)
    formation = recruitment.formations.order_by("position", "code").first()
    cases.build(city.people["pia"], city.people["tono"], city.agency, formation, now=city.now)


def _serving(city: City) -> None:
    """Direktori pegawai: dua ratus orang, dua jabatan kosong, satu profil dalam pratinjau."""
    workforce.build(city.people, rng=city.rng, now=city.now)


def _appraised(city: City) -> None:
    """Kinerja: tahun lalu ditutup dengan survei 360 dan kotak talenta, survei tahun ini sedang berjalan."""
    appraisal.build(city.people, rng=Random(13), now=city.now)  # noqa: S311 - of its own, the others' people stay


def _training(city: City) -> None:
    """Pelatihan: satu sudah diundi dan selesai, satu menunggu pendaftar, satu penuh dengan daftar tunggu."""
    training.build(city.people, now=city.now)


def _by_a_panel(city: City) -> None:
    """Seleksi terbuka JPT: panitia menilai di lembar terkunci, satu jabatan sudah dipilih, satu menunggu pilihan."""
    begin, rng = city.now - 75 * DAY, Random(12)  # noqa: S311 - of its own, so that the others' people stay the same
    recruitment = _recruitment(
        city, "jpt-2026", "Seleksi terbuka JPT pratama 2026", "jpt", "jpt-pratama", formations.of_posts("jpt", panel.POSTS), age_max="56",
        decree="Keputusan Wali Kota Nomor 800/44 Tahun 2026 (contoh)",
    )  # fmt: skip
    closes = begin + 15 * DAY
    registration = _stage(recruitment, 1, "registration", "pendaftaran", "Pendaftaran", begin, closes)
    files = _stage(
        recruitment, 2, "administrative", "administrasi", "Seleksi administrasi", closes + DAY, closes + 5 * DAY,
        closes + 6 * DAY, "administrasi",
    )  # fmt: skip
    papers = _stage(
        recruitment, 3, "test", "makalah", "Penulisan makalah", closes + 12 * DAY, closes + 14 * DAY, closes + 20 * DAY,
        "makalah",
    )  # fmt: skip
    last = _stage(
        recruitment, 4, "final", "akhir", "Asesmen, wawancara, dan hasil akhir", closes + 25 * DAY, closes + 32 * DAY,
        closes + 40 * DAY, "akhir", objection_days=3, answer_days=7,
    )  # fmt: skip
    recruitment = recruitments.publish(recruitment, by=city.people["rudi"], at=begin - DAY)
    for formation in recruitment.formations.all():
        city.crowd.apply(recruitment, panel.APPLICANTS, since=begin, until=closes, only=formation)
    _closed(registration, closes)
    _judge_all(city, files, closes + 3 * DAY, fail_every=99)
    verification.tally(files, by=city.people["pia"], at=closes + 5 * DAY)
    _announce(city, files, files.announce_at)
    panel.form(recruitment, city.people, at=closes + 8 * DAY)
    panel.judge(papers, city.people, components=["makalah"], rng=rng, at=closes + 15 * DAY)
    _announce(city, papers, papers.announce_at)
    parts = ["rekam_jejak", "asesmen", "wawancara"]
    panel.judge(last, city.people, components=parts, rng=rng, at=closes + 34 * DAY)
    _announce(city, last, last.announce_at)
    panel.choose(recruitment, city.people, now=city.now)


def _tested_here(city: City) -> None:
    """Ujian di portal: satu sudah dinilai dan diumumkan, satu sedang dibuka, satu tersegel untuk beberapa hari lagi."""
    bank.secrets(city.people, at=city.now - 70 * DAY)
    _test_is_over(city)
    _test_is_open(city)


def _test_is_over(city: City) -> None:
    """Eko and Fani sat with the others five days ago; the result is out since yesterday."""
    recruitment = _recruitment(
        city, "layanan-2026", "Pegawai kontrak layanan 2026", "contract", "local-contract",
        formations.of_posts("layanan", local_tests.OVER_POSTS), one_application=False,
    )  # fmt: skip
    held_at = local_tests.morning(city.now - 5 * DAY, recruitment.zone)
    test, _keys = _admitted(
        city, recruitment, city.now - 42 * DAY, count=16, test_on=held_at, test_until=held_at + 3 * HOUR,
        due=city.now - DAY, fail_every=8, objection_days=3, answer_days=7,
    )  # fmt: skip
    order = list(taking_part(test).order_by("pk"))
    for key, one in zip(("eko", "fani"), order, strict=False):
        _give_one_to(city.people[key], one.pk)
    local_tests.is_over(city.people, test, order, held_at=held_at)
    _announce(city, test, test.announce_at)


def _test_is_open(city: City) -> None:
    """Dewi may take it with her account; the second session of the same stage is sealed."""
    recruitment = _recruitment(
        city, "loket-2026", "Pegawai kontrak loket 2026", "contract", "local-contract",
        formations.of_posts("loket", local_tests.OPEN_POSTS), one_application=False,
    )  # fmt: skip
    test, _keys = _admitted(
        city, recruitment, city.now - 35 * DAY, count=16, test_on=city.now - HOUR, test_until=city.now + 7 * DAY,
        due=city.now + 9 * DAY, fail_every=8,
    )  # fmt: skip
    waiting = local_tests.is_open(city.people, test, now=city.now)
    _give_one_to(city.people["dewi"], waiting.application_id)
    local_tests.is_sealed(city.people, test, now=city.now)


def _publishing_itself(city: City) -> None:
    """Pengadaan yang hasilnya terbit sendiri dalam dua menit."""
    begin = city.now - 40 * DAY
    recruitment = _recruitment(
        city, "rsud-2026", "Pegawai RSUD 2026", "contract", "local-contract", (300, 330), one_application=False
    )
    test, keys = _ranked(
        city,
        recruitment,
        begin,
        share="self_publishing",
        test_on=begin + 30 * DAY,
        due=city.now + 5 * DAY,
        fail_every=11,
    )
    live.is_over(city, test, begin + 30 * DAY)
    _approve(city, test, city.now)
    due = timezone.now() + 100 * timedelta(seconds=1)
    Stage.objects.filter(pk=test.pk).update(announce_at=due, planned_announce_at=due)
    _give_one_to(city.people["budi"], keys[0])  # the last step of all: see is_unfinished


def _give_one_to(user: User, key: int) -> None:
    """One of the invented applications becomes the demo applicant's, so that there is something to follow."""
    application = Application.objects.get(pk=key, state=State.SUBMITTED)
    person = application.person
    person.user = user
    person.save(update_fields=["user"])
    Application.objects.filter(pk=key).update(user=user)
