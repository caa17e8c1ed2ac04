"""Keys of the team: one pair for the team, one per member, and who was given the team's."""

import hashlib

from django.conf import settings
from django.db import models
from django.db.models.lookups import Exact
from django.utils.translation import gettext_lazy as _

from lib.append_only import append_only


def bytes_of(field: str, length: int) -> Exact:
    """The condition that a column of bytes has exactly `length` of them."""
    octets = models.Func(models.F(field), function="octet_length", output_field=models.IntegerField())
    return Exact(octets, length)


class MemberKey(models.Model):
    """The pair of one member. The private half lies here under a passphrase that only the member knows.

    A forgotten passphrase is a new row; the team's key has to be given again.
    """

    membership = models.ForeignKey("oversight.Membership", models.PROTECT, related_name="keys")
    public = models.BinaryField(max_length=32)
    salt = models.BinaryField(max_length=16)
    wrapped = models.BinaryField()
    made_at = models.DateTimeField()

    class Meta:
        verbose_name = _("kunci anggota")
        verbose_name_plural = _("kunci anggota")
        get_latest_by = "pk"
        constraints = [models.CheckConstraint(condition=bytes_of("public", 32), name="member_key_length")]
        triggers = append_only("member_key")

    def __str__(self) -> str:
        return f"{self.membership_id} {self.fingerprint}"

    @property
    def fingerprint(self) -> str:
        return fingerprint(self.public)


class TeamKey(models.Model):
    """The public key that reports are sealed to. The private half exists only sealed to members (TeamKeyShare)."""

    team = models.ForeignKey("oversight.Team", models.PROTECT, related_name="report_keys")
    number = models.PositiveIntegerField()
    public = models.BinaryField(max_length=32)
    made_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    made_at = models.DateTimeField()

    class Meta:
        verbose_name = _("kunci tim")
        verbose_name_plural = _("kunci tim")
        ordering = ["team", "number"]
        constraints = [
            models.UniqueConstraint(fields=["team", "number"], name="team_key_number"),
            models.CheckConstraint(condition=bytes_of("public", 32), name="team_key_length"),
        ]
        triggers = append_only("team_key")

    def __str__(self) -> str:
        return f"{self.team_id}/{self.number} {self.fingerprint}"

    @property
    def digest(self) -> str:
        """SHA-256 of the public key in hex, as the record holds it."""
        return hashlib.sha256(bytes(self.public)).hexdigest()

    @property
    def fingerprint(self) -> str:
        return fingerprint(self.public)


class TeamKeyShare(models.Model):
    """The private half of a team key, sealed to the key of one member."""

    team_key = models.ForeignKey(TeamKey, models.PROTECT, related_name="shares")
    member_key = models.ForeignKey(MemberKey, models.PROTECT, related_name="shares")
    sealed = models.BinaryField()
    given_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    given_at = models.DateTimeField()

    class Meta:
        verbose_name = _("kunci tim untuk anggota")
        verbose_name_plural = _("kunci tim untuk anggota")
        constraints = [models.UniqueConstraint(fields=["team_key", "member_key"], name="team_key_given_once")]

    def __str__(self) -> str:
        return f"{self.team_key_id} → {self.member_key_id}"


def fingerprint(public: bytes) -> str:
    """The first 16 bytes of the SHA-256 of a public key, in groups that two people can read to each other."""
    digest = hashlib.sha256(bytes(public)).hexdigest()[:32].upper()
    return " ".join(digest[place : place + 4] for place in range(0, 32, 4))
