"""Form fields as officials type: amounts with 亿 and commas, dates with dots, full-width digits."""

import unicodedata
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from accounts.forms import DateInput
from projects.amounts import parse_yuan, wan_input
from projects.text import clean

DATE_FORMATS = ["%Y-%m-%d", "%Y/%m/%d", "%Y.%m.%d", "%Y年%m月%d日", "%Y%m%d"]


class AmountField(forms.CharField):
    """万元 unless a unit stands there; gives whole 元 or None."""

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("max_length", 40)
        kwargs.setdefault("widget", forms.TextInput(attrs={"inputmode": "decimal", "class": "jg-num"}))
        super().__init__(**kwargs)

    def prepare_value(self, value: Any) -> Any:
        return wan_input(value) if isinstance(value, int) else value

    def clean(self, value: Any) -> int | None:
        text = super().clean(value)
        try:
            return parse_yuan(text)
        except ValueError as error:
            raise ValidationError(str(error), code="amount") from None


class DayField(forms.DateField):
    """A day, however it is written."""

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("widget", DateInput())
        kwargs.setdefault("input_formats", DATE_FORMATS)
        super().__init__(**kwargs)
        self.error_messages["invalid"] = _("This is not a date. Write it as 2026-10-23.")

    def to_python(self, value: Any) -> Any:
        if isinstance(value, str):
            value = unicodedata.normalize("NFKC", value).strip()
        return super().to_python(value)


class TextField(forms.CharField):
    """Text without control characters and doubled blanks."""

    def to_python(self, value: Any) -> str:
        text = super().to_python(value)
        return clean(text) if text else ""


def set_choices(form: forms.Form, name: str, choices: Any) -> None:
    """Give a choice field of one form its choices."""
    field = form.fields[name]
    if not isinstance(field, forms.ChoiceField):
        raise TypeError(f"{name} offers no choices")
    field.choices = choices
