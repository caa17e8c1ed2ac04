"""Rights on the tables that came after the first release."""

from django.db import migrations

from portal import grants


class Migration(migrations.Migration):
    dependencies = [("portal", "0002_the_team_makes_its_accounts"), ("accounts", "0003_roles_written_down")]

    operations = [migrations.RunPython(lambda apps, schema_editor: grants.apply(schema_editor), migrations.RunPython.noop)]
