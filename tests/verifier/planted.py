"""Rule packs changed on purpose, each with a cohort that shows it. Any engine must give another result."""

from copy import deepcopy


def _edit(change):
    def mutate(pack: dict) -> dict:
        broken = deepcopy(pack)
        change(broken)
        return broken

    return mutate


def person(row_id, twk, tiu, tkp, *, need="umum", quota=1, formation="F", **more) -> dict:
    scores = {"twk": str(twk), "tiu": str(tiu), "tkp": str(tkp)}
    return {"row_id": row_id, "formasi_id": formation, "kebutuhan": need, "kuota": str(quota), **scores, **more}


def graduate(row_id, skd, skb, *, tkp=180, tiu=110, twk=90, **more) -> dict:
    scores = {"skd": str(skd), "skb": str(skb), "tkp": str(tkp), "tiu": str(tiu), "twk": str(twk)}
    return {"row_id": row_id, "formasi_id": "F", "kebutuhan": "umum", "kuota": "1", **scores, **more}


EQUALS = [person(f"e{i}", 100, 100, 180) for i in range(4)] + [person("x", 90, 90, 170)]
MIXED = [person("a", 65, 80, 166), person("b", 64, 100, 200), person("c", 100, 79, 200), person("d", 100, 100, 165)]
TIES = [
    person(n, *s)
    for n, s in {"a": (90, 110, 200), "b": (100, 100, 200), "c": (80, 110, 210), "d": (70, 120, 210)}.items()
]
FINALS = [
    graduate("a", 400, "70", ipk="3.40", birth_date="1995-01-01"),
    graduate("b", 400, "70", ipk="3.50", birth_date="1999-01-01"),
    graduate("c", 400, "70", ipk="3.50", birth_date="1998-01-01"),
    graduate("d", 420, "67.576", ipk="3.9", birth_date="1990-01-01"),
    graduate("e", 395, "70.606", ipk="3.9", birth_date="1990-01-01"),
]

# name → (stage, cohort, mutation of the pack cpns-2024)
PLANTED = {
    "TWK limit lowered": ("skd", MIXED, _edit(lambda p: p["stages"]["skd"]["thresholds"]["umum"].update(twk=64))),
    "TIU limit lowered": ("skd", MIXED, _edit(lambda p: p["stages"]["skd"]["thresholds"]["umum"].update(tiu=79))),
    "TKP limit forgotten": ("skd", MIXED, _edit(lambda p: p["stages"]["skd"]["thresholds"]["umum"].update(tkp=None))),
    "limit must be exceeded": ("skd", MIXED, _edit(lambda p: p["stages"]["skd"]["thresholds"]["umum"].update(tkp=167))),
    "cumulative limit forgotten": (
        "skd",
        [person("a", 20, 90, 170, need="cumlaude"), person("b", 60, 90, 170, need="cumlaude")],
        _edit(lambda p: p["stages"]["skd"]["thresholds"]["cumlaude"].update(total=None)),
    ),
    "no threshold for disability": (
        "skd",
        [person("a", 50, 55, 200, need="disabilitas"), person("b", 50, 60, 176, need="disabilitas")],
        _edit(lambda p: p["stages"]["skd"]["thresholds"].update(disabilitas={})),
    ),
    "two places instead of three": ("skd", TIES, _edit(lambda p: p["stages"]["skd"].update(multiplier=2))),
    "no limit": ("skd", TIES, _edit(lambda p: p["stages"]["skd"].update(multiplier=None))),
    "TIU before TKP": ("skd", TIES, _edit(lambda p: p["stages"]["skd"].update(order=["final", "tiu", "tkp", "twk"]))),
    "ties not broken": ("skd", TIES, _edit(lambda p: p["stages"]["skd"].update(order=["final"]))),
    "weights swapped": (
        "akhir",
        FINALS,
        _edit(lambda p: [part.update(weight=100 - part["weight"]) for part in p["stages"]["akhir"]["parts"]]),
    ),
    "rounded to whole numbers": ("akhir", FINALS, _edit(lambda p: p["stages"]["akhir"].update(decimals=0))),
    "not rounded in stages": ("akhir", FINALS, _edit(lambda p: p["stages"]["akhir"].update(decimals=9))),
    "age before IPK": (
        "akhir",
        [FINALS[0], graduate("b", 400, "70", ipk="3.50", birth_date="1999-01-01")],
        _edit(lambda p: p["stages"]["akhir"].update(closed_order=["birth_date", "ipk"])),
    ),
    "IPK ignored": ("akhir", FINALS[:2], _edit(lambda p: p["stages"]["akhir"].update(closed_order=["birth_date"]))),
    "all equals pass in the final": (
        "akhir",
        FINALS[:3],
        _edit(lambda p: p["stages"]["akhir"].update(equal_on_limit="all_pass")),
    ),
    "divided by 500": (
        "akhir",
        FINALS,
        _edit(lambda p: next(c for c in p["stages"]["akhir"]["components"] if c["key"] == "skd").update(max=500)),
    ),
    "zero means absent": (
        "skd",
        [person("a", 0, 0, 0)],
        _edit(lambda p: p["stages"]["skd"].update(zero_total_is_absent=True)),
    ),
}
