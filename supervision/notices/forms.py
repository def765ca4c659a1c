from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.forms import FilesField, ListFilter
from accounts.models import Division, Tier
from accounts.permissions import Role
from projects.fields import TextField
from projects.filters import industry_choices
from supervision.notices.models import OFFICE_ROLES, Audience, Notice, NoticeState
from supervision.notices.services import MOST_TEXT, Words
from supervision.notices.widgets import GroupedChecks

ROLE_CHOICES = [(role.value, Role(role).label) for role in OFFICE_ROLES]


class NoticeForm(forms.Form):
    """A draft. `unit`: in whose name; the places are the unit's own and those below it."""

    title = TextField(label=_("Title"), max_length=120)
    text = forms.CharField(
        label=_("What it says"), max_length=MOST_TEXT, widget=forms.Textarea(attrs={"rows": 12}),
        help_text=_("What it is about, who may apply, until when, whom to ask. An empty line makes a paragraph."),
    )  # fmt: skip
    audience = forms.ChoiceField(label=_("Audience"), choices=Audience.choices, widget=forms.RadioSelect)
    divisions = forms.ModelMultipleChoiceField(
        label=_("Places"), queryset=Division.objects.none(), required=False,
        widget=GroupedChecks, help_text=_("Nothing ticked: the whole area. A city ticked is with all its counties."),
    )  # fmt: skip
    industries = forms.MultipleChoiceField(
        label=_("Industries of the companies"), required=False, widget=GroupedChecks,
        choices=industry_choices, help_text=_("Nothing ticked: all industries."),
    )  # fmt: skip
    roles = forms.MultipleChoiceField(
        label=_("Roles in the offices"), required=False, choices=ROLE_CHOICES,
        widget=forms.CheckboxSelectMultiple, help_text=_("Nothing chosen: all of these."),
    )  # fmt: skip
    is_public = forms.BooleanField(
        label=_("Propose it for the public site too"), required=False,
        help_text=_(
            "Another person who publishes there reads it first. Title, text, place and day; the files are not published."
        ),
    )  # fmt: skip
    uploads = FilesField(
        label=_("Files"),
        help_text=_("At most 6, 20 MB each"),
    )  # fmt: skip

    def __init__(self, *args: Any, unit: Division, notice: Notice | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        places = Division.objects.within(unit).filter(valid_to=None, tier__lte=3).order_by("code")
        divisions: Any = self.fields["divisions"]
        divisions.queryset = places
        divisions.choices = _grouped(unit, list(places))
        self.fields["audience"].initial = Audience.COMPANIES
        if notice and notice.pk:
            self.fields["drop"] = forms.MultipleChoiceField(
                label=_("Take these files out"), required=False, widget=forms.CheckboxSelectMultiple,
                choices=[(str(one.pk), one.name) for one in notice.files.all()],
            )  # fmt: skip
            if not notice.files.exists():
                del self.fields["drop"]
            self.initial = {
                **self.initial,
                "title": notice.title, "text": notice.text, "audience": notice.audience,
                "divisions": [one.pk for one in notice.divisions.all()], "industries": notice.industries,
                "roles": notice.roles, "is_public": notice.is_public,
            }  # fmt: skip

    def words(self) -> Words:
        data = self.cleaned_data
        return Words(
            data["title"], data["text"], data["audience"], list(data["divisions"]), data["industries"],
            data["roles"], data["is_public"],
        )  # fmt: skip

    def dropped(self) -> list[int]:
        return [int(one) for one in self.cleaned_data.get("drop", ())]


def _grouped(unit: Division, places: list[Division]) -> list[tuple[str, list[tuple[str, str]]]]:
    """Places under their city, the city itself first; of a single city its counties in one group."""
    cities = {one.pk: one.name for one in places if one.tier == Tier.CITY}
    found: dict[str, list[tuple[str, str]]] = {}
    for one in places:
        group = cities.get(one.city_code, unit.name)
        found.setdefault(group, []).append((one.pk, one.name))
    return list(found.items())


class WithdrawForm(forms.Form):
    reason = TextField(
        label=_("Why it is withdrawn"), max_length=300,
        help_text=_("Everybody who was addressed reads this; where the notice is public, everybody does."),
    )  # fmt: skip


class ReturnForm(forms.Form):
    reason = TextField(label=_("Why it does not go on the public site"), max_length=300)


class NoticeFilter(ListFilter):
    show = forms.ChoiceField(
        label=_("Which ones"), required=False,
        choices=[("", _("all")), ("unread", _("not read by me")), ("public", _("on the public site")),],
    )  # fmt: skip
    state = forms.ChoiceField(
        label=_("State"), required=False, choices=[("", _("in any state")), *NoticeState.choices]
    )
    audience = forms.ChoiceField(
        label=_("Audience"), required=False,
        choices=[("", _("everybody")), *[one for one in Audience.choices if one[0] != Audience.BOTH]],
    )  # fmt: skip
    q = forms.CharField(label=_("Title or text"), required=False, max_length=60)
