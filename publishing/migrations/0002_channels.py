"""The roads to people that every installation has. Turned off in the admin, never made by a worker."""

from django.db import migrations


def add(apps, schema_editor):
    apps.get_model("publishing", "Channel").objects.get_or_create(code="mail", defaults={"name": "E-mail"})


class Migration(migrations.Migration):
    dependencies = [("publishing", "0001_initial")]

    operations = [migrations.RunPython(add, migrations.RunPython.noop)]
