from django.db import migrations

from portal import grants


class Migration(migrations.Migration):
    dependencies = [
        ("portal", "0015_grants_of_flags"),
        ("publishing", "0004_subscribers"),
        ("vacancies", "0008_saved_searches"),
    ]

    operations = [migrations.RunPython(lambda apps, schema_editor: grants.apply(schema_editor), migrations.RunPython.noop)]
