"""Limits on what one address or one code may try. Counted in the cache; each refusal is logged with its kind.

A limit is a number of tries in a fixed window of seconds. Without a cache the tries pass: the codes themselves are
long enough, and a broken cache must not close the complaints box.
"""

import hashlib
import logging
from dataclasses import dataclass
from ipaddress import IPv6Address, IPv6Network, ip_address
from typing import Any

from django.conf import settings
from django.core.cache import cache
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

logger = logging.getLogger("accounts.outside")


@dataclass(frozen=True, slots=True)
class Limit:
    """At most `most` tries in `seconds`, per `name` and key."""

    name: str
    most: int
    seconds: int


def client_address(request: HttpRequest) -> str:
    """Address of the visitor: nginx's header behind the proxy, else the peer's. Forged headers count for nothing."""
    held: Any = request.META.get("HTTP_X_REAL_IP") if settings.BEHIND_PROXY else None
    return _household(str(held or request.META.get("REMOTE_ADDR") or "unknown"))


def _household(address: str) -> str:
    """One line has a whole /64 of IPv6 addresses and may use another for each try; it is counted as one."""
    try:
        found = ip_address(address)
    except ValueError:
        return address
    if not isinstance(found, IPv6Address):
        return address
    if found.ipv4_mapped is not None:
        return str(found.ipv4_mapped)
    return str(IPv6Network((found, 64), strict=False).network_address)


def spend(limit: Limit, key: str) -> bool:
    """Count one try of `key`; False when it is one too many. Logged with a digest of the key, never the key."""
    name = _name(limit, key)
    try:
        cache.add(name, 0, timeout=limit.seconds)
        tries = cache.incr(name)
    except ValueError:  # the window ended between the two calls
        return True
    except Exception:
        logger.warning("outside_limit_unavailable", extra={"limit": limit.name})
        return True
    if tries > limit.most:
        if tries == limit.most + 1 or tries % 100 == 0:
            logger.warning(
                "outside_limit_reached", extra={"limit": limit.name, "key": _short(key), "tries": tries}
            )
        return False
    return True


def spent(limit: Limit, key: str) -> bool:
    """Whether `key` has no try left, without counting one."""
    try:
        return int(cache.get(_name(limit, key)) or 0) >= limit.most
    except Exception:
        return False


def too_many(request: HttpRequest, limit: Limit, back: str = "") -> HttpResponse:
    """The page for one try too many, with how long to wait and the way back (`back`, else the page asked for)."""
    context = {"minutes": -(-limit.seconds // 60), "back": back or request.path}
    response = render(request, "429.html", context, status=429)
    response["Retry-After"] = str(limit.seconds)
    response["Cache-Control"] = "no-store"
    return response


def _name(limit: Limit, key: str) -> str:
    return f"outside:{limit.name}:{_short(key)}"


def _short(key: str) -> str:
    return hashlib.sha256(key.encode()).hexdigest()[:32]
