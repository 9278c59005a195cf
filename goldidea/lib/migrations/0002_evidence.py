"""The audit trail is never updated, deleted or truncated."""

from django.db import migrations

from goldidea.lib.evidence import keep, refuse_change_function


class Migration(migrations.Migration):
    dependencies = [("lib", "0001_initial")]
    operations = [refuse_change_function(), keep("lib_auditevent")]
