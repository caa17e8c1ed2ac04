"""The numbers beside the filters, against a recount by hand over many combinations of filters."""

import itertools
import random

import pytest

from tests.vacancies.city import City
from tests.vacancies.test_vacancy_list import codes, counts
from vacancies import tally
from vacancies.salary import STEPS

LEVELS = {"d3": "Diploma III/Sarjana Muda", "s1": "S-1/Sarjana", "sma": "SLTA", "s2": "S-2"}
NEEDS = {"umum": "UMUM", "disabilitas": "PENYANDANG DISABILITAS", "cumlaude": "PUTRA/PUTRI LULUSAN TERBAIK BERPREDIKAT DENGAN PUJIAN"}  # fmt: skip
OFFICES = {f"dinas-{name.lower()}": f"Pemerintah Kota Contoh | DINAS {name}" for name in ("AIR", "BUDAYA", "CAGAR")}
WORDS = ("arsip", "benih", "cetak")
KINDS = {"cpns": "dibuka", "pppk": "akan", "contract": "tutup"}
STEP_VALUES = [str(least) for least, _words in STEPS]


@pytest.fixture
def offers(db) -> list[dict]:
    """Ninety vacancies of all sorts; each as a plain dict, which is what the recount reads."""
    city, chance, made = City(), random.Random(7), []
    for kind, recruitment in (("cpns", city.open), ("pppk", city.coming), ("contract", city.closed)):
        recruitment.formations.update(withdrawn_at=city.now)
        rows = []
        for number in range(30):
            one = {
                "code": f"{kind}-{number}",
                "jenis": {kind},
                "status": {KINDS[kind]},
                "jenjang": set(chance.sample(sorted(LEVELS), chance.choice([1, 1, 2]))),
                "kebutuhan": {chance.choice(sorted(NEEDS))},
                "disabilitas": {"1"} if chance.random() < 0.4 else set(),
                "unit": {chance.choice(sorted(OFFICES))},
                "most": chance.choice([0, 2_000_000, 4_000_000, 6_000_000, 8_000_000, 12_000_000]),
                "q": {chance.choice(WORDS)},
            }
            one["gaji"] = {value for value in STEP_VALUES if one["most"] >= int(value)}
            made.append(one)
            rows += [
                {
                    "formasi_id": one["code"], "jabatan_nm": f"PENATA {min(one['q'])}".upper(), "jp_nama": "",
                    "lokasi_nm": OFFICES[min(one["unit"])], "formasi_nm": NEEDS[min(one["kebutuhan"])],
                    "disable": "1" if one["disabilitas"] else "0", "gaji_min": "", "gaji_max": str(one["most"] or ""),
                    "jenjang_studi": LEVELS[level], "program_studi": f"{level.upper()} APA SAJA",
                }
                for level in sorted(one["jenjang"])
            ]  # fmt: skip
        city.fill(recruitment, *rows)
    return made


def fits(one: dict, asked: dict, *, but: str = "") -> bool:
    return all(one[name] & values for name, values in asked.items() if name != but)


def a_query(chance) -> dict[str, set]:
    choices = {
        "jenis": sorted(KINDS), "status": sorted(KINDS.values()), "jenjang": sorted(LEVELS), "kebutuhan": sorted(NEEDS),
        "disabilitas": ["1"], "unit": sorted(OFFICES), "gaji": STEP_VALUES, "q": WORDS,
    }  # fmt: skip
    single = ("unit", "gaji", "q", "disabilitas")
    names = chance.sample(sorted(choices), chance.choice([0, 1, 1, 2, 2, 3, 4]))
    return {
        name: set(chance.sample(choices[name], 1 if name in single else chance.choice([1, 1, min(2, len(choices[name]))])))
        for name in names
    }  # fmt: skip


def as_query(asked: dict) -> str:
    return "?" + "&".join(f"{name}={value}" for name in sorted(asked) for value in sorted(asked[name]))


@pytest.mark.parametrize("seed", range(3))
def test_result_and_counts_are_those_of_a_recount_by_hand(client, offers, seed):
    chance = random.Random(seed)
    for _turn in range(15):
        asked = a_query(chance)
        query = as_query(asked)
        wanted = {}
        for name in tally.COUNTED:
            for one in offers:
                for value in one[name] if fits(one, asked, but=name) else ():
                    wanted[f"{name}={value}"] = wanted.get(f"{name}={value}", 0) + 1

        shown = counts(client, query)
        found = codes(client, query)

        assert {choice: n for choice, n in shown.items() if n} == wanted, query
        assert sorted(found) == sorted(one["code"] for one in offers if fits(one, asked)), query


def test_for_an_empty_result_each_way_out_leads_to_as_many_as_it_says(client, offers):
    choices = itertools.product(LEVELS, STEP_VALUES[2:], OFFICES, WORDS)
    all_asked = [dict(zip(("jenjang", "gaji", "unit", "q"), ({one} for one in row), strict=True)) for row in choices]
    empty = [asked for asked in all_asked if not any(fits(one, asked) for one in offers)]
    assert empty
    for asked in random.Random(1).sample(empty, min(12, len(empty))):
        page = client.get(f"/lowongan/{as_query(asked)}")

        said = {one["url"]: one["count"] for one in page.context["drops"]}
        helps = {name: sum(fits(one, asked, but=name) for one in offers) for name in asked}
        assert sorted(said.values()) == sorted(n for n in helps.values() if n), asked
        for url, n in said.items():
            assert len(codes(client, url)) == n


def test_counts_that_forget_the_other_filters_would_not_pass(client, offers, monkeypatch):
    """The twin: a tally that counts the unfiltered list."""
    count = tally.count
    monkeypatch.setattr(
        tally, "count", lambda everything, _conditions, registrations: count(everything, {}, registrations)
    )

    with pytest.raises(AssertionError):
        test_result_and_counts_are_those_of_a_recount_by_hand(client, offers, 0)
