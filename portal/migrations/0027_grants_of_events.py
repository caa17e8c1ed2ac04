from django.db import migrations

from portal import grants


class Migration(migrations.Migration):
    dependencies = [("portal", "0026_grants_of_interests"), ("participation", "0001_events")]

    operations = [
        migrations.RunPython(lambda apps, schema_editor: grants.apply(schema_editor), migrations.RunPython.noop)
    ]
