"""Text that the database keeps but cannot read: who complained, and how to reach them (个人信息保护法 51, H22).

Fernet (AES-128-CBC with HMAC) under the keys of SEALING_KEYS: the first seals, all open, so that a key is changed by
putting a new one in front. Losing the keys loses the identities, nothing else.
"""

import base64
import hashlib
import json
from functools import lru_cache
from typing import Any

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from django.conf import settings


class Unreadable(Exception):
    """Sealed under a key this installation no longer has, or altered."""


def seal(values: dict[str, str]) -> bytes:
    """A small mapping of texts, sealed."""
    return _box().encrypt(json.dumps(values, ensure_ascii=False, sort_keys=True).encode())


def unseal(sealed: bytes | memoryview) -> dict[str, str]:
    """What was sealed; raise Unreadable when it cannot be opened."""
    try:
        found: Any = json.loads(_box().decrypt(bytes(sealed)))
    except (InvalidToken, ValueError) as error:
        raise Unreadable from error
    return {str(name): str(value) for name, value in found.items()}


def reseal(sealed: bytes | memoryview) -> bytes:
    """The same under the newest key; raise Unreadable when it cannot be opened."""
    try:
        return _box().rotate(bytes(sealed))
    except InvalidToken as error:
        raise Unreadable from error


def _box() -> MultiFernet:
    return _made(tuple(settings.SEALING_KEYS))


@lru_cache(maxsize=4)
def _made(keys: tuple[str, ...]) -> MultiFernet:
    """Any text serves as a key: it is stretched to the 32 bytes Fernet wants; it must be long and random itself."""
    return MultiFernet(
        [Fernet(base64.urlsafe_b64encode(hashlib.sha256(f"sealed:{key}".encode()).digest())) for key in keys]
    )
