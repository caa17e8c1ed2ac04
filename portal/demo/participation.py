"""A session to come to, and questions of the office with what citizens said: one that runs, one from asking to "done"."""

import io
from datetime import timedelta

from django.conf import settings
from django.utils import timezone
from PIL import Image, ImageDraw

from participation.actions import consultations, contributions, events, papers, questions
from participation.models import Event
from publishing.actions import notice
from publishing.models import Board, Publication
from vacancies.models import Recruitment

DAY, HOUR, MINUTE = timedelta(days=1), timedelta(hours=1), timedelta(minutes=1)


def _questions(event: Event, rudi, now) -> None:
    """One answered question, wanted by two more, and one that waits."""
    texts = ("Ijazah saya hilang. Boleh memakai surat keterangan dari sekolah?", "Apakah tes diadakan di luar kota?")
    made = []
    for number, text in enumerate(texts):
        one = questions.ask(event, address=f"warga.{number}@demo.example", name="", text=text, at=now)
        questions.confirm(one, by=one.subscriber, at=now)
        made.append(one)
    for address in ("warga.satu@demo.example", "warga.dua@demo.example"):
        questions.support(made[0], address=address, at=now)
    for vote in made[0].votes.select_related("question", "subscriber"):
        questions.confirm(vote, by=vote.subscriber, at=now)
    questions.answer(
        made[0],
        asked="Ijazah hilang. Boleh memakai surat keterangan dari sekolah?",
        text="Boleh. Surat keterangan pengganti ijazah dari sekolah yang menerbitkan, disahkan dinas pendidikan.",
        by=rudi,
        at=now,
    )


def _held(recruitment: Recruitment, pia, rudi, now) -> None:
    """A session of last week, with how many came and where its minutes are."""
    starts_at = (now - 7 * DAY).replace(hour=2, minute=0, second=0, microsecond=0)
    event = Event(
        slug="sosialisasi-di-tanjung", title="Sosialisasi di Tanjung", kind=Event.Kind.SOCIALISATION,
        about="Formasi, syarat, dan jadwal.", recruitment=recruitment, starts_at=starts_at, ends_at=starts_at + 2 * HOUR,
        place="Aula Kecamatan Tanjung", address="Jalan Pelabuhan 7", district="Tanjung", capacity=80,
        access=[Event.Access.RAMP, Event.Access.SIGN],
    )  # fmt: skip
    events.publish(events.prepare(event, by=pia, at=now - 14 * DAY), by=rudi, at=now - 14 * DAY)
    events.count(event, attended=63, recording_url="", by=pia, at=now)
    papers.add(
        event, kind="recording", title="Rekaman sosialisasi", file=None, url="https://video.kota-contoh.example/tanjung",
        by=pia, at=now,
    )  # fmt: skip


def build(pia, rudi, recruitment: Recruitment, *, now) -> None:
    """One event that takes registrations, about `recruitment`, one running consultation, and one that came to its end."""
    starts_at = (now + 5 * DAY).replace(hour=2, minute=0, second=0, microsecond=0)
    event = Event(
        slug="penjelasan-cara-melamar",
        title="Penjelasan cara melamar",
        about="Kami jelaskan syarat, jadwal, dan cara mengisi lamaran. Bawa ponsel; petugas membantu di tempat.",
        recruitment=recruitment,
        starts_at=starts_at,
        ends_at=starts_at + 3 * HOUR,
        place="Balai Kelurahan Mekar",
        address="Jalan Melati 1",
        district="Kota Lama",
        capacity=40,
        access=[Event.Access.RAMP, Event.Access.TOILET, Event.Access.SIGN],
        entrance="Pintu masuk tanpa tangga; toilet untuk kursi roda di lantai yang sama.",
        language_help="Ada juru bahasa isyarat.",
        transport="Angkutan kota jalur 3 berhenti di depan balai.",
    )
    events.publish(events.prepare(event, by=pia, at=now), by=rudi, at=now)
    _questions(event, rudi, now)
    _held(recruitment, pia, rudi, now)
    asked = consultations.write(
        title="Jam layanan loket kepegawaian",
        body="Loket buka pukul 8 sampai 15. Apakah jam ini cocok bagi Anda? Jam berapa yang lebih baik, dan mengapa?",
        opens_at=now - HOUR,
        closes_at=now + 14 * DAY,
        by=pia,
        at=now,
    )
    asked = consultations.publish(asked, by=rudi, at=now)
    _say(
        asked,
        ("warga.satu", "Tini", "Saya bekerja sampai sore. Buka sampai pukul 18 satu hari seminggu sudah menolong."),
        ("warga.dua", "", "Mohon ada nomor antrean yang dapat diambil dari rumah."),
        at=now,
    )
    _from_asking_to_done(pia, rudi, now)
    _hang_up(recruitment, pia, now)


