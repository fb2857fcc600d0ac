"""What a store holds: which tables are the bank's, whether there is anything in them, and emptying a half-filled one."""

from __future__ import annotations

from django.apps import apps
from django.db import connection, models
from django.db.migrations.recorder import MigrationRecorder

from qingshou.store.models import Setting

FILLING = "filling"  # a setting that stands while the demo bank is built: a store that has it was left half-filled
# Made by migrations or by signing in, worth nothing elsewhere.
_PASSING_APPS = {"sessions", "axes", "contenttypes", "auth"}
_OWN_SETTINGS = {"writer", FILLING, "audit_head"}


def tables() -> list[type[models.Model]]:
    """The models whose rows are the bank's, ordered by table name."""
    ours = [model for model in apps.get_models() if model._meta.managed and not model._meta.proxy
            and model._meta.app_label not in _PASSING_APPS]
    return sorted(ours, key=lambda model: model._meta.db_table)


def holds_data() -> bool:
    """Whether any of the bank's tables has a row."""
    for model in tables():
        rows = model._default_manager.all()
        if model is Setting:
            rows = rows.exclude(pk__in=_OWN_SETTINGS)
        if rows.exists():
            return True
    return False


def is_migrated() -> bool:
    """Whether the store has the tables of this version: every migration of this code was applied."""
    from django.db.migrations.executor import MigrationExecutor

    if MigrationRecorder.Migration._meta.db_table not in connection.introspection.table_names():
        return False
    executor = MigrationExecutor(connection)
    return not executor.migration_plan(executor.loader.graph.leaf_nodes())


def migrations() -> list[str]:
    """The migrations that were applied, as ``app.name``, in order of name."""
    applied = MigrationRecorder(connection).applied_migrations()
    return sorted(f"{app}.{name}" for app, name in applied)


def is_half_filled() -> bool:
    """Whether filling this store was begun and not ended."""
    return Setting.objects.filter(key=FILLING).exists()


def drop_everything() -> None:
    """Drop all of Django's tables, for a store that was left half-filled. Refuses any other: there the rows are somebody's."""
    if not is_half_filled():
        raise RuntimeError("only a half-filled store is dropped")
    present = set(connection.introspection.table_names())
    ours = {model._meta.db_table for model in apps.get_models(include_auto_created=True)}
    ours.add(MigrationRecorder.Migration._meta.db_table)
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            cursor.execute("PRAGMA foreign_keys=OFF")
        for table in sorted(ours & present - {Setting._meta.db_table}):
            cursor.execute(f"DROP TABLE {connection.ops.quote_name(table)}"
                           + (" CASCADE" if connection.vendor == "postgresql" else ""))
        # The mark goes last: killed before, the next attempt still knows that this store is nobody's.
        cursor.execute(f"DROP TABLE {Setting._meta.db_table}")
        if connection.vendor == "sqlite":
            cursor.execute("PRAGMA foreign_keys=ON")
