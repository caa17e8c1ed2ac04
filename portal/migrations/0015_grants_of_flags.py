from django.db import migrations

from portal import grants


class Migration(migrations.Migration):
    dependencies = [("portal", "0014_grants_of_objections"), ("oversight", "0006_red_flags")]

    operations = [migrations.RunPython(lambda apps, schema_editor: grants.apply(schema_editor), migrations.RunPython.noop)]
