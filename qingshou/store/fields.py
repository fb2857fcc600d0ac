"""Column types that carry a unit or a secret."""

from __future__ import annotations

from typing import Any

from django.db import models

from qingshou.store import crypto


class FenField(models.BigIntegerField):
    """An amount of money in fen (integer cents). The attribute's name ends in ``_fen``."""


class PpmField(models.BigIntegerField):
    """A rate in millionths (a year, where it is interest). The attribute's name ends in ``_ppm``."""


class SealedField(models.TextField):
    """Text that is encrypted in the database and plain in Python. Cannot be searched: keep a keyed hash beside it."""

    def get_prep_value(self, value: Any) -> Any:
        return value if value is None else crypto.seal(str(value))

    def from_db_value(self, value: Any, expression: Any, connection: Any) -> Any:
        return value if value is None else crypto.unseal(value)
