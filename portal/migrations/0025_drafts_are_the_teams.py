"""Rights on the steps of a finding; drafts are rows that only the team sees."""

from django.db import migrations

from portal import grants


class Migration(migrations.Migration):
    dependencies = [("portal", "0024_grants_of_notices"), ("oversight", "0011_life_of_a_finding")]

    operations = [migrations.RunPython(lambda apps, schema_editor: grants.apply(schema_editor), migrations.RunPython.noop)]
