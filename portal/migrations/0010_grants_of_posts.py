from django.db import migrations

from portal import grants


class Migration(migrations.Migration):
    dependencies = [("portal", "0009_openings_stay_closed_to_the_keeper"), ("publishing", "0003_outside_channels")]

    operations = [migrations.RunPython(lambda apps, schema_editor: grants.apply(schema_editor), migrations.RunPython.noop)]
