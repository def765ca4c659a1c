"""Forms of the service pages: the log, meetings, hand-over."""

from datetime import datetime, time
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.clock import BUSINESS_ZONE
from accounts.forms import DateInput, long_text
from accounts.models import Department, User
from approvals.service.meetings import Agreed
from approvals.service.models import Duty, Result, Way
from approvals.service.offices import BY_CODE
from approvals.service.owned import Thing, label_of
from approvals.tickets.models import TicketKind


class EntryForm(forms.Form):
    duty = forms.ChoiceField(label=_("Which duty"), choices=Duty.choices)
    done_on = forms.DateField(label=_("Done on"), widget=DateInput())
    text = long_text(_("What was done"), error_messages={"required": _("Write what was done.")})
    way = forms.ChoiceField(
        label=_("Return visit"),
        choices=[("", _("not a return visit")), *Way.choices],
        required=False,
        help_text=_("How the company was met. It is asked to rate the visit."),
    )
    result = forms.ChoiceField(
        label=_("Result of the visit"),
        choices=[("", _("choose")), *Result.choices],
        required=False,
        help_text=_("For a return visit. A problem can be made a ticket from the log."),
    )
    shared = forms.BooleanField(
        label=_("The investor sees it"),
        required=False,
        help_text=_("A report to the investor is always seen by them."),
    )


class TimeInput(forms.TimeInput):
    input_type = "time"


class CallForm(forms.Form):
    subject = forms.CharField(
        label=_("What about"),
        max_length=120,
        error_messages={"required": _("Say what the meeting is about.")},
    )
    day = forms.DateField(label=_("Day"), widget=DateInput())
    hour = forms.TimeField(label=_("Time"), widget=TimeInput(format="%H:%M"), initial=time(9, 0))
    place = forms.CharField(
        label=_("Meeting place"), max_length=120, error_messages={"required": _("Say where the meeting is.")}
    )
    invited = forms.CharField(
        label=_("Who comes, besides the team"),
        max_length=300,
        required=False,
        help_text=_("Everybody of the team and the investor hear of it by themselves."),
    )

    def values(self) -> dict[str, Any]:
        data = self.cleaned_data
        return {
            "subject": data["subject"],
            "meets_at": datetime.combine(data["day"], data["hour"], BUSINESS_ZONE),
            "place": data["place"],
            "invited": data["invited"],
        }


class AgreedFields:
    """Three lines of matters agreed at a meeting, for any form of a meeting."""

    LINES = (1, 2, 3)

    def add_lines(self, form: forms.Form, departments: list[Department]) -> None:
        offices = Department.objects.filter(pk__in=[row.pk for row in departments])
        for n in self.LINES:
            form.fields[f"matter_{n}"] = forms.CharField(
                label=_("Matter to settle"), max_length=120, required=False
            )
            form.fields[f"kind_{n}"] = forms.ChoiceField(
                label=_("Kind"), choices=TicketKind.choices, initial=TicketKind.APPROVAL, required=False
            )
            form.fields[f"office_{n}"] = forms.ModelChoiceField(
                offices, label=_("Office in charge"), required=False, empty_label=_("by the kind of help")
            )
            form.fields[f"due_{n}"] = forms.DateField(
                label=_("To be done by"), required=False, widget=DateInput()
            )
        form.fields["company_agreed"] = forms.BooleanField(
            label=_("The company sat there and agreed to these matters"),
            required=False,
            initial=True,
            help_text=_("Otherwise the investor is asked first."),
        )

    def lines(self, form: forms.Form) -> list[dict[str, Any]]:
        """Bound fields of each line, for the template."""
        return [
            {"n": n, "fields": [form[f"{part}_{n}"] for part in ("matter", "kind", "office", "due")]}
            for n in self.LINES
        ]

    def check(self, form: forms.Form, data: dict[str, Any]) -> None:
        for n in self.LINES:
            if data.get(f"due_{n}") and not data.get(f"matter_{n}"):
                form.add_error(f"matter_{n}", _("Write the matter this day belongs to."))

    def agreed(self, data: dict[str, Any]) -> list[Agreed]:
        return [
            Agreed(
                title=data[f"matter_{n}"],
                kind=data[f"kind_{n}"] or TicketKind.OTHER,
                department=data[f"office_{n}"],
                due_on=data[f"due_{n}"],
                agreed_there=bool(data["company_agreed"]),
                line=n,
            )
            for n in self.LINES
            if data.get(f"matter_{n}")
        ]


