"""Rights on the documents that were signed outside the portal."""

from django.db import migrations

from portal import grants


class Migration(migrations.Migration):
    dependencies = [("portal", "0011_grants_of_posts"), ("selection", "0010_signed_outside")]

    operations = [migrations.RunPython(lambda apps, schema_editor: grants.apply(schema_editor), migrations.RunPython.noop)]