def _say(consultation, *voices, at) -> list:
    """What people wrote and confirmed: (local part of the address, name, words) each."""
    said = []
    for who, name, text in voices:
        made = contributions.contribute(
            consultation, address=f"{who}@demo.example", name=name, text=text, parent=None, at=at
        )
        contributions.confirm(made, by=made.subscriber, at=at)
        said.append(made)
    return said


def _from_asking_to_done(pia, rudi, now) -> None:
    """A month in a minute: the database takes no words for a closed consultation, so that this one closes just now."""
    asked = consultations.write(
        title="Cara kami mengabarkan lowongan",
        body="Banyak warga terlambat tahu ada lowongan. Di mana Anda ingin mendengarnya, dan kapan?",
        opens_at=now - 30 * DAY,
        closes_at=timezone.now() + MINUTE,
        by=pia,
        at=now - 31 * DAY,
    )
    asked = consultations.publish(asked, by=rudi, at=now - 30 * DAY)
    board, speaker, session, advert = _say(
        asked,
        ("warga.tiga", "Agus", "Tempel di papan kelurahan. Tidak semua orang punya ponsel."),
        ("warga.empat", "", "Umumkan lewat pengeras suara musala dan balai RW."),
        ("warga.lima", "Siti", "Datang ke kelurahan sore hari dan jelaskan cara melamar."),
        ("warga.enam", "Jaya", "Mau pasti lulus? Hubungi saya."),
        at=now - 20 * DAY,
    )
    for number in range(3):
        contributions.support(board, address=f"pendukung.{number}@demo.example", at=now - 19 * DAY)
    for vote in board.votes.select_related("subscriber"):
        contributions.confirm(vote, by=vote.subscriber, at=now - 19 * DAY)
    contributions.hide(
        advert, rule="advert", reason="Menawarkan kelulusan. Seleksi tidak dipungut biaya.", by=rudi, at=now - 19 * DAY
    )
    _answer_and_promise(asked, [board.pk, speaker.pk], [session.pk], pia, rudi, now)


def _answer_and_promise(asked, heard: list[int], met: list[int], pia, rudi, now) -> None:
    for ids, title, response in (
        (heard, "Papan pengumuman dan pengeras suara",
         "Kami setuju. Setiap kabar sekarang punya poster dan teks untuk dibacakan, dan petugas memotret papannya."),
        (met, "Penjelasan langsung di kelurahan",
         "Kami setuju. Penjelasan diadakan di kelurahan, dan petugas membantu mengisi di tempat."),
    ):  # fmt: skip
        consultations.sort(asked, ids, cluster=None, title=title, by=pia, at=now - 9 * DAY)
        consultations.answer(asked.clusters.get(title=title), response=response, by=rudi, at=now - 8 * DAY)
    posters, sessions = asked.clusters.all()
    today = timezone.localdate(now)
    for text, cluster, days in (
        ("Mengadakan penjelasan cara melamar di kelurahan", sessions, -1),
        ("Memasang poster setiap lowongan di semua kelurahan", posters, 20),
        ("Siaran keliling dengan mobil", posters, -1),
    ):
        due = today + days * DAY
        consultations.promise(asked, text=text, due_on=due, cluster=cluster, by=rudi, at=now - 8 * DAY)
    done, dropped = sessions.promises.get(), posters.promises.get(text__startswith="Siaran")
    shown = f"{settings.SITE_URL}/acara/penjelasan-cara-melamar/"
    consultations.settle(done, state="done", proof=shown, by=pia, at=now - 2 * DAY)
    consultations.settle(
        dropped, state="dropped", reason="Anggaran tahun ini tidak cukup untuk mobil.", by=pia, at=now - 2 * DAY
    )


def _hang_up(recruitment: Recruitment, by, now) -> None:
    """Two notice boards; the news of `recruitment` hangs on one of them."""
    board = Board.objects.create(
        name="Papan Kelurahan Mekar", place="Jalan Melati 1, depan balai", district="Kota Lama"
    )
    Board.objects.create(
        name="Papan Kecamatan Kota Baru", place="Jalan Anggrek 12, samping loket", district="Kota Baru"
    )
    news = Publication.objects.get(source=f"recruitment:{recruitment.slug}")
    notice.put_up(news, board=board, photo=_photo(), put_up_at=news.opened_at + 3 * HOUR, by=by, at=now)


def _photo() -> io.BytesIO:
    """A sheet on a board, drawn."""
    image = Image.new("RGB", (800, 600), "#8a6d4b")
    draw = ImageDraw.Draw(image)
    draw.rectangle((250, 60, 550, 540), fill="white")
    draw.rectangle((280, 90, 520, 170), fill="#0b4f8a")
    for line in range(200, 440, 24):
        draw.line((280, line, 520, line), fill="#14202b", width=6)
    draw.text((300, 500), "LATIHAN", fill="#14202b")
    file = io.BytesIO()
    image.save(file, "JPEG", quality=80)
    file.seek(0)
    return file
