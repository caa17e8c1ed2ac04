"""Give every database role its rights, after all tables of this release exist."""

from django.db import migrations

from portal import grants


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0001_initial"),
        ("ledger", "0001_initial"),
        ("publishing", "0001_initial"),
        ("vacancies", "0001_initial"),
        ("selection", "0002_initial"),
        ("oversight", "0004_steps_of_a_finding"),
        ("account", "0009_emailaddress_unique_primary_email"),
        ("mfa", "0003_authenticator_type_uniq"),
        ("usersessions", "0001_initial"),
        ("pghistory", "0007_auto_20250421_0444"),
        ("admin", "0003_logentry_add_action_flag_choices"),
        ("auth", "0012_alter_user_first_name_max_length"),
        ("sessions", "0001_initial"),
        ("contenttypes", "0002_remove_content_type_name"),
    ]

    operations = [migrations.RunPython(lambda apps, schema_editor: grants.apply(schema_editor), migrations.RunPython.noop)]
