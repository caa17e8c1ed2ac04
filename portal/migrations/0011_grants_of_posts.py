from django.db import migrations

from portal import grants


class Migration(migrations.Migration):
    dependencies = [("portal", "0010_grants_of_erasures"), ("publishing", "0003_outside_channels")]

    operations = [migrations.RunPython(lambda apps, schema_editor: grants.apply(schema_editor), migrations.RunPython.noop)]
