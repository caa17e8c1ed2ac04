"""An employee who reported asks the team to watch over them; the team looks, and writes down what it thinks.

Everything runs as the team's database role: the role of the pages may neither read nor write these rows, and no letter
is sent, because letters lie in tables that the office reads.
"""

from datetime import date, timedelta

from django.db import connection, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.team_role import as_team
from oversight import retaliation
from oversight.actions.standing import NotAllowed, NotReady, member
from oversight.models import RetaliationWatch, WatchNote
from workforce.models import Employee

LASTS = timedelta(days=730)
OLDEST = timedelta(days=1095)  # a report from before that is not asked about any more


def employee_of(user) -> Employee | None:
    """The profile that `user` took to this account, while the person serves."""
    return Employee.objects.serving().filter(user=user).first()


@transaction.atomic
def own(by) -> RetaliationWatch | None:
    """The watch that `by` asked for."""
    with as_team():
        return RetaliationWatch.objects.filter(employee__user=by).first()


@transaction.atomic(durable=True)
def ask(*, about: str, ref: str, reported_on: date, by, at) -> RetaliationWatch:
    """The team watches over `by` from now on, in the place of an earlier watch. Raises NotAllowed, NotReady."""
    employee, today = employee_of(by), timezone.localdate(at)
    if employee is None:
        raise NotAllowed(_("Hubungkan dahulu akun ini dengan profil pegawai Anda."))
    if not today - OLDEST <= reported_on <= today:
        raise NotReady(_("Tulis tanggal melapor dalam tiga tahun terakhir."))
    with as_team():
        RetaliationWatch.objects.filter(employee=employee).delete()
        return RetaliationWatch.objects.create(
            employee=employee, by=by, about=about, ref=ref.strip() or None, reported_on=reported_on,
            skp_then=employee.skp, grade_then=employee.grade or None, asked_at=at, ends_on=today + LASTS,
        )  # fmt: skip


@transaction.atomic(durable=True)
def withdraw(by) -> None:
    """The person does not want it any more: the watch goes with everything the team wrote about it."""
    with as_team():
        RetaliationWatch.objects.filter(employee__user=by).delete()


@transaction.atomic
def seen(*, by, at) -> list[tuple[RetaliationWatch, list[retaliation.Change]]]:
    """Every running watch with its changes, for a member. Raises NotAllowed."""
    member(by, at)
    with as_team():
        return retaliation.watched(timezone.localdate(at))


@transaction.atomic(durable=True)
def judge(pk: int, *, change: str, judgement: str, text: str, by, at) -> WatchNote:
    """What the member `by` thinks of one change. Raises NotAllowed, NotReady where there is no such change."""
    member(by, at)
    if not text.strip():
        raise NotReady(_("Tulis apa yang Anda periksa."))
    with as_team():
        for watch, changes in retaliation.watched(timezone.localdate(at)):
            if watch.pk == pk and change in {one.key for one in changes}:
                if watch.by_id == by.pk:
                    raise NotAllowed(_("Anda tidak menilai perubahan atas diri sendiri."))
                return WatchNote.objects.create(
                    watch=watch, change=change, judgement=judgement, text=text.strip(), by=by, at=at
                )
    raise NotReady(_("Perubahan itu tidak ada lagi, atau penjagaannya sudah ditarik."))


@transaction.atomic(durable=True)
def forget_over(at) -> int:
    """Watches whose time is over go; returns how many. The keeper may read none and asks the database to do it."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT oversight_forget_watches(%s)", [timezone.localdate(at)])
        return cursor.fetchone()[0]
