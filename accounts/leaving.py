"""What must be handed over before a posting or a department ends: upper apps register what they know of (X-A1)."""

from collections.abc import Callable
from datetime import date
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from accounts.errors import DomainError

# (posting, last day) → labels of what would be left without an owner
PostingGuard = Callable[[Any, date], list[str]]
DepartmentGuard = Callable[[Any], list[str]]
_postings: dict[str, PostingGuard] = {}
_departments: dict[str, DepartmentGuard] = {}


def register(name: str, *, posting: PostingGuard, department: DepartmentGuard) -> None:
    """Add or replace. Call from `AppConfig.ready()`."""
    _postings[name], _departments[name] = posting, department


def refuse_open_work(posting: Any, last_day: date) -> None:
    left = [label for guard in _postings.values() for label in guard(posting, last_day)]
    if left:
        raise DomainError(
            "open_work",
            _(
                "%(name)s still has %(n)d open matters: %(some)s. Have them handed over first (approvals, hand-over)."
            )
            % {"name": posting.user, "n": len(left), "some": _some(left)},
            field="last_day",
        )


def refuse_open_department(department: Any) -> None:
    left = [label for guard in _departments.values() for label in guard(department)]
    if left:
        raise DomainError(
            "open_work",
            _(
                "%(name)s still has %(n)d open matters: %(some)s. "
                "Have them handed over to another department first (approvals, hand-over)."
            )
            % {"name": department.name, "n": len(left), "some": _some(left)},
            field="last_day",
        )


def _some(labels: list[str]) -> str:
    return pgettext("between items", ", ").join(labels[:3]) + ("…" if len(labels) > 3 else "")
