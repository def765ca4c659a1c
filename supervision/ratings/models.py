"""Ratings (好差评, H23): one per service, five levels; who gave it is apart; a bad one opens a case that must be answered."""

from datetime import date
from typing import Any, NoReturn, Self

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.growing import GrowingRow, LookRows, Unalterable
from accounts.models import Department, Division
from accounts.scope import ScopedQuerySet, area_q, own_departments
from policy.periods import week_of
from projects.models import Project


class Service(models.TextChoices):
    """What is rated."""

    ITEM = "item", _("approval matter decided")
    TICKET = "ticket", _("assistance matter closed")
    VISIT = "visit", _("visit to the company")


class Level(models.IntegerChoices):
    VERY_GOOD = 1, _("very satisfied")
    GOOD = 2, _("satisfied")
    FAIR = 3, _("fairly satisfied")
    BAD = 4, _("not satisfied")
    VERY_BAD = 5, _("very dissatisfied")


BAD = (Level.BAD, Level.VERY_BAD)  # `policy.regime_schema` holds every regime to it
SEALED = "（备注已封存）"  # stands in `entered_note`; what was noted is a `CallerNote`


class Reason(models.TextChoices):
    SLOW = "slow", _("took too long")
    ATTITUDE = "attitude", _("unfriendly")
    UNCLEAR = "unclear", _("not explained clearly at once")
    EXTRA = "extra", _("asked for more than the list says")
    BACK_AND_FORTH = "back_and_forth", _("sent back and forth")
    HARD_TO_REACH = "hard_to_reach", _("hard to reach")
    NOT_SOLVED = "not_solved", _("not really solved")
    FAST = "fast", _("fast")
    HELPFUL = "helpful", _("helped actively")
    CLEAR = "clear", _("clearly explained")


class Channel(models.TextChoices):
    PORTAL = "portal", _("in the portal")
    LINK = "link", _("by link or QR code")
    PHONE = "phone", _("by phone, entered by staff")


class OfficeRows(ScopedQuerySet):
    """The office of the area, and the department that was rated. Never opened by a grant on the project."""

    to_department = "department_id"

    def visible_to(self, user: Any) -> Self:
        found = area_q(user, need="ratings.view")
        offices = own_departments(user, "ratings.follow")
        if offices:
            found |= Q(**{f"{self.to_department}__in": offices})
        return self.filter(found)


class CaseRows(OfficeRows):
    to_department = "rating__chance__department_id"


class RatingRows(OfficeRows):
    to_department = "chance__department_id"


class Chance(models.Model):
    """One service that may be rated once, until `expires_on` (inclusive). Made when the service ends.

    `visitor`: who went to the company, for a visit alone; that person handles nothing of its rating.
    """

    service = models.CharField(max_length=8, choices=Service)
    subject_id = models.BigIntegerField()
    times = models.PositiveSmallIntegerField(
        default=1, help_text="an item applied for again is another service"
    )
    project = models.ForeignKey(Project, models.CASCADE, related_name="rating_chances")
    division = models.ForeignKey(Division, models.PROTECT, related_name="+")
    department = models.ForeignKey(Department, models.PROTECT, null=True, blank=True, related_name="+")
    visitor = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+"
    )
    label = models.CharField(_("what was done"), max_length=160)
    office = models.CharField(_("who did it"), max_length=120)
    done_on = models.DateField(_("done on"))
    made_at = models.DateTimeField()
    offered_at = models.DateTimeField(
        null=True, blank=True, help_text="when the company's people were asked to rate it"
    )
    expires_on = models.DateField(_("may be rated until (inclusive)"))
    province_code = models.CharField(max_length=12)
    city_code = models.CharField(max_length=12, blank=True)
    county_code = models.CharField(max_length=12, blank=True)

    objects = OfficeRows.as_manager()

    class Meta:
        ordering = ["-done_on", "-pk"]
        verbose_name = _("service to rate")
        constraints = [
            models.UniqueConstraint(fields=["service", "subject_id", "times"], name="rating_chance_once"),
            models.CheckConstraint(
                name="rating_chance_service_known", condition=Q(service__in=Service.values)
            ),
            models.CheckConstraint(
                name="rating_chance_visitor_of_visit", condition=Q(visitor=None) | Q(service="visit")
            ),
        ]
        indexes = [models.Index(fields=["project", "-done_on"], name="rating_chance_project")]

    def __str__(self) -> str:
        return self.label


