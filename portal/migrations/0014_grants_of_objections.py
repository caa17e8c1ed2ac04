"""Rights on objections."""

from django.db import migrations

from portal import grants


class Migration(migrations.Migration):
    dependencies = [
        ("portal", "0013_grants"),
        ("accounts", "0006_who_decides_objections"),
        ("selection", "0011_objections"),
    ]

    operations = [migrations.RunPython(lambda apps, schema_editor: grants.apply(schema_editor), migrations.RunPython.noop)]
