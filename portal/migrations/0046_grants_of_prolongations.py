from django.db import migrations

from portal import grants


class Migration(migrations.Migration):
    dependencies = [("portal", "0045_grants_of_panels"), ("vacancies", "0011_minimum_of_applicants")]

    operations = [migrations.RunPython(lambda apps, schema_editor: grants.apply(schema_editor), migrations.RunPython.noop)]
