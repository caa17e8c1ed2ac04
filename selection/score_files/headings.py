"""What a column means, whatever it is called."""

import re

NUMBER = {"nopeserta", "nomorpeserta", "noujian", "nomorujian", "participantnumber", "rowid", "nopesertaujian"}
TOTAL = {"total", "jumlah", "nilaitotal", "totalnilai", "skortotal"}
CODE = {"keterangan", "ket", "status", "hasil", "remark", "statuskelulusan"}
SAME_CODE = {"T/L": "TL", "TMS-1": "TMSI"}  # two spellings of one code in the lists of several years
FORMATION = {"formasiid", "kodeformasi", "idformasi", "formasi"}


def plain(heading: str) -> str:
    """The heading without case, spaces and signs: 'No. Peserta' → 'nopeserta'."""
    return re.sub(r"[^a-z0-9]", "", heading.lower())


class MissingColumns(Exception):
    """The file has no column of these names."""

    def __init__(self, names: list[str]):
        super().__init__(", ".join(names))
        self.names = names


class RepeatedColumns(Exception):
    """Two columns of the file mean the same; `headings` are theirs as written."""

    def __init__(self, headings: list[str]):
        super().__init__(", ".join(headings))
        self.headings = headings


def positions(headings: list[str], wanted: dict[str, set[str]], required: set[str]) -> dict[str, int]:
    """Which column holds what.

    Raises MissingColumns naming those of `required` that are not there, RepeatedColumns when two mean the same:
    taking the first would leave out the other unseen.
    """
    found: dict[str, int] = {}
    for index, heading in enumerate(headings):
        for meaning, names in wanted.items():
            if plain(heading) in names:
                if meaning in found:
                    raise RepeatedColumns([headings[found[meaning]], heading])
                found[meaning] = index
                break
    if missing := sorted(required - found.keys()):
        raise MissingColumns(missing)
    return found
