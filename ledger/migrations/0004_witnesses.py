import django.db.models.deletion
import pgtrigger.compiler
import pgtrigger.migrations
from django.db import migrations, models

# Without ALWAYS a session that plays a replica would pass the triggers by.
ALWAYS = """
ALTER TABLE ledger_refusal ENABLE ALWAYS TRIGGER pgtrigger_ledger_refusal_append_only_febec;
ALTER TABLE ledger_refusal ENABLE ALWAYS TRIGGER pgtrigger_ledger_refusal_no_truncate_fb7b3;
"""


class Migration(migrations.Migration):

    dependencies = [
        ('ledger', '0003_kind_of_an_entry'),
    ]

    operations = [
        migrations.CreateModel(
            name='Refusal',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('witness', models.CharField(help_text='Nama dan nomor kunci saksi.', max_length=200)),
                ('status', models.PositiveSmallIntegerField()),
                ('request', models.BinaryField(help_text='Yang dikirim kepadanya.')),
                ('answer', models.CharField(blank=True, max_length=500)),
                ('at', models.DateTimeField()),
            ],
            options={
                'verbose_name': 'penolakan saksi',
                'verbose_name_plural': 'penolakan saksi',
                'triggers': [
                    pgtrigger.compiler.Trigger(name='ledger_refusal_append_only', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION '% is append-only: a correction is a new row', TG_TABLE_NAME;", hash='305c281f38189255d8ca3235196fad6fbfe12f81', level='STATEMENT', operation='UPDATE OR DELETE', pgid='pgtrigger_ledger_refusal_append_only_febec', table='ledger_refusal', when='BEFORE')),
                    pgtrigger.compiler.Trigger(name='ledger_refusal_no_truncate', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION '% is append-only: a correction is a new row', TG_TABLE_NAME;", hash='3b71f73be76c3b5046f3bd29a1838fc9f2022637', level='STATEMENT', operation='TRUNCATE', pgid='pgtrigger_ledger_refusal_no_truncate_fb7b3', table='ledger_refusal', when='BEFORE')),
                ],
            },
        ),
        migrations.CreateModel(
            name='Witness',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('label', models.CharField(help_text='Nama dan nomor kunci saksi.', max_length=200, unique=True)),
                ('size', models.BigIntegerField(default=0, help_text='Ukuran catatan yang terakhir ia setujui.')),
                ('cosigned_size', models.BigIntegerField(default=0)),
                ('cosigned_at', models.DateTimeField(null=True)),
                ('busy_until', models.DateTimeField(help_text='Sebelum waktu ini tidak ada yang menanyainya.', null=True)),
                ('failures', models.PositiveIntegerField(default=0)),
                ('trouble', models.CharField(blank=True, max_length=200)),
            ],
            options={
                'verbose_name': 'saksi',
                'verbose_name_plural': 'saksi',
            },
        ),
        migrations.RemoveConstraint(
            model_name='cosignature',
            name='one_cosignature_per_witness',
        ),
        migrations.AlterField(
            model_name='cosignature',
            name='cosigner',
            field=models.CharField(help_text='Nama dan nomor kunci saksi.', max_length=200),
        ),
        migrations.AlterField(
            model_name='cosignature',
            name='signed_at',
            field=models.DateTimeField(help_text='Waktu menurut saksi.'),
        ),
        migrations.AddIndex(
            model_name='cosignature',
            index=models.Index(fields=['cosigner', 'checkpoint'], name='cosignatures_of_a_witness'),
        ),
        migrations.AddConstraint(
            model_name='cosignature',
            constraint=models.UniqueConstraint(fields=('checkpoint', 'cosigner', 'signed_at'), name='one_cosignature_per_witness_and_time'),
        ),
        migrations.AddField(
            model_name='refusal',
            name='checkpoint',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='refusals', to='ledger.checkpoint'),
        ),
        migrations.AddConstraint(
            model_name='refusal',
            constraint=models.UniqueConstraint(fields=('checkpoint', 'witness'), name='one_refusal_per_witness'),
        ),
        migrations.RunSQL(ALWAYS, migrations.RunSQL.noop),
    ]
