"""People of the directory and files that name them, for tests that need some."""

import csv
import io
from datetime import date
from itertools import count

from tests.parts import DAY, NOON, make_agency, make_user
from workforce.actions.employee_import import nip_index
from workforce.models import Appointment, Employee, Level, Position

_serial = count(1)
BACKEND = "django.contrib.auth.backends.ModelBackend"
CITY = "Pemerintah Kota Contoh"  # settings.INSTANCE["name"]


def a_nip(*, born: str = "19850307", sex: int = 2) -> str:
    months, number = divmod(next(_serial), 1000)  # three digits of a serial, and as many months as are needed
    return f"{born}{2010 + months // 12}{months % 12 + 1:02d}{sex}{number:03d}"


def a_unit(name: str = "", parent=None):
    return make_agency(name or f"Dinas {next(_serial)}", parent)


def a_position(unit, name: str = "Analis", level=Level.EXECUTIVE, *, heads_unit: bool = False) -> Position:
    return Position.objects.get_or_create(unit=unit, name=name, level=level, defaults={"heads_unit": heads_unit})[0]


def an_employee(position=None, *, user=None, shown: bool = True, at=NOON, since=date(2024, 1, 2), **fields) -> Employee:
    """Somebody who holds `position` by decree; shown to everybody since yesterday, or in preview for two weeks."""
    position = position or a_position(a_unit())
    nip = fields.pop("nip", None) or a_nip()
    officer = fields.pop("by", None) or make_user(f"penyiap{next(_serial)}@kantor.example")
    made = Employee.objects.create(
        nip=nip, nip_index=nip_index(nip), position=position, user=user, added_by=officer, added_at=at,
        preview_until=at - DAY if shown else at + 14 * DAY,
        **({"name": f"Pegawai {next(_serial)}", "kind": "pns", "sex": "P", "grade": "III/c"} | fields),
    )  # fmt: skip
    Appointment.objects.create(
        employee=made, position=position, since=since, decree=f"SK/{made.pk}/2024", by=officer, at=at
    )
    return made


HEADINGS = ["nip", "nama", "jenis", "unit", "jabatan", "jenjang", "tmt", "nomor_keputusan"]


def a_row(**cells) -> dict:
    """One row of a file of employees."""
    return {
        "nip": a_nip(), "nama": f"Nama {next(_serial)}", "jenis": "PNS", "unit": "Dinas Arsip | Bidang Simpan",
        "jabatan": "Arsiparis", "jenjang": "Fungsional", "tmt": "2024-01-02", "nomor_keputusan": f"SK/{next(_serial)}",
    } | cells  # fmt: skip


def a_file(*rows: dict) -> io.BytesIO:
    """A CSV of `rows`."""
    target = io.StringIO()
    names = list(dict.fromkeys([*HEADINGS, *(name for row in rows for name in row)]))
    writer = csv.DictWriter(target, fieldnames=names, restval="")
    writer.writeheader()
    writer.writerows(rows)
    return io.BytesIO(target.getvalue().encode())
