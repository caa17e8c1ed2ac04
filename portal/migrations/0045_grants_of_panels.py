from django.db import migrations

from portal import grants


class Migration(migrations.Migration):
    dependencies = [("portal", "0044_grants_of_item_files"), ("workforce", "0002_panels")]

    operations = [migrations.RunPython(lambda apps, schema_editor: grants.apply(schema_editor), migrations.RunPython.noop)]
