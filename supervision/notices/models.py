"""Policy notices (政策通知, X五3): written by an office, addressed by place, industry and role, with receipts of reading."""

import secrets
from typing import Any, Self

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.models import Division
from accounts.permissions import Role
from accounts.scope import ScopedQuerySet, area_q
from projects.industries import LABELS_4567, SECTION_LABELS
from projects.models import Company


class NoticeState(models.TextChoices):
    DRAFT = "draft", _("draft")
    PUBLISHED = "published", _("sent out")
    WITHDRAWN = "withdrawn", _("withdrawn")


class Audience(models.TextChoices):
    COMPANIES = "companies", _("companies")
    OFFICES = "offices", _("offices")
    BOTH = "both", _("companies and offices")


# Office roles a notice may be addressed to: those that serve companies or answer for it.
OFFICE_ROLES = (
    Role.COMPETENT_OFFICE,
    Role.OFFICE_HEAD,
    Role.PROMOTION_OFFICE,
    Role.LEAD_DEPARTMENT,
    Role.CHIEF_SERVICE_OFFICER,
    Role.SERVICE_SPECIALIST,
    Role.PACKAGE_LEADER,
)


def new_slug() -> str:
    """Address of a public notice; tells neither how many there are nor in which order they came."""
    return secrets.token_hex(6)


class NoticeRows(ScopedQuerySet):
    """Writers see the notices of their area; everybody else those that were addressed to them, once published."""

    def visible_to(self, user: Any) -> Self:
        mine = Receipt.objects.filter(user_id=getattr(user, "pk", None) or 0)
        addressed = ~Q(state=NoticeState.DRAFT) & Q(pk__in=mine.values("notice_id"))
        return self.filter(area_q(user, need="notices.write") | addressed)

    def written_in_area_of(self, user: Any) -> Self:
        """Those the person reads as a writer: with drafts, receipts and names; not those merely addressed to them."""
        return self.filter(area_q(user, need="notices.write"))

    def public(self) -> Self:
        """What stands, or stood, on the public site."""
        return self.filter(public_at__isnull=False)

    def to_release(self) -> Self:
        """Sent out, proposed for the public site, not decided yet."""
        return self.filter(
            state=NoticeState.PUBLISHED, is_public=True, public_at=None, public_refused_at=None
        )


