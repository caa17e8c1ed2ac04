"""The limits on the weights of SKB tests (RULES.md section 10)."""

MAIN, EXTRA = "skb", "skb_extra"


def weight_faults(tests: list[tuple[str, str, int]], scope: str) -> list[str]:
    """Why these weights are not lawful; empty when they are.

    `tests` are (part, method, weight in thousandths of a percent). A region may add one test of at most 40 %
    and no interview; a central agency three tests of together 50 %, the interview at most 10 %
    (KepmenPANRB on the mechanism of PNS selection). A school has no SKB.
    """
    percent = 1000
    main = sum(weight for part, _, weight in tests if part == MAIN)
    extra = [(method, weight) for part, method, weight in tests if part == EXTRA]
    together = sum(weight for _, weight in extra)
    interview = sum(weight for method, weight in extra if method == "wawancara")
    found = []
    if main + together != 100 * percent:
        found.append("the weights do not add to 100")
    if main < 50 * percent:
        found.append("the main SKB test weighs less than 50")
    if scope == "regional":
        if len(extra) > 1:
            found.append("a region may add at most one test")
        if together > 40 * percent:
            found.append("an additional test of a region weighs at most 40")
        if any(method == "wawancara" for method, _ in extra):
            found.append("an interview is no additional test in a region")
    if scope == "central":
        if len(extra) > 3:
            found.append("at most three additional tests")
        if together > 50 * percent:
            found.append("additional tests weigh together at most 50")
        if interview > 10 * percent:
            found.append("an interview weighs at most 10")
    return found
