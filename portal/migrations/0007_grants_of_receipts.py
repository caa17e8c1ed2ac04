"""Rights on openings, batches and their leaves."""

from django.db import migrations

from portal import grants


class Migration(migrations.Migration):
    dependencies = [("portal", "0006_grants"), ("selection", "0008_bound_to_a_person")]

    operations = [migrations.RunPython(lambda apps, schema_editor: grants.apply(schema_editor), migrations.RunPython.noop)]
