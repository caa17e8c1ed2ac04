"""What the database refuses, said to people."""

from collections.abc import Callable, Mapping

from django.db import DatabaseError, transaction


class NotPossible(Exception):
    """Not now, not twice, or not by this person; the message says which."""


def said(work: Callable, words: Mapping[str, str]):
    """Do `work` in its own savepoint; a refusal becomes the sentence that `words` has for it. Raises NotPossible."""
    try:
        with transaction.atomic():
            return work()
    except DatabaseError as error:
        for mark, sentence in words.items():
            if mark in str(error):
                raise NotPossible(sentence) from None
        raise
