"""Forms of the meetings' pages. Choices are narrowed to the unit that holds the meeting."""

from datetime import date, datetime, time, timedelta
from typing import Any

from django import forms
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from accounts.clock import BUSINESS_ZONE
from accounts.forms import DateInput, FilesField, long_text
from accounts.models import Department, Division, User
from accounts.obligations import kinds
from projects.models import Project, ProjectState
from projects.text import clean
from supervision.meetings.access import (
    Invited,
    departments_to_invite,
    people_to_invite,
    units_to_invite,
)
from supervision.meetings.calling import Plan, companies_of
from supervision.meetings.models import InviteeKind, MeetingKind, UnitMeeting, UnitMeetingState

MOST_PROJECTS = 60


class TimeInput(forms.TimeInput):
    input_type = "time"


class Ticks(forms.ModelMultipleChoiceField):
    """Boxes to tick, drawn by the template."""

    def __init__(self, rows: Any, **kwargs: Any) -> None:
        super().__init__(rows, required=False, widget=forms.CheckboxSelectMultiple(), **kwargs)


def find_projects(text: str, user: Any) -> list[Project]:
    """Projects by number or full name, one a line, among those the user sees. ValidationError names the line."""
    lines = list(dict.fromkeys(clean(line) for line in text.splitlines() if clean(line)))
    if len(lines) > MOST_PROJECTS:
        raise forms.ValidationError(
            _now("At most %(n)d projects; name the most important ones.") % {"n": MOST_PROJECTS}
        )
    rows = Project.objects.visible_to(user).exclude(state=ProjectState.MERGED)
    found, wrong = [], []
    for line in lines:
        named = list(rows.filter(number=line)[:2]) or list(rows.filter(name=line).order_by("pk")[:2])
        if len(named) == 1:
            found.append(named[0])
        elif named:
            wrong.append(
                _now("“%(line)s”: several projects have this name; write the number") % {"line": line}
            )
        else:
            wrong.append(
                _now("“%(line)s”: no project of this number or full name in your area") % {"line": line}
            )
    if wrong:
        raise forms.ValidationError(wrong)
    return found


class MeetingForm(forms.Form):
    """A meeting to call, or to change. `unit` holds it."""

    kind = forms.ChoiceField(label=_("Kind of meeting"), choices=MeetingKind.choices)
    subject = forms.CharField(
        label=_("Subject of the meeting"),
        max_length=120,
        error_messages={"required": _("Say what the meeting is about.")},
    )
    day = forms.DateField(label=_("Day"), widget=DateInput())
    hour = forms.TimeField(label=_("Begins"), widget=TimeInput(format="%H:%M"), initial=time(9, 0))
    until = forms.TimeField(label=_("Ends"), widget=TimeInput(format="%H:%M"), required=False)
    place = forms.CharField(
        label=_("Meeting place"), max_length=120, error_messages={"required": _("Say where the meeting is.")}
    )
    agenda = long_text(_("Agenda"), required=False)
    projects = long_text(
        _("Projects concerned"),
        rows=2,
        required=False,
        help_text=_("One a line, by number or full name."),
    )
    units = Ticks(Division.objects.none(), label=_("Units invited"))
    departments = Ticks(Department.objects.none(), label=_("Departments invited"))
    people = Ticks(User.objects.none(), label=_("People invited"))
    companies = long_text(
        _("Companies and other guests"),
        rows=2,
        required=False,
        help_text=_("One a line. They are told by telephone or letter; the system does not write to them."),
    )
    reason = forms.CharField(
        label=_("Why it is changed"),
        max_length=300,
        error_messages={"required": _("Say why; everybody invited reads it.")},
    )
    turn = forms.IntegerField(widget=forms.HiddenInput(), required=False)

    def __init__(
        self,
        data: Any,
        *,
        unit: Division,
        user: Any,
        on: date,
        meeting: UnitMeeting | None = None,
        **kwargs: Any,
    ) -> None:
        if meeting is not None:
            kwargs["initial"] = _initial(meeting, user)
        super().__init__(data, **kwargs)
        self.unit, self.user = unit, user
        fields: Any = self.fields
        chosen = list(meeting.invitees.all()) if meeting is not None else []
        for name, rows, model, attribute in (
            ("units", units_to_invite(unit, on), Division, "unit_id"),
            ("departments", departments_to_invite(unit, on), Department, "department_id"),
            ("people", people_to_invite(unit, on), User, "person_id"),
        ):
            ids = [row.pk for row in rows] + [getattr(one, attribute) for one in chosen]
            fields[name].queryset = model._default_manager.filter(pk__in=[pk for pk in ids if pk])
            if not fields[name].queryset.exists():
                del fields[name]
        if meeting is None:
            del fields["reason"], fields["turn"]
        else:
            del fields["kind"]

    def clean_projects(self) -> list[Project]:
        return find_projects(self.cleaned_data["projects"], self.user)

    def plan(self) -> Plan:
        data = self.cleaned_data
        starts = datetime.combine(data["day"], data["hour"], BUSINESS_ZONE)
        ends = datetime.combine(data["day"], data["until"], BUSINESS_ZONE) if data.get("until") else None
        return Plan(
            subject=data["subject"], meets_at=starts, ends_at=ends, place=data["place"], agenda=data["agenda"],
            projects=tuple(data["projects"]),
            invited=Invited(
                units=tuple(data.get("units") or ()), departments=tuple(data.get("departments") or ()),
                people=tuple(data.get("people") or ()), companies=companies_of(data["companies"].splitlines()),
            ),
        )  # fmt: skip

    def ticks(self) -> list[Any]:
        """The bound fields that are boxes to tick, for the template."""
        return [self[name] for name in ("units", "departments", "people") if name in self.fields]

    def plain(self) -> list[Any]:
        return [one for one in self.visible_fields() if one.name not in ("units", "departments", "people")]


