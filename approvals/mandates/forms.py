"""Forms of mandates and their materials."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts import files
from accounts.forms import DateInput
from accounts.models import User
from approvals.mandates.models import Direction, Material
from approvals.mandates.services import Line

LINES = range(1, 7)


class GiveForm(forms.Form):
    """`online`: the investor's own account is the signature; else the signed form comes as a file."""

    agent = forms.ModelChoiceField(User.objects.none(), label=_("Agent"), empty_label=_("choose"))
    scope = forms.CharField(
        label=_("What is entrusted"),
        max_length=4000,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text=_(
            "Which matters, from which stage to which; what the agent may sign for the company and what not."
        ),
        error_messages={"required": _("Write what is entrusted to the agent.")},
    )
    signed_by = forms.CharField(
        label=_("Signed for the company by"),
        max_length=60,
        error_messages={"required": _("Write who signs for the company.")},
    )
    signed_on = forms.DateField(label=_("Day of the signature"), widget=DateInput())
    valid_to = forms.DateField(
        label=_("Valid until (inclusive)"),
        required=False,
        widget=DateInput(),
        help_text=_("Empty: until all is done. It can be revoked at any time."),
    )
    file = forms.FileField(
        label=_("Signed form"),
        required=False,
        widget=forms.FileInput(attrs={"accept": files.ACCEPT}),
        help_text=_("A scan or photo of the signed form, up to 20 MB."),
        error_messages={
            "required": _("Attach the signed form; without it there is no mandate."),
            "empty": _("The file is empty. Choose it again."),
        },
    )
    voluntary = forms.BooleanField(
        label=_(
            "We entrust this of our own will, know that it is free of charge, and can revoke it at any time."
        ),
        error_messages={"required": _("Tick this to give the mandate.")},
    )

    def __init__(
        self, data: Any, uploads: Any, *, agents: list[User], online: bool, initial: Any = None
    ) -> None:
        super().__init__(data, uploads, initial=initial)
        agent: Any = self.fields["agent"]
        agent.queryset = User.objects.filter(pk__in=[row.pk for row in agents])
        if online:
            del self.fields["file"]
        else:
            del self.fields["voluntary"]
            self.fields["file"].required = True

    def values(self) -> dict[str, Any]:
        names = ("agent", "scope", "signed_by", "signed_on", "valid_to")
        return {name: self.cleaned_data[name] for name in names} | {"upload": self.cleaned_data.get("file")}


class ReasonForm(forms.Form):
    turn = forms.IntegerField(widget=forms.HiddenInput(), required=False)
    reason = forms.CharField(
        label=_("Why"),
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 2}),
        error_messages={"required": _("Say why; the other side reads it.")},
    )


class TakeForm(forms.Form):
    """Up to six papers on one receipt."""

    done_on = forms.DateField(label=_("Received on"), widget=DateInput())
    party = forms.CharField(
        label=_("Handed over by"),
        max_length=120,
        required=False,
        help_text=_("Who of the company; empty: the company."),
    )

    def __init__(self, data: Any = None, initial: Any = None) -> None:
        super().__init__(data, initial=initial)
        for n in LINES:
            self.fields[f"name_{n}"] = forms.CharField(label=_("Material"), max_length=120, required=False)
            self.fields[f"copies_{n}"] = forms.IntegerField(
                label=_("Copies"), min_value=1, max_value=999, initial=1, required=False
            )
            self.fields[f"original_{n}"] = forms.BooleanField(label=_("Original"), required=False)

    @property
    def lines(self) -> list[dict[str, Any]]:
        return [
            {"n": n, "fields": [self[f"{part}_{n}"] for part in ("name", "copies", "original")]}
            for n in LINES
        ]

    @property
    def head(self) -> list[Any]:
        return [self["done_on"], self["party"]]

    def values(self) -> dict[str, Any]:
        data = self.cleaned_data
        lines = [
            Line(data[f"name_{n}"], data[f"original_{n}"], data[f"copies_{n}"] or 1)
            for n in LINES
            if data[f"name_{n}"]
        ]
        return {"lines": lines, "party": data["party"], "done_on": data["done_on"]}


class HandForm(forms.Form):
    materials = forms.ModelMultipleChoiceField(
        Material.objects.none(),
        label=_("Materials"),
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": _("Choose the materials.")},
    )
    direction = forms.ChoiceField(
        label=_("Where to"),
        choices=[(Direction.OFFICE, Direction.OFFICE.label), (Direction.BACK, Direction.BACK.label)],
    )
    party = forms.CharField(
        label=_("Office or person who received them"),
        max_length=120,
        required=False,
        help_text=_("For the company it may stay empty."),
    )
    done_on = forms.DateField(label=_("Day"), widget=DateInput())

    def __init__(self, data: Any = None, *, held: Any, initial: Any = None) -> None:
        super().__init__(data, initial=initial)
        materials: Any = self.fields["materials"]
        materials.queryset = held

    def values(self) -> dict[str, Any]:
        data = self.cleaned_data
        return {
            "materials": [one.pk for one in data["materials"]],
            "direction": data["direction"],
            "party": data["party"],
            "done_on": data["done_on"],
        }
