"""A fingerprint of frames: equal when all their values are equal, row by row, however they were cut into pieces."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable

import polars as pl


class Fingerprint:
    """Takes pieces of frames in order. Each column runs through hashes of its own (which values are missing, the numbers,
    the texts), so that the borders between pieces leave no trace."""

    def __init__(self) -> None:
        self._hashes: dict[str, hashlib._Hash] = {}

    def take(self, name: str, frame: pl.DataFrame) -> None:
        """The next rows of the frame *name*."""
        for column in frame.get_columns():
            for part, content in _parts(column):
                key = f"{name}.{column.name}.{part}"
                self._hashes.setdefault(key, hashlib.sha256(f"{key}:{column.dtype}".encode())).update(content)

    def hexdigest(self) -> str:
        """64 hex digits of all that was taken."""
        whole = hashlib.sha256()
        for key in sorted(self._hashes):
            whole.update(self._hashes[key].digest())
        return whole.hexdigest()


def _parts(column: pl.Series) -> Iterable[tuple[str, bytes]]:
    yield "missing", column.is_null().cast(pl.UInt8).to_numpy().tobytes()
    if column.dtype == pl.String:
        filled = column.fill_null("")
        yield "lengths", filled.str.len_bytes().cast(pl.Int64).to_numpy().tobytes()
        yield "texts", (filled.str.join("").item() if len(filled) else "").encode()
    else:
        yield "numbers", column.to_physical().cast(pl.Int64).fill_null(0).to_numpy().tobytes()
