from django.db import migrations

from portal import grants


class Migration(migrations.Migration):
    dependencies = [("portal", "0041_grants_of_answers_of_bodies"), ("selection", "0018_what_the_screen_showed")]

    operations = [migrations.RunPython(lambda apps, schema_editor: grants.apply(schema_editor), migrations.RunPython.noop)]
