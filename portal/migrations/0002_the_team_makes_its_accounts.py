from django.db import migrations

from portal import grants


class Migration(migrations.Migration):
    dependencies = [("portal", "0001_grants"), ("accounts", "0002_made_by_the_team")]
    operations = [migrations.RunPython(lambda apps, schema_editor: grants.apply(schema_editor), migrations.RunPython.noop)]
