"""Forms of referrals. Each says which service it feeds."""

from typing import Any

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from accounts.forms import DateInput, FilesField, long_text
from accounts.models import Department, Division, User
from supervision.referrals.models import OutcomeKind, ReferralCase, ReferralState


def _choices(form: forms.Form, name: str) -> Any:
    return form.fields[name]


class ReferralFilter(forms.Form):
    q = forms.CharField(label=_("Number or project"), max_length=60, required=False)
    case = forms.ChoiceField(
        label=_("Case"), required=False, choices=[("", _("all cases")), *ReferralCase.choices]
    )
    state = forms.ChoiceField(
        label=_("State"), required=False, choices=[("", _("all states")), *ReferralState.choices]
    )


class SubjectForm(forms.Form):
    """What it is about: asked first when one does not come from the page of a project or matter."""

    project = forms.CharField(label=_("Number of the project"), max_length=30, required=False)
    matter = forms.CharField(label=_("Number of the matter pressed"), max_length=40, required=False)
    unit = forms.ModelChoiceField(
        Division.objects.none(),
        label=_("Unit"),
        required=False,
        help_text=_("Only where it is about an office and neither a project nor a matter."),
    )

    def __init__(self, data: Any, *, units: Any) -> None:
        super().__init__(data)
        _choices(self, "unit").queryset = units

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if not (data.get("project") or data.get("matter") or data.get("unit")):
            raise forms.ValidationError(
                gettext("Give a project, a matter or a unit."), code="subject_missing"
            )
        return data


class OpenForm(forms.Form):
    """A new referral. `account` is asked only where several people of the area carry the name."""

    case = forms.ChoiceField(label=_("Case"), widget=forms.RadioSelect)
    department = forms.ModelChoiceField(
        Department.objects.none(), label=_("Office concerned"), required=False, empty_label=_("none named")
    )
    person_name = forms.CharField(label=_("Person concerned"), max_length=60)
    person_post = forms.CharField(label=_("Office and post"), max_length=120)
    account = forms.ModelChoiceField(
        User.objects.none(), label=_("Which of them"), required=False, widget=forms.HiddenInput()
    )
    reason = long_text(
        _("Facts and reasons"),
        rows=6,
        help_text=_(
            "What was delayed or not done, by whom, what came of it. The record is collected beside it."
        ),
    )
    readers = forms.ModelMultipleChoiceField(
        User.objects.none(),
        label=_("Other heads who may read it"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )

    def __init__(
        self, data: Any, *, cases: list[tuple[str, str]], departments: Any, heads: list[User], named: list[User],
        initial: Any = None,
    ):  # fmt: skip
        """`named`: accounts that carry the typed name."""
        super().__init__(data, initial=initial)
        _choices(self, "case").choices = cases
        _choices(self, "department").queryset = departments
        if heads:
            _choices(self, "readers").queryset = User.objects.filter(pk__in=[one.pk for one in heads])
        else:
            del self.fields["readers"]
        self.named = named
        account = _choices(self, "account")
        account.queryset = User.objects.filter(pk__in=[one.pk for one in named])
        if len(named) > 1:
            account.widget = forms.Select()
            account.widget.choices = [("", "")] + [(one.pk, _account_label(one)) for one in named]

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if len(self.named) == 1:
            data["account"] = self.named[0]
        elif len(self.named) > 1 and not data.get("account"):
            self.add_error("account", gettext("Several people carry this name. Choose which of them."))
        return data


def _account_label(user: User) -> str:
    last = user.postings.select_related("division", "department").order_by("-valid_from", "-pk").first()
    return f"{user.get_full_name()}（{last}）" if last else user.get_full_name()


class LookForm(forms.Form):
    purpose = forms.CharField(
        label=_("What do you open it for"),
        max_length=200,
        help_text=_("For instance: prepare the hand-over. It is kept with your name and the time."),
    )


class TurnForm(forms.Form):
    """Base of the moves: `turn` is the state of the page the person saw."""

    turn = forms.IntegerField(widget=forms.HiddenInput(), required=False)


class CollectForm(TurnForm):
    pass


class ReaderForm(TurnForm):
    reader = forms.ModelChoiceField(User.objects.none(), label=_("Head to be let in"))
    reason = forms.CharField(label=_("Why this head has to know"), max_length=200)

    def __init__(self, data: Any, *, heads: list[User], initial: Any = None) -> None:
        super().__init__(data, initial=initial)
        _choices(self, "reader").queryset = User.objects.filter(pk__in=[one.pk for one in heads])


class InviteForm(TurnForm):
    put_text = long_text(
        _("What is put to the person concerned"),
        rows=6,
        help_text=_("They read this and nothing else of the referral. Name facts, days and rules."),
    )


class StatementForm(forms.Form):
    text = long_text(_("Statement"), rows=8)
    uploads = FilesField()
    is_final = forms.BooleanField(
        label=_("This is all I have to state"),
        required=False,
        help_text=_("Leave it empty if you want to add more before the last day."),
    )


class PaperStatementForm(TurnForm):
    text = long_text(_("Statement as handed in on paper"), rows=4)
    uploads = FilesField()
    is_final = forms.BooleanField(label=_("The person has nothing to add"), required=False)


class HandForm(TurnForm):
    addressee = forms.ModelChoiceField(Division.objects.none(), label=_("Discipline inspection office of"))
    note = long_text(_("Remarks"), required=False, rows=2)

    def __init__(self, data: Any, *, divisions: Any, initial: Any = None) -> None:
        super().__init__(data, initial=initial)
        _choices(self, "addressee").queryset = divisions


class WithdrawForm(TurnForm):
    reason = long_text(_("Why it is taken back"), rows=2)


class OutcomeForm(TurnForm):
    kind = forms.ChoiceField(label=_("Outcome"), choices=OutcomeKind.choices)
    decided_on = forms.DateField(label=_("Day of the document"), widget=DateInput())
    document_number = forms.CharField(label=_("Number of the document"), max_length=80)
    text = long_text(_("What was decided"), rows=3)
    uploads = FilesField()

    def __init__(self, data: Any, uploads: Any, *, kinds: list[str], initial: Any = None) -> None:
        super().__init__(data, uploads, initial=initial)
        _choices(self, "kind").choices = [(code, OutcomeKind(code).label) for code in kinds]
