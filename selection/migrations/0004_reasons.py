"""The flat list of reasons a requirement is not met, from the usual ones in the announcements of agencies."""

from django.db import migrations

REASONS = [
    ("usia", "Usia tidak sesuai batas pada saat melamar"),
    ("nama-berbeda", "Nama pada KTP dan ijazah berbeda tanpa surat keterangan"),
    ("pendidikan-tidak-sesuai", "Jenjang atau program studi tidak sesuai formasi"),
    ("ipk-kurang", "IPK di bawah batas yang diminta"),
    ("tidak-terbaca", "Dokumen tidak terbaca atau terpotong"),
    ("dokumen-salah", "Dokumen yang diunggah bukan dokumen yang diminta"),
    ("dokumen-tidak-ada", "Dokumen yang diminta tidak diunggah"),
    ("tidak-lengkap", "Dokumen tidak lengkap halamannya"),
    ("meterai", "Meterai tidak ada, rusak, atau dipakai ulang"),
    ("tanda-tangan", "Surat tidak ditandatangani"),
    ("format-surat", "Surat tidak sesuai contoh yang ditetapkan"),
    ("tujuan-surat", "Surat tidak ditujukan kepada pejabat yang ditetapkan"),
    ("akreditasi", "Akreditasi tidak sesuai syarat atau tidak dapat dibuktikan"),
    ("kedaluwarsa", "Dokumen sudah tidak berlaku"),
    ("sertifikat", "Sertifikat atau surat tanda registrasi tidak sesuai formasi"),
    ("pengalaman", "Pengalaman kerja kurang dari yang diminta"),
    ("partai", "Tercatat sebagai anggota partai politik"),
    ("tidak-sesuai-isian", "Isian berbeda dari dokumen"),
]


def add(apps, schema_editor):
    reason = apps.get_model("selection", "Reason")
    for code, text in REASONS:
        reason.objects.get_or_create(code=code, defaults={"text": text})


class Migration(migrations.Migration):
    dependencies = [("selection", "0003_hold_steps_once")]

    operations = [migrations.RunPython(add, migrations.RunPython.noop)]
