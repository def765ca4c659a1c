"""Mail: what goes out, and who wants the inbox by mail too."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.models.people import User


class MailWish(models.TextChoices):
    EACH = "each", _("soon after it happens")
    DAILY = "daily", _("once a working day")
    OFF = "off", _("not by mail")


class MailChoice(models.Model):
    """Where and how often a person wants the inbox by mail. No row: not by mail.

    Nothing but the question whether it is theirs goes to an address before `confirmed_at`, or after `failing_at`.
    """

    user = models.OneToOneField(User, models.CASCADE, related_name="mail_choice")
    address = models.EmailField(_("mail address"), max_length=200)
    wish = models.CharField(_("how often"), max_length=6, choices=MailWish, default=MailWish.EACH)
    starts_at = models.DateTimeField(help_text="older inbox items are not sent")
    asked_at = models.DateTimeField(_("asked to confirm"), null=True, blank=True)
    confirmed_at = models.DateTimeField(_("confirmed"), null=True, blank=True)
    failing_at = models.DateTimeField(_("refused by its server"), null=True, blank=True)
    failing_why = models.CharField(max_length=300, blank=True)

    class Meta:
        verbose_name = _("mail choice")
        constraints = [models.CheckConstraint(name="mail_wish_known", condition=Q(wish__in=MailWish.values))]

    def __str__(self) -> str:
        return f"{self.user} {self.wish}"

    @property
    def is_open(self) -> bool:
        """Whether mail may go there."""
        return self.confirmed_at is not None and self.failing_at is None


class OutgoingMail(models.Model):
    """One mail. `key` makes a repeated job harmless; the words are forgotten once it is sent, for they may hold a link.

    `choice`: whose wish it follows, for mail that can be ended. Without `next_try_at` it is held until that person
    confirms the address.
    """

    key = models.CharField(max_length=120, unique=True)
    address = models.EmailField(max_length=200)
    choice = models.ForeignKey(MailChoice, models.SET_NULL, null=True, blank=True, related_name="mails")
    subject = models.CharField(max_length=200)
    body = models.TextField(blank=True)
    made_at = models.DateTimeField()
    tries = models.PositiveSmallIntegerField(default=0)
    next_try_at = models.DateTimeField(null=True, blank=True)
    sent_at = models.DateTimeField(null=True, blank=True)
    given_up_at = models.DateTimeField(null=True, blank=True)
    error = models.CharField(max_length=300, blank=True)

    class Meta:
        ordering = ["made_at", "pk"]
        verbose_name = _("outgoing mail")
        indexes = [
            models.Index(
                fields=["next_try_at"],
                condition=Q(sent_at=None, given_up_at=None),
                name="outgoing_mail_waiting",
            )
        ]

    def __str__(self) -> str:
        return self.key
