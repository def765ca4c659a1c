"""What was published (公示, H20): a snapshot of chosen fields, never a view of live rows."""

from typing import Self

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.models import Division
from accounts.scope import ScopedQuerySet
from reporting.circulars.models import Circular


class PublicationQuerySet(ScopedQuerySet):
    def public(self) -> Self:
        """What stands on the public site now."""
        return self.filter(withdrawn_at=None, replaced_by=None)


class Publication(models.Model):
    """One circular as published. `payload` holds the fields of `allowlist` and nothing else.

    Published rows are never changed: a correction is published beside the old one, which then points to it; a
    withdrawal leaves number, date and note in the log.
    """

    unit = models.ForeignKey(Division, models.PROTECT, related_name="publications")
    circular = models.ForeignKey(Circular, models.PROTECT, related_name="publications")
    slug = models.CharField(max_length=40, unique=True, help_text="230000-2026-10, with -2 for a correction")
    period = models.CharField(max_length=7)
    cut_off_on = models.DateField()
    payload = models.JSONField()
    digest = models.CharField(max_length=64, help_text="SHA-256 of the payload")
    published_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    published_at = models.DateTimeField(_("published"))
    replaced_by = models.ForeignKey("self", models.PROTECT, null=True, blank=True, related_name="replaces")
    withdrawn_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+"
    )
    withdrawn_at = models.DateTimeField(_("withdrawn"), null=True, blank=True)
    withdrawal_note = models.CharField(_("why taken off the site"), max_length=300, blank=True)
    province_code = models.CharField(max_length=12)
    city_code = models.CharField(max_length=12, blank=True)
    county_code = models.CharField(max_length=12, blank=True)

    objects = PublicationQuerySet.as_manager()

    class Meta:
        ordering = ["-cut_off_on", "-published_at", "-pk"]
        verbose_name = _("publication")
        constraints = [
            models.UniqueConstraint(
                fields=["circular"], condition=Q(withdrawn_at=None), name="publication_once_per_circular"
            ),
            models.CheckConstraint(
                name="publication_withdrawn_with_note",
                condition=Q(withdrawn_at=None, withdrawn_by=None, withdrawal_note="")
                | (Q(withdrawn_at__isnull=False, withdrawn_by__isnull=False) & ~Q(withdrawal_note="")),
            ),
        ]
        indexes = [models.Index(fields=["unit", "-cut_off_on"], name="publication_unit_day")]

    def __str__(self) -> str:
        return self.slug

    @property
    def stands(self) -> bool:
        """Neither withdrawn nor replaced by a correction."""
        return self.withdrawn_at is None and self.replaced_by_id is None
