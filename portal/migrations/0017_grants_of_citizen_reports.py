"""Rights on citizen reports: pages add sealed rows and read none."""

from django.db import migrations

from portal import grants


class Migration(migrations.Migration):
    dependencies = [("portal", "0016_grants_of_subscribers"), ("oversight", "0007_citizen_reports")]

    operations = [migrations.RunPython(lambda apps, schema_editor: grants.apply(schema_editor), migrations.RunPython.noop)]
