"""The id that ties together all a request or task did, in logs and in the audit record."""

from contextvars import ContextVar
from uuid import uuid4

_current: ContextVar[str] = ContextVar("request_id", default="")


def current_request_id() -> str:
    return _current.get()


def begin(request_id: str = "") -> str:
    """Set the id for this context (a new one when none is given) and return it."""
    value = request_id or uuid4().hex
    _current.set(value)
    return value