class Notice(models.Model):
    """A published one is never changed: it is withdrawn with a reason and another one written."""

    slug = models.CharField(max_length=12, unique=True, default=new_slug)
    unit = models.ForeignKey(Division, models.PROTECT, related_name="notices")
    title = models.CharField(_("title"), max_length=120)
    text = models.TextField(_("text"))
    audience = models.CharField(_("audience"), max_length=10, choices=Audience, default=Audience.COMPANIES)
    divisions = models.ManyToManyField(
        Division, related_name="+", blank=True, help_text="empty: the whole area of the unit"
    )
    industries = models.JSONField(
        _("industries"), default=list, blank=True,
        help_text="sections of GB/T 4754 (one letter) and codes of the 4567 list; empty: all",
    )  # fmt: skip
    roles = models.JSONField(_("roles"), default=list, blank=True, help_text="of offices; empty: all")
    is_public = models.BooleanField(
        _("also on the public site"), default=False, help_text="proposed by the writer"
    )
    public_at = models.DateTimeField(_("put on the public site"), null=True, blank=True)
    public_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+"
    )
    public_refused_at = models.DateTimeField(null=True, blank=True)
    public_refusal = models.CharField(_("why not on the public site"), max_length=300, blank=True)
    state = models.CharField(max_length=10, choices=NoticeState, default=NoticeState.DRAFT)
    turn = models.PositiveIntegerField(default=1)
    written_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    written_at = models.DateTimeField()
    published_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+"
    )
    published_at = models.DateTimeField(_("published on"), null=True, blank=True)
    withdrawn_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+"
    )
    withdrawn_at = models.DateTimeField(null=True, blank=True)
    withdrawal_reason = models.CharField(_("why withdrawn"), max_length=300, blank=True)
    province_code = models.CharField(max_length=12)
    city_code = models.CharField(max_length=12, blank=True)
    county_code = models.CharField(max_length=12, blank=True)

    objects = NoticeRows.as_manager()

    class Meta:
        ordering = ["-published_at", "-pk"]
        verbose_name = _("policy notice")
        constraints = [
            models.CheckConstraint(name="notice_state_known", condition=Q(state__in=NoticeState.values)),
            models.CheckConstraint(name="notice_audience_known", condition=Q(audience__in=Audience.values)),
            models.CheckConstraint(
                name="notice_published_has_day",
                condition=Q(state=NoticeState.DRAFT, published_at=None)
                | (~Q(state=NoticeState.DRAFT) & Q(published_at__isnull=False)),
            ),
            models.CheckConstraint(
                name="notice_public_was_proposed",
                condition=Q(public_at=None, public_by=None)
                | (
                    Q(
                        public_at__isnull=False,
                        public_by__isnull=False,
                        is_public=True,
                        public_refused_at=None,
                    )
                    & ~Q(state=NoticeState.DRAFT)
                ),
            ),
            models.CheckConstraint(
                name="notice_withdrawn_with_reason",
                condition=(
                    Q(state=NoticeState.WITHDRAWN, withdrawn_at__isnull=False) & ~Q(withdrawal_reason="")
                )
                | (~Q(state=NoticeState.WITHDRAWN) & Q(withdrawn_at=None, withdrawal_reason="")),
            ),
        ]
        indexes = [models.Index(fields=["state", "-published_at"], name="notice_state_day")]

    def __str__(self) -> str:
        return self.title

    @property
    def waits_for_release(self) -> bool:
        """Sent out and proposed for the public site; whoever publishes there has not decided."""
        open_still = self.public_at is None and self.public_refused_at is None
        return self.is_public and self.state == NoticeState.PUBLISHED and open_still

    @property
    def to_companies(self) -> bool:
        return self.audience != Audience.OFFICES

    @property
    def to_offices(self) -> bool:
        return self.audience != Audience.COMPANIES

    @property
    def industry_labels(self) -> list[str]:
        known = SECTION_LABELS | LABELS_4567
        return [str(known[code]) for code in self.industries if code in known]

    @property
    def role_labels(self) -> list[str]:
        return [str(Role(code).label) for code in self.roles if code in Role.values]


class NoticeFile(models.Model):
    """`path` lies under MEDIA under a random name; only a view that asks the scope serves it. Never public."""

    notice = models.ForeignKey(Notice, models.CASCADE, related_name="files")
    name = models.CharField(max_length=130)
    path = models.CharField(max_length=200)
    content_type = models.CharField(max_length=100)
    size = models.PositiveIntegerField()
    sha256 = models.CharField(max_length=64)

    class Meta:
        ordering = ["pk"]

    def __str__(self) -> str:
        return self.name


class Receipt(models.Model):
    """One person a notice was addressed to: for a company (one row for each of theirs) or as an officer."""

    notice = models.ForeignKey(Notice, models.CASCADE, related_name="receipts")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="notice_receipts")
    company = models.ForeignKey(Company, models.CASCADE, null=True, blank=True, related_name="+")
    division = models.ForeignKey(Division, models.PROTECT, related_name="+")
    addressed_at = models.DateTimeField()
    read_at = models.DateTimeField(_("read at"), null=True, blank=True)

    class Meta:
        ordering = ["division_id", "company_id", "pk"]
        verbose_name = _("receipt of a notice")
        constraints = [
            models.UniqueConstraint(
                fields=["notice", "user", "company"],
                condition=Q(company__isnull=False),
                name="receipt_of_company",
            ),
            models.UniqueConstraint(
                fields=["notice", "user"], condition=Q(company=None), name="receipt_of_officer"
            ),
        ]
        indexes = [models.Index(fields=["user"], condition=Q(read_at=None), name="receipt_unread")]

    def __str__(self) -> str:
        return f"{self.notice_id}/{self.user_id}"
