from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _


class PublishForm(forms.Form):
    """Which sections of the words go public; tables go through the allow-list in any case."""

    sections = forms.MultipleChoiceField(
        label=_("Sections to publish"), required=False, widget=forms.CheckboxSelectMultiple
    )
    checked = forms.BooleanField(
        label=_("I have read the words: no personal data, no trade secrets, nothing about complaints."),
        error_messages={"required": _("Read the words and tick this line.")},
    )

    def __init__(self, data: Any, *, sections: Sequence[dict[str, Any]]) -> None:
        super().__init__(data, initial={"sections": [str(n) for n in range(len(sections))]})
        field = self.fields["sections"]
        if isinstance(field, forms.MultipleChoiceField):
            field.choices = [
                (str(n), section.get("heading") or " ".join(section["paragraphs"])[:40])
                for n, section in enumerate(sections)
            ]

    def chosen(self) -> list[int]:
        return [int(n) for n in self.cleaned_data["sections"]]


class WithdrawForm(forms.Form):
    note = forms.CharField(label=_("Why it is withdrawn (the public reads this)"), max_length=300)
