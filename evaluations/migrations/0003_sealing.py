"""Bundles of published tallies, and the salt that hides whose a recusal is."""

import django.db.models.deletion
import goldidea.lib.models
from django.db import migrations, models

from goldidea.lib.evidence import keep


class Migration(migrations.Migration):

    dependencies = [
        ('evaluations', '0002_evidence'),
        ('lib', '0003_sealing'),
    ]

    operations = [
        migrations.AddField(
            model_name='recusal',
            name='salt',
            field=models.CharField(blank=True, max_length=64),
        ),
        migrations.CreateModel(
            name='Bundle',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('file', models.FileField(max_length=200, upload_to='bundles/')),
                ('sha256', models.CharField(max_length=64)),
                ('size', models.PositiveBigIntegerField()),
                ('with_marks', models.BooleanField()),
                ('built_at', models.DateTimeField(db_default=goldidea.lib.models.ClockTimestamp())),
                ('checkpoint', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='lib.checkpoint')),
                ('tally', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='bundle', to='evaluations.tally')),
            ],
        ),
        keep('evaluations_bundle'),
    ]
