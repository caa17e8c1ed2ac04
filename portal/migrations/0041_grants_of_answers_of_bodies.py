from django.db import migrations

from portal import grants


class Migration(migrations.Migration):
    dependencies = [("portal", "0040_grants_of_probes"), ("oversight", "0016_answers_of_bodies")]

    operations = [migrations.RunPython(lambda apps, schema_editor: grants.apply(schema_editor), migrations.RunPython.noop)]
