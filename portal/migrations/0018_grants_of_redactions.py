"""Rights on redactions: people prepare and approve, the keeper applies."""

from django.db import migrations

from portal import grants


class Migration(migrations.Migration):
    dependencies = [("portal", "0017_grants_of_citizen_reports"), ("selection", "0012_redaction")]

    operations = [migrations.RunPython(lambda apps, schema_editor: grants.apply(schema_editor), migrations.RunPython.noop)]
