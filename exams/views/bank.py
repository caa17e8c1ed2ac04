"""The item bank under /kelola/soal/: for those who write and review items, and nobody else; not for who manages accounts."""

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.guards import roles_required, second_factor_again
from accounts.roles import Role
from exams import content, item_rows
from exams.actions import item_files, items
from exams.forms import ItemFileForm, ItemForm, ReasonForm, initial_of
from exams.models import Component, Item, ItemExport, ItemImport, ItemVersion
from lib.table_files.reader import Unreadable
from lib.uploads import kept_in_memory

A_PAGE = 50
A_PICTURE = 5 * content.IMAGE_BYTES + 1  # as much of it as is read
WRITER, REVIEWER = Role.ITEM_WRITER, Role.ITEM_REVIEWER


@roles_required(WRITER, REVIEWER)
@require_safe
def item_list(request):
    """The items by name and state; what they ask is on their own page."""
    shown, component = request.GET.get("tampil", ""), request.GET.get("komponen", "")
    found = Item.objects.all()
    if component in Component.values:
        found = found.filter(component=component)
    if shown == "menunggu":
        found = found.filter(versions__in=ItemVersion.objects.waiting())
    elif shown == "rahasia":
        found = found.secret()
    found = found.order_by("component", "topic", "code").prefetch_related("versions")
    query = "".join(f"{key}={value}&" for key, value in (("tampil", shown), ("komponen", component)) if value.isalnum())
    context = {
        "page": Paginator(found, A_PAGE).get_page(request.GET.get("halaman")),
        "query": query,
        "shown": shown,
        "component": component,
        "components": Component.choices,
        "may_write": request.user.has_role(WRITER),
    }
    return render(request, "exams/bank/list.html", context)


@roles_required(WRITER)
@kept_in_memory(A_PICTURE)
@require_http_methods(["GET", "POST"])
def item_new(request):
    """Write an item. Two others look at it before it is used."""
    form = ItemForm(request.POST or None, request.FILES or None)
    if request.method == "POST" and form.is_valid():
        try:
            made = items.write(**form.read, free=bool(form.cleaned_data["free"]), by=request.user, at=timezone.now())
        except items.Taken:
            form.add_error("code", _("Kode ini sudah dipakai. Pakai kode lain."))
        else:
            messages.success(request, _("Soal tersimpan. Dua penelaah lain memeriksanya sebelum dipakai."))
            return redirect("item_detail", made.item.code)
    return render(request, "exams/bank/edit.html", {"form": form}, status=422 if form.errors else 200)


@roles_required(WRITER)
@kept_in_memory(A_PICTURE)
@require_http_methods(["GET", "POST"])
def item_edit(request, code):
    """Other words for an item: a new version, looked at by two others. The old one stays as it is."""
    item = get_object_or_404(Item, code=code, retired_at=None, made_by__isnull=False)
    newest = item.versions.select_related("item").first()
    form = ItemForm(request.POST or None, request.FILES or None, before=newest, initial=initial_of(newest))
    if request.method == "POST" and form.is_valid():
        items.revise(item, content=form.read["content"], by=request.user, at=timezone.now())
        messages.success(request, _("Versi baru tersimpan. Dua penelaah lain memeriksanya sebelum dipakai."))
        return redirect("item_detail", code)
    context = {"form": form, "item": item, "picture": newest.content.get("image")}
    return render(request, "exams/bank/edit.html", context, status=422 if form.errors else 200)


@roles_required(WRITER, REVIEWER)
@require_http_methods(["GET", "POST"])
def item_detail(request, code):
    """An item with all its versions; whoever did not write the newest may judge it."""
    item = get_object_or_404(Item, code=code)
    reason = ReasonForm(request.POST if request.POST.get("do") in ("return", "retire") else None)
    if request.method == "POST":
        if not request.user.has_role(REVIEWER):
            messages.error(request, _("Hanya penelaah yang menilai soal."))
            return redirect("item_detail", code)
        if request.POST.get("do") == "approve" or reason.is_valid():
            _judge(request, item, reason)
            return redirect("item_detail", code)
    versions = list(item.versions.select_related("author", "first_by", "second_by", "returned_by", "statistic"))
    newest = versions[0]
    context = {
        "item": item,
        "versions": versions,
        "newest": newest,
        "reason": reason,
        "may_write": request.user.has_role(WRITER) and item.made_by_id and not item.retired_at,
        "may_judge": request.user.has_role(REVIEWER) and newest.author_id and not item.retired_at
        and not newest.in_force_at and not newest.returned_at
        and request.user.pk not in (newest.author_id, newest.first_by_id),
        "may_retire": request.user.has_role(REVIEWER) and item.made_by_id and not item.retired_at,
    }  # fmt: skip
    return render(request, "exams/bank/detail.html", context, status=422 if reason.errors else 200)


