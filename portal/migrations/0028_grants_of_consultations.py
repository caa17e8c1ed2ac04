from django.db import migrations

from portal import grants


class Migration(migrations.Migration):
    dependencies = [("portal", "0027_grants_of_events"), ("participation", "0002_consultations")]

    operations = [migrations.RunPython(lambda apps, schema_editor: grants.apply(schema_editor), migrations.RunPython.noop)]
