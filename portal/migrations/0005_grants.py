"""Rights on the participant lists, and no longer to write scores but through their function."""

from django.db import migrations

from portal import grants


class Migration(migrations.Migration):
    dependencies = [("portal", "0004_grants_of_the_record"), ("selection", "0005_files_decided_once")]

    operations = [migrations.RunPython(lambda apps, schema_editor: grants.apply(schema_editor), migrations.RunPython.noop)]
