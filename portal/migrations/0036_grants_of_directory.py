from django.db import migrations

from portal import grants


class Migration(migrations.Migration):
    dependencies = [("portal", "0035_grants_of_report_tallies"), ("workforce", "0001_directory")]

    operations = [migrations.RunPython(lambda apps, schema_editor: grants.apply(schema_editor), migrations.RunPython.noop)]
