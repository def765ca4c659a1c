"""Forms of matters. Each move has one; files come beside the form, checked by the service."""

from datetime import date
from typing import Any

from django import forms
from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from accounts.forms import FilesField, long_text
from accounts.models import Department, Division, User
from policy.lights import Light
from projects.fields import DayField, set_choices
from supervision.matters.clocks import light_q, thresholds
from supervision.matters.levels import JUDGE, first_level
from supervision.matters.models import (
    OPEN_STATES,
    ExtensionState,
    Matter,
    MatterExtension,
    MatterQuerySet,
    MatterSource,
    MatterState,
    Step,
)
from supervision.matters.queries import area_of, own_of
from supervision.matters.todo import mine_q

WHY = {"required": _("Say why; the other side reads it.")}


def _day(label: Any, **kwargs: Any) -> DayField:
    return DayField(label=label, **kwargs)


class IssueForm(forms.Form):
    """A matter pressed by the office itself."""

    unit = forms.ModelChoiceField(
        Division.objects.none(), label=_("Who does it"), empty_label=None,
        error_messages={"required": _("Choose the unit that has to do it.")},
    )  # fmt: skip
    department = forms.ModelChoiceField(
        Department.objects.none(), label=_("Department of one's own unit"), required=False,
        empty_label=_("the unit as a whole"),
        help_text=_("Another unit's office passes it to its departments itself."),
    )  # fmt: skip
    title = forms.CharField(
        label=_("What is to be done, in a few words"),
        max_length=120,
        error_messages={"required": _("Say in a few words what is to be done.")},
    )
    urgency = forms.ChoiceField(
        label=_("How urgent"),
        choices=[
            ("ordinary", pgettext_lazy("urgency", "ordinary")),
            ("urgent", pgettext_lazy("urgency", "urgent")),
            ("difficult", pgettext_lazy("urgency", "difficult")),
        ],
        help_text=_("Gives the last day by the rule unless a day is set."),
    )
    due_on = _day(_("Last day"), required=False, help_text=_("Empty: by the rule, counted from today."))
    basis = forms.CharField(
        label=_("Basis"), max_length=300, required=False, help_text=_("Article, minutes or instruction.")
    )
    demand = long_text(
        _("What is demanded and how it will be checked"),
        rows=4,
        error_messages={"required": _("Say what is demanded and how it will be checked.")},
    )
    uploads = FilesField()

    def __init__(
        self,
        data: Any,
        uploads: Any,
        *,
        units: QuerySet[Division],
        departments: QuerySet[Department],
        initial: Any,
    ) -> None:
        super().__init__(data, uploads, initial=initial)
        unit: Any = self.fields["unit"]
        unit.queryset = units
        office: Any = self.fields["department"]
        office.queryset = departments


class TurnForm(forms.Form):
    """Base of the moves: `turn` is the state of the page the person saw."""

    turn = forms.IntegerField(widget=forms.HiddenInput(), required=False)


class SayForm(TurnForm):
    text = long_text(_("Note"), required=False, rows=2)


class TextForm(TurnForm):
    text = long_text(_("What to say"), error_messages=WHY)


class ProgressForm(TurnForm):
    text = long_text(_("How far the work is"), error_messages={"required": _("Write how far the work is.")})
    uploads = FilesField()


class AnswerForm(TurnForm):
    text = long_text(
        _("What was done and what it rests on"),
        rows=5,
        error_messages={"required": _("Write what was done and what it rests on.")},
    )
    uploads = FilesField()


class AssignForm(TurnForm):
    department = forms.ModelChoiceField(
        Department.objects.none(), label=_("Department"), required=False, empty_label=_("the unit as a whole")
    )
    person = forms.ModelChoiceField(
        User.objects.none(),
        label=_("Person in charge"),
        required=False,
        empty_label=_("the office as a whole"),
    )
    text = long_text(_("Note"), required=False, rows=2)

    def __init__(
        self,
        data: Any = None,
        *,
        departments: QuerySet[Department] | None,
        people: QuerySet[User],
        **kwargs: Any,
    ) -> None:
        super().__init__(data, **kwargs)
        person: Any = self.fields["person"]
        person.queryset = people
        if departments is None:
            del self.fields["department"]
        else:
            office: Any = self.fields["department"]
            office.queryset = departments


class AskTimeForm(TurnForm):
    wanted_on = _day(_("New last day"))
    reason = long_text(_("Why"), rows=3, error_messages=WHY)
    uploads = FilesField()


class CloseForm(TurnForm):
    checked_on = _day(_("Checked on"), required=False)
    check_note = long_text(
        _("What was checked and what was found"),
        error_messages={
            "required": _("Write what was checked and what was found; without a check nothing is closed.")
        },
    )
    uploads = FilesField()


class ReturnForm(TurnForm):
    text = long_text(_("What is missing"), error_messages=WHY)
    due_on = _day(_("New last day"), required=False, help_text=_("Empty: by the rule for urgent matters."))
    uploads = FilesField()


class ReasonForm(TurnForm):
    reason = long_text(_("Why"), rows=2, error_messages=WHY)


class ReopenForm(ReasonForm):
    due_on = _day(_("New last day"))