class FixedRows(RatingRows):
    def update(self, **kwargs: Any) -> NoReturn:
        raise Unalterable("ratings are never changed")

    def delete(self) -> NoReturn:
        raise Unalterable("ratings are never deleted")


class Rating(GrowingRow):
    """What was said. Never changed or deleted by anybody; who said it is not here (see `RatingAuthor`)."""

    chance = models.OneToOneField(Chance, models.PROTECT, related_name="rating")
    level = models.PositiveSmallIntegerField(_("rating"), choices=Level)
    reasons = models.JSONField(_("reasons"), default=list, blank=True)
    text = models.TextField(_("in own words"), blank=True)
    anonymous = models.BooleanField(_("anonymous"))
    channel = models.CharField(_("how it came"), max_length=8, choices=Channel)
    rated_on = models.DateField(_("rated on"))
    entered_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+"
    )
    entered_note = models.CharField(_("note on the call"), max_length=200, blank=True)
    province_code = models.CharField(max_length=12)
    city_code = models.CharField(max_length=12, blank=True)
    county_code = models.CharField(max_length=12, blank=True)

    objects = FixedRows.as_manager()

    class Meta:
        ordering = ["-rated_on", "-pk"]
        verbose_name = _("rating")
        constraints = [
            models.CheckConstraint(name="rating_level_known", condition=Q(level__in=Level.values)),
            models.CheckConstraint(
                name="rating_phone_has_note", condition=~Q(channel="phone") | ~Q(entered_note="")
            ),
        ]
        indexes = [models.Index(fields=["city_code", "-rated_on"], name="rating_city_day")]

    def __str__(self) -> str:
        return f"{self.get_level_display()}"

    @property
    def is_bad(self) -> bool:
        return self.level in BAD

    @property
    def reason_labels(self) -> list[str]:
        return [str(Reason(code).label) for code in self.reasons if code in Reason.values]

    @property
    def shown_service(self) -> str:
        """What the office reads: of an anonymous rating only the kind of service, for matter and project tell who."""
        return str(self.chance.get_service_display()) if self.anonymous else self.chance.label

    @property
    def shown_day(self) -> str:
        """The day; of an anonymous rating only the month."""
        return f"{self.rated_on:%Y-%m}" if self.anonymous else self.rated_on.isoformat()


class CallerNote(models.Model):
    """Who called, when, from which number, where staff entered a rating; sealed. Read to check that there was a call."""

    rating = models.OneToOneField(Rating, models.PROTECT, related_name="caller")
    sealed = models.BinaryField()

    class Meta:
        verbose_name = _("note on a call")

    def __str__(self) -> str:
        return f"{self.rating_id}"


class RatingLook(GrowingRow):
    """Who read the author of a rating or the note on its call, when, what for. Only grows; the purpose is blanked with
    the name."""

    rating = models.ForeignKey(Rating, models.PROTECT, related_name="looks")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    at = models.DateTimeField()
    purpose = models.CharField(_("purpose"), max_length=200)

    objects = LookRows.as_manager()

    class Meta:
        ordering = ["-at", "-pk"]
        verbose_name = _("look at the name of a rater")
        constraints = [models.CheckConstraint(name="rating_look_has_purpose", condition=~Q(purpose=""))]

    def __str__(self) -> str:
        return f"{self.rating_id}"


