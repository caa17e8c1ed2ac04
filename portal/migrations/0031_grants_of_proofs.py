from django.db import migrations

from portal import grants


class Migration(migrations.Migration):
    dependencies = [
        ("portal", "0030_grants_of_cases"),
        ("publishing", "0008_letters_and_proofs"),
        ("participation", "0005_what_goes_with_an_address"),
    ]

    operations = [migrations.RunPython(lambda apps, schema_editor: grants.apply(schema_editor), migrations.RunPython.noop)]
