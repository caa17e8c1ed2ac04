"""One invented report to the team, and the keys to read it. The passphrase is public: it exists in a demo only."""

from datetime import timedelta

from oversight.actions import report_desk, team_keys
from oversight.actions import reports as citizen
from oversight.models import Membership, Report
from oversight.report_codes import keys_of, new_code

PASSPHRASE = "latihan pengawas warga terbuka"  # noqa: S105 - printed for everybody who tries the demo
TEXT = """Di loket pendaftaran seorang petugas berkata bahwa berkas saya "bisa dibantu" dengan Rp2.000.000.
Kejadiannya pagi hari, ada dua orang lain yang mendengar. (Laporan rekaan untuk latihan.)"""


def open_channel(first, second, now) -> None:
    """Keys for two members of the team, and a report that one of them has answered."""
    private = _key(first, now)
    team_keys.make_team_key(private=private, by=first, at=now)
    _key(second, now)
    team_keys.give(Membership.objects.get(user=second), private=private, by=first, at=now)
    code, yesterday = new_code(), now - timedelta(days=1)
    content = {"text": TEXT, "kind": "anonymous", "contact": "", "recruitment": ""}
    citizen.receive(code, topic="money", content=content, images=[], at=yesterday)
    report = Report.objects.get(lookup=keys_of(code).lookup)
    report_desk.answer(report, text="Terima kasih. Loket nomor berapa?", then="asked", by=first, at=now)


def _key(member, now) -> bytes:
    team_keys.make_member_key(passphrase=PASSPHRASE, by=member, at=now)
    return team_keys.open_member_key(passphrase=PASSPHRASE, by=member, at=now)
