from django.db import migrations

from portal import grants


class Migration(migrations.Migration):
    dependencies = [("portal", "0031_grants_of_report_tallies"), ("oversight", "0015_the_portal_is_looked_at")]

    operations = [migrations.RunPython(lambda apps, schema_editor: grants.apply(schema_editor), migrations.RunPython.noop)]