class RedirectForm(TurnForm):
    unit = forms.ModelChoiceField(
        Division.objects.none(), label=_("Who does it"), empty_label=None,
        error_messages={"required": _("Choose the unit that has to do it.")},
    )  # fmt: skip
    department = forms.ChoiceField(
        label=_("Its department"), required=False, help_text=_("Empty: the unit's office passes it on.")
    )
    due_on = _day(_("New last day"), required=False, help_text=_("Empty: the present one stays."))
    reason = long_text(_("Why"), rows=2, error_messages=WHY)

    def __init__(
        self, data: Any = None, *, units: QuerySet[Division], offices: dict[str, str], on: date, **kwargs: Any
    ) -> None:
        """`offices`: short names by department code; which department that is follows from the unit chosen."""
        super().__init__(data, **kwargs)
        self.on = on
        unit: Any = self.fields["unit"]
        unit.queryset = units
        set_choices(self, "department", [("", _("the unit as a whole")), *offices.items()])

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        unit, code = data.get("unit"), data.pop("department", "")
        data["department"] = None
        if not (unit and code):
            return data
        rows = Department.objects.filter(division=unit, code=code).exclude(valid_to__lt=self.on)
        data["department"] = rows.first()
        if data["department"] is None:
            self.add_error(
                "department",
                _("%(unit)s has no such department. Leave it empty: the unit's office passes the matter on.")
                % {"unit": unit.name},
            )
        return data


class MatterFilter(forms.Form):
    """Filters of the list; every field may stay empty."""

    q = forms.CharField(label=_("Matter, number or project"), required=False, max_length=60)
    show = forms.ChoiceField(
        label=_("Show"),
        required=False,
        choices=[
            ("", pgettext_lazy("matter", "open")),
            ("mine", _("for me to act on")),
            ("late", _("overdue")),
            ("red", _("seriously overdue")),
            ("judge", pgettext_lazy("matter state", "answered, to be checked")),
            ("hard", _("under supervision or beyond")),
            ("listed", _("on public listing")),
            ("closed", pgettext_lazy("matter state", "closed")),
            ("all", _("all")),
        ],
    )
    source = forms.ChoiceField(
        label=pgettext_lazy("matter", "Pressed by"),
        required=False,
        choices=[("", _("all")), *MatterSource.choices],
    )
    state = forms.ChoiceField(
        label=_("State"), required=False, choices=[("", _("all")), *MatterState.choices]
    )
    step = forms.ChoiceField(
        label=_("Step of the ladder"), required=False, choices=[("", _("all")), *Step.choices]
    )
    unit = forms.ModelChoiceField(
        Division.objects.none(),
        label=pgettext_lazy("matter", "To be done by"),
        required=False,
        empty_label=_("all"),
    )
    own = forms.BooleanField(
        required=False, widget=forms.HiddenInput()
    )  # the unit's own, without those below
    due_from = _day(_("Last day from"), required=False)
    due_to = _day(_("Last day until"), required=False)

    def __init__(self, data: Any, units: QuerySet[Division]) -> None:
        super().__init__(data)
        unit: Any = self.fields["unit"]
        unit.queryset = units
        self.fields["q"].widget.attrs["class"] = "is-long"

    def apply(self, rows: MatterQuerySet, user: Any, on: Any) -> MatterQuerySet:
        """Rows of the chosen filters; a value that cannot be read filters nothing away but is marked."""
        self.is_valid()
        wanted = self.cleaned_data
        if words := (wanted.get("q") or "").strip():
            rows = rows.filter(
                Q(title__icontains=words) | Q(number__icontains=words) | Q(project__name__icontains=words)
            )
        for name in ("source", "state", "step"):
            if wanted.get(name):
                rows = rows.filter(**{name: wanted[name]})
        if wanted.get("unit"):
            area = own_of if wanted.get("own") else area_of
            rows = rows.filter(area(wanted["unit"]))
        if wanted.get("due_from"):
            rows = rows.filter(due_on__gte=wanted["due_from"])
        if wanted.get("due_to"):
            rows = rows.filter(due_on__lte=wanted["due_to"])
        return self._shown(rows, wanted.get("show") or "", bool(wanted.get("state")), user, on)

    def _shown(self, rows: MatterQuerySet, show: str, by_state: bool, user: Any, on: Any) -> MatterQuerySet:
        if show == "mine":
            return rows.filter(mine_q(user, on))
        if show in ("red", "late"):
            bounds = thresholds(on)
            lit = light_q(Light.RED, bounds)
            return rows.filter(lit if show == "red" else lit | light_q(Light.AMBER, bounds))
        if show == "judge":
            return rows.filter(state=MatterState.ANSWERED)
        if show == "hard":
            return rows.open().filter(step__in=(Step.SUPERVISE, Step.CIRCULATE))
        if show == "listed":
            return rows.listed()
        if show == "closed":
            return rows.filter(state__in=(MatterState.CLOSED, MatterState.WITHDRAWN))
        if show == "all" or by_state:
            return rows
        return rows.filter(state__in=OPEN_STATES)


def people_field(rows: list[User]) -> QuerySet[User]:
    return User.objects.filter(pk__in=[row.pk for row in rows])


def waits_for(matter: Matter) -> str:
    """Whose turn it is, in words."""
    return matter.issuer.name if matter.state == MatterState.ANSWERED else matter.holder_name


def extension_waits(matter: Matter, asked: MatterExtension, on: date) -> str:
    """Whose turn it is with a request for more time, and why, where it is not the unit's own head."""
    if asked.state != ExtensionState.ASKED:
        return str(_("it is the turn of %(office)s")) % {"office": matter.issuer.name}
    level = first_level(matter, on)
    if not level.instead:
        return str(_("it is the turn of the head of %(office)s")) % {"office": matter.unit.name}
    if level.permission == JUDGE:
        told = _("no head is posted from %(unit)s up to %(office)s, which gives the first opinion too")
    else:
        told = _("%(unit)s has no head posted; it is the turn of the head of %(office)s")
    return str(told) % {"unit": matter.unit.name, "office": level.unit.name}
