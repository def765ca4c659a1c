"""How the log's codes read. Each app registers the actions it records; unknown ones are shown as they are."""

from typing import Any

from django.apps import apps
from django.core.exceptions import FieldDoesNotExist
from django.utils.translation import gettext_lazy as _

_actions: dict[str, Any] = {
    "user_created": _("account made"),
    "user_enabled": _("account enabled"),
    "user_disabled": _("account disabled"),
    "posting_added": _("posting added"),
    "posting_ended": _("posting ended"),
    "posting_extended": _("posting extended"),
    "password_reset": _("password reset"),
    "password_changed": _("password changed"),
    "password_removed": _("password removed, sessions ended"),
    "token_issued": _("token issued"),
    "token_revoked": _("token revoked"),
    "department_added": _("department added"),
    "department_ended": _("department ended"),
    "calendar_year_set": _("year of the working calendar entered"),
    "outside_link_made": _("link for people outside made"),
    "outside_link_revoked": _("link for people outside taken back"),
    "mail_chosen": _("notices by mail chosen"),
    "mail_confirmed": _("mail address confirmed"),
}
_names: dict[str, Any] = {
    "username": _("user name"),
    "role": _("role"),
    "division": _("division"),
    "department": _("department"),
    "from": _("from"),
    "to": _("to (inclusive)"),
    "user": _("person"),
    "posting": _("posting"),
    "is_active": _("account in use"),
    "wish": _("how often"),
    "changed": _("address changed"),
}


_visitors: set[str] = set()


def register_visitors(*actions: str) -> None:
    """Actions that tell when somebody from outside was here: read with the permission `audit.visitors` alone."""
    _visitors.update(actions)


def visitors() -> frozenset[str]:
    return frozenset(_visitors)


def register(actions: dict[str, Any], names: dict[str, Any] | None = None) -> None:
    """Add words for action codes and for keys of before/after values. Call from `AppConfig.ready()`."""
    _actions.update(actions)
    _names.update(names or {})


def action_label(code: str) -> str:
    return str(_actions.get(code, code))


def action_choices() -> list[tuple[str, Any]]:
    """One choice for each label: what several subjects call the same is asked for at once (see `called_alike`)."""
    found = {str(label): code for code, label in reversed(_actions.items())}
    return sorted(((code, label) for label, code in found.items()), key=lambda pair: pair[1])


def called_alike(code: str) -> list[str]:
    """The codes of all actions with the label of this one."""
    label = action_label(code)
    return [other for other in _actions if action_label(other) == label] or [code]


def object_label(object_type: str) -> str:
    """Name of a kind of row: "accounts.posting" → 任职."""
    model = _model(object_type)
    return str(model._meta.verbose_name) if model else object_type


def field_label(object_type: str, key: str) -> str:
    """Name of a key in before/after: registered words first, then the model field's own name."""
    if key in _names:
        return str(_names[key])
    model = _model(object_type)
    if model is None:
        return key
    try:
        return str(getattr(model._meta.get_field(key), "verbose_name", key))
    except FieldDoesNotExist:
        return key


def _model(object_type: str) -> Any:
    try:
        return apps.get_model(object_type)
    except (LookupError, ValueError):
        return None
