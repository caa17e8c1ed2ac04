class Refused(Exception):
    """An input cannot be used. `reasons` holds one sentence per fault, each naming its place."""

    def __init__(self, reasons: list[str]):
        self.reasons = reasons
        super().__init__("\n".join(reasons))


class PackRefused(Refused):
    """A rule pack is not well formed or not lawful (RULES.md sections 1 to 3, 9 to 11)."""


class ScoresRefused(Refused):
    """A score file breaks RULES.md section 4. Nothing of it was used."""
