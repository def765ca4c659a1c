"""The last number given out per series, so that two registrations or documents never get the same one."""

from django.db import models


class NumberSeries(models.Model):
    prefix = models.CharField(max_length=60, primary_key=True, help_text="230622-2026")
    last = models.PositiveIntegerField(default=0)

    def __str__(self) -> str:
        return f"{self.prefix}-{self.last:04d}"
