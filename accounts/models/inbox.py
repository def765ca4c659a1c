from django.db import models
from django.utils.translation import gettext_lazy as _

from accounts.models.people import User


class InboxItem(models.Model):
    """What a person should know: a return, an arrival, a warning. `key` makes a repeated job harmless."""

    user = models.ForeignKey(User, models.CASCADE, related_name="inbox_items")
    key = models.CharField(max_length=120)
    kind = models.CharField(max_length=40)
    title = models.CharField(max_length=200)
    text = models.CharField(max_length=300, blank=True)
    url = models.CharField(max_length=300, blank=True)
    at = models.DateTimeField()
    read_at = models.DateTimeField(null=True, blank=True)
    mailed_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-at", "-pk"]
        verbose_name = _("inbox item")
        constraints = [models.UniqueConstraint(fields=["user", "key"], name="inbox_item_once")]
        indexes = [
            models.Index(fields=["user", "-at"], name="inbox_user_at"),
            models.Index(fields=["user"], condition=models.Q(read_at=None), name="inbox_unread"),
            models.Index(
                fields=["user"], condition=models.Q(read_at=None, mailed_at=None), name="inbox_unmailed"
            ),
        ]

    def __str__(self) -> str:
        return self.title
