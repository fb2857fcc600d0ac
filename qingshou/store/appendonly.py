"""Facts cannot be changed: triggers that refuse UPDATE and DELETE, as a migration operation for SQLite and PostgreSQL."""

from __future__ import annotations

from typing import Any

from django.db import migrations

SQLITE = """
CREATE TRIGGER {table}_no_{verb} BEFORE {VERB} ON {table}
BEGIN SELECT RAISE(ABORT, 'append-only: {table} takes no {verb}'); END;
"""
POSTGRESQL_FUNCTION = """
CREATE OR REPLACE FUNCTION qingshou_append_only() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION 'append-only: % takes no %', TG_TABLE_NAME, lower(TG_OP)
    USING ERRCODE = 'integrity_constraint_violation';
END $$;
"""
POSTGRESQL = """
CREATE TRIGGER {table}_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON {table}
FOR EACH STATEMENT EXECUTE FUNCTION qingshou_append_only();
"""


class AppendOnly(migrations.RunPython):
    """``AppendOnly("portfolio_ledgerevent", ...)`` protects the tables; undone by dropping the triggers."""

    def __init__(self, *tables: str) -> None:
        self.tables = tables
        super().__init__(self._protect, self._release)

    def deconstruct(self) -> tuple[str, list[Any], dict[str, Any]]:
        return self.__class__.__qualname__, list(self.tables), {}

    def _protect(self, apps: Any, editor: Any) -> None:
        vendor = editor.connection.vendor
        if vendor == "postgresql":
            editor.execute(POSTGRESQL_FUNCTION, None)
        for table in self.tables:
            if vendor == "postgresql":
                editor.execute(POSTGRESQL.format(table=table))
            else:
                for verb in ("update", "delete"):
                    editor.execute(SQLITE.format(table=table, verb=verb, VERB=verb.upper()))

    def _release(self, apps: Any, editor: Any) -> None:
        for table in self.tables:
            if editor.connection.vendor == "postgresql":
                editor.execute(f"DROP TRIGGER IF EXISTS {table}_append_only ON {table}")
            else:
                for verb in ("update", "delete"):
                    editor.execute(f"DROP TRIGGER IF EXISTS {table}_no_{verb}")


class Reopen(AppendOnly):
    """Takes the protection away for a change of the table in the same migration; end it with :class:`AppendOnly`.

    SQLite makes such a table anew, and its triggers would be lost without a word.
    """

    def __init__(self, *tables: str) -> None:
        super().__init__(*tables)
        self.code, self.reverse_code = self._release, self._protect
