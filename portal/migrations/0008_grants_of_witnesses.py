"""Rights on what the portal knows of its witnesses."""

from django.db import migrations

from portal import grants


class Migration(migrations.Migration):
    dependencies = [("portal", "0007_grants_of_receipts"), ("ledger", "0004_witnesses")]

    operations = [migrations.RunPython(lambda apps, schema_editor: grants.apply(schema_editor), migrations.RunPython.noop)]
