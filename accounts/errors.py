"""What a service raises when a rule says no. Views turn it into a message, the API into a problem response."""

from typing import Any


class DomainError(Exception):
    """A rule refused the write; nothing was changed.

    `code` is stable and for programs, `message` is for the person (translated, says how to mend it).
    `field` names the form field it belongs to, where there is one; `details` carries structured extras.
    """

    def __init__(self, code: str, message: Any, *, field: str = "", details: dict[str, Any] | None = None):
        super().__init__(str(message))
        self.code = code
        self.message = message
        self.field = field
        self.details = details or {}


class StaleState(DomainError):
    """Someone else was faster: the row is no longer in the state (or version) the caller saw."""
