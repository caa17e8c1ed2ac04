from django.db import migrations

from portal import grants


class Migration(migrations.Migration):
    dependencies = [("portal", "0008_grants_of_witnesses")]

    operations = [migrations.RunPython(lambda apps, schema_editor: grants.apply(schema_editor), migrations.RunPython.noop)]
