"""Rights on participant lists and recusals, and no longer to write scores but through their function."""

from django.db import migrations

from portal import grants


class Migration(migrations.Migration):
    dependencies = [("portal", "0005_grants_of_the_cells"), ("selection", "0006_verifiers_step_back")]

    operations = [migrations.RunPython(lambda apps, schema_editor: grants.apply(schema_editor), migrations.RunPython.noop)]
