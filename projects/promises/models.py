"""What was promised to the investor and what is owed to companies (政策承诺、拖欠款; B6, H6)."""

from datetime import date
from typing import Self

from django.conf import settings
from django.db import models
from django.db.models import Q, Sum
from django.utils.translation import gettext_lazy as _

from accounts.models import Department, Division, Obligation
from accounts.scope import ScopedQuerySet
from projects.files import WithFile
from projects.models.projects import Project
from projects.plans.models import ChangeState


class PromiseState(models.TextChoices):
    OPEN = "open", _("open")
    KEPT = "kept", _("kept")
    BROKEN = "broken", _("cannot be kept")
    VOID = "void", _("entered by mistake")


class PromiseQuerySet(ScopedQuerySet):
    to_project = "project__"

    def live(self) -> Self:
        return self.exclude(state=PromiseState.VOID)

    def due(self, on: date) -> Self:
        """The denominator of the share kept: promised for `on` or earlier. Kept before its day counts once due."""
        return self.live().filter(due_on__lte=on)

    def overdue(self, on: date) -> Self:
        """Not kept and past its day: what supervision looks at."""
        return self.live().exclude(state=PromiseState.KEPT).filter(due_on__lt=on)


class Promise(WithFile):
    """One promise to the investor of a project. `file_*` is the document it rests on."""

    project = models.ForeignKey(Project, models.CASCADE, related_name="promises")
    text = models.TextField(_("what was promised"))
    basis = models.CharField(_("document it rests on"), max_length=200)
    due_on = models.DateField(_("to be kept by (inclusive)"))
    first_due_on = models.DateField(_("first date promised"), editable=False)
    department = models.ForeignKey(
        Department,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="promises",
        verbose_name=_("department"),
    )
    responsible = models.CharField(_("responsible person"), max_length=120, blank=True)
    for_investor = models.BooleanField(_("shown to the investor"), default=True)
    state = models.CharField(_("state"), max_length=8, choices=PromiseState, default=PromiseState.OPEN)
    kept_on = models.DateField(_("kept on"), null=True, blank=True)
    evidence = models.TextField(_("how it was kept"), blank=True)
    broken_reason = models.TextField(_("why it cannot be kept"), blank=True)
    proof_path = models.CharField(max_length=200, blank=True, editable=False)
    proof_name = models.CharField(max_length=120, blank=True, editable=False)
    proof_type = models.CharField(max_length=100, blank=True, editable=False)
    obligation = models.OneToOneField(Obligation, models.PROTECT, null=True, blank=True, related_name="+")
    version = models.PositiveIntegerField(default=1, editable=False)
    recorded_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    recorded_at = models.DateTimeField()
    province_code = models.CharField(max_length=12, editable=False)
    city_code = models.CharField(max_length=12, blank=True, editable=False)
    county_code = models.CharField(max_length=12, blank=True, editable=False)

    objects = PromiseQuerySet.as_manager()

    class Meta:
        ordering = ["due_on", "pk"]
        verbose_name = _("promise")
        constraints = [
            models.CheckConstraint(name="promise_state_known", condition=Q(state__in=PromiseState.values)),
            models.CheckConstraint(
                name="promise_kept_has_proof",
                condition=Q(state="kept", kept_on__isnull=False) & ~Q(evidence="")
                | ~Q(state="kept") & Q(kept_on=None),
            ),
        ]
        indexes = [
            models.Index(fields=["city_code", "due_on"], name="promise_city_due"),
            models.Index(fields=["county_code", "due_on"], name="promise_county_due"),
        ]

    def __str__(self) -> str:
        return self.text[:80]


class ArrearsQuerySet(ScopedQuerySet):
    to_project = "project__"


class Arrears(WithFile):
    """Money a division owes a company, and the plan to pay it. `file_*`: the acknowledgement of the debt."""

    project = models.ForeignKey(Project, models.CASCADE, related_name="arrears")
    creditor = models.CharField(_("creditor company"), max_length=200)
    subject = models.CharField(_("what the money is owed for"), max_length=200)
    amount_yuan = models.BigIntegerField(_("amount owed"))
    department = models.ForeignKey(
        Department,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="arrears",
        verbose_name=_("department that pays"),
    )
    responsible = models.CharField(_("responsible person"), max_length=120, blank=True)
    for_investor = models.BooleanField(_("shown to the investor"), default=True)
    recorded_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    recorded_at = models.DateTimeField()
    province_code = models.CharField(max_length=12, editable=False)
    city_code = models.CharField(max_length=12, blank=True, editable=False)
    county_code = models.CharField(max_length=12, blank=True, editable=False)

    objects = ArrearsQuerySet.as_manager()

    class Meta:
        ordering = ["-recorded_at", "-pk"]
        verbose_name = _("arrears")
        constraints = [models.CheckConstraint(name="arrears_amount_positive", condition=Q(amount_yuan__gt=0))]

    def __str__(self) -> str:
        return f"{self.creditor} {self.subject}"

    @property
    def paid_yuan(self) -> int:
        return self.instalments.exclude(paid_on=None).aggregate(n=Sum("amount_yuan"))["n"] or 0


