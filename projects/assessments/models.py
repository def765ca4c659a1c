"""Assessment of a project before it is signed, with the four refusals (拟签约评估、四个坚决不招; G一(五)1)."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.models import Division
from accounts.scope import ScopedQuerySet
from projects.files import WithFile
from projects.models.projects import Project


class AssessmentState(models.TextChoices):
    PASSED = "passed", _("passed")
    REFUSED = "refused", _("refused")
    VOID = "void", _("taken back")


class AssessmentQuerySet(ScopedQuerySet):
    """Candidates are opened by area only; there is no project yet that could be granted to a person."""

    def usable(self):
        return self.filter(state=AssessmentState.PASSED, project=None)


class Assessment(WithFile):
    """What was found about a candidate project. A refusal that applies decides; the conclusion follows from them."""

    division = models.ForeignKey(Division, models.PROTECT, related_name="+", verbose_name=_("host division"))
    name = models.CharField(_("project name"), max_length=200)
    company = models.CharField(_("company"), max_length=200)
    amount_yuan = models.BigIntegerField(_("intended investment"), null=True, blank=True)
    content = models.TextField(_("what is to be built"))
    refusals = models.JSONField(default=list, help_text="[{name, applies, reason}] in the order of the rule")
    opinion = models.TextField(_("conclusion"))
    assessed_on = models.DateField(_("assessed on"))
    state = models.CharField(_("state"), max_length=8, choices=AssessmentState)
    void_reason = models.CharField(max_length=200, blank=True)
    rule_id = models.CharField(max_length=60)
    project = models.OneToOneField(
        Project,
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="assessment",
        help_text="registered on its ground",
    )
    assessed_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    assessed_at = models.DateTimeField()
    province_code = models.CharField(max_length=12, editable=False)
    city_code = models.CharField(max_length=12, blank=True, editable=False)
    county_code = models.CharField(max_length=12, blank=True, editable=False)

    objects = AssessmentQuerySet.as_manager()

    class Meta:
        ordering = ["-assessed_on", "-pk"]
        verbose_name = _("pre-signing assessment")
        constraints = [
            models.CheckConstraint(
                name="assessment_state_known", condition=Q(state__in=AssessmentState.values)
            ),
            models.CheckConstraint(
                name="assessment_refused_not_used",
                condition=Q(project=None) | Q(state=AssessmentState.PASSED),
            ),
        ]
        indexes = [models.Index(fields=["city_code", "-assessed_on"], name="assessment_city_on")]

    def __str__(self) -> str:
        return self.name
