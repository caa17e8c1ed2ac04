"""A file stage announced some days ago, a finding about its verification, and two more verifiers and a supervisor."""

from django.utils import timezone

from accounts.roles import Role
from oversight.actions import answering, finding, re_review
from selection.actions import rechecks
from selection.actions.verification import Finding
from selection.models import Application
from tests.parts import make_team, make_user
from tests.selection.objecting import Contested

REASON = "Satu pemeriksa membaca syarat dengan keliru."


class Doubted(Contested):
    """Oka and Omar are the team. Nira and Tari verify and Sari looks a third time; none of them saw a file before."""

    def __init__(self, **more):
        super().__init__(**more)
        self.oka, self.omar = (
            make_user(f"{name}{self.vera.pk}@tim.example", Role.OVERSEER) for name in ("oka", "omar")
        )
        self.team = make_team(self.oka, self.omar, at=self.public_at)
        people = {"nira": Role.VERIFIER, "tari": Role.VERIFIER, "sari": Role.SUPERVISOR}
        for name, role in people.items():
            setattr(self, name, make_user(f"{name}{self.vera.pk}@contoh.example", role, name=name.title()))

    def drafted(self):
        evidence = [{"what": "Ijazah", "expected": "terbaca", "found": "tidak terbaca", "source": "Pengumuman"}]
        return finding.draft(self.stage, title="Pemeriksaan keliru", body="Ijazah dinilai berbeda-beda.",
                             severity="major", evidence=evidence, by=self.oka, at=timezone.now())  # fmt: skip

    def sent(self):
        one = self.drafted()
        for who in (self.oka, self.omar):
            one = finding.confirm(one, by=who, at=timezone.now())
        return finding.send(one, by=self.oka, at=timezone.now())

    def answered(self):
        one = self.sent()
        answering.answer(one, text="Benar. Berkasnya kami periksa ulang.", by=self.pia, at=timezone.now())
        return one

    def opened(self, one=None, *names, by=None):
        """The files of `names`, or all, opened again because of the finding."""
        files = Application.objects.filter(pk__in=[self.files[name].pk for name in names or self.files])
        one = one or self.answered()
        return re_review.open_files(
            one, files, reason=REASON, scope="Semua berkas", by=by or self.pia, at=timezone.now()
        )

    def judge(self, recheck, who, lacking=()):
        """`who` takes and judges every file they can; of those of `lacking` the diploma is not readable."""
        turned_away = {self.files[name].pk for name in lacking}
        count = 0
        while review := rechecks.take(recheck, by=who, at=timezone.now()):
            away = review.application_id in turned_away
            found = [
                Finding(self.diploma.pk, not away, self.unreadable if away else None, "halaman 3" if away else ""),
                Finding(self.years.pk, True),
            ]
            rechecks.decide(review, found, by=who, at=timezone.now())
            count += 1
        return count

    def checked(self, recheck, lacking=("citra",)):
        """Nira and Tari agree on every file: by default nothing is lacking any more, but with Citra."""
        for who in (self.nira, self.tari):
            self.judge(recheck, who, lacking)
        return recheck
