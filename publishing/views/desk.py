"""Staff see what went over the outside channels, and say what became of a post that is in doubt."""

from django.contrib import messages
from django.db.models import Count
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from accounts.guards import roles_required
from accounts.roles import Role
from lib.document_checks.check import BadDocument
from publishing import queries
from publishing.actions import notice as notices
from publishing.actions import posting
from publishing.forms import NoticeForm, SettleForm
from publishing.models import Board, Post
from publishing.states import PostState

DESK = (Role.PREPARER, Role.PUBLISHER)
BOARDS = (*DESK, Role.AGENCY_OFFICER)


@roles_required(*DESK)
@require_GET
def post_list(request):
    """Posts that wait for somebody to look, and the newest of the others."""
    others = Post.objects.exclude(state__in=[PostState.UNKNOWN, PostState.FAILED])
    context = {
        "waiting": queries.waiting_posts()[:100],
        "others": others.select_related("publication", "channel").order_by("-pk")[:50],
        "zone": timezone.get_default_timezone(),
    }
    return render(request, "publishing/post_list.html", context)


@roles_required(*DESK)
@require_http_methods(["GET", "POST"])
def post_detail(request, pk):
    """One post; an officer who looked at the channel says whether it is there."""
    found = get_object_or_404(Post.objects.select_related("publication", "channel"), pk=pk)
    form = SettleForm(request.POST or None)
    if form.is_valid():
        given = form.cleaned_data
        try:
            posting.settle(found, arrived=given["arrived"], proof=given["proof"], by=request.user, at=timezone.now())
        except posting.NotDoubtful as error:
            form.add_error(None, str(error))
        else:
            messages.success(
                request, _("Dicatat sebagai terkirim.") if given["arrived"] else _("Kiriman masuk antrean lagi.")
            )
            return redirect("post_list")
    context = {
        "post": found,
        "form": form,
        "zone": timezone.get_default_timezone(),
        "open": found.state in (PostState.UNKNOWN, PostState.FAILED),
    }
    return render(request, "publishing/post_detail.html", context, status=422 if form.errors else 200)


@roles_required(*BOARDS)
@require_GET
def notice_list(request):
    """The newest news, with how many boards it hangs on: choose the one that was put up."""
    news = queries.news().annotate(boards=Count("notices__board", distinct=True))[:30]
    context = {
        "news": news,
        "boards": Board.objects.filter(enabled=True).count(),
        "zone": timezone.get_default_timezone(),
    }
    return render(request, "publishing/notice_list.html", context)


@roles_required(*BOARDS)
@require_http_methods(["GET", "POST"])
def notice_new(request, pk):
    """Send the photo of a board on which the news hangs."""
    found = get_object_or_404(queries.news(), pk=pk)
    form = NoticeForm(request.POST or None, request.FILES or None)
    if form.is_valid():
        try:
            notices.put_up(found, by=request.user, at=timezone.now(), **form.cleaned_data)
        except BadDocument as error:
            form.add_error("photo", str(error))
        except notices.NotPossible as error:
            form.add_error(None, str(error))
        else:
            messages.success(request, _("Tercatat. Foto terlihat di halaman kabar ini."))
            return redirect("notice_new", pk=pk)
    context = {
        "publication": found,
        "form": form,
        "boards": Board.objects.filter(enabled=True).exists(),
        "notices": queries.notices(found),
        "zone": timezone.get_default_timezone(),
    }
    return render(request, "publishing/notice_new.html", context, status=422 if form.errors else 200)
