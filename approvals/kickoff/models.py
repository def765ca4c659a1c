"""The kickoff meeting (专题推进会议) within 15 working days of signing; its outcome appoints the team (H7)."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from accounts.scope import ScopedQuerySet
from projects.models import Project


class KickoffQuerySet(ScopedQuerySet):
    to_project = "project__"


class Kickoff(models.Model):
    project = models.OneToOneField(Project, models.CASCADE, related_name="kickoff")
    held_on = models.DateField(_("held on"))
    place = models.CharField(_("place"), max_length=120, blank=True)
    chair = models.CharField(_("chaired by"), max_length=60)
    attendees = models.TextField(_("departments and people present"), blank=True)
    minutes = models.TextField(_("what was decided: split of duties, problems"))
    recorded_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    recorded_at = models.DateTimeField()
    province_code = models.CharField(max_length=12, editable=False)
    city_code = models.CharField(max_length=12, blank=True, editable=False)
    county_code = models.CharField(max_length=12, blank=True, editable=False)

    objects = KickoffQuerySet.as_manager()

    class Meta:
        ordering = ["-held_on", "-pk"]
        verbose_name = _("kickoff meeting")

    def __str__(self) -> str:
        return f"{self.project} {self.held_on}"
