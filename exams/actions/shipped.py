"""The free items and practice formats that come with the product: files in `exams/items/` and `exams/formats.json`."""

import json
from pathlib import Path

from django.db import transaction

from exams import content
from exams.models import Blueprint, BlueprintPart, Component, Item, ItemVersion
from exams.scoring import Kind

HERE = Path(__file__).resolve().parent.parent
ITEMS, FORMATS = HERE / "items", HERE / "formats.json"
GONE = "Tidak lagi disertakan dalam produk."


class Unfit(Exception):
    """A shipped file says something that cannot be used; the words name item and field."""


def read(folder: Path = ITEMS) -> list[dict]:
    """Every item of the files: code, component, topic, and its content as `exams/content.py` has it. Raises Unfit.

    Its place in the file is part of its code: new items are added at the end.
    """
    found = []
    for path in sorted(folder.glob("*.json")):
        file = json.loads(path.read_text())
        for number, raw in enumerate(file["items"], start=1):
            item = {
                "code": f"{file['component']}-{file['topic']}-{number:02d}",
                "component": file["component"],
                "topic": file["topic"],
                "content": _content(raw, weighted=file["component"] == Component.TKP),
            }
            if wrong := content.problems(item["content"]):
                raise Unfit(f"{item['code']}: {wrong}")
            found.append(item)
    return found


def _content(raw: dict, *, weighted: bool) -> dict:
    """The short form of the files: the first option is the right one; of weighted ones they go down from 5 points to 1.

    `image`, where a question has a picture, as `exams/content.py` has it.
    """
    options = [{"key": key, "text": text} for key, text in zip(content.KEYS, raw["options"], strict=False)]
    made = {"kind": Kind.WEIGHTED if weighted else Kind.SINGLE, "stem": raw["stem"], "options": options}
    if weighted:
        for worth, one in zip((5, 4, 3, 2, 1), options, strict=True):
            one["points"] = worth
    else:
        made["right"] = [content.KEYS[0]]
    picture = {"image": raw["image"]} if "image" in raw else {}
    return made | {"explanation": raw["explanation"]} | picture


@transaction.atomic
def load(*, at, folder: Path = ITEMS, formats: Path = FORMATS) -> tuple[int, int, int]:
    """Bring the files into the item bank: (new versions, unchanged, retired). May run twice; changes nothing then.

    An item whose words changed gets a new version; one that is not in the files any more is retired. Items of the
    office are not touched.
    """
    # Two that load at once would both see nothing; the second waits and then sees what the first wrote.
    list(Item.objects.filter(made_by=None).select_for_update().order_by("pk"))
    newest = {
        version.item.code: version
        for version in ItemVersion.objects.filter(item__made_by=None).select_related("item").order_by("number")
    }
    given, added = read(folder), 0
    for one in given:
        version = newest.get(one["code"])
        if version and version.body == one["content"]:
            continue
        item = version.item if version else _item(one, at)
        number = version.number + 1 if version else 1
        ItemVersion.objects.create(item=item, number=number, body=one["content"], made_at=at, in_force_at=at)
        added += 1
    gone = Item.objects.filter(made_by=None, retired_at=None).exclude(code__in=[one["code"] for one in given])
    retired = gone.update(retired_at=at, retire_reason=GONE)
    _blueprints(json.loads(formats.read_text()))
    return added, len(given) - added, retired


def _item(one: dict, at) -> Item:
    return Item.objects.create(code=one["code"], component=one["component"], topic=one["topic"], free=True, made_at=at)


def _blueprints(formats: list[dict]) -> None:
    """Formats are offered as the file has them; what was offered before and is not in it any more stays, unoffered."""
    for order, one in enumerate(formats):
        parts = one["parts"]
        made, new = Blueprint.objects.get_or_create(
            slug=one["slug"],
            defaults={
                "name": one["name"], "about": one["about"], "seconds": one["minutes"] * 60, "practice": True,
                "rulepack": one["rulepack"], "rule": one["rule"], "order": order,
            },
        )  # fmt: skip
        if new:
            BlueprintPart.objects.bulk_create(
                BlueprintPart(blueprint=made, place=place, **part) for place, part in enumerate(parts)
            )
    names = [one["slug"] for one in formats]
    Blueprint.objects.filter(practice=True, offered=True).exclude(slug__in=names).update(offered=False)
