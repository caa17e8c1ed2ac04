from django.db import migrations

from portal import grants


class Migration(migrations.Migration):
    dependencies = [("portal", "0025_drafts_are_the_teams"), ("oversight", "0012_interests_and_reading")]

    operations = [migrations.RunPython(lambda apps, schema_editor: grants.apply(schema_editor), migrations.RunPython.noop)]
