from django.db import migrations

from portal import grants


class Migration(migrations.Migration):
    dependencies = [
        ("portal", "0046_grants_of_prolongations"),
        ("exams", "0003_live_scores"),
        ("selection", "0019_live_scores"),
    ]

    operations = [migrations.RunPython(lambda apps, schema_editor: grants.apply(schema_editor), migrations.RunPython.noop)]