class RatingAuthor(models.Model):
    """Who gave a named rating, sealed; there is no such row for an anonymous one. Read for the call back only."""

    rating = models.OneToOneField(Rating, models.PROTECT, related_name="author")
    sealed = models.BinaryField()

    class Meta:
        verbose_name = _("author of a rating")

    def __str__(self) -> str:
        return f"{self.rating_id}"


class CaseState(models.TextChoices):
    OPEN = "open", _("to be followed up")
    ANSWERED = "answered", _("answered")
    OBJECTED = "objected", _("objection waits for review")
    CLOSED = "closed", _("closed")


class Outcome(models.TextChoices):
    MENDED = "mended", _("mended")
    EXPLAINED = "explained", _("explained, could not be mended")
    NOT_ADOPTED = "not_adopted", _("not adopted after review")


class BadCase(models.Model):
    """A bad rating to follow up. The unit mends, explains or objects; the office calls back named raters and closes.

    `due_on` (inclusive) is the last day of whoever's turn it is, and `deadline` says why: of the unit while open, of
    the office once answered, of whoever decides while an objection waits. See `limits`.
    """

    rating = models.OneToOneField(Rating, models.PROTECT, related_name="case")
    state = models.CharField(max_length=10, choices=CaseState, default=CaseState.OPEN)
    turn = models.PositiveIntegerField(default=1, editable=False)
    opened_on = models.DateField()
    due_on = models.DateField(_("to be followed up by"))
    deadline = models.JSONField(default=dict)
    called_at = models.DateTimeField(_("called back"), null=True, blank=True)
    called_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    call_note = models.TextField(_("what the caller said"), blank=True)
    outcome = models.CharField(max_length=12, choices=Outcome, blank=True)
    answer = models.TextField(_("what was done"), blank=True)
    answered_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    answered_at = models.DateTimeField(null=True, blank=True)
    objection = models.TextField(_("objection of the unit"), blank=True)
    objected_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    objected_at = models.DateTimeField(null=True, blank=True)
    decided_at_unit = models.ForeignKey(
        Division, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("who decides")
    )
    decided_by_head = models.BooleanField(
        default=False, help_text="the provincial bureau was rated itself: one of its heads decides"
    )
    review = models.TextField(_("decision on the objection"), blank=True)
    reviewed_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    reviewed_at = models.DateTimeField(null=True, blank=True)
    closed_at = models.DateTimeField(null=True, blank=True)
    province_code = models.CharField(max_length=12)
    city_code = models.CharField(max_length=12, blank=True)
    county_code = models.CharField(max_length=12, blank=True)

    objects = CaseRows.as_manager()

    class Meta:
        ordering = ["due_on", "pk"]
        verbose_name = _("bad rating case")
        constraints = [
            models.CheckConstraint(name="bad_case_state_known", condition=Q(state__in=CaseState.values)),
            models.CheckConstraint(
                name="bad_case_closed_has_outcome", condition=~Q(state="closed") | ~Q(outcome="")
            ),
        ]
        indexes = [
            models.Index(fields=["due_on"], condition=~Q(state="closed"), name="bad_case_open"),
        ]

    def __str__(self) -> str:
        return f"{self.rating_id} {self.state}"

    @property
    def due_week(self) -> date | None:
        """Of an anonymous rating the Monday of the week of `due_on`, and no day: so many working days back from the day
        the rating was given. None for a named one."""
        return week_of(self.due_on)[0] if self.rating.anonymous else None

    @property
    def must_call(self) -> bool:
        """Whether a named rater has still to be called: told what was answered, or asked about the objection."""
        if self.rating.anonymous:
            return False
        since = self.objected_at if self.state == CaseState.OBJECTED else self.answered_at
        return self.called_at is None or (since is not None and self.called_at < since)

    @property
    def is_upheld(self) -> bool:
        """The objection was right: the rating is not adopted and left out of the rate."""
        return self.outcome == Outcome.NOT_ADOPTED
