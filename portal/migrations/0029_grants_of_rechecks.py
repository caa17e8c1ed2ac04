from django.db import migrations

from portal import grants


class Migration(migrations.Migration):
    dependencies = [("portal", "0028_grants_of_consultations"), ("selection", "0015_files_checked_again")]

    operations = [migrations.RunPython(lambda apps, schema_editor: grants.apply(schema_editor), migrations.RunPython.noop)]
