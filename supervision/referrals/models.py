"""Accountability referrals (追责问责, H25): opened by hand, on the record's evidence, for a closed circle of readers.

A referral points to its project and matter by number and label, not by key: nothing that lists, moves or merges what
hangs on a project may meet it.
"""

from collections.abc import Sequence
from typing import Any, Self

from django.conf import settings
from django.db import models
from django.db.models import Exists, OuterRef, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from accounts import clock
from accounts.growing import GrowingRow, GrowingRows
from accounts.models import Department, Division, Posting
from accounts.permissions import PERMISSIONS, Role, roles_with
from accounts.scope import ScopedQuerySet, current_postings


class ReferralCase(models.TextChoices):
    """The three cases; their words stand in the regime's rule `accountability_cases`."""

    DELAY = "delay", _("delay without good reason")
    DERELICTION = "dereliction", _("dereliction of duty")
    OBSTRUCTION = "obstruction", _("obstruction")


class ReferralState(models.TextChoices):
    OPEN = "open", _("being prepared")
    INVITED = "invited", _("waits for the statement of the person concerned")
    HANDED = "handed", _("handed to the discipline inspection office")
    ACCEPTED = "accepted", _("taken up by the discipline inspection office")
    CLOSED = "closed", _("outcome recorded")
    WITHDRAWN = "withdrawn", pgettext_lazy("referral state", "taken back")


BEFORE_HANDING = (ReferralState.OPEN, ReferralState.INVITED)
WITH_DISCIPLINE = (ReferralState.HANDED, ReferralState.ACCEPTED, ReferralState.CLOSED)
ENDED = (ReferralState.CLOSED, ReferralState.WITHDRAWN)


class ReferralQuerySet(ScopedQuerySet):
    def visible_to(self, user: Any) -> Self:
        """The closed circle: opener and heads named while they are heads of that office; the discipline inspection office
        it was handed to, and that of its own division once the circle has nobody left in office. Never the person it is about.
        """
        found = Q(pk__in=[])
        heads: list[str] = []
        discipline: list[str] = []
        for posting in current_postings(user):
            if "referrals.make" in PERMISSIONS[posting.role]:
                heads.append(posting.division_id)
            elif posting.role == Role.DISCIPLINE_OFFICE:
                discipline.append(posting.division_id)
        heads, discipline = with_predecessors(heads), with_predecessors(discipline)
        if heads:
            named = ReferralReader.objects.filter(user_id=user.pk).values("referral_id")
            found |= Q(division_id__in=heads) & (Q(opened_by_id=user.pk) | Q(pk__in=named))
        if discipline:
            found |= Q(addressee_id__in=discipline, state__in=WITH_DISCIPLINE)
            orphaned = Q(Exists(_circle_in_office()), _negated=True)
            found |= Q(division_id__in=discipline) & orphaned
        return self.filter(found).exclude(person_id=user.pk)


def with_predecessors(codes: Sequence[str]) -> list[str]:
    """The divisions and those merged into them: what was opened there is theirs to bring to its end."""
    if not codes:
        return []
    return [*codes, *Division.objects.filter(successor_id__in=codes).values_list("pk", flat=True)]


def _circle_in_office() -> Any:
    """Postings of opener or named heads of the outer referral that still open it. Authorisation means now."""
    named = ReferralReader.objects.filter(referral_id=OuterRef(OuterRef("pk"))).values("user_id")
    return Posting.objects.current(clock.today()).filter(
        Q(user_id=OuterRef("opened_by_id")) | Q(user_id__in=named),
        Q(division_id=OuterRef("division_id")) | Q(division_id=OuterRef("division__successor_id")),
        role__in=roles_with("referrals.make"),
        user__is_active=True,
    )


