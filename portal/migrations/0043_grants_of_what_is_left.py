from django.db import migrations

from portal import grants


class Migration(migrations.Migration):
    dependencies = [("portal", "0042_grants_of_live_scores"), ("participation", "0007_what_is_left_of_a_session")]

    operations = [migrations.RunPython(lambda apps, schema_editor: grants.apply(schema_editor), migrations.RunPython.noop)]
