"""Appointing people to a project."""

from collections.abc import Iterable
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts import clock
from accounts.models import Department, Posting, User
from projects.fields import DayField, TextField, set_choices
from projects.models import Assignment, TeamRole


class AppointForm(forms.Form):
    """A person with an account from the list, else by name."""

    role = forms.ChoiceField(label=_("Role"))
    user = forms.ChoiceField(
        label=_("Person with an account"),
        required=False,
        help_text=_("They will see this project from now on."),
    )
    name = TextField(
        label=_("Or the name"), max_length=60, required=False, help_text=_("For people without an account.")
    )
    phone = TextField(label=_("Phone"), max_length=40, required=False)
    department = forms.ChoiceField(label=_("Department"), required=False)
    office = TextField(label=_("Office and job title"), max_length=120, required=False)
    valid_from = DayField(label=_("From"))

    def __init__(
        self,
        *args: Any,
        postings: Iterable[Posting],
        departments: Iterable[Department],
        roles: list[tuple[str, str]],
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        self.people: dict[str, User] = {}
        labels: dict[str, str] = {}
        for posting in postings:
            key = str(posting.user_id)
            self.people[key] = posting.user
            labels.setdefault(key, f"{posting.user} · {posting}")
        self.departments = {str(row.pk): row for row in departments}
        set_choices(self, "role", [("", _("choose")), *roles])
        set_choices(self, "user", [("", _("nobody from the list")), *labels.items()])
        rows = [(key, row.short_name or row.name) for key, row in self.departments.items()]
        set_choices(self, "department", [("", _("not chosen")), *rows])
        self.fields["valid_from"].initial = clock.today()

    def service_values(self) -> dict[str, Any]:
        data = self.cleaned_data
        return {
            "role": data["role"],
            "user": self.people.get(data["user"]),
            "name": data["name"],
            "phone": data["phone"],
            "department": self.departments.get(data["department"]),
            "office": data["office"],
            "valid_from": data["valid_from"],
        }


class DismissForm(forms.Form):
    valid_to = DayField(label=_("Last day"))
    reason = TextField(label=_("Reason"), max_length=200, required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["valid_to"].initial = clock.today()


ROLE_ORDER = [
    TeamRole.PACKAGE_LEADER, TeamRole.TASK_FORCE_HEAD, TeamRole.TASK_FORCE_MEMBER, TeamRole.LEAD_DEPARTMENT,
    TeamRole.CHIEF_SERVICE_OFFICER, TeamRole.SERVICE_SPECIALIST, TeamRole.COMPANY_CONTACT, TeamRole.INVESTOR,
]  # fmt: skip


def by_role(team: Iterable[Assignment]) -> list[Assignment]:
    order = {role.value: number for number, role in enumerate(ROLE_ORDER)}
    return sorted(team, key=lambda row: (order.get(row.role, 99), row.valid_from, row.pk))
