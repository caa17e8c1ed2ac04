"""Forms of the channels' desk."""

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from publishing.adapters import post, webhook
from publishing.models import Board, Channel

PROBLEM = {Channel.Kind.POST: post.problem, Channel.Kind.WEBHOOK: webhook.problem}


class ChannelForm(forms.ModelForm):
    """A channel. Its address holds keys, so it is written and never shown again; left empty it stays."""

    page = forms.URLField(
        label=_("Halaman untuk pembaca"),
        required=False,
        assume_scheme="https",
        help_text=_("Tempat warga mengikuti kanal ini."),
    )
    new_target = forms.CharField(
        label=_("Alamat kirim"),
        required=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "off"}),
        help_text=_("Berisi kunci, jadi tidak ditampilkan lagi. Kosongkan bila tidak berubah."),
    )

    class Meta:
        model = Channel
        fields = ["name", "code", "kind", "page", "enabled"]

    def clean(self):
        cleaned = super().clean()
        kind = cleaned.get("kind") or self.instance.kind
        target = (cleaned.get("new_target") or "").strip()
        if kind == Channel.Kind.MAIL:
            if target:
                self.add_error("new_target", _("Kanal surel tidak memakai alamat kirim. Kosongkan."))
            return cleaned
        if target:
            if words := PROBLEM[kind](target):
                self.add_error("new_target", words)
            self.instance.target = target
        elif not self.instance.target:
            self.add_error("new_target", _("Tulis alamat kirim kanal ini."))
        return cleaned


class SettleForm(forms.Form):
    """What an officer saw on the channel."""

    arrived = forms.TypedChoiceField(
        label=_("Apa yang Anda lihat di kanal itu?"),
        choices=[("1", _("Kiriman sudah ada")), ("0", _("Kiriman tidak ada, kirim lagi"))],
        coerce=lambda value: value == "1",
        widget=forms.RadioSelect,
    )
    proof = forms.CharField(
        label=_("Tautan ke kiriman itu (bila ada)"), max_length=200, required=False, widget=forms.TextInput
    )


class NoticeForm(forms.Form):
    """A poster that was hung up, from a phone in front of the board."""

    board = forms.ModelChoiceField(
        label=_("Papan"),
        queryset=Board.objects.filter(enabled=True),
        empty_label=_("Pilih papan"),
        error_messages={"required": _("Pilih papannya.")},
    )
    put_up_at = forms.DateTimeField(
        label=_("Dipasang (tanggal dan jam)"),
        initial=timezone.localtime,
        widget=forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M"),
        error_messages={"required": _("Tulis kapan dipasang.")},
    )
    photo = forms.FileField(
        label=_("Foto papan (JPG)"),
        help_text=_("Poster harus terbaca. Jangan ada wajah orang di foto: foto ini dilihat umum."),
        widget=forms.ClearableFileInput(attrs={"accept": "image/jpeg", "capture": "environment"}),
        error_messages={"required": _("Ambil foto papannya.")},
    )
