from django.db import migrations

from portal import grants


class Migration(migrations.Migration):
    dependencies = [("portal", "0030_grants_of_cases"), ("participation", "0005_questions")]

    operations = [migrations.RunPython(lambda apps, schema_editor: grants.apply(schema_editor), migrations.RunPython.noop)]
