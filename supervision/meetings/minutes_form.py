"""The form in which a held meeting is recorded: attendance, minutes, earlier items, agreed items."""

from datetime import date
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.forms import DateInput, FilesField, long_text
from accounts.models import Department, Division
from approvals.tickets.models import TicketKind
from projects.models import Project
from supervision.meetings.access import owners_for
from supervision.meetings.forms import find_projects
from supervision.meetings.models import Attendance, UnitMeeting
from supervision.meetings.recording import Line, Minutes, open_before

LINES = 5


class ItemFields:
    """Fields of agreed items, `n` of them, added to a form whose meeting is known."""

    def __init__(self, form: Any, meeting: UnitMeeting, numbers: range, user: Any, on: date) -> None:
        self.form, self.meeting, self.numbers, self.user = form, meeting, numbers, user
        units, departments = owners_for(meeting, on)
        self.units = {f"u{unit.pk}": unit for unit in units}
        self.departments = {f"d{row.pk}": row for row in departments}
        owners = [
            (_("Units"), [(key, unit.name) for key, unit in self.units.items()]),
            (_("Departments"), [(key, row.name) for key, row in self.departments.items()]),
        ]
        projects = list(Project.objects.visible_to(user).filter(unit_meetings=meeting).order_by("name"))
        for n in numbers:
            self._add(n, owners, projects)

    def _add(self, n: int, owners: Any, projects: list[Any]) -> None:
        fields = self.form.fields
        fields[f"title_{n}"] = forms.CharField(label=_("Agreed item"), max_length=120, required=False)
        fields[f"owner_{n}"] = forms.ChoiceField(
            label=_("Who does it"), choices=[("", _("choose")), *owners], required=False
        )
        fields[f"due_{n}"] = forms.DateField(
            label=_("To be done by"),
            required=False,
            widget=DateInput(),
            help_text=_("Empty: by the rule, from today."),
        )
        fields[f"help_{n}"] = forms.ChoiceField(
            label=_("Becomes"),
            choices=[
                ("", _("an order to the unit, on the ladder")),
                (_("a ticket with the investor"), TicketKind.choices),
            ],
            required=False,
        )
        fields[f"project_{n}"] = forms.CharField(
            label=_("Project"), max_length=200, required=False,
            initial=projects[0].number if len(projects) == 1 else "",
            help_text=_("Number or full name; needed for a ticket."),
        )  # fmt: skip
        fields[f"text_{n}"] = long_text(_("What exactly is demanded"), rows=2, required=False)

    def bound(self) -> list[dict[str, Any]]:
        parts = ("title", "owner", "due", "help", "project", "text")
        return [
            {
                "n": n,
                "fields": [self.form[f"{part}_{n}"] for part in parts],
                "open": n == self.numbers.start or self._touched(n),
            }
            for n in self.numbers
        ]

    def _touched(self, n: int) -> bool:
        """Whether something was typed into the line, or is wrong in it: then it stands open."""
        names = [f"{part}_{n}" for part in ("title", "owner", "due", "help", "text")]
        return any(self.form.data.get(name) or name in self.form.errors for name in names)

    def check(self, data: dict[str, Any]) -> None:
        for n in self.numbers:
            title = data.get(f"title_{n}")
            if not title:
                if any(data.get(f"{part}_{n}") for part in ("owner", "due", "text", "help")):
                    self.form.add_error(f"title_{n}", _("Write the item this belongs to."))
                continue
            try:
                found = find_projects(data.get(f"project_{n}") or "", self.user)
            except forms.ValidationError as wrong:
                self.form.add_error(f"project_{n}", wrong)
                continue
            data[f"project_row_{n}"] = found[0] if found else None
            if data.get(f"help_{n}") and not found:
                self.form.add_error(f"project_{n}", _("A ticket belongs to a project: name it."))
            if not data.get(f"help_{n}") and not data.get(f"owner_{n}"):
                self.form.add_error(f"owner_{n}", _("Say which unit or department does it."))

    def lines(self, data: dict[str, Any]) -> tuple[Line, ...]:
        return tuple(self._line(n, data) for n in self.numbers if data.get(f"title_{n}"))

    def _line(self, n: int, data: dict[str, Any]) -> Line:
        owner = data.get(f"owner_{n}") or ""
        department: Department | None = self.departments.get(owner)
        unit: Division = department.division if department else self.units.get(owner, self.meeting.unit)
        return Line(
            n=n, title=data[f"title_{n}"], text=data.get(f"text_{n}") or "", unit=unit, department=department,
            due_on=data.get(f"due_{n}"), project=data.get(f"project_row_{n}"), help_kind=data.get(f"help_{n}") or "",
            company_agreed=bool(data.get("company_agreed")),
        )  # fmt: skip


def _company_agreed() -> forms.BooleanField:
    return forms.BooleanField(
        label=_("The companies sat there and agreed to these tickets"),
        required=False,
        help_text=_("Otherwise the investor is asked first. Orders to units need no agreement."),
    )


class MinutesForm(forms.Form):
    turn = forms.IntegerField(widget=forms.HiddenInput(), required=False)
    chair = forms.CharField(
        label=_("Chaired by"), max_length=60, error_messages={"required": _("Say who was in the chair.")}
    )
    text = long_text(_("Minutes"), rows=8, error_messages={"required": _("Write down what was decided.")})
    uploads = FilesField(label=_("Papers, list of signatures, photos"))

    def __init__(self, data: Any, uploads: Any, *, meeting: UnitMeeting, user: Any, on: date) -> None:
        super().__init__(data, uploads, initial={"turn": meeting.turn})
        self.invitees = list(meeting.invitees.all())
        self.earlier = list(open_before(meeting))
        for one in self.invitees:
            self.fields[f"came_{one.pk}"] = forms.ChoiceField(
                label=one.name, choices=Attendance.choices, initial=Attendance.PRESENT
            )
            self.fields[f"who_{one.pk}"] = forms.CharField(
                label=_("Who came"), max_length=120, required=False
            )
        for item in self.earlier:
            self.fields[f"note_{item.pk}"] = forms.CharField(
                label=_("What was said about it"), max_length=500, required=False
            )
        self.items = ItemFields(self, meeting, range(1, LINES + 1), user, on)
        self.fields["company_agreed"] = _company_agreed()

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        self.items.check(data)
        return data

    def values(self) -> Minutes:
        data = self.cleaned_data
        return Minutes(
            text=data["text"], chair=data["chair"], uploads=tuple(data["uploads"]), lines=self.items.lines(data),
            attendance={one.pk: (data[f"came_{one.pk}"], data[f"who_{one.pk}"]) for one in self.invitees},
            notes={item.pk: data[f"note_{item.pk}"] for item in self.earlier},
        )  # fmt: skip

    def attendance_rows(self) -> list[tuple[Any, Any, Any]]:
        return [(one, self[f"came_{one.pk}"], self[f"who_{one.pk}"]) for one in self.invitees]

    def earlier_rows(self) -> list[tuple[Any, Any]]:
        return [(item, self[f"note_{item.pk}"]) for item in self.earlier]


class ItemForm(forms.Form):
    """One agreed item, added after the minutes."""

    def __init__(self, data: Any, *, meeting: UnitMeeting, user: Any, on: date) -> None:
        super().__init__(data)
        self.items = ItemFields(self, meeting, range(1, 2), user, on)
        self.fields["company_agreed"] = _company_agreed()
        self.fields["title_1"].required = True

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        self.items.check(data)
        return data

    def values(self) -> Line:
        return self.items.lines(self.cleaned_data)[0]
