"""Everybody presses at once while registration closes; the same checks go red with one lock taken away."""

import re
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from datetime import date, timedelta

from django.db import connection, connections
from django.utils import timezone

from ledger.models import Pending
from publishing.models import Delivery
from selection.actions import application as actions
from selection.actions import closing
from selection.models import Application, Receipt
from selection.states import State
from tests.parts import make_user
from tests.selection.applying import Vacancy

REFUSED = "refused"


class Rush:
    """`people` send `presses` times each over sixteen connections in the last second; a keeper closes meanwhile.

    `without` is a lock (a pattern) that is cut out of every statement; `slowly` gives each submit a pause before its
    receipt, so that many are on their way when the time is over.
    """

    def __init__(self, people: int, presses: int, *, without: str | None = None, slowly: float = 0):
        self.without, self.slowly = without, slowly
        self.vacancy = Vacancy(documents=False)
        drafts = []
        for number in range(people):
            user = make_user(f"pelamar{number}@contoh.example")
            drafts.append((user, self.vacancy.draft(user, nik=f"99{number:014d}", born=date(1990, 1, 1))))
        self.stage = type(self.vacancy.stage).objects.filter(pk=self.vacancy.stage.pk)
        self.stage.update(closes_at=timezone.now() + timedelta(seconds=1))
        keeper = threading.Thread(target=self.close)
        keeper.start()
        with ThreadPoolExecutor(16) as pool:
            pairs = [pair for pair in drafts for _ in range(presses)]
            self.answers = list(pool.map(self.press, pairs))
        keeper.join()

    def close(self) -> None:
        try:
            while not closing.close_due(timezone.now()):
                time.sleep(0.02)
        finally:
            connections.close_all()

    def press(self, pair) -> tuple[int, str]:
        """The application and the number on the receipt that the person was shown, or why there is none."""
        user, application = pair
        try:
            with connection.execute_wrapper(self.statement):
                return application.pk, actions.submit(application, by=user).number
        except actions.NotOpen:
            return application.pk, REFUSED
        except Exception as error:
            return application.pk, f"error: {error}"
        finally:
            connections.close_all()

    def statement(self, execute, sql, params, many, context):
        if self.without:
            sql = re.sub(self.without, "", sql)
        if self.slowly and sql.startswith('INSERT INTO "selection_receipt"'):
            time.sleep(self.slowly)
        return execute(sql, params, many, context)

    def complaints(self) -> list[str]:
        """Everything that must not be after such a rush; empty when nothing was lost, doubled or late."""
        found = []
        receipts = dict(Receipt.objects.values_list("application_id", "number"))
        for pk, answer in self.answers:
            if answer.startswith("error"):
                found.append(f"a press ended in an {answer}")
            elif answer != REFUSED and receipts.get(pk) != answer:
                found.append("an acknowledged receipt is not there")
        sent = set(Application.objects.filter(state=State.SUBMITTED).values_list("pk", flat=True))
        if sent != set(receipts):
            found.append("sent and receipted are not the same")
        if sent - {pk for pk, answer in self.answers if answer != REFUSED}:
            found.append("somebody was refused and is in")
        if Delivery.objects.count() != len(receipts):
            found.append("not one letter for each receipt")
        if Receipt.objects.filter(at__gte=self.stage.get().closes_at).exists():
            found.append("a receipt after the closing instant")
        fact = bytes(Pending.objects.get(kind="registration.closed").body).decode()
        if not re.search(rf'"applications":{len(receipts)}\b', fact):
            found.append("closing counted another number")
        if not receipts:
            found.append("nobody got in")
        return found


def test_two_hundred_press_twice_in_the_last_second(own_database):
    rush = Rush(people=200, presses=2)

    assert rush.complaints() == []


def test_who_was_let_in_is_counted_however_slowly_the_receipt_is_written(own_database):
    rush = Rush(people=40, presses=1, slowly=0.3)

    assert rush.complaints() == []


def test_without_the_shared_lock_closing_counts_before_everybody_is_in(own_database):
    """The twin of both: nothing but FOR SHARE is missing."""
    rush = Rush(people=40, presses=1, slowly=0.3, without=r" FOR SHARE")

    assert "closing counted another number" in rush.complaints()


def test_without_the_row_lock_a_double_click_ends_in_an_error(own_database):
    """The twin for the second press: nothing but the lock on the application is missing."""
    rush = Rush(people=20, presses=2, slowly=0.1, without=r' FOR NO KEY UPDATE( OF "\w+")?')

    # Which of the two that stand behind the lock refuses the second press, is a matter of moments.
    refusals = ("submitted → submitted", "duplicate key")
    assert any(words in complaint for complaint in rush.complaints() for words in refusals), rush.complaints()