class Referral(models.Model):
    """`division` opens it, `unit` is where the fault lies (itself or below). `put_text` is what the person concerned is
    told, and all they see besides their own words. `turn` grows with each move."""

    number = models.CharField(_("number"), max_length=30, unique=True)
    case = models.CharField(_("case"), max_length=12, choices=ReferralCase)
    state = models.CharField(_("state"), max_length=12, choices=ReferralState, default=ReferralState.OPEN)
    turn = models.PositiveIntegerField(default=1, editable=False)
    division = models.ForeignKey(Division, models.PROTECT, related_name="+")
    unit = models.ForeignKey(Division, models.PROTECT, related_name="+")
    department = models.ForeignKey(Department, models.PROTECT, null=True, blank=True, related_name="+")
    project_key = models.BigIntegerField(default=0, editable=False)
    project_label = models.CharField(_("project"), max_length=250, blank=True)
    matter_key = models.BigIntegerField(default=0, editable=False)
    matter_label = models.CharField(_("matter pressed"), max_length=250, blank=True)
    person = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+"
    )
    person_name = models.CharField(_("person concerned"), max_length=60)
    person_post = models.CharField(_("office and post"), max_length=120)
    reason = models.TextField(_("facts and reasons"))
    rule_id = models.CharField(max_length=60)
    basis = models.CharField(max_length=300)
    opened_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    opened_at = models.DateTimeField(_("opened"))
    put_text = models.TextField(_("what is put to the person concerned"), blank=True)
    invited_at = models.DateTimeField(null=True, blank=True)
    state_by_on = models.DateField(_("statement by"), null=True, blank=True)
    deadline = models.JSONField(default=dict, blank=True)
    addressee = models.ForeignKey(Division, models.PROTECT, null=True, blank=True, related_name="+")
    handed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+"
    )
    handed_at = models.DateTimeField(null=True, blank=True)
    handed_note = models.TextField(blank=True)
    closed_at = models.DateTimeField(null=True, blank=True)
    close_reason = models.TextField(blank=True)
    province_code = models.CharField(max_length=12, editable=False)
    city_code = models.CharField(max_length=12, blank=True, editable=False)
    county_code = models.CharField(max_length=12, blank=True, editable=False)

    objects = ReferralQuerySet.as_manager()

    class Meta:
        ordering = ["-opened_at", "-pk"]
        verbose_name = _("accountability referral")
        constraints = [
            models.CheckConstraint(name="referral_state_known", condition=Q(state__in=ReferralState.values)),
            models.CheckConstraint(name="referral_case_known", condition=Q(case__in=ReferralCase.values)),
            models.CheckConstraint(
                name="referral_is_about_something",
                condition=Q(project_key__gt=0) | Q(matter_key__gt=0) | Q(department__isnull=False),
            ),
            models.CheckConstraint(
                name="referral_ended_has_time",
                condition=Q(state__in=ENDED, closed_at__isnull=False)
                | (~Q(state__in=ENDED) & Q(closed_at=None)),
            ),
            models.CheckConstraint(
                name="referral_handed_after_asking",
                condition=~Q(state__in=WITH_DISCIPLINE)
                | Q(handed_at__isnull=False, invited_at__isnull=False, addressee__isnull=False),
            ),
        ]
        indexes = [
            models.Index(fields=["division", "state"], name="referral_division_state"),
            models.Index(fields=["person"], name="referral_person"),
        ]

    def __str__(self) -> str:
        """Its number alone: what is about whom stays inside the circle."""
        return self.number

    @property
    def is_ended(self) -> bool:
        return self.state in ENDED

    @property
    def subject(self) -> str:
        """What it is about, in a line."""
        office = self.department.name if self.department else ""
        return "；".join(part for part in (self.project_label, self.matter_label, office) if part)


class ReferralReader(models.Model):
    """A head of the same office let into the circle, by whom and why. Never taken out again, so the circle stays known."""

    referral = models.ForeignKey(Referral, models.CASCADE, related_name="readers")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    named_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    named_at = models.DateTimeField()
    reason = models.CharField(max_length=200)

    class Meta:
        ordering = ["named_at", "pk"]
        constraints = [models.UniqueConstraint(fields=["referral", "user"], name="referral_reader_once")]

    def __str__(self) -> str:
        return str(self.user)


class BundleKind(models.TextChoices):
    EVIDENCE = "evidence", _("evidence from the record")
    HANDED = "handed", _("as handed over, with the statements")


