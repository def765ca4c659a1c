"""Tokens by which another system speaks in the name of one posting (design.md §7). Only a digest is kept."""

from datetime import datetime

from django.db import models
from django.utils.translation import gettext_lazy as _

from accounts.models.people import Posting


class TokenQuerySet(models.QuerySet["ApiToken"]):
    def live(self, on):
        """Tokens neither revoked nor past their last day on `on` (inclusive)."""
        return self.filter(revoked_at=None, expires_on__gte=on)


class ApiToken(models.Model):
    """Opens what its posting opens, no longer than the posting lasts. Revoked, never deleted."""

    posting = models.ForeignKey(Posting, models.PROTECT, related_name="api_tokens", verbose_name=_("posting"))
    label = models.CharField(_("what it is for"), max_length=60)
    digest = models.CharField(max_length=64, unique=True, editable=False, help_text="SHA-256 of the token")
    created_at = models.DateTimeField(_("made"))
    expires_on = models.DateField(_("last day (inclusive)"))
    last_used_at = models.DateTimeField(_("last used"), null=True, blank=True)
    revoked_at = models.DateTimeField(_("revoked"), null=True, blank=True)

    objects = TokenQuerySet.as_manager()

    class Meta:
        ordering = ["-created_at", "-pk"]
        verbose_name = _("API token")

    def __str__(self) -> str:
        return self.label

    def was_used_since(self, at: datetime) -> bool:
        return self.last_used_at is not None and self.last_used_at >= at
