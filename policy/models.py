"""The stored working calendar. Regimes and rules are files, see `regimes`."""

from __future__ import annotations

from datetime import date
from uuid import uuid4

from django.db import models
from django.utils.translation import gettext_lazy as _

from policy.calendar import DayKind


class WorkdayKind(models.TextChoices):
    NORMAL = DayKind.NORMAL.value, _("ordinary working day")
    WEEKEND = DayKind.WEEKEND.value, _("weekend")
    HOLIDAY = DayKind.HOLIDAY.value, _("public holiday")
    MAKEUP = DayKind.MAKEUP.value, _("make-up working day")
    CLOSURE = DayKind.CLOSURE.value, _("local closure")


class DayStatus(models.TextChoices):
    CONFIRMED = "confirmed", _("day confirmed")
    PROVISIONAL = "provisional", _("day provisional")


class WorkdayQuerySet(models.QuerySet["Workday"]):
    def due_after(self, start: date, working_days: int) -> WorkdayQuerySet:
        """The one row that lies `working_days` (at least 1) after `start`, the start not counted."""
        base = self.filter(day=start).values("seq")[:1]
        return self.filter(is_working=True, seq=models.Subquery(base) + working_days)


class Workday(models.Model):
    """One day. Days are contiguous from the first to the last row.

    `seq` counts the working days up to and including this day; a rest day has the seq of the working day before
    it. So "n working days after start" is the working day whose seq is seq(start) + n, in SQL as in Python.
    """

    day = models.DateField(_("calendar date"), primary_key=True)
    is_working = models.BooleanField(_("is a working day"))
    seq = models.PositiveIntegerField(_("working day number"))
    kind = models.CharField(_("kind of calendar day"), max_length=10, choices=WorkdayKind)
    source = models.CharField(_("source of the day"), max_length=200)
    status = models.CharField(_("state of the day"), max_length=12, choices=DayStatus)

    objects = WorkdayQuerySet.as_manager()

    class Meta:
        ordering = ["day"]
        verbose_name = _("calendar day")
        verbose_name_plural = _("calendar days")
        indexes = [models.Index(fields=["seq"], condition=models.Q(is_working=True), name="workday_seq")]

    def __str__(self) -> str:
        return f"{self.day.isoformat()} {self.get_kind_display()}"


class CalendarNotice(models.Model):
    """Each change of the calendar; never edited. The newest one's `stamp` is the version of the whole table.

    `stamp` is random, so that a number given out again after a rollback never passes for the same version.
    `changes`: [{"day", "before", "after"}], kinds of day; empty for a seeding.
    """

    stamp = models.UUIDField(default=uuid4, editable=False, unique=True)
    year = models.PositiveSmallIntegerField(_("year of the notice"), null=True)
    source = models.CharField(_("source of the day"), max_length=200)
    applied_at = models.DateTimeField(_("notice applied at"), null=True)
    applied_by = models.CharField(_("notice applied by"), max_length=80, blank=True)
    changes = models.JSONField(_("changed days"), default=list)

    class Meta:
        ordering = ["-pk"]
        verbose_name = _("holiday notice")
        verbose_name_plural = _("holiday notices")

    def __str__(self) -> str:
        return f"{self.year or ''} {self.source}".strip()
