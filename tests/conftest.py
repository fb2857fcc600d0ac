"""Fixtures that every room's tests share."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date
from typing import Any

import pytest
from django.db import connection
from django.db.backends.base.operations import BaseDatabaseOperations
from django.utils import translation

from tests import factories


@pytest.fixture(scope="session", autouse=True)
def _flush_goes_past_append_only_triggers() -> Iterator[None]:
    """Transactional tests empty all tables afterwards; the triggers that protect facts would refuse that."""
    original = BaseDatabaseOperations.execute_sql_flush

    def flush(self: Any, sql_list: list[str]) -> None:
        with self.connection.cursor() as cursor:
            if self.connection.vendor == "postgresql":
                cursor.execute("SET session_replication_role = replica")
                original(self, sql_list)
                cursor.execute("SET session_replication_role = DEFAULT")
                return
            cursor.execute("SELECT name, sql FROM sqlite_master WHERE type = 'trigger'")
            triggers = cursor.fetchall()
            for name, _ in triggers:
                cursor.execute(f"DROP TRIGGER {name}")
            original(self, sql_list)
            for _, sql in triggers:
                cursor.execute(sql)

    BaseDatabaseOperations.execute_sql_flush = flush  # type: ignore[method-assign]
    yield
    BaseDatabaseOperations.execute_sql_flush = original  # type: ignore[method-assign]


@pytest.fixture(autouse=True)
def _in_chinese() -> Iterator[None]:
    """Each test begins in Chinese, whatever the one before it chose."""
    translation.activate("zh-hans")
    yield
    translation.activate("zh-hans")


@pytest.fixture
def today() -> date:
    """The business date that tests stand on."""
    return date(2026, 11, 24)


@pytest.fixture
def make_user(db: None) -> Callable[..., Any]:
    return factories.make_user


@pytest.fixture
def bank(db: None) -> factories.Bank:
    """A small bank: two divisions, a user for each role, four households with a loan each."""
    return factories.make_bank()


@pytest.fixture
def vendor() -> str:
    return connection.vendor
