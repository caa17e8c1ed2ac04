from exams.models.blueprint import Blueprint, BlueprintPart
from exams.models.item import Component, Item, ItemVersion
from exams.models.item_file import ItemExport, ItemImport
from exams.models.local_test import Incident, ItemBox, LocalTest, Seat
from exams.models.neutralisation import Neutralisation, ShadowScore, TestFile
from exams.models.resit import Resit, ResitSeat
from exams.models.session import ExamSession, FeedKey, LiveDelivery, LiveRow
from exams.models.sitting import Answer, Sitting, SittingItem
from exams.models.statistic import ItemStatistic

__all__ = [
    "Answer",
    "Blueprint",
    "BlueprintPart",
    "Component",
    "ExamSession",
    "FeedKey",
    "Incident",
    "Item",
    "ItemBox",
    "ItemExport",
    "ItemImport",
    "ItemStatistic",
    "ItemVersion",
    "LiveDelivery",
    "LiveRow",
    "LocalTest",
    "Neutralisation",
    "Resit",
    "ResitSeat",
    "Seat",
    "ShadowScore",
    "Sitting",
    "SittingItem",
    "TestFile",
]
