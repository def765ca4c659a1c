"""Words of a report or circular as a form: one heading and one text box per section, a paragraph per line."""

from collections.abc import Iterator
from typing import Any, cast

from django import forms
from django.forms import BoundField
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

SPARE = 1


class SectionsForm(forms.Form):
    """Fields heading_0, text_0, … for each section and one spare at the end. Emptied sections disappear."""

    version = forms.IntegerField(widget=forms.HiddenInput)

    def __init__(self, *args: Any, sections: list[dict[str, Any]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.count = len(sections) + SPARE
        if self.is_bound:  # the form as it was sent, also when someone else has changed the number since
            sent = [name for name in self.data if name.startswith("heading_")]
            self.count = max(self.count, min(len(sent), 40))
        for n in range(self.count):
            section = sections[n] if n < len(sections) else {"heading": "", "paragraphs": []}
            self.fields[f"heading_{n}"] = forms.CharField(
                label=_("Heading"), required=False, max_length=60, initial=section["heading"]
            )
            text = "\n".join(section["paragraphs"])
            self.fields[f"text_{n}"] = forms.CharField(
                label=_("Text, one paragraph per line"),
                required=False,
                max_length=20_000,
                initial=text,
                widget=forms.Textarea(attrs={"rows": max(3, min(14, len(text) // 45 + 2))}),
            )

    def section_fields(self) -> Iterator[tuple[BoundField, BoundField]]:
        for n in range(self.count):
            yield self[f"heading_{n}"], self[f"text_{n}"]

    def renew(self, version: int, error: str) -> None:
        """Someone else was faster: keep what was typed, so that saving once more replaces the newer text knowingly."""
        data = cast(QueryDict, self.data).copy()
        data["version"] = str(version)
        self.data = data
        advice = _("What you typed is kept below. Look at the newer text first; saving again replaces it.")
        self.add_error(None, f"{error} {advice}")

    def sections(self) -> list[dict[str, Any]]:
        """The sections as typed, without empty ones. Valid forms only."""
        found = []
        for n in range(self.count):
            heading = self.cleaned_data.get(f"heading_{n}", "").strip()
            text = self.cleaned_data.get(f"text_{n}", "")
            paragraphs = [line.strip() for line in text.splitlines() if line.strip()]
            if heading or paragraphs:
                found.append({"heading": heading, "paragraphs": paragraphs})
        return found


class CircularForm(SectionsForm):
    title = forms.CharField(label=_("Title"), max_length=200)
    addressees = forms.CharField(label=_("Addressed to"), max_length=500)
    copies = forms.CharField(label=_("Copies to"), max_length=500, required=False)


class ReasonForm(forms.Form):
    reason = forms.CharField(label=_("Reason"), max_length=1000, widget=forms.Textarea(attrs={"rows": 3}))


class CompileForm(forms.Form):
    """Which period to compile now: 2026-10, 2026Q3 or 2026."""

    period = forms.CharField(label=_("Period"), max_length=7)
    final = forms.BooleanField(label=_("Final edition"), required=False)
