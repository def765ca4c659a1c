"""Forms of supervision papers: the words of one, a reason, the filters of the ledger."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from accounts.forms import DateInput, long_text
from accounts.models import Department, Division
from supervision.letters.models import PaperKind, Urgency
from supervision.letters.writing import WORDS, field_of

EMPTY = _("This must not be empty on the paper.")


def _line(name: str, **kwargs: Any) -> forms.CharField:
    field = field_of(name)
    kwargs.setdefault("error_messages", {"required": EMPTY})
    return forms.CharField(label=field.verbose_name, max_length=field.max_length, **kwargs)


def _long(name: str, rows: int = 3, **kwargs: Any) -> forms.CharField:
    field = field_of(name)
    kwargs.setdefault("error_messages", {"required": EMPTY})
    return long_text(field.verbose_name, rows=rows, **kwargs)


class PaperForm(forms.Form):
    """The words of a paper. `version`: that of the page the person saw. A letter also has its addressee and authority."""

    version = forms.IntegerField(widget=forms.HiddenInput(), required=False)
    title = forms.CharField(
        label=_("Title"),
        max_length=120,
        widget=forms.Textarea(attrs={"rows": 2}),
        error_messages={"required": EMPTY},
    )
    addressee = forms.ModelChoiceField(
        Division.objects.none(), label=_("Unit that must do it"), empty_label=None
    )
    department = forms.ModelChoiceField(
        Department.objects.none(),
        label=_("Its department"),
        required=False,
        empty_label=_("the unit as a whole"),
    )
    addressees = _line("addressees", help_text=_("As it stands at the head of the page."))
    copies = _line("copies", required=False)
    reason = _long("reason", 2)
    overview = _long("overview", 2, required=False)
    problem = _long(
        "problem",
        7,
        help_text=_("Facts from the counters. One paragraph a line; the annex holds the counters."),
    )
    basis = forms.CharField(
        label=_("Basis"),
        max_length=300,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text=_("The text and its article; it stands in the first line of the page."),
        error_messages={"required": EMPTY},
    )
    authority = _line("authority", help_text=_("Article 7 of the Regulations on government inspection."))
    authority_number = _line("authority_number", help_text=_("For instance 黑政办〔2026〕8号."))
    authority_on = forms.DateField(
        label=_("Appointed on"), widget=DateInput(), error_messages={"required": EMPTY}
    )
    demand = _long("demand", 5)
    urgency = forms.ChoiceField(label=_("Limit by the rule"), choices=Urgency.choices)
    due_on = forms.DateField(
        label=_("Or by this day"),
        required=False,
        widget=DateInput(),
        help_text=_("Empty: counted by the rule from the day it is issued."),
    )
    feedback = _long("feedback", 3)
    contact_name = _line("contact_name")
    contact_phone = _line("contact_phone")

    def __init__(self, data: Any = None, *, kind: str, units: list[Division], on: Any, **kwargs: Any) -> None:
        super().__init__(data, **kwargs)
        if kind == PaperKind.NOTICE:
            for name in ("addressee", "department", "authority", "authority_number", "authority_on"):
                del self.fields[name]
        else:
            addressee: Any = self.fields["addressee"]
            addressee.queryset = Division.objects.filter(pk__in=[unit.pk for unit in units]).order_by("-tier")
            department: Any = self.fields["department"]
            department.queryset = (
                Department.objects.current(on).filter(division__in=units).order_by("-division__tier", "code")
            )
        urgency: Any = self.fields["urgency"]
        urgency.choices = Urgency.choices

    def limits(self, days: dict[str, int]) -> None:
        """Tell how many working days each limit means."""
        urgency: Any = self.fields["urgency"]
        urgency.choices = [
            (code, _("%(label)s, %(n)d working days") % {"label": label, "n": days[code]})
            for code, label in Urgency.choices
        ]

    def values(self) -> dict[str, Any]:
        found = {name: self.cleaned_data.get(name) for name in WORDS}
        return found | {name: self.cleaned_data.get(name) for name in ("addressee", "department")}


class ReasonForm(forms.Form):
    reason = forms.CharField(
        label=_("Reason"),
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 3}),
        error_messages={"required": _("Say why; the other side reads it.")},
    )


class LedgerFilter(forms.Form):
    """Filters of the ledger; every field may stay empty."""

    q = forms.CharField(label=_("Number, matter, project or unit"), required=False, max_length=60)
    kind = forms.ChoiceField(
        label=_("Kind of paper"), required=False, choices=[("", _("all")), *PaperKind.choices]
    )
    unit = forms.ModelChoiceField(
        Division.objects.none(), label=_("Issued by"), required=False, empty_label=_("all")
    )
    year = forms.IntegerField(label=_("Year"), required=False, min_value=2000, max_value=2100)
    show = forms.ChoiceField(
        label=_("State"), required=False,
        choices=[
            ("", _("all")), ("mine", _("for me to act on")), ("draft", _("drafts")), ("signed", _("to be issued")),
            ("open", _("not done yet")), ("late", _("overdue")), ("answered", _("answered, to be checked")),
            ("closed", pgettext_lazy("matter state", "closed")), ("listed", _("publicly listed")),
            ("withdrawn", _("withdrawn")),
        ],
    )  # fmt: skip

    def __init__(self, data: Any, *, units: Any) -> None:
        super().__init__(data)
        unit: Any = self.fields["unit"]
        unit.queryset = units
        self.fields["q"].widget.attrs["class"] = "is-long"
        self.fields["year"].widget.attrs["class"] = "is-short"
