"""The judge of pages sees every payload that runs, and files that are not what they claim are refused."""

import csv
import io

import pytest
from django.utils.html import escape

from lib.document_checks.check import BadDocument, check
from lib.plain_words import PlainField, plain
from lib.spreadsheet_text import FORMULA, safe
from tests.payloads import ADDRESSES, FILES, FORMULAS, INVISIBLE, LINKS, MARKUP, SVG, WORDS, as_seen, judge, seen
from tests.selection.applying import as_file

RUNS = MARKUP | SVG | LINKS
PLACES = ("<p>{}</p><p class='x'>y</p>", "<p><input value='{}'></p>", '<p><input value="{}"></p>')


def test_the_corpus_is_as_large_as_it_should_be():
    assert len(set(WORDS.values())) == len(WORDS) >= 60
    assert len(FILES) >= 15


@pytest.mark.parametrize("name", RUNS)
def test_the_judge_sees_what_runs_where_nobody_escapes_it(name):
    payload = RUNS[name]

    assert any(judge(place.format(payload)) for place in PLACES)
    assert judge(f"<p title='{escape(plain(payload))}'>{escape(plain(payload))}</p>") == []


@pytest.mark.parametrize("name", ADDRESSES)
def test_the_judge_sees_an_address_that_runs_even_where_it_is_escaped(name):
    payload = ADDRESSES[name]

    assert judge(f'<a href="{payload.replace(chr(34), "&quot;")}">x</a>')


@pytest.mark.parametrize("name", INVISIBLE)
def test_signs_that_nobody_sees_are_left_out_and_the_judge_would_see_them(name):
    payload = INVISIBLE[name]

    assert judge(f"<p>{payload}</p>")
    assert judge(f"<p>{PlainField().clean(payload)}</p>") == []


def test_what_people_write_stays_as_they_wrote_it():
    words = "Kak, S-1 “Gizi” boleh? ½ jam – 👩‍👧 क्‍ष é naïve Ñ"

    assert plain(words) == words
    assert plain("e\u0301") == "é"
    assert seen(f"<p>{escape(words)}</p>") == as_seen(words)
    assert PlainField().clean("satu\r\ndua") == "satu dua"


@pytest.mark.parametrize("name", FORMULAS)
def test_no_cell_of_a_table_begins_as_a_formula(name):
    payload = FORMULAS[name]
    target = io.StringIO()
    csv.writer(target).writerow([safe(payload), "x"])

    (row,) = csv.reader(io.StringIO(target.getvalue()))

    assert len(row) == 2
    assert not row[0].lstrip().startswith(FORMULA)


@pytest.mark.parametrize("name", FILES)
def test_a_file_that_is_not_what_it_claims_is_refused_or_loses_what_it_hid(name):
    file_name, content, kind = FILES[name]
    try:
        kept = check(as_file(content, file_name), kind=kind, max_kb=800).content.lower()
    except BadDocument as refused:
        assert str(refused)
    else:
        assert b"<script" not in kept and b"<html" not in kept and b"alert(" not in kept
