from django.db import migrations

from portal import grants


class Migration(migrations.Migration):
    dependencies = [("portal", "0031_grants_of_questions"), ("publishing", "0008_mailings")]

    operations = [migrations.RunPython(lambda apps, schema_editor: grants.apply(schema_editor), migrations.RunPython.noop)]
