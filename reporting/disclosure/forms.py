from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from reporting.disclosure.allowlist import Finding


@dataclass(frozen=True, slots=True)
class Part:
    """One section of the words on the publisher's page. `ticked`: as it stands; `found`: why it starts unticked."""

    index: int
    heading: str
    paragraphs: Sequence[str]
    ticked: bool
    found: tuple[Finding, ...]


class PublishForm(forms.Form):
    """Which sections of the words go public; tables go through the allow-list in any case.

    A section in which something was found starts unticked; without `ticked` all of them do.
    """

    sections = forms.MultipleChoiceField(
        label=_("Sections to publish"), required=False, widget=forms.CheckboxSelectMultiple
    )
    checked = forms.BooleanField(
        label=_("I have read the words: no personal data, no trade secrets, nothing about complaints."),
        error_messages={"required": _("Read the words and tick this line.")},
    )

    def __init__(
        self,
        data: Any,
        *,
        sections: Sequence[dict[str, Any]],
        found: Sequence[Finding] = (),
        ticked: bool = True,
    ) -> None:
        held = {one.section - 1 for one in found} if ticked else set(range(len(sections)))
        super().__init__(data, initial={"sections": [str(n) for n in range(len(sections)) if n not in held]})
        self.body, self.found = sections, found
        field = self.fields["sections"]
        if isinstance(field, forms.MultipleChoiceField):
            field.choices = [
                (str(n), section.get("heading") or " ".join(section["paragraphs"])[:40])
                for n, section in enumerate(sections)
            ]

    def parts(self) -> list[Part]:
        """The sections as the page shows them: what was ticked stays ticked after a refusal."""
        ticked = set(self["sections"].value() or ())
        return [
            Part(
                n, section.get("heading", ""), section["paragraphs"], str(n) in ticked,
                tuple(one for one in self.found if one.section == n + 1),
            )
            for n, section in enumerate(self.body)
        ]  # fmt: skip

    def chosen(self) -> list[int]:
        return [int(n) for n in self.cleaned_data["sections"]]


class WithdrawForm(forms.Form):
    note = forms.CharField(label=_("Why it is withdrawn (the public reads this)"), max_length=300)
