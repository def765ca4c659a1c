from typing import Any

from django import forms
from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _

from accounts.models import Division
from accounts.models.divisions import Tier
from accounts.scope import CODE_FIELD
from supervision.warnings import bounds
from supervision.warnings.bounds import ITEM, MILESTONE, TICKET
from supervision.warnings.models import Warning, WarningLevel

RULES = {
    MILESTONE: _("Key point of a project"),
    "kickoff_warning": _("Kickoff meeting"),
    "filing_warning": _("Filing of basic information"),
    "ledger_warning": _("Ledger"),
    "report_warning": _("Report"),
    "decision_warning": _("Request to be decided"),
    "promise_warning": _("Promise or arrears"),
    ITEM: _("Approval item"),
    TICKET: _("Assistance ticket"),
}
LEVELS = {WarningLevel.RED: _("red"), WarningLevel.AMBER: _("yellow"), WarningLevel.BLUE: _("blue")}


class WarningFilter(forms.Form):
    level = forms.ChoiceField(label=_("Light"), required=False, choices=[("", _("all")), *LEVELS.items()])
    rule = forms.ChoiceField(
        label=_("What about"),
        required=False,
        choices=[("", _("all")), *((key, RULES[key]) for key in bounds.RULES)],
    )
    unit = forms.ModelChoiceField(
        label=_("Unit"), required=False, queryset=Division.objects.none(), empty_label=_("all")
    )
    answered = forms.ChoiceField(
        label=_("Answer"),
        required=False,
        choices=[("", _("all")), ("no", _("not answered")), ("yes", _("answered"))],
    )
    state = forms.ChoiceField(
        label=_("State"),
        required=False,
        choices=[("", _("still lit")), ("cleared", _("cleared")), ("all", _("all"))],
    )
    q = forms.CharField(label=_("Project or words"), required=False, max_length=60)

    def __init__(self, data: Any, units: QuerySet[Division]) -> None:
        super().__init__(data)
        unit: Any = self.fields["unit"]
        unit.queryset = units

    def apply(self, rows: QuerySet[Warning]) -> QuerySet[Warning]:
        """Rows of the chosen filters; a value that cannot be read filters nothing away but is marked."""
        self.is_valid()
        wanted = self.cleaned_data
        state = wanted.get("state") or ""
        if state != "all":
            rows = rows.filter(cleared_on__isnull=state != "cleared")
        if wanted.get("level"):
            rows = rows.filter(level=wanted["level"])
        if wanted.get("rule"):
            rows = rows.filter(rule_key=wanted["rule"])
        if wanted.get("unit"):
            unit = wanted["unit"]
            rows = rows.filter(**{CODE_FIELD[Tier(unit.tier)]: unit.pk})
        if wanted.get("answered"):
            rows = rows.filter(acknowledged_at__isnull=wanted["answered"] == "no")
        if wanted.get("q"):
            words = wanted["q"].strip()
            rows = rows.filter(Q(label__icontains=words) | Q(project__name__icontains=words))
        return rows


class PlanForm(forms.Form):
    plan_text = forms.CharField(
        label=_("What will be done"),
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("What, by whom, until when. The light goes out by the fact, not by the answer."),
        error_messages={"required": _("Write what will be done, by whom and until when.")},
    )