def _judge(request, item: Item, reason: ReasonForm) -> None:
    by, now = request.user, timezone.now()
    chosen = request.POST.get("version", "")
    try:
        if request.POST["do"] == "retire":
            items.retire(item, reason=reason.cleaned_data["reason"], by=by, at=now)
            messages.success(request, _("Soal tidak dipakai lagi."))
            return
        version = get_object_or_404(item.versions, number=int(chosen) if chosen.isdecimal() and len(chosen) < 5 else 0)
        if request.POST["do"] == "approve":
            done = items.approve(version, by=by, at=now)
            words = _("Soal siap dipakai.") if done.in_force_at else _("Tercatat. Satu penelaah lagi memeriksanya.")
        else:
            items.send_back(version, because=reason.cleaned_data["reason"], by=by, at=now)
            words = _("Soal dikembalikan kepada penyusunnya.")
        messages.success(request, words)
    except items.NotYours:
        messages.error(request, _("Anda menulis atau sudah memeriksa versi ini. Orang lain yang menilainya."))
    except items.NotNow:
        messages.error(request, _("Versi ini sudah dinilai atau bukan yang terbaru. Muat ulang halaman."))


@roles_required(WRITER)
@kept_in_memory(item_files.MOST_BYTES)
@require_http_methods(["GET", "POST"])
def item_import_new(request):
    """Read a file of items: a report of what is wrong, row by row; nothing is in the bank yet."""
    form, refused = ItemFileForm(request.POST or None, request.FILES or None), None
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data
        try:
            made = item_files.stage(
                given["file"], free=bool(given["free"]), component=given["component"], topic=given["topic"],
                by=request.user, at=timezone.now(),
            )  # fmt: skip
            return redirect("item_import_detail", made.pk)
        except Unreadable as error:
            refused = error
    context = {
        "form": form,
        "refused": refused,
        "columns": item_rows.COLUMNS,
        "imports": ItemImport.objects.filter(by=request.user).defer("sealed")[:20],
    }
    return render(request, "exams/bank/import.html", context, status=422 if refused or form.errors else 200)


@roles_required(WRITER)
@require_http_methods(["GET", "POST"])
def item_import_detail(request, pk):
    """What the file would bring, or what to mend in it; POST brings all of it. Only whoever read the file applies it."""
    made = get_object_or_404(ItemImport, pk=pk, by=request.user)
    if request.method == "POST":
        try:
            count = item_files.apply(made, by=request.user, at=timezone.now())
            messages.success(request, _("%(n)s soal masuk bank soal dan menunggu telaah.") % {"n": count})
        except item_files.NotApplied as error:
            messages.error(request, str(error))
        return redirect("item_import_detail", pk)
    return render(request, "exams/bank/import_detail.html", {"made": made, "ready": bool(made.sealed)})


@roles_required(WRITER, REVIEWER)
@require_safe
def item_export_list(request):
    """Who took items out of the bank, and the button to do so."""
    context = {"exports": ItemExport.objects.select_related("by")[:50], "components": Component.choices}
    return render(request, "exams/bank/exports.html", context)


@roles_required(REVIEWER)
@second_factor_again
@require_POST
def item_export(request):
    """The items as CSV or QTI package, after a fresh second code, with a note of who took them."""
    component = request.POST.get("komponen", "")
    component = component if component in Component.values else ""
    free, package = request.POST.get("untuk") == "latihan", request.POST.get("bentuk") == "qti"
    inside = item_files.export(free=free, component=component, package=package, by=request.user, at=timezone.now())
    name = f"soal-{'latihan' if free else 'rahasia'}-{timezone.now():%Y%m%d-%H%M}.{'zip' if package else 'csv'}"
    return HttpResponse(
        inside,
        content_type="application/zip" if package else "text/csv; charset=utf-8",
        headers={"Content-Disposition": f'attachment; filename="{name}"'},
    )
