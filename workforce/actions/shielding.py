"""Somebody in danger disappears at once, and comes back when two officers say so (docs/adr/0020)."""

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from workforce.models import Employee, Shield


class NotLifted(Exception):
    """The shield stays; the message says why."""


@transaction.atomic(durable=True)
def place(employee: Employee, *, ground: str, by, at) -> Shield:
    """From this commit on nobody but the person and the office finds the person. One officer is enough; twice is once."""
    standing = employee.shields.standing().first()
    if standing:
        return standing
    try:
        with transaction.atomic():
            return Shield.objects.create(employee=employee, ground=ground, placed_by=by, placed_at=at)
    except IntegrityError:
        return employee.shields.standing().get()


@transaction.atomic(durable=True)
def ask_lift(shield: Shield, *, by, at) -> Shield:
    """One officer says that the danger is over; nothing changes yet. Locks the shield. Raises NotLifted."""
    shield = Shield.objects.select_for_update(no_key=True).get(pk=shield.pk)
    if shield.lifted_at:
        raise NotLifted(_("Perlindungan ini sudah dicabut."))
    _not_about_oneself(shield, by)
    shield.lift_asked_by, shield.lift_asked_at = by, at
    shield.save(update_fields=["lift_asked_by", "lift_asked_at"])
    return shield


@transaction.atomic(durable=True)
def lift(shield: Shield, *, by, at) -> Shield:
    """Another officer lifts it: the person is found again. Locks the shield. Raises NotLifted."""
    shield = Shield.objects.select_for_update(no_key=True).get(pk=shield.pk)
    if shield.lifted_at:
        raise NotLifted(_("Perlindungan ini sudah dicabut."))
    if shield.lift_asked_by_id is None:
        raise NotLifted(_("Belum ada yang mengusulkan pencabutan."))
    if shield.lift_asked_by_id == by.pk:
        raise NotLifted(_("Anda yang mengusulkan pencabutan. Minta rekan lain mencabutnya."))
    _not_about_oneself(shield, by)
    shield.lifted_by, shield.lifted_at = by, at
    shield.save(update_fields=["lifted_by", "lifted_at"])
    return shield


def _not_about_oneself(shield: Shield, user) -> None:
    if shield.employee.user_id == user.pk:
        raise NotLifted(_("Ini profil Anda sendiri. Minta dua rekan lain."))
