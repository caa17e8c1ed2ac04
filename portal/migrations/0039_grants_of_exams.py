from django.db import migrations

from portal import grants


class Migration(migrations.Migration):
    dependencies = [("portal", "0038_grants_of_proofs"), ("exams", "0001_item_bank_and_sittings")]

    operations = [
        migrations.RunPython(lambda apps, schema_editor: grants.apply(schema_editor), migrations.RunPython.noop)
    ]
