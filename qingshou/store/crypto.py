"""Sealing of personal data at rest, and keyed hashes for exact search.

AES-256-GCM with a random nonce; the keys are derived from ``settings.DATA_KEY``. A sealed value starts with its version,
so that keys can be changed later. The keyed hash (HMAC-SHA256) lets an exact value be found without opening any.
"""

from __future__ import annotations

import base64
import functools
import hashlib
import hmac
import os
from collections.abc import Iterable

from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from django.conf import settings

VERSION = "s1:"
NONCE_BYTES = 12


@functools.lru_cache(maxsize=8)
def _derive(data_key: str, purpose: str) -> bytes:
    return hashlib.blake2b(data_key.encode(), digest_size=32, person=purpose.encode()[:16]).digest()


def seal(text: str) -> str:
    """The sealed form of *text*; an empty text stays empty."""
    if not text:
        return ""
    nonce = os.urandom(NONCE_BYTES)
    sealed = AESGCM(_derive(settings.DATA_KEY, "seal")).encrypt(nonce, text.encode(), None)
    return VERSION + base64.b64encode(nonce + sealed).decode()


def unseal(sealed: str) -> str:
    """What :func:`seal` was given. Raises ``cryptography.exceptions.InvalidTag`` if the value or key was changed."""
    if not sealed:
        return ""
    raw = base64.b64decode(sealed.removeprefix(VERSION))
    return AESGCM(_derive(settings.DATA_KEY, "seal")).decrypt(raw[:NONCE_BYTES], raw[NONCE_BYTES:], None).decode()


def seal_many(texts: Iterable[str | None]) -> list[str]:
    """:func:`seal` for a column (None counts as empty)."""
    return [seal(text or "") for text in texts]


def keyed_hash(text: str) -> str:
    """64 hex digits that only this installation's key yields; spaces and case do not matter; empty stays empty."""
    plain = "".join(text.split()).upper()
    if not plain:
        return ""
    return hmac.new(_derive(settings.DATA_KEY, "search"), plain.encode(), hashlib.sha256).hexdigest()


def keyed_hash_many(texts: Iterable[str | None]) -> list[str]:
    """:func:`keyed_hash` for a column (None counts as empty)."""
    return [keyed_hash(text or "") for text in texts]


def row_hash_many(texts: Iterable[str]) -> list[str]:
    """32 hex digits a row that change with any character of it: whether a row that comes again is the same.

    Keyed like :func:`keyed_hash`, since a row may hold little but an ID number.
    """
    key = _derive(settings.DATA_KEY, "rows")
    return [hashlib.blake2b(text.encode(), digest_size=16, key=key).hexdigest() for text in texts]
