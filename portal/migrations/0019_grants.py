from django.db import migrations

from portal import grants


class Migration(migrations.Migration):
    dependencies = [("portal", "0018_grants_of_redactions"), ("oversight", "0008_openness_indicators")]

    operations = [migrations.RunPython(lambda apps, schema_editor: grants.apply(schema_editor), migrations.RunPython.noop)]
