"""The channels under /kelola/. What went over them has a desk of its own."""

from django.contrib import admin, messages
from django.utils.translation import gettext as _

from accounts.by_role import ByRole
from publishing.adapters import webhook
from publishing.forms import ChannelForm
from publishing.models import Board, Channel


@admin.register(Channel)
class ChannelAdmin(ByRole):
    form = ChannelForm
    list_display = ["name", "kind", "enabled"]
    fields = ["name", "code", "kind", "new_target", "page", "enabled"]

    def get_readonly_fields(self, request, obj=None):
        """A channel keeps its kind: what went over it is told by it."""
        return ["code", "kind"] if obj else []

    def save_model(self, request, obj, form, change):
        if obj.kind == Channel.Kind.WEBHOOK and not obj.secret:
            obj.secret = webhook.new_secret()
            words = _("Kunci tanda tangan untuk penerima, tampil sekali ini saja: %(secret)s")
            messages.warning(request, words % {"secret": obj.secret})
        super().save_model(request, obj, form, change)


@admin.register(Board)
class BoardAdmin(ByRole):
    list_display = ["name", "district", "place", "enabled"]
    list_filter = ["enabled", "district"]
    search_fields = ["name", "place"]
