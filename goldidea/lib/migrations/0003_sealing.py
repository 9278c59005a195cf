"""Logs in order: seals and signed checkpoints, never changed."""

import goldidea.lib.models
from django.db import migrations, models

from goldidea.lib.evidence import keep


class Migration(migrations.Migration):

    dependencies = [
        ('lib', '0002_evidence'),
    ]

    operations = [
        migrations.CreateModel(
            name='Checkpoint',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('log', models.CharField(max_length=40)),
                ('size', models.PositiveBigIntegerField()),
                ('root', models.CharField(max_length=64)),
                ('occasion', models.CharField(choices=[('opening', 'at the opening'), ('hourly', 'hourly'), ('closing', 'at the close'), ('later', 'after the close')], max_length=10)),
                ('note', models.TextField()),
                ('at', models.DateTimeField(db_default=goldidea.lib.models.ClockTimestamp())),
            ],
            options={
                'ordering': ['pk'],
                'constraints': [models.UniqueConstraint(fields=('log', 'size', 'occasion'), name='one_checkpoint_of_a_size')],
            },
        ),
        migrations.CreateModel(
            name='Seal',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('log', models.CharField(max_length=40)),
                ('seq', models.PositiveBigIntegerField()),
                ('event', models.BigIntegerField()),
                ('prev', models.CharField(max_length=64)),
                ('leaf', models.CharField(max_length=64)),
                ('at', models.DateTimeField(db_default=goldidea.lib.models.ClockTimestamp())),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('log', 'seq'), name='one_seal_for_a_place'), models.UniqueConstraint(fields=('log', 'event'), name='one_seal_of_a_row')],
            },
        ),
        keep('lib_seal'),
        keep('lib_checkpoint'),
    ]
