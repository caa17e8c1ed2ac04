from django.db import migrations

from portal import grants


class Migration(migrations.Migration):
    dependencies = [("portal", "0023_grants_of_objection_clocks"), ("publishing", "0006_notice_boards")]

    operations = [migrations.RunPython(lambda apps, schema_editor: grants.apply(schema_editor), migrations.RunPython.noop)]
