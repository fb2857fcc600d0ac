"""The row that a bulk writer locks first (SQLite)."""

from typing import Any

from django.db import migrations


def add(apps: Any, editor: Any) -> None:
    apps.get_model("store", "Setting").objects.get_or_create(key="writer")


class Migration(migrations.Migration):
    dependencies = [("store", "0001_initial")]
    operations = [migrations.RunPython(add, migrations.RunPython.noop)]
