from django.db import migrations

from portal import grants


class Migration(migrations.Migration):
    dependencies = [("portal", "0032_grants_of_mailings"), ("accounts", "0007_the_team_signs_in_itself")]

    operations = [migrations.RunPython(lambda apps, schema_editor: grants.apply(schema_editor), migrations.RunPython.noop)]
