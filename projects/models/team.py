"""Who serves a project, since when (H8–H11, B2). Roles carry the regime's own names on screen."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from accounts.models import Department
from accounts.scope import ScopedQuerySet
from projects.models.projects import Project


class TeamRole(models.TextChoices):
    PACKAGE_LEADER = "package_leader", _("package leader")
    TASK_FORCE_HEAD = "task_force_head", _("head of the task force")
    TASK_FORCE_MEMBER = "task_force_member", _("task force member")
    LEAD_DEPARTMENT = "lead_department", _("responsible head of the lead department")
    CHIEF_SERVICE_OFFICER = "chief_service_officer", _("chief service officer")
    SERVICE_SPECIALIST = "service_specialist", _("service specialist")
    COMPANY_CONTACT = "company_contact", _("company contact")
    INVESTOR = "investor", _("investor")


SINGLE_ROLES = [
    TeamRole.PACKAGE_LEADER,
    TeamRole.TASK_FORCE_HEAD,
    TeamRole.LEAD_DEPARTMENT,
    TeamRole.CHIEF_SERVICE_OFFICER,
]


class AssignmentQuerySet(ScopedQuerySet):
    to_project = "project__"

    def current(self, on):
        return self.filter(Q(valid_to=None) | Q(valid_to__gte=on), valid_from__lte=on)


class Assignment(models.Model):
    """`user` where the person has an account (then a guardian grant goes with it), else name and phone as given."""

    project = models.ForeignKey(Project, models.CASCADE, related_name="team")
    role = models.CharField(_("role"), max_length=30, choices=TeamRole)
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="assignments"
    )
    name = models.CharField(_("name"), max_length=60)
    phone = models.CharField(_("phone"), max_length=40, blank=True)
    department = models.ForeignKey(
        Department, models.PROTECT, null=True, blank=True, related_name="assignments"
    )
    office = models.CharField(_("office and job title"), max_length=120, blank=True)
    valid_from = models.DateField(_("from"))
    valid_to = models.DateField(_("to (inclusive)"), null=True, blank=True)
    province_code = models.CharField(max_length=12, editable=False)
    city_code = models.CharField(max_length=12, blank=True, editable=False)
    county_code = models.CharField(max_length=12, blank=True, editable=False)

    objects = AssignmentQuerySet.as_manager()

    class Meta:
        ordering = ["project_id", "role", "valid_from"]
        verbose_name = _("assignment")
        constraints = [
            models.CheckConstraint(name="assignment_role_known", condition=Q(role__in=TeamRole.values)),
            models.CheckConstraint(
                name="assignment_ends_after_start",
                condition=Q(valid_to=None) | Q(valid_to__gte=F("valid_from")),
            ),
            models.UniqueConstraint(
                fields=["project", "role"],
                condition=Q(valid_to=None, role__in=[r.value for r in SINGLE_ROLES]),
                name="assignment_single_roles_once",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_role_display()} {self.name}"
