"""The keeper and the worker move the deadlines of objections when holidays change."""

from django.db import migrations

from portal import grants


class Migration(migrations.Migration):
    dependencies = [("portal", "0022_grants")]

    operations = [migrations.RunPython(lambda apps, schema_editor: grants.apply(schema_editor), migrations.RunPython.noop)]
