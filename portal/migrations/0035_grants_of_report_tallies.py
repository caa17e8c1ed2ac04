from django.db import migrations

from portal import grants


class Migration(migrations.Migration):
    dependencies = [("portal", "0034_grants_of_what_is_taken_away"), ("oversight", "0014_hours_of_reports")]

    operations = [migrations.RunPython(lambda apps, schema_editor: grants.apply(schema_editor), migrations.RunPython.noop)]
