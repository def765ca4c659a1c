"""Links and codes that let one person without a password do one thing: see a project, rate a service."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _


class OutsideLink(models.Model):
    """Only digests are kept. `subject_id` is the row of the subject named by `kind` (a project, a rating).

    `uses_left` empty: as often as wanted until it expires. Revoked or used up, never deleted.
    """

    kind = models.CharField(max_length=20)
    subject_id = models.BigIntegerField()
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="outside_links"
    )
    label = models.CharField(_("for whom"), max_length=120, blank=True)
    digest = models.CharField(max_length=64, unique=True, editable=False, help_text="SHA-256 of the link")
    code_digest = models.CharField(
        max_length=64, unique=True, editable=False, help_text="keyed digest of the short code"
    )
    made_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+"
    )
    made_at = models.DateTimeField(_("made"))
    expires_on = models.DateField(_("last day (inclusive)"))
    uses_left = models.PositiveSmallIntegerField(null=True, blank=True)
    first_used_at = models.DateTimeField(null=True, blank=True)
    last_used_at = models.DateTimeField(_("last used"), null=True, blank=True)
    revoked_at = models.DateTimeField(_("revoked"), null=True, blank=True)
    province_code = models.CharField(max_length=12, blank=True)
    city_code = models.CharField(max_length=12, blank=True)
    county_code = models.CharField(max_length=12, blank=True)

    class Meta:
        ordering = ["-made_at", "-pk"]
        verbose_name = _("link for people outside")
        indexes = [models.Index(fields=["kind", "subject_id"], name="outside_link_subject")]
        constraints = [
            models.CheckConstraint(
                name="outside_link_used_in_order",
                condition=Q(first_used_at=None, last_used_at=None)
                | Q(first_used_at__isnull=False, last_used_at__gte=models.F("first_used_at")),
            )
        ]

    def __str__(self) -> str:
        return f"{self._meta.verbose_name} {self.subject_id}"
