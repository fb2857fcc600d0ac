"""Facts of this room cannot be changed or deleted, by the database's own refusal."""

from django.db import migrations

from qingshou.store.appendonly import AppendOnly


class Migration(migrations.Migration):
    dependencies = [("casework", "0001_initial")]
    operations = [
        AppendOnly(
            "casework_finding",
            "casework_hold",
        )
    ]
