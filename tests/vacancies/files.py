"""Formation files for tests, as SSCASN spells them."""

import csv
import io
from pathlib import Path

REAL = Path(__file__).resolve().parents[1] / "data" / "formasi-sscasn-kota.csv"
COLUMNS = (
    "formasi_id", "ins_nm", "jp_nama", "formasi_nm", "jabatan_nm", "lokasi_nm", "jumlah_formasi", "disable",
    "gaji_min", "gaji_max", "jenjang_studi", "program_studi",
)  # fmt: skip
ROW = {
    "formasi_id": "F-1",
    "ins_nm": "Pemerintah Kota Contoh",
    "jp_nama": "CPNS",
    "formasi_nm": "UMUM",
    "jabatan_nm": "ANALIS DATA AHLI PERTAMA",
    "lokasi_nm": "Pemerintah Kota Contoh | DINAS KOMUNIKASI DAN INFORMATIKA | BIDANG STATISTIK",
    "jumlah_formasi": "2",
    "disable": "1",
    "gaji_min": "2785700",
    "gaji_max": "4575200",
    "jenjang_studi": "S-1/Sarjana",
    "program_studi": "S-1 STATISTIKA",
}


def formation_csv(*rows: dict, columns=COLUMNS, start: str = "") -> io.BytesIO:
    """A CSV file; each row is ROW with the given cells in place of its own."""
    text = io.StringIO()
    text.write(start)
    writer = csv.DictWriter(text, columns, extrasaction="ignore")
    writer.writeheader()
    writer.writerows([ROW | row for row in rows])
    return io.BytesIO(text.getvalue().encode())
