from django.db import migrations

from portal import grants


class Migration(migrations.Migration):
    dependencies = [
        ("portal", "0037_grants_of_circulars"),
        ("publishing", "0010_letters_and_proofs"),
        ("participation", "0006_what_goes_with_an_address"),
    ]

    operations = [migrations.RunPython(lambda apps, schema_editor: grants.apply(schema_editor), migrations.RunPython.noop)]
