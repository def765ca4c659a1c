"""The request log of pages where who was here is nobody's business names neither person nor address of the network."""

from collections.abc import Callable
from typing import Any

import structlog
from django_structlog import signals

WHO = ("user_id", "ip")
_quiet: list[Callable[[], str]] = []


def hide_visitors(*addresses: Callable[[], str]) -> None:
    """Each address is called for the beginning of the paths (such as `/r/`) whose visitors are left out."""
    _quiet.extend(addresses)


def register() -> None:
    """The log binds person and address before each of these."""
    for signal in (
        signals.bind_extra_request_metadata,
        signals.bind_extra_request_finished_metadata,
        signals.bind_extra_request_failed_metadata,
    ):
        signal.connect(_forget_visitor, weak=False, dispatch_uid="accounts.outside.quiet")


def _forget_visitor(request: Any = None, **_ignored: Any) -> None:
    if request is not None and any(request.path.startswith(address()) for address in _quiet):
        structlog.contextvars.unbind_contextvars(*WHO)
