"""The request log of the complainant's pages names neither person nor address: who was here is nobody's business."""

from typing import Any

import structlog
from django.urls import reverse
from django_structlog import signals

WHO = ("user_id", "ip")


def _forget_visitor(request: Any = None, **_ignored: Any) -> None:
    if request is not None and request.path.startswith(reverse("complaints:write")):
        structlog.contextvars.unbind_contextvars(*WHO)


def register() -> None:
    """The log binds person and address before each of these."""
    for signal in (
        signals.bind_extra_request_metadata,
        signals.bind_extra_request_finished_metadata,
        signals.bind_extra_request_failed_metadata,
    ):
        signal.connect(_forget_visitor, weak=False, dispatch_uid="complaints.quiet")
