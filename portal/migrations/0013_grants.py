from django.db import migrations

from portal import grants


class Migration(migrations.Migration):
    dependencies = [("portal", "0012_grants_of_signed_documents"), ("oversight", "0005_invariantrun")]

    operations = [migrations.RunPython(lambda apps, schema_editor: grants.apply(schema_editor), migrations.RunPython.noop)]
