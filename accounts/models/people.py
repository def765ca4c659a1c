"""People and their dated postings: who holds which role, where, since when (H4)."""

from django.contrib.auth.models import AbstractUser
from django.db import models
from django.utils.translation import gettext_lazy as _
from guardian.mixins import GuardianUserMixin

from accounts.models.divisions import Department, Division
from accounts.permissions import Role


class User(GuardianUserMixin, AbstractUser):
    """An account. What it may see and do follows from its postings, never from `is_superuser`."""

    full_name = models.CharField(_("name"), max_length=60)
    phone = models.CharField(_("phone"), max_length=40, blank=True)
    # Which of several postings the person acts as in this session; set on each request, never stored.
    acting_posting_id: int | None = None
    must_change_password = models.BooleanField(default=False)
    first_name = None  # type: ignore[assignment]
    last_name = None  # type: ignore[assignment]

    class Meta(AbstractUser.Meta):
        verbose_name = _("person")  # type: ignore[assignment]

    def __str__(self) -> str:
        return self.full_name or self.username

    def get_full_name(self) -> str:
        return self.full_name or self.username


class PostingQuerySet(models.QuerySet["Posting"]):
    def current(self, on):
        """Postings in force on `on`, both ends inclusive."""
        return self.filter(models.Q(valid_to=None) | models.Q(valid_to__gte=on), valid_from__lte=on)


class Posting(models.Model):
    """A dated appointment: person, role, division, department. Ended, never deleted."""

    user = models.ForeignKey(User, models.PROTECT, related_name="postings")
    role = models.CharField(_("role"), max_length=30, choices=Role)
    division = models.ForeignKey(Division, models.PROTECT, related_name="postings")
    department = models.ForeignKey(Department, models.PROTECT, null=True, blank=True, related_name="postings")
    title = models.CharField(_("job title"), max_length=60, blank=True)
    subtree = models.BooleanField(_("includes the divisions below"), default=True)
    valid_from = models.DateField(_("from"))
    valid_to = models.DateField(_("to (inclusive)"), null=True, blank=True)
    acting_for = models.ForeignKey("self", models.PROTECT, null=True, blank=True, related_name="stand_ins")

    objects = PostingQuerySet.as_manager()

    class Meta:
        ordering = ["valid_from", "pk"]
        verbose_name = _("posting")
        constraints = [
            models.CheckConstraint(name="posting_role_known", condition=models.Q(role__in=Role.values)),
            models.CheckConstraint(
                name="posting_ends_after_start",
                condition=models.Q(valid_to=None) | models.Q(valid_to__gte=models.F("valid_from")),
            ),
        ]
        indexes = [models.Index(fields=["user", "valid_from"], name="posting_user_from")]

    def __str__(self) -> str:
        return f"{self.unit_name} {self.get_role_display()}"

    @property
    def unit_name(self) -> str:
        """Name of the office this posting belongs to, for 'who' lines: 肇源县营商环境建设监督局."""
        return self.department.name if self.department else self.division.name
