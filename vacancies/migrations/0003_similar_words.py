from django.contrib.postgres.operations import TrigramExtension
from django.db import migrations


class Migration(migrations.Migration):
    """Trigrams find the name of a position behind a typing error. The extension is a trusted one."""

    dependencies = [("vacancies", "0002_counts_beside_filters")]

    operations = [TrigramExtension()]
