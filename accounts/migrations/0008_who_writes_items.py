from django.db import migrations, models


def make_groups(apps, schema_editor):
    """Every role has its group, so that whoever manages accounts can give it."""
    for name in ("item_writer", "item_reviewer"):
        apps.get_model("auth", "Group").objects.get_or_create(name=name)


class Migration(migrations.Migration):

    dependencies = [
        ("accounts", "0007_the_team_signs_in_itself"),
    ]

    operations = [
        migrations.RunPython(make_groups, migrations.RunPython.noop),
        migrations.AlterField(
            model_name='rolechange',
            name='role',
            field=models.CharField(choices=[('applicant', 'Pelamar'), ('verifier', 'Pemeriksa berkas'), ('supervisor', 'Pemeriksa ketiga'), ('preparer', 'Penyiap data dan pengumuman'), ('publisher', 'Pengesah'), ('adjudicator', 'Pemutus sanggah'), ('override_official', 'Pejabat pencabut penahanan'), ('secretariat', 'Sekretariat tim pengawas'), ('overseer', 'Anggota tim pengawas'), ('agency_officer', 'Petugas perangkat daerah'), ('assessor', 'Penilai'), ('employee', 'Pegawai'), ('item_writer', 'Penyusun soal'), ('item_reviewer', 'Penelaah soal')], max_length=30),
        ),
    ]
