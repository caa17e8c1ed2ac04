"""Rights on the table of cells beside the filters."""

from django.db import migrations

from portal import grants


class Migration(migrations.Migration):
    dependencies = [
        ("portal", "0004_grants_of_the_record"),
        ("vacancies", "0006_cells_of_formations_that_are_alike"),
    ]

    operations = [migrations.RunPython(lambda apps, schema_editor: grants.apply(schema_editor), migrations.RunPython.noop)]
