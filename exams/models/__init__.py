from exams.models.blueprint import Blueprint, BlueprintPart
from exams.models.item import Component, Item, ItemVersion
from exams.models.item_file import ItemExport, ItemImport
from exams.models.sitting import Answer, Sitting, SittingItem
from exams.models.statistic import ItemStatistic

__all__ = [
    "Answer",
    "Blueprint",
    "BlueprintPart",
    "Component",
    "Item",
    "ItemExport",
    "ItemImport",
    "ItemStatistic",
    "ItemVersion",
    "Sitting",
    "SittingItem",
]