def _initial(meeting: UnitMeeting, user: Any) -> dict[str, Any]:
    starts = meeting.meets_at.astimezone(BUSINESS_ZONE)
    invitees = list(meeting.invitees.all())
    return {
        "subject": meeting.subject, "day": starts.date(), "hour": starts.time(), "place": meeting.place,
        "until": meeting.ends_at.astimezone(BUSINESS_ZONE).time() if meeting.ends_at else None,
        "agenda": meeting.agenda, "turn": meeting.turn,
        "projects": "\n".join(row.number for row in Project.objects.visible_to(user).filter(unit_meetings=meeting)),
        "units": [one.unit_id for one in invitees if one.unit_id],
        "departments": [one.department_id for one in invitees if one.department_id],
        "people": [one.person_id for one in invitees if one.person_id],
        "companies": "\n".join(one.name for one in invitees if one.kind == InviteeKind.COMPANY),
    }  # fmt: skip


class CancelForm(forms.Form):
    turn = forms.IntegerField(widget=forms.HiddenInput(), required=False)
    reason = forms.CharField(
        label=_("Why it is called off"),
        max_length=300,
        error_messages={"required": _("Say why; everybody invited reads it.")},
    )


class AmendForm(forms.Form):
    turn = forms.IntegerField(widget=forms.HiddenInput(), required=False)
    text = long_text(_("Minutes"), rows=8, error_messages={"required": _("Write down what was decided.")})
    reason = forms.CharField(
        label=_("Why they are corrected"),
        max_length=300,
        error_messages={"required": _("Say why; everybody invited reads it.")},
    )


class PapersForm(forms.Form):
    uploads = FilesField(label=_("Papers"))


WHOSE = [("", _("of my unit, and where I am invited")), ("all", _("of the whole area"))]


class CalendarFilter(forms.Form):
    """Of the calendar; `month` as 2026-11."""

    month = forms.CharField(
        label=_("Month"), required=False, max_length=7, widget=forms.TextInput(attrs={"type": "month"})
    )
    kind = forms.ChoiceField(
        label=_("Kind of meeting"), required=False, choices=[("", _("all")), *MeetingKind.choices]
    )
    whose = forms.ChoiceField(label=_("Whose meetings"), required=False, choices=WHOSE)

    def first_day(self, on: date) -> date:
        text = self.cleaned_data.get("month", "") if self.is_valid() else ""
        try:
            first = date.fromisoformat(f"{text}-01")
        except ValueError:
            return on.replace(day=1)
        near = abs(first - on) < timedelta(days=3660)
        return first if near else on.replace(day=1)


class MeetingFilter(forms.Form):
    """Filters of the list; every field may stay empty."""

    q = forms.CharField(label=_("Subject, place or number"), required=False, max_length=60)
    kind = forms.ChoiceField(
        label=_("Kind of meeting"), required=False, choices=[("", _("all")), *MeetingKind.choices]
    )
    state = forms.ChoiceField(
        label=_("State"),
        required=False,
        choices=[("", _("all")), *UnitMeetingState.choices, ("late", _("minutes lacking"))],
    )
    whose = forms.ChoiceField(label=_("Whose meetings"), required=False, choices=WHOSE)
    since = forms.DateField(label=_("From"), required=False, widget=DateInput())
    to = forms.DateField(label=_("To"), required=False, widget=DateInput())

    def __init__(self, data: Any) -> None:
        super().__init__(data)
        self.fields["q"].widget.attrs["class"] = "is-long"


class DueFilter(forms.Form):
    """Duties to hold a meeting."""

    kind = forms.ChoiceField(label=_("Meeting that is due"), required=False)
    period = forms.CharField(
        label=pgettext_lazy("of a duty", "Period"),
        required=False,
        max_length=10,
        help_text=_("2026Q4 or 2026-11"),
    )
    state = forms.ChoiceField(
        label=_("State"),
        required=False,
        choices=[
            ("", _("to be held")), ("missing", _("overdue")), ("met", _("held")), ("all", _("all")),
        ],
    )  # fmt: skip

    def __init__(self, data: Any) -> None:
        super().__init__(data)
        kind: Any = self.fields["kind"]
        kind.choices = [("", _("all")), *((code, kinds.label_of(code)) for code in kinds.MEETINGS)]


class AttendanceFilter(forms.Form):
    year = forms.IntegerField(label=_("Year"), required=False, min_value=2019, max_value=2099)
    kind = forms.ChoiceField(
        label=_("Kind of meeting"), required=False, choices=[("", _("all")), *MeetingKind.choices]
    )
    who = forms.ChoiceField(label=_("Who"), required=False, choices=[("", _("all")), *InviteeKind.choices])
