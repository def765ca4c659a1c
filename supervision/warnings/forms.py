from typing import Any

from django import forms
from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from accounts.forms import DateInput
from accounts.models import Division
from accounts.models.divisions import Tier
from accounts.scope import CODE_FIELD
from supervision.warnings import bounds
from supervision.warnings.bounds import (
    CHECK,
    HOLD,
    ITEM,
    MANDATE,
    MATTER,
    MILESTONE,
    OBJECTION,
    PAUSE,
    TICKET,
)
from supervision.warnings.models import Warning, WarningLevel
from supervision.warnings.queries import UNANSWERED, mine_q

RULES = {
    MILESTONE: _("Key point of a project"),
    "kickoff_warning": _("Kickoff meeting"),
    "filing_warning": _("Filing of basic information"),
    "ledger_warning": _("Ledger"),
    "report_warning": _("Report"),
    "decision_warning": _("Request to be decided"),
    "promise_warning": _("Promise or arrears"),
    ITEM: _("Approval item"),
    "inspection_warning": _("Inspection to be held"),
    "meeting_warning": _("Meeting to be held"),
    CHECK: _("Check of a commitment"),
    HOLD: _("Stopped clock to be reviewed"),
    PAUSE: _("Pause to be reviewed"),
    TICKET: _("Assistance ticket"),
    MANDATE: _("Mandate to be accepted"),
    MATTER: _("Supervised matter"),
    OBJECTION: _("Objection to be decided"),
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
        choices=[
            ("", _("all")),
            ("no", _("not answered")),
            ("silent", _("not answered in time")),
            ("lapsed", _("answer lapsed")),
            ("yes", _("answered")),
        ],
    )
    show = forms.ChoiceField(
        label=pgettext_lazy("warning filter", "Whose"),
        required=False,
        choices=[
            ("", _("all")),
            ("mine", pgettext_lazy("warning filter", "mine")),
            ("up", _("gone up a tier")),
        ],
    )
    state = forms.ChoiceField(
        label=_("State"),
        required=False,
        choices=[("", _("still lit")), ("cleared", _("cleared")), ("all", _("all"))],
    )
    q = forms.CharField(label=_("Project or words"), required=False, max_length=60)

    def __init__(self, data: Any, units: QuerySet[Division], user: Any) -> None:
        super().__init__(data)
        self._user = user
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
            rows = rows.filter(_answered_q(wanted["answered"]))
        if wanted.get("show"):
            rows = rows.filter(mine_q(self._user) if wanted["show"] == "mine" else Q(up_on__isnull=False))
        if wanted.get("q"):
            words = wanted["q"].strip()
            rows = rows.filter(Q(label__icontains=words) | Q(project__name__icontains=words))
        return rows


def _answered_q(wanted: str) -> Q:
    return {
        "no": UNANSWERED,
        "silent": Q(unanswered_on__isnull=False),
        "lapsed": Q(lapsed_on__isnull=False),
        "yes": Q(acknowledged_at__isnull=False, lapsed_on=None),
    }[wanted]


class PlanForm(forms.Form):
    plan_text = forms.CharField(
        label=_("What will be done"),
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("What and by whom. The light goes out by the fact, not by the answer."),
        error_messages={"required": _("Write what will be done, by whom and until when.")},
    )
    promised_on = forms.DateField(
        label=_("Done by"),
        widget=DateInput(),
        help_text=_("If the day passes without the fact, the answer lapses and must be given anew."),
        error_messages={
            "required": _("Name the day by which it will be done."),
            "invalid": _("This is not a date. Write it as 2026-11-30."),
        },
    )
