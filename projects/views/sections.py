"""The tabs above the lists about projects: the register, requests, transfers, promises, arrears, assessments."""

from typing import Any

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from accounts.scope import holds

SECTIONS = (
    ("list", _("Register"), "projects:list", "projects.view"),
    ("plan_changes", _("Changes of plan"), "projects:plan_changes", "plans.view"),
    ("transfers", _("Transfers"), "projects:transfers", "projects.transfer"),
    ("promises", _("Promises"), "projects:promises", "promises.view"),
    ("arrears", _("Arrears"), "projects:arrears", "promises.view"),
    ("assessments", _("Assessments before signing"), "projects:assessments", "assessments.view"),
)


def sections(user: Any, current: str) -> list[dict[str, Any]]:
    """Those the user may open; none where it would be the register alone."""
    found = [
        {"label": label, "url": reverse(name), "current": code == current}
        for code, label, name, permission in SECTIONS
        if holds(user, permission)
    ]
    return found if len(found) > 1 else []
