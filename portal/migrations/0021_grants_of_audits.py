from django.db import migrations

from portal import grants


class Migration(migrations.Migration):
    dependencies = [("portal", "0020_grants_of_reopenings"), ("oversight", "0009_random_audits")]

    operations = [migrations.RunPython(lambda apps, schema_editor: grants.apply(schema_editor), migrations.RunPython.noop)]
