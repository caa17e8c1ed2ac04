from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.encrypted import EncryptedText


class Channel(models.Model):
    """A road to people. The site and the feed need no rows; mail has one per person, the others one per publication.

    `target` is where the adapter of this kind sends to, keys included, so it is ciphertext: for a post the
    address that apprise reads, for a webhook an https address. `secret` signs what a webhook gets.
    """

    class Kind(models.TextChoices):
        MAIL = "mail", _("Surel kepada orang yang bersangkutan")
        POST = "post", _("Kiriman ke media sosial atau grup percakapan")
        WEBHOOK = "webhook", _("Kiriman ke komputer lembaga lain (webhook)")

    OUTSIDE = (Kind.POST, Kind.WEBHOOK)

    code = models.SlugField(_("kode"), max_length=30, unique=True)
    name = models.CharField(_("nama"), max_length=80)
    kind = models.CharField(_("jenis"), max_length=10, choices=Kind, default=Kind.MAIL)
    target = EncryptedText(_("alamat kirim"), null=True, blank=True)
    secret = EncryptedText(_("kunci tanda tangan"), null=True, blank=True)
    page = models.URLField(_("halaman untuk pembaca"), blank=True, help_text=_("Tempat warga mengikuti kanal ini."))
    enabled = models.BooleanField(_("dipakai"), default=True)

    class Meta:
        verbose_name = _("kanal")
        verbose_name_plural = _("kanal")
        ordering = ["name"]
        constraints = [
            models.CheckConstraint(
                condition=Q(kind="mail", target=None) | (~Q(kind="mail") & Q(target__isnull=False)),
                name="channel_outside_has_a_target",
            ),
            models.CheckConstraint(
                condition=~Q(kind="webhook") | Q(secret__isnull=False), name="channel_webhook_signs"
            ),
        ]

    def __str__(self) -> str:
        return self.name
