"""The truth about background work; Celery is only the doorbell (reliability.md A4)."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class JobState(models.TextChoices):
    WAITING = "waiting", _("waiting")
    RUNNING = "running", _("running")
    DONE = "done", _("done")
    FAILED = "failed", _("failed, will be tried again")
    QUARANTINED = "quarantined", _("stopped after repeated failures")


class JobRun(models.Model):
    """One piece of due work, unique by kind, period and scope, so that twice is harmless."""

    kind = models.CharField(max_length=40)
    period = models.CharField(max_length=20)
    scope = models.CharField(max_length=60, blank=True)
    state = models.CharField(max_length=12, choices=JobState, default=JobState.WAITING)
    attempts = models.PositiveSmallIntegerField(default=0)
    lease_until = models.DateTimeField(null=True, blank=True)
    made_at = models.DateTimeField()
    started_at = models.DateTimeField(null=True, blank=True)
    finished_at = models.DateTimeField(null=True, blank=True)
    result = models.JSONField(default=dict)
    error = models.TextField(blank=True)

    class Meta:
        ordering = ["-made_at", "-pk"]
        verbose_name = _("job run")
        constraints = [
            models.UniqueConstraint(fields=["kind", "period", "scope"], name="job_run_once"),
            models.CheckConstraint(name="job_state_known", condition=models.Q(state__in=JobState.values)),
        ]
        indexes = [
            models.Index(
                fields=["lease_until"],
                condition=~models.Q(state__in=["done", "quarantined"]),
                name="job_open",
            )
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.period} {self.scope}".strip()
