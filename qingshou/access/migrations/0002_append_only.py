"""Facts of this room cannot be changed or deleted, by the database's own refusal."""

from django.db import migrations

from qingshou.store.appendonly import AppendOnly


class Migration(migrations.Migration):
    dependencies = [("access", "0001_initial")]
    operations = [
        AppendOnly(
            "access_auditentry",
            "access_unmasking",
        )
    ]
