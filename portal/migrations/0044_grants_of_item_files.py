from django.db import migrations

from portal import grants


class Migration(migrations.Migration):
    dependencies = [("portal", "0043_grants_of_what_is_left"), ("exams", "0002_item_files"), ("accounts", "0008_who_writes_items")]

    operations = [
        migrations.RunPython(lambda apps, schema_editor: grants.apply(schema_editor), migrations.RunPython.noop)
    ]
