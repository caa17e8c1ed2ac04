from django.db import migrations

from portal import grants


class Migration(migrations.Migration):
    dependencies = [("portal", "0029_grants_of_rechecks"), ("participation", "0004_service_cases")]

    operations = [migrations.RunPython(lambda apps, schema_editor: grants.apply(schema_editor), migrations.RunPython.noop)]