class ReferralBundle(models.Model):
    """What the record held at that moment, frozen: `manifest` as collected, one zip whose digest is kept beside it."""

    referral = models.ForeignKey(Referral, models.CASCADE, related_name="bundles")
    version = models.PositiveSmallIntegerField()
    kind = models.CharField(max_length=10, choices=BundleKind)
    collected_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    collected_at = models.DateTimeField()
    manifest = models.JSONField()
    path = models.CharField(max_length=200)
    size = models.PositiveBigIntegerField()
    sha256 = models.CharField(max_length=64)

    class Meta:
        ordering = ["version"]
        constraints = [
            models.UniqueConstraint(fields=["referral", "version"], name="referral_bundle_version_once")
        ]

    def __str__(self) -> str:
        return f"{self.referral} {self.version}"


class ReferralStatement(models.Model):
    """The words of the person concerned. `is_final`: they have nothing to add. `recorded_by`: handed in on paper."""

    referral = models.ForeignKey(Referral, models.CASCADE, related_name="statements")
    at = models.DateTimeField()
    text = models.TextField()
    is_final = models.BooleanField(default=False)
    recorded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+"
    )

    class Meta:
        ordering = ["at", "pk"]

    def __str__(self) -> str:
        return f"{self.referral} {self.at:%Y-%m-%d}"


class OutcomeKind(models.TextChoices):
    ACCEPTED = "accepted", pgettext_lazy("referral", "taken up")
    NOT_ACCEPTED = "not_accepted", pgettext_lazy("referral", "not taken up")
    MEASURE = "measure", _("measure decided")
    NO_MEASURE = "no_measure", _("looked into, no measure")


class ReferralOutcome(models.Model):
    """One answer of the discipline inspection office, with its day and the number of its document. Written once."""

    referral = models.ForeignKey(Referral, models.CASCADE, related_name="outcomes")
    kind = models.CharField(_("outcome"), max_length=14, choices=OutcomeKind)
    decided_on = models.DateField(_("decided on"))
    document_number = models.CharField(_("number of the document"), max_length=80)
    text = models.TextField(_("what was decided"))
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    by_name = models.CharField(max_length=60)
    office = models.CharField(max_length=120)
    at = models.DateTimeField()

    class Meta:
        ordering = ["at", "pk"]
        constraints = [
            models.CheckConstraint(
                name="referral_outcome_kind_known", condition=Q(kind__in=OutcomeKind.values)
            )
        ]

    def __str__(self) -> str:
        return f"{self.referral} {self.get_kind_display()}"


class ReferralFile(models.Model):
    """A file of a statement or an outcome. `path` is a random name under MEDIA; only a view of the circle serves it."""

    referral = models.ForeignKey(Referral, models.CASCADE, related_name="files")
    statement = models.ForeignKey(ReferralStatement, models.CASCADE, null=True, related_name="files")
    outcome = models.ForeignKey(ReferralOutcome, models.CASCADE, null=True, related_name="files")
    name = models.CharField(max_length=130)
    path = models.CharField(max_length=200)
    content_type = models.CharField(max_length=100)
    size = models.PositiveIntegerField()
    sha256 = models.CharField(max_length=64)

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.CheckConstraint(
                name="referral_file_has_one_place",
                condition=Q(statement__isnull=False, outcome=None) | Q(statement=None, outcome__isnull=False),
            )
        ]

    def __str__(self) -> str:
        return self.name


class ReferralLook(GrowingRow):
    """Who looked at what of a referral, when and what for. Append-only, on PostgreSQL by a trigger too; no foreign keys."""

    referral_number = models.CharField(max_length=30)
    user_key = models.BigIntegerField()
    user_name = models.CharField(_("who"), max_length=60)
    office = models.CharField(_("in which capacity"), max_length=160, blank=True)
    at = models.DateTimeField(_("when"))
    what = models.CharField(_("what"), max_length=120)
    purpose = models.CharField(_("purpose"), max_length=200)

    objects = GrowingRows.as_manager()

    class Meta:
        ordering = ["-at", "-pk"]
        verbose_name = _("look at a referral")
        indexes = [models.Index(fields=["referral_number", "-at"], name="referral_look_number")]

    def __str__(self) -> str:
        return f"{self.user_name} {self.what}"
