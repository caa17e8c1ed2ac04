from django.db import migrations

from portal import grants


class Migration(migrations.Migration):
    dependencies = [("portal", "0033_grants_of_members_accounts"), ("vacancies", "0010_what_is_taken_away")]

    operations = [migrations.RunPython(lambda apps, schema_editor: grants.apply(schema_editor), migrations.RunPython.noop)]
