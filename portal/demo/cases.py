"""Service feedback of the practice city: answered, overdue, reopened, merged, waiting. One code is public, to try it."""

from datetime import datetime, timedelta

from participation import case_codes
from participation.actions import case_keeping, case_work, cases
from participation.models import ServiceCase
from vacancies.models import Agency, AgencyOfficer, Formation

CODE = "AAAABBBBCCCCDDDD"  # printed for everybody who tries the demo; its case waits for the citizen's word
DAY, HOUR = timedelta(days=1), timedelta(hours=1)
ROADS, CIVIL, CLEAN = "Dinas Pekerjaan Umum", "Dinas Kependudukan dan Catatan Sipil", "Dinas Lingkungan Hidup"
# Days ago, days to the answer (None: none yet), whose, kind, topic, what everybody reads, the answer.
ANSWERED = (
    (75, 6, ROADS, "complaint", "roads", "Jalan berlubang di depan pasar", "Lubang sudah kami tutup dan ratakan.", "solved"),
    (68, 9, ROADS, "complaint", "roads", "Saluran air mampet di Jalan Melati", "Saluran sudah dikeruk.", "solved"),
    (60, 3, CIVIL, "question", "civil", "Syarat mengganti KTP yang hilang", "Bawa surat kehilangan dari polisi. Tanpa biaya.", "solved"),
    (52, 4, CIVIL, "question", "civil", "Berapa lama akta kelahiran jadi", "Paling lama 1 hari kerja bila berkas lengkap.", "silent"),
    (45, 12, ROADS, "complaint", "roads", "Trotoar rusak, kursi roda tidak lewat", "Trotoar diperbaiki dan diberi bidang landai.", "solved"),
    (40, 5, CIVIL, "aspiration", "civil", "Usul loket khusus untuk lansia", "Loket 2 sekarang untuk lansia dan disabilitas.", "solved"),
    (38, 30, ROADS, "complaint", "roads", "Lampu jalan mati di lima tiang", "Kabel diganti. Maaf, kami terlambat.", "solved"),
    (30, 2, ROADS, "question", "roads", "Kapan jembatan dibuka lagi", "Pekerjaan selesai akhir bulan depan.", "silent"),
)  # fmt: skip
TEXT = "Cerita rekaan untuk latihan: {}. Mohon diperiksa."


def build(pia, tono, city: Agency, formation: Formation, *, now: datetime) -> None:
    """Three agencies, Tono the officer of each, and cases of the last months as their clocks would have left them."""
    offices = {}
    for name in (ROADS, CIVIL, CLEAN):
        offices[name], _new = Agency.objects.get_or_create(
            name=name, parent=city, defaults={"slug": f"aduan-{len(offices) + 1}"}
        )
        AgencyOfficer.objects.get_or_create(agency=offices[name], user=tono)
    for ago, took, office, kind, topic, summary, answer, end in ANSWERED:
        filed_at = now - ago * DAY
        case = _routed(pia, offices[office], filed_at, kind=kind, topic=topic, summary=summary)
        case_keeping.escalate_late(filed_at + took * DAY)  # what the keeper did while nobody answered
        case_work.answer(case, words=answer, by=tono, at=filed_at + took * DAY + HOUR)
        if end == "solved":
            cases.say_solved(case, at=filed_at + took * DAY + DAY)
        else:
            case_keeping.close_silent(filed_at + (took + 20) * DAY)
    _running(pia, tono, offices, formation, now=now)
    case_keeping.escalate_late(now)


def _running(pia, tono, offices, formation, *, now) -> None:
    """What happens now: one overdue, one reopened with somebody who has the same, one to judge, one to sort."""
    _routed(
        pia,
        offices[CLEAN],
        now - 33 * DAY,
        kind="complaint",
        topic="clean",
        summary="Sampah di Kelurahan Mekar tidak diangkut",
    )
    again = _routed(
        pia, offices[ROADS], now - 25 * DAY, kind="complaint", topic="roads", summary="Air menggenang di Jalan Anggrek"
    )
    case_work.answer(again, words="Saluran sudah dibersihkan.", by=tono, at=now - 18 * DAY)
    cases.reopen(again, private="Kemarin hujan, airnya masih masuk rumah.", at=now - 5 * DAY)
    double, _again = cases.file(
        case_codes.code_of(case_codes.new_token()), kind="complaint", topic="roads",
        text=TEXT.format("air masuk rumah di Jalan Anggrek"), at=now - 4 * DAY,
    )  # fmt: skip
    case_work.merge(double, ServiceCase.objects.get(pk=again.pk), by=pia, at=now - 4 * DAY + HOUR)
    asked = _routed(
        pia, offices[CIVIL], now - 6 * DAY, code=CODE, kind="question", topic="selection", formation=formation,
        summary="Apakah ijazah D-4 boleh untuk lowongan ini",
    )  # fmt: skip
    case_work.answer(
        asked, words="Boleh, bila program studinya tercantum di lowongan.", private="Program studi Anda tercantum.",
        by=tono, at=now - 2 * DAY,
    )  # fmt: skip
    cases.file(
        case_codes.code_of(case_codes.new_token()), kind="aspiration", topic="health", place="Puskesmas Mekar",
        text=TEXT.format("puskesmas buka juga pada hari Sabtu"), at=now - 3 * HOUR,
    )  # fmt: skip


def _routed(pia, office, at, *, summary: str, code: str = "", **fields) -> ServiceCase:
    code = code or case_codes.code_of(case_codes.new_token())
    case, _again = cases.file(code, text=TEXT.format(summary), **fields, at=at)
    case_work.route(case, office, summary=summary, by=pia, at=at + 4 * HOUR)
    return ServiceCase.objects.get(pk=case.pk)
