"""Items of the office: written, looked at by two others, used, retired. The words never leave by a log or a message."""

import json

from django.db import IntegrityError, transaction

from exams.models import Item, ItemVersion


class Taken(Exception):
    """There is an item of that code."""


class NotYours(Exception):
    """Whoever wrote a version, or looked at it already, is not the one to judge it."""


class NotNow(Exception):
    """The version was judged already, is not the newest, or the item is retired."""


def _version(item: Item, number: int, body: dict, by, at) -> ItemVersion:
    words = {"body": body} if item.free else {"sealed": json.dumps(body, ensure_ascii=False)}
    return ItemVersion.objects.create(item=item, number=number, author=by, made_at=at, **words)


@transaction.atomic
def write(*, code: str, component: str, topic: str, free: bool, content: dict, by, at) -> ItemVersion:
    """A new item with its first version, waiting for two reviews. Raises Taken."""
    try:
        with transaction.atomic():
            item = Item.objects.create(code=code, component=component, topic=topic, free=free, made_by=by, made_at=at)
    except IntegrityError as error:
        raise Taken(code) from error
    return _version(item, 1, content, by, at)


@transaction.atomic
def revise(item: Item, *, content: dict, by, at) -> ItemVersion:
    """Other words: a new version. The one in force stays in use until two have looked at the new one. Raises NotNow."""
    locked = _locked(item)
    newest = locked.versions.order_by("-number").first()
    return _version(locked, newest.number + 1, content, by, at)


def _locked(item: Item) -> Item:
    found = Item.objects.select_for_update(no_key=True).get(pk=item.pk)
    if found.retired_at:
        raise NotNow
    return found


def _open(version: ItemVersion, by) -> ItemVersion:
    item = _locked(version.item)
    found = ItemVersion.objects.select_for_update(no_key=True).get(pk=version.pk)
    newer = item.versions.filter(number__gt=found.number).exists()
    if newer or found.in_force_at or found.returned_at or found.author_id is None:
        raise NotNow
    if by.pk in (found.author_id, found.first_by_id):
        raise NotYours
    return found


@transaction.atomic(durable=True)
def approve(version: ItemVersion, *, by, at) -> ItemVersion:
    """One of two says that it may be used; with the second it is in force. Raises NotYours, NotNow."""
    found = _open(version, by)
    if found.first_by_id is None:
        found.first_by, found.first_at = by, at
        found.save(update_fields=["first_by", "first_at"])
    else:
        found.second_by, found.second_at, found.in_force_at = by, at, at
        found.save(update_fields=["second_by", "second_at", "in_force_at"])
    return found


@transaction.atomic(durable=True)
def send_back(version: ItemVersion, *, because: str, by, at) -> ItemVersion:
    """It is not used like this; the author writes another version. Raises NotYours, NotNow."""
    found = _open(version, by)
    found.returned_by, found.returned_at, found.returned_because = by, at, because
    found.save(update_fields=["returned_by", "returned_at", "returned_because"])
    return found


@transaction.atomic(durable=True)
def retire(item: Item, *, reason: str, by, at) -> Item:
    """It is not drawn any more; who has it in a running test keeps it. Raises NotNow."""
    found = _locked(item)
    found.retired_by, found.retired_at, found.retire_reason = by, at, reason
    found.save(update_fields=["retired_by", "retired_at", "retire_reason"])
    return found
