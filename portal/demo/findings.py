"""Two findings of the practice city's team: one that ran its whole road, one whose answer does not come."""

from datetime import timedelta

from oversight.actions import answering, clocks, finding
from oversight.models import Finding

DAY = timedelta(days=1)


def write(city, stage) -> None:
    """About `stage`, which was announced long ago: an old finding that is closed, and a young one that waits."""
    oka, nia, pia = (city.people[key] for key in ("oka", "nia", "pia"))
    last = stage.announcements.order_by("-version").first()
    old = _sent(
        city, stage, city.now - 60 * DAY, announcement=last, severity=Finding.Severity.MINOR,
        title="Alasan belum memenuhi syarat sama untuk semua",
        body="Setiap pelamar yang tidak lanjut mendapat alasan yang sama. Halaman mana yang bermasalah ditulis seragam.",
        evidence=[{
            "what": "Alasan pada berkas yang belum memenuhi syarat", "expected": "disebut untuk setiap dokumen",
            "found": "satu alasan yang sama untuk semua", "source": f"Statistik pemeriksaan, {stage.name_public}",
        }],
    )  # fmt: skip
    finding.publish_text(
        old, title="Alasan belum memenuhi syarat sama untuk semua", evidence=True, by=nia, at=city.now - 58 * DAY,
        text="Pelamar yang tidak lanjut membaca alasan yang sama. Kami minta alasan ditulis untuk setiap dokumen.",
    )  # fmt: skip
    answering.answer(
        old, text="Benar. Mulai pengadaan berikutnya pemeriksa menulis halaman dan dokumennya.", by=pia,
        at=city.now - 57 * DAY,
    )  # fmt: skip
    answering.assess(old, adequate=True, text="Jawaban menjelaskan perbaikannya.", by=oka, at=city.now - 55 * DAY)
    answering.close(
        old, conclusion="Selesai. Kami periksa lagi pada pengadaan berikutnya.", by=nia, at=city.now - 54 * DAY
    )
    young = _sent(
        city, stage, city.now - 16 * DAY, announcement=last, severity=Finding.Severity.MAJOR,
        title="Jumlah pemeriksa terlalu sedikit", body="Semua berkas diperiksa dua orang yang sama.",
        evidence=[{
            "what": "Pemeriksa pada tahap ini", "expected": "pasangan yang berganti", "found": "dua orang yang sama",
            "source": f"Statistik pemeriksaan, {stage.name_public}",
        }],
    )  # fmt: skip
    finding.publish_text(
        young, title="Semua berkas diperiksa dua orang yang sama", evidence=True, by=oka, at=city.now - 14 * DAY,
        text="Kami bertanya mengapa pasangan pemeriksa tidak berganti.",
    )  # fmt: skip
    clocks.publish_overdue(city.now)


def _sent(city, stage, at, **said) -> Finding:
    one = finding.draft(stage, by=city.people["oka"], at=at, **said)
    for who in ("oka", "nia"):
        finding.confirm(one, by=city.people[who], at=at)
    return finding.send(one, by=city.people["oka"], at=at)