class MinutesForm(forms.Form):
    minutes = long_text(
        _("What was decided"), rows=4, error_messages={"required": _("Write down what was decided.")}
    )
    follow_up_on = forms.DateField(
        label=_("Look at it again on"), required=False, widget=DateInput(), help_text=_("Empty: not needed.")
    )

    def __init__(self, data: Any, *, departments: list[Department]) -> None:
        super().__init__(data)
        self.matters = AgreedFields()
        self.matters.add_lines(self, departments)

    @property
    def lines(self) -> list[dict[str, Any]]:
        return self.matters.lines(self)

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        self.matters.check(self, data)
        return data

    def values(self) -> dict[str, Any]:
        data = self.cleaned_data
        return {
            "minutes": data["minutes"],
            "follow_up_on": data["follow_up_on"],
            "agreed": self.matters.agreed(data),
        }


class ReasonForm(forms.Form):
    reason = forms.CharField(
        label=_("Why"),
        max_length=300,
        widget=forms.Textarea(attrs={"rows": 2}),
        error_messages={"required": _("Say why; the other side reads it.")},
    )


class FollowForm(forms.Form):
    note = long_text(
        _("What became of it"), rows=2, error_messages={"required": _("Write what became of it.")}
    )


class GiverForm(forms.Form):
    """First step of a hand-over: whose work."""

    giver = forms.ModelChoiceField(
        User.objects.none(),
        label=_("Whose work"),
        empty_label=_("choose"),
        widget=forms.Select(attrs={"data-autosubmit": True, "class": "is-long"}),
    )

    def __init__(self, data: Any, people: Any) -> None:
        super().__init__(data)
        giver: Any = self.fields["giver"]
        giver.queryset = people


class HandOverForm(forms.Form):
    receiver = forms.ModelChoiceField(User.objects.none(), label=_("Who takes over"), empty_label=_("choose"))
    reason = forms.CharField(
        label=_("Why"),
        max_length=300,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text=_("For instance a transfer or the end of a posting, with its document."),
        error_messages={"required": _("Say why; the other side reads it.")},
    )
    keys = forms.MultipleChoiceField(
        label=_("What is handed over"),
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": _("Choose what is handed over.")},
    )

    def __init__(self, data: Any, *, receivers: list[User], things: list[Thing]) -> None:
        super().__init__(data, initial={"keys": [thing.key for thing in things]})
        receiver: Any = self.fields["receiver"]
        receiver.queryset = User.objects.filter(pk__in=[row.pk for row in receivers])
        keys: Any = self.fields["keys"]
        keys.choices = [
            (thing.key, f"{label_of(thing.source)}：{thing.project_name} {thing.label}") for thing in things
        ]


class OfficeGiverForm(forms.Form):
    """First step of a department's hand-over: which department."""

    giver = forms.ModelChoiceField(
        Department.objects.none(),
        label=_("Which department"),
        empty_label=_("choose"),
        widget=forms.Select(attrs={"data-autosubmit": True, "class": "is-long"}),
    )

    def __init__(self, data: Any, departments: Any) -> None:
        super().__init__(data)
        giver: Any = self.fields["giver"]
        giver.queryset = departments


class OfficeHandOverForm(forms.Form):
    receiver = forms.ModelChoiceField(
        Department.objects.none(), label=_("Which department takes over"), empty_label=_("choose")
    )
    reason = forms.CharField(
        label=_("Why"),
        max_length=300,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text=_("For instance the document that abolishes the department."),
        error_messages={"required": _("Say why; the other side reads it.")},
    )
    kinds = forms.MultipleChoiceField(
        label=_("What is handed over"),
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": _("Choose what is handed over.")},
    )

    def __init__(self, data: Any, *, receivers: Any, counts: dict[str, int]) -> None:
        super().__init__(data, initial={"kinds": list(counts)})
        receiver: Any = self.fields["receiver"]
        receiver.queryset = receivers
        kinds: Any = self.fields["kinds"]
        kinds.choices = [(code, f"{BY_CODE[code].label} {number}") for code, number in counts.items()]
