from django.db import migrations

from portal import grants


class Migration(migrations.Migration):
    dependencies = [("portal", "0021_grants_of_audits"), ("oversight", "0010_openness_reports")]

    operations = [migrations.RunPython(lambda apps, schema_editor: grants.apply(schema_editor), migrations.RunPython.noop)]
