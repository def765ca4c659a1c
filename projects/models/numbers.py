"""The last number given out per division and year, so that two registrations never get the same one."""

from django.db import models


class NumberSeries(models.Model):
    prefix = models.CharField(max_length=20, primary_key=True, help_text="230622-2026")
    last = models.PositiveIntegerField(default=0)

    def __str__(self) -> str:
        return f"{self.prefix}-{self.last:04d}"
