"""The one form of a kickoff meeting: what was held, what was decided, whom it appointed."""

from datetime import date
from typing import Any

from django import forms
from django.core.validators import RegexValidator
from django.db.models import QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.forms import DateInput
from accounts.models import Posting, User
from accounts.permissions import ROW_SCOPE, RowScope
from approvals.kickoff.services import Appointment
from approvals.service.forms import AgreedFields
from approvals.service.meetings import Agreed
from approvals.tickets.routing import departments_of, place_of
from projects.models import Assignment, Project, TeamRole
from projects.regime import regime_of, role_name

# (role, how many people of it the form takes)
SEATS = (
    (TeamRole.PACKAGE_LEADER, 1),
    (TeamRole.LEAD_DEPARTMENT, 1),
    (TeamRole.CHIEF_SERVICE_OFFICER, 1),
    (TeamRole.SERVICE_SPECIALIST, 3),
)
phone = RegexValidator(
    r"^[0-9+()（）\- ]{5,40}$", gettext_lazy("Write the number with digits, spaces and hyphens only.")
)


# A major project has a task force as well (H9).
TASK_FORCE = ((TeamRole.TASK_FORCE_HEAD, 1), (TeamRole.TASK_FORCE_MEMBER, 3))


def seats_of(project: Project) -> tuple[tuple[TeamRole, int], ...]:
    return (SEATS[0], *TASK_FORCE, *SEATS[1:]) if project.is_major else SEATS


class Seat:
    """One person to appoint: the form's three fields for it."""

    def __init__(self, form: "KickoffForm", role: str, number: int, label: str) -> None:
        self.role, self.label, self.key = role, label, f"{role}_{number}"
        self.form = form

    @property
    def fields(self) -> list[Any]:
        return [self.form[f"{self.key}_{part}"] for part in ("user", "name", "office", "phone")]

    @property
    def has_errors(self) -> bool:
        return any(field.errors for field in self.fields)


class KickoffForm(forms.Form):
    held_on = forms.DateField(
        label=gettext_lazy("Held on"),
        widget=DateInput,
        error_messages={"required": gettext_lazy("Give the day of the meeting.")},
    )
    place = forms.CharField(label=gettext_lazy("Place of the meeting"), max_length=120, required=False)
    chair = forms.CharField(
        label=gettext_lazy("Chaired by"),
        max_length=60,
        error_messages={"required": gettext_lazy("Say who chaired the meeting.")},
    )
    attendees = forms.CharField(
        label=gettext_lazy("Departments and people present"),
        max_length=2000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
    )
    minutes = forms.CharField(
        label=gettext_lazy("What was decided"),
        max_length=4000,  # they become the text of the tickets, which take as much
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text=gettext_lazy("Split of duties, problems of the project and who solves them until when."),
        error_messages={"required": gettext_lazy("Write down what was decided.")},
    )

    def __init__(self, data: Any, project: Project, on: date) -> None:
        self.project, self.on = project, on
        super().__init__(data, initial=_present_team(project, on))
        self.matters = AgreedFields()
        self.matters.add_lines(self, departments_of(place_of(project), on))
        regime, people = regime_of(project.division), people_for(project, on)
        self.seats: list[Seat] = []
        for role, seats in seats_of(project):
            for number in range(1, seats + 1):
                name = role_name(regime, role)
                label = f"{name} {number}" if seats > 1 else name
                self._add_seat(f"{role}_{number}", people)
                self.seats.append(Seat(self, role, number, label))

    @property
    def meeting_fields(self) -> list[Any]:
        return [self[name] for name in ("held_on", "place", "chair", "attendees", "minutes")]

    @property
    def lines(self) -> list[dict[str, Any]]:
        return self.matters.lines(self)

    def agreed(self) -> list[Agreed]:
        """Matters that become tickets, after validation."""
        return self.matters.agreed(self.cleaned_data)

    def appointments(self) -> list[Appointment]:
        """Those that were filled in, after validation."""
        found = []
        for seat in self.seats:
            user, name = self.cleaned_data[f"{seat.key}_user"], self.cleaned_data[f"{seat.key}_name"]
            if user is None and not name:
                continue
            found.append(
                Appointment(
                    role=seat.role,
                    user=user,
                    name="" if user else name,
                    phone=self.cleaned_data[f"{seat.key}_phone"],
                    office=self.cleaned_data[f"{seat.key}_office"],
                )
            )
        return found

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        self.matters.check(self, data)
        for seat in self.seats:
            user, name = data.get(f"{seat.key}_user"), data.get(f"{seat.key}_name")
            loose = data.get(f"{seat.key}_office") or data.get(f"{seat.key}_phone")
            if loose and user is None and not name:
                self.add_error(f"{seat.key}_name", _("Choose a person, or write the name."))
        return data

    def _add_seat(self, key: str, people: QuerySet[User]) -> None:
        self.fields[f"{key}_user"] = forms.ModelChoiceField(
            label=gettext_lazy("Account"),
            queryset=people,
            required=False,
            empty_label=gettext_lazy("no account, name below"),
        )
        self.fields[f"{key}_name"] = forms.CharField(
            label=gettext_lazy("Name"), max_length=60, required=False
        )
        self.fields[f"{key}_office"] = forms.CharField(
            label=gettext_lazy("Office and job title"), max_length=120, required=False
        )
        self.fields[f"{key}_phone"] = forms.CharField(
            label=gettext_lazy("Phone"), max_length=40, required=False, validators=[phone]
        )


def people_for(project: Project, on: date) -> QuerySet[User]:
    """Accounts that may be appointed: officials posted in the project's division, or in its city."""
    codes = [code for code in (project.county_code, project.city_code) if code]
    roles = [role for role, scope in ROW_SCOPE.items() if scope is RowScope.GRANTED and role != "investor"]
    posted = Posting.objects.current(on).filter(division_id__in=codes, role__in=roles)
    return User.objects.filter(pk__in=posted.values("user_id"), is_active=True).order_by("full_name", "pk")


def _present_team(project: Project, on: date) -> dict[str, Any]:
    """Who serves the project already stands in the form."""
    initial: dict[str, Any] = {}
    taken = dict.fromkeys((role for role, _seats in seats_of(project)), 0)
    seats = {role.value: number for role, number in seats_of(project)}
    rows = Assignment.objects.current(on).filter(project=project, role__in=seats).order_by("valid_from", "pk")
    for row in rows:
        taken[TeamRole(row.role)] += 1
        if taken[TeamRole(row.role)] > seats[row.role]:
            continue
        key = f"{row.role}_{taken[TeamRole(row.role)]}"
        initial |= {f"{key}_user": row.user_id, f"{key}_office": row.office, f"{key}_phone": row.phone}
        initial[f"{key}_name"] = "" if row.user_id else row.name
    return initial
