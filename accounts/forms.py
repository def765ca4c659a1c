"""Forms of the account pages. Choices are narrowed to the area of the person who fills them in."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

from django import forms
from django.contrib.auth import authenticate
from django.contrib.auth.password_validation import password_validators_help_text_html
from django.core.exceptions import ValidationError
from django.core.validators import RegexValidator
from django.utils.translation import gettext_lazy as _

from accounts import clock, files
from accounts.errors import DomainError
from accounts.models import Department, Division
from accounts.permissions import Role


class DateInput(forms.DateInput):
    """A date field drawn by the browser; it sends and takes ISO dates in every language."""

    input_type = "date"

    def __init__(self, attrs: dict[str, Any] | None = None) -> None:
        super().__init__(attrs, format="%Y-%m-%d")


def long_text(label: Any, *, rows: int = 3, max_length: int = 4000, **kwargs: Any) -> forms.CharField:
    """A text of several lines; `max_length` in characters."""
    return forms.CharField(
        label=label, max_length=max_length, widget=forms.Textarea(attrs={"rows": rows}), **kwargs
    )


class ManyFiles(forms.ClearableFileInput):
    allow_multiple_selected = True
    template_name = "django/forms/widgets/input.html"


class FilesField(forms.FileField):
    """Several files at once, none is fine unless `required`; what they are is asked by the service, with one clear
    message per file.

    `accept`: what the browser's dialogue offers, as the attribute of HTML.
    """

    def __init__(self, *, accept: str = files.ACCEPT, **kwargs: Any) -> None:
        kwargs.setdefault("label", _("Files"))
        kwargs.setdefault("help_text", _("PDF, photos, Word, Excel or OFD, up to 20 MB each, at most 6."))
        kwargs.setdefault("required", False)
        super().__init__(widget=ManyFiles(attrs={"multiple": True, "accept": accept}), **kwargs)

    def clean(self, data: Any, initial: Any = None) -> list[Any]:
        chosen = data if isinstance(data, list | tuple) else [data]
        found = [one for one in chosen if one]
        if self.required and not found:
            raise ValidationError(self.error_messages["required"], code="required")
        return found


def add_refusal(
    form: forms.BaseForm, refusal: DomainError, called: Mapping[str, str] = MappingProxyType({})
) -> None:
    """Put what a service refused beside its field, or above the form; the page keeps what was typed.

    `called` maps the service's field to the form's where the two have different names.
    """
    name = called.get(refusal.field, refusal.field)
    form.add_error(name if name in form.fields else None, str(refusal.message))


def _field(form: forms.Form, name: str) -> Any:
    """A field whose choices are set per request; its class is not known to the type checker."""
    return form.fields[name]


class SignInForm(forms.Form):
    username = forms.CharField(
        label=_("User name"),
        max_length=150,
        widget=forms.TextInput(
            attrs={"autocomplete": "username", "autocapitalize": "none", "autofocus": True}
        ),
        error_messages={"required": _("Enter the user name.")},
    )
    password = forms.CharField(
        label=_("Password"),
        strip=False,
        max_length=200,
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}),
        error_messages={"required": _("Enter the password.")},
    )

    def __init__(self, request: Any, data: Any = None) -> None:
        super().__init__(data)
        self.request = request
        self.user: Any = None

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if self.errors:
            return data
        self.user = authenticate(self.request, username=data["username"], password=data["password"])
        if self.user is None:
            raise ValidationError(
                _("User name or password is wrong. Check capital letters and try again."),
                code="invalid_login",
            )
        return data

    def get_user(self) -> Any:
        return self.user


class OwnPasswordForm(forms.Form):
    old_password = forms.CharField(
        label=_("Present password"),
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}),
    )
    new_password = forms.CharField(
        label=_("New password"),
        strip=False,
        max_length=200,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
        help_text=password_validators_help_text_html,
    )
    again = forms.CharField(
        label=_("New password once more"),
        strip=False,
        max_length=200,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if data.get("new_password") and data.get("again") and data["new_password"] != data["again"]:
            self.add_error("again", _("The two new passwords differ. Type both again."))
        return data


USERNAME = RegexValidator(
    r"^[a-z][a-z0-9._-]{2,39}$",
    _("Use 3 to 40 small letters, digits, . - or _, a letter first."),
)


class ListFilter(forms.Form):
    """Filters of a list that may all stay empty; one that makes no sense is shown at its field and left out."""

    def wanted(self) -> dict[str, Any]:
        self.is_valid()
        return {name: value for name, value in getattr(self, "cleaned_data", {}).items() if value}


class PeopleFilter(forms.Form):
    """Filters of the list of people; every field may stay empty."""

    q = forms.CharField(label=_("Name, user name or phone"), required=False, max_length=60)
    division = forms.ModelChoiceField(
        Division.objects.none(), label=_("Division"), required=False, empty_label=_("all")
    )
    role = forms.ChoiceField(label=_("Role"), required=False, choices=[("", _("all")), *Role.choices])
    state = forms.ChoiceField(
        label=_("Account"),
        required=False,
        choices=[
            ("", _("all")),
            ("posted", _("with a posting in force")),
            ("unposted", _("without a posting in force")),
            ("disabled", _("disabled")),
        ],
    )

    def __init__(self, data: Any, divisions: Any) -> None:
        super().__init__(data)
        _field(self, "division").queryset = divisions
        self.fields["q"].widget.attrs["class"] = "is-long"
        self.fields["division"].widget.attrs["class"] = "is-long"


class DivisionPick(forms.Form):
    """First step of an appointment: where. Departments of the second step follow from it."""

    division = forms.ModelChoiceField(
        Division.objects.none(),
        label=_("Division"),
        empty_label=None,
        widget=forms.Select(attrs={"data-autosubmit": True, "class": "is-long"}),
    )

    def __init__(self, data: Any, divisions: Any) -> None:
        super().__init__(data)
        _field(self, "division").queryset = divisions


class PostingForm(forms.Form):
    """An appointment in `division`. Dates are inclusive."""

    role = forms.ChoiceField(label=_("Role"), choices=[("", _("choose")), *Role.choices])
    department = forms.ModelChoiceField(
        Department.objects.none(), label=_("Department"), required=False, empty_label=_("the division itself")
    )
    title = forms.CharField(label=_("Job title"), max_length=60, required=False)
    valid_from = forms.DateField(label=_("From"), widget=DateInput())
    valid_to = forms.DateField(
        label=_("To (inclusive)"),
        required=False,
        widget=DateInput(),
        help_text=_("Empty: until further notice."),
    )
    subtree = forms.BooleanField(label=_("Also sees the divisions below"), required=False, initial=True)
    reason = forms.CharField(
        label=_("Basis or reason"),
        max_length=200,
        required=False,
        help_text=_("For instance the number of the appointing document."),
    )

    def __init__(self, data: Any = None, *, division: Division, **kwargs: Any) -> None:
        super().__init__(data, **kwargs)
        today = clock.today()
        _field(self, "department").queryset = Department.objects.filter(division=division).exclude(
            valid_to__lt=today
        )
        self.fields["valid_from"].initial = today

    @property
    def posting_values(self) -> dict[str, Any]:
        names = ("role", "department", "title", "subtree", "valid_from", "valid_to", "reason")
        return {name: self.cleaned_data[name] for name in names}


class NewPersonForm(PostingForm):
    """A person with the first posting."""

    full_name = forms.CharField(label=_("Name"), max_length=60)
    username = forms.CharField(
        label=_("User name"),
        max_length=40,
        validators=[USERNAME],
        help_text=_("Small letters, for instance the name in pinyin. It cannot be changed later."),
        widget=forms.TextInput(attrs={"autocapitalize": "none", "autocomplete": "off"}),
    )
    phone = forms.CharField(label=_("Phone"), max_length=40, required=False)

    field_order = ["full_name", "username", "phone", "role", "department", "title", "valid_from", "valid_to"]

    def clean_username(self) -> str:
        return self.cleaned_data["username"].strip().lower()


class EndForm(forms.Form):
    """Last day and reason, for a posting or a department."""

    last_day = forms.DateField(label=_("Last day (inclusive)"), widget=DateInput())
    reason = forms.CharField(label=_("Reason"), max_length=200, widget=forms.Textarea(attrs={"rows": 2}))


class ReasonForm(forms.Form):
    reason = forms.CharField(label=_("Reason"), max_length=200, widget=forms.Textarea(attrs={"rows": 2}))


class DepartmentForm(forms.Form):
    name = forms.CharField(label=_("Full name"), max_length=80)
    short_name = forms.CharField(label=_("Short name"), max_length=40, required=False)
    code = forms.CharField(
        label=_("Code"), max_length=30, help_text=_("Small letters, stable, such as housing or land.")
    )
    phone = forms.CharField(label=_("Phone"), max_length=40, required=False)
    valid_from = forms.DateField(label=_("From"), widget=DateInput())
    duties = forms.MultipleChoiceField(
        label=_("Duties"),
        choices=Department.Duty.choices,
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )


class AuditFilter(forms.Form):
    """Filters of the log; every field may stay empty. Both days inclusive, in Asia/Shanghai."""

    q = forms.CharField(label=_("Object or person"), required=False, max_length=60)
    action = forms.ChoiceField(label=_("What"), required=False)
    division = forms.ModelChoiceField(
        Division.objects.none(), label=_("Division"), required=False, empty_label=_("all")
    )
    first = forms.DateField(label=_("From"), required=False, widget=DateInput())
    last = forms.DateField(label=_("To"), required=False, widget=DateInput())

    def __init__(self, data: Any, divisions: Any, actions: list[tuple[str, Any]]) -> None:
        super().__init__(data)
        _field(self, "division").queryset = divisions
        _field(self, "action").choices = [("", _("all")), *actions]
        self.fields["q"].widget.attrs["class"] = "is-long"

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if data.get("first") and data.get("last") and data["last"] < data["first"]:
            self.add_error("last", _("The last day lies before the first."))
        return data


class NoticeForm(forms.Form):
    """The year's holiday notice as text, one day or span per line."""

    year = forms.IntegerField(label=_("Year"), min_value=2000, max_value=2100)
    source = forms.CharField(
        label=_("Title and number of the notice"),
        max_length=200,
        help_text=_("As printed at the head of the notice."),
    )
    text = forms.CharField(
        label=_("Days off and make-up working days"),
        max_length=4000,
        widget=forms.Textarea(attrs={"rows": 8}),
        help_text=_(
            "One day or span per line: 2027-02-05 to 2027-02-11 off; 2027-02-13 work; 2027-03-01 closed."
        ),
    )
    version = forms.IntegerField(required=False, widget=forms.HiddenInput())
