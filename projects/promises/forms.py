"""Recording promises and arrears, telling how they were kept, and the filters of their lists."""

from collections.abc import Sequence
from typing import Any

from django import forms
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from accounts import clock
from accounts.models import Department, Division
from projects.fields import AmountField, DayField, TextField
from projects.models import Instalment, Project
from projects.plans.forms import file_field
from projects.promises.services import Part
from projects.units import host_unit

ROWS = 12


def _departments(project: Project) -> QuerySet[Department]:
    return Department.objects.filter(division=host_unit(project)).order_by("name")


class _Department(forms.ModelChoiceField):
    def __init__(self, label: Any) -> None:
        super().__init__(Department.objects.none(), label=label, required=False, empty_label=_("not chosen"))


class PromiseForm(forms.Form):
    text = TextField(
        label=_("What was promised"),
        max_length=2000,
        error_messages={"required": _("Write what was promised.")},
        widget=forms.Textarea(attrs={"rows": 3}),
    )
    basis = TextField(
        label=_("Document it rests on"), max_length=200,
        error_messages={"required": _("Name the document the promise rests on.")},
        help_text=_("Title and number: investment agreement, minutes, policy paper."),
    )  # fmt: skip
    due_on = DayField(label=_("To be kept by (inclusive)"))
    department = _Department(_("Department"))
    responsible = TextField(label=_("Responsible person"), max_length=120, required=False)
    for_investor = forms.BooleanField(label=_("The investor sees it"), required=False, initial=True)
    file = file_field(_("The document"))

    def __init__(self, *args: Any, project: Project, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field: Any = self.fields["department"]
        field.queryset = _departments(project)


class KeepForm(forms.Form):
    kept_on = DayField(label=_("Kept on"))
    evidence = TextField(
        label=_("How it was kept and what proves it"), max_length=2000,
        error_messages={
            "required": _("Say how it was kept and what proves it: a payment, a letter, a decision.")
        },
        widget=forms.Textarea(attrs={"rows": 3}), help_text=_("Payment order, letter, decision, minutes."),
    )  # fmt: skip
    file = file_field(_("Proof"))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["kept_on"].initial = clock.today()


class ReasonForm(forms.Form):
    reason = TextField(label=_("Reason"), max_length=1000, widget=forms.Textarea(attrs={"rows": 3}))


class PayForm(forms.Form):
    paid_on = DayField(label=_("Paid on"))
    evidence = TextField(
        label=_("Receipt or payment order"), max_length=1000,
        error_messages={"required": _("Name the receipt or the payment order.")},
        widget=forms.Textarea(attrs={"rows": 2}),
    )  # fmt: skip
    file = file_field(_("Receipt"))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["paid_on"].initial = clock.today()


class ArrearsForm(forms.Form):
    """The debt and up to twelve instalments `due_n`, `amount_n`; an empty row is left out."""

    creditor = TextField(
        label=_("Creditor company"),
        max_length=200,
        error_messages={"required": _("Name the company the money is owed to.")},
    )
    subject = TextField(
        label=_("What the money is owed for"),
        max_length=200,
        error_messages={"required": _("Say what the money is owed for.")},
    )
    amount_yuan = AmountField(
        label=_("Amount owed, 10,000 yuan"),
        help_text=_("12,500, or with a unit behind it."),
        error_messages={"required": _("Write the amount owed, above 0.")},
    )
    department = _Department(_("Department that pays"))
    responsible = TextField(label=_("Responsible person"), max_length=120, required=False)
    for_investor = forms.BooleanField(label=_("The investor sees it"), required=False, initial=True)
    file = file_field(_("Acknowledgement of the debt"))

    def __init__(self, *args: Any, project: Project, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field: Any = self.fields["department"]
        field.queryset = _departments(project)
        for number in range(1, ROWS + 1):
            due = DayField(label=_("Instalment %(n)d, by") % {"n": number}, required=False)
            amount = AmountField(label=_("Instalment %(n)d, amount") % {"n": number}, required=False)
            for name, one in ((f"due_{number}", due), (f"amount_{number}", amount)):
                one.widget.attrs["aria-label"] = one.label
                self.fields[name] = one

    @property
    def head(self) -> list[Any]:
        names = ("creditor", "subject", "amount_yuan", "department", "responsible", "for_investor", "file")
        return [self[name] for name in names]

    @property
    def parts_rows(self) -> list[dict[str, Any]]:
        return [
            {"number": n, "due": self[f"due_{n}"], "amount": self[f"amount_{n}"]} for n in range(1, ROWS + 1)
        ]

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        empty_before = 0
        for number in range(1, ROWS + 1):
            due, amount = data.get(f"due_{number}"), data.get(f"amount_{number}")
            if due is None and amount is None:
                empty_before = empty_before or number
                continue
            if empty_before and f"due_{number}" not in self.errors and f"amount_{number}" not in self.errors:
                self.add_error(
                    f"due_{number}",
                    _("Row %(n)d above is empty. Fill the rows without a gap.") % {"n": empty_before},
                )
            if due is None and f"due_{number}" not in self.errors:
                self.add_error(f"due_{number}", _("Write by when."))
            if amount is None and f"amount_{number}" not in self.errors:
                self.add_error(f"amount_{number}", _("Write how much."))
        return data

    def parts(self) -> list[Part]:
        return [
            Part(self.cleaned_data[f"due_{n}"], self.cleaned_data[f"amount_{n}"])
            for n in range(1, ROWS + 1)
            if self.cleaned_data.get(f"due_{n}") is not None
        ]


class ReplanForm(forms.Form):
    """One row `due_n`, `amount_n` per instalment still open, and a few more to add; an empty added row is left out."""

    reason = TextField(
        label=_("Why the debt gets a new plan"), max_length=1000, widget=forms.Textarea(attrs={"rows": 3}),
        error_messages={"required": _("Say why the debt gets a new plan.")},
        help_text=_("What happened and what was agreed with the creditor."),
    )  # fmt: skip
    file = file_field(_("Agreement or letter"))

    def __init__(self, *args: Any, parts: Sequence[Instalment], added: int, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.open, self.count = list(parts), len(parts) + added
        for number in range(1, self.count + 1):
            part = self.open[number - 1] if number <= len(self.open) else None
            due = DayField(label=_("Instalment %(n)d, by") % {"n": number}, required=part is not None)
            amount = AmountField(
                label=_("Instalment %(n)d, amount") % {"n": number}, required=part is not None
            )
            due.initial, amount.initial = (part.due_on, part.amount_yuan) if part else (None, None)
            due.error_messages["required"] = _("Write by when.")
            amount.error_messages["required"] = _("Write how much.")
            for name, one in ((f"due_{number}", due), (f"amount_{number}", amount)):
                one.widget.attrs["aria-label"] = one.label
                self.fields[name] = one

    @property
    def rows(self) -> list[dict[str, Any]]:
        return [
            {
                "part": self.open[n - 1] if n <= len(self.open) else None,
                "due": self[f"due_{n}"],
                "amount": self[f"amount_{n}"],
            }
            for n in range(1, self.count + 1)
        ]

    @property
    def rest(self) -> list[Any]:
        return [self["reason"], self["file"]]

    def clean(self) -> dict[str, Any]:
        data, gap = super().clean() or {}, 0
        for number in range(len(self.open) + 1, self.count + 1):
            due, amount = data.get(f"due_{number}"), data.get(f"amount_{number}")
            wrong = {f"due_{number}", f"amount_{number}"} & set(self.errors)
            if due is None and amount is None and not wrong:
                gap = gap or number
                continue
            if gap and not wrong:
                self.add_error(
                    f"due_{number}", _("Row %(n)d above is empty. Fill the rows without a gap.") % {"n": gap}
                )
            if due is None and f"due_{number}" not in self.errors:
                self.add_error(f"due_{number}", _("Write by when."))
            if amount is None and f"amount_{number}" not in self.errors:
                self.add_error(f"amount_{number}", _("Write how much."))
        return data

    def parts(self) -> list[Part]:
        return [
            Part(self.cleaned_data[f"due_{n}"], self.cleaned_data[f"amount_{n}"])
            for n in range(1, self.count + 1)
            if self.cleaned_data.get(f"due_{n}") is not None
        ]


class _ListFilter(forms.Form):
    unit = forms.ModelChoiceField(
        label=_("Unit"), required=False, queryset=Division.objects.none(), empty_label=_("all")
    )
    due_to = DayField(label=_("Due up to"), required=False)
    q = forms.CharField(label=_("Project or words"), required=False, max_length=60)
    own = forms.BooleanField(required=False, widget=forms.HiddenInput())

    def __init__(self, data: Any, units: QuerySet[Division]) -> None:
        super().__init__(data)
        unit: Any = self.fields["unit"]
        unit.queryset = units


class PromiseFilter(_ListFilter):
    state = forms.ChoiceField(
        label=_("State"),
        required=False,
        choices=[
            ("", _("all")),
            ("open", _("open")),
            ("due", _("due so far")),
            ("overdue", _("overdue, not kept")),
            ("kept", _("kept")),
            ("broken", _("cannot be kept")),
            ("void", _("struck out")),
        ],
    )
    field_order = ["state", "unit", "due_to", "q"]


class ArrearsFilter(_ListFilter):
    state = forms.ChoiceField(
        label=_("State"),
        required=False,
        choices=[
            ("", _("all")),
            ("open", _("not paid")),
            ("due", _("due so far")),
            ("overdue", _("overdue, not paid")),
            ("paid", _("paid")),
        ],
    )
    field_order = ["state", "unit", "due_to", "q"]