class InstalmentQuerySet(ScopedQuerySet):
    to_project = "arrears__project__"

    def due(self, on: date) -> Self:
        return self.filter(due_on__lte=on)

    def overdue(self, on: date) -> Self:
        return self.filter(paid_on=None, due_on__lt=on)


class Instalment(WithFile):
    """One payment of the plan. `file_*`: the receipt."""

    arrears = models.ForeignKey(Arrears, models.CASCADE, related_name="instalments")
    position = models.PositiveSmallIntegerField()
    due_on = models.DateField(_("to be paid by (inclusive)"))
    amount_yuan = models.BigIntegerField(_("amount"))
    paid_on = models.DateField(_("paid on"), null=True, blank=True)
    evidence = models.TextField(_("proof of payment"), blank=True)
    obligation = models.OneToOneField(Obligation, models.PROTECT, null=True, blank=True, related_name="+")
    province_code = models.CharField(max_length=12, editable=False)
    city_code = models.CharField(max_length=12, blank=True, editable=False)
    county_code = models.CharField(max_length=12, blank=True, editable=False)

    objects = InstalmentQuerySet.as_manager()

    class Meta:
        ordering = ["arrears_id", "position"]
        verbose_name = _("instalment")
        constraints = [
            models.UniqueConstraint(fields=["arrears", "position"], name="instalment_position_once"),
            models.CheckConstraint(name="instalment_amount_positive", condition=Q(amount_yuan__gt=0)),
            models.CheckConstraint(
                name="instalment_paid_has_proof", condition=Q(paid_on=None) | ~Q(evidence="")
            ),
        ]
        indexes = [
            models.Index(
                fields=["city_code", "due_on"], condition=Q(paid_on=None), name="instalment_city_open"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.arrears} {self.position}"


class ReplanQuerySet(ScopedQuerySet):
    to_project = "arrears__project__"

    def waiting(self) -> Self:
        return self.filter(state=ChangeState.WAITING)


class Replan(WithFile):
    """A new plan for what is still owed. `before` and `after` are the whole plan, paid parts too: a list of
    {position, due_on, amount_yuan, paid}. `shift_days`: working days by which the money comes later than the plan the
    shift is counted from. The office that decides follows from the rule of the day it was asked. `file_*`: the proof.
    """

    arrears = models.ForeignKey(Arrears, models.CASCADE, related_name="replans")
    reason = models.TextField(_("reason"))
    before = models.JSONField()
    after = models.JSONField()
    approver = models.ForeignKey(Division, models.PROTECT, related_name="+", verbose_name=_("decided by"))
    shift_days = models.IntegerField(_("longest shift, cumulative"))
    is_beyond = models.BooleanField(_("beyond the limit"))
    rule_id = models.CharField(max_length=60, blank=True)
    obligation = models.OneToOneField(Obligation, models.PROTECT, null=True, blank=True, related_name="+")
    state = models.CharField(_("state"), max_length=10, choices=ChangeState, default=ChangeState.WAITING)
    asked_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    asked_at = models.DateTimeField()
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+"
    )
    decided_at = models.DateTimeField(null=True, blank=True)
    opinion = models.TextField(_("opinion"), blank=True)
    province_code = models.CharField(max_length=12, editable=False)
    city_code = models.CharField(max_length=12, blank=True, editable=False)
    county_code = models.CharField(max_length=12, blank=True, editable=False)

    objects = ReplanQuerySet.as_manager()

    class Meta:
        ordering = ["-asked_at", "-pk"]
        verbose_name = _("new plan of arrears")
        constraints = [
            models.CheckConstraint(name="replan_state_known", condition=Q(state__in=ChangeState.values)),
            models.CheckConstraint(
                name="replan_decided_together",
                condition=Q(state="waiting", decided_at=None) | Q(decided_at__isnull=False),
            ),
            models.UniqueConstraint(
                fields=["arrears"], condition=Q(state="waiting"), name="replan_one_waiting"
            ),
        ]

    def __str__(self) -> str:
        return str(self.arrears)
