"""One assessment: the candidate, an answer to each refusal of the rule, the conclusion."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts import clock
from accounts.models import Division
from policy.rules import Rule
from projects.assessments.services import Finding
from projects.fields import AmountField, DayField, TextField, set_choices
from projects.models import AssessmentState
from projects.plans.forms import file_field


class UnitForm(forms.Form):
    """Which division hosts the candidate; its regime says what is asked."""

    division = forms.ChoiceField(label=_("Host division"))

    def __init__(self, data: Any, divisions: list[Division]) -> None:
        super().__init__(data)
        set_choices(self, "division", [("", _("choose")), *((row.pk, row.name) for row in divisions)])


class AssessmentForm(forms.Form):
    """`applies_n` and `reason_n` answer the n-th refusal of the rule."""

    name = TextField(
        label=_("Project name"), max_length=200, error_messages={"required": _("Write the project's name.")}
    )
    company = TextField(
        label=_("Company"), max_length=200, error_messages={"required": _("Name the company.")}
    )
    amount_yuan = AmountField(
        label=_("Intended investment, 10,000 yuan"), required=False,
        help_text=_("12,500, or with a unit behind it."),
    )  # fmt: skip
    content = TextField(
        label=_("What is to be built"),
        max_length=4000,
        error_messages={"required": _("Say what is to be built.")},
        widget=forms.Textarea(attrs={"rows": 3}),
    )
    opinion = TextField(
        label=_("Conclusion"),
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 3}),
        error_messages={"required": _("Write the conclusion.")},
    )
    assessed_on = DayField(label=_("Assessed on"))
    file = file_field(_("Minutes or report"))

    def __init__(self, *args: Any, rule: Rule, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["assessed_on"].initial = clock.today()
        self.names: list[str] = list(rule["refusals"])
        for number, name in enumerate(self.names, 1):
            self.fields[f"applies_{number}"] = forms.ChoiceField(
                label=name,
                error_messages={"required": _("Answer for each refusal whether it applies.")},
                choices=[("no", _("does not apply")), ("yes", _("applies: refused"))],
                widget=forms.RadioSelect,
            )
            self.fields[f"reason_{number}"] = TextField(
                label=_("Finding on “%(name)s”") % {"name": name}, max_length=500, required=False
            )

    @property
    def head(self) -> list[Any]:
        return [self[name] for name in ("name", "company", "amount_yuan", "assessed_on", "content")]

    @property
    def tail(self) -> list[Any]:
        return [self["opinion"], self["file"]]

    @property
    def questions(self) -> list[dict[str, Any]]:
        return [
            {"name": name, "applies": self[f"applies_{n}"], "reason": self[f"reason_{n}"]}
            for n, name in enumerate(self.names, 1)
        ]

    def findings(self) -> list[Finding]:
        """Those that were answered; what was left open the service asks for."""
        data = self.cleaned_data
        return [
            Finding(name, data[f"applies_{n}"] == "yes", data[f"reason_{n}"])
            for n, name in enumerate(self.names, 1)
            if data.get(f"applies_{n}")
        ]


class AssessmentFilter(forms.Form):
    state = forms.ChoiceField(
        label=_("State"), required=False, choices=[("", _("all")), *AssessmentState.choices]
    )
    q = forms.CharField(label=_("Project or company"), required=False, max_length=60)
