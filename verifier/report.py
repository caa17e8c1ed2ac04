"""What is said while checking: one sentence per line in English, the verdict also in Indonesian."""

FITS, DIFFERS, UNUSABLE, PROMISED = 0, 1, 2, 3


def printable(sentence: str) -> str:
    """`sentence` in one line: what came from outside must not be able to write lines of its own, nor colours."""
    return "".join(character if character.isprintable() else "?" for character in sentence)


class Report:
    """Sentences, said at once; `problems` are those that speak against what was checked."""

    def __init__(self):
        self.problems: list[str] = []
        self.redacted = 0  # rows of which only the hash is left, rightly

    def say(self, sentence: str) -> None:
        print(printable(sentence))

    def doubt(self, sentence: str) -> None:
        self.problems.append(sentence)
        print(printable(sentence))

    def verdict(self) -> int:
        """Say whether everything agrees; the exit code that goes with it."""
        if not self.problems:
            print("Everything agrees.")
            hidden = f"; {self.redacted} baris disamarkan" if self.redacted else ""
            print(f"Cocok: semua yang diperiksa sesuai{hidden}.")
            return FITS
        print(f"{len(self.problems)} differences.")
        print(f"Tidak cocok: {len(self.problems)} hal di atas tidak sesuai. Simpan berkas ini dan laporkan.")
        return DIFFERS
