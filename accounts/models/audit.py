"""The append-only record of every write (H16, 等保 8.1.4.3). No foreign keys: the log never blocks live data."""

from typing import Any, NoReturn

from django.db import models
from django.utils.translation import gettext_lazy as _


class AppendOnly(Exception):
    """Someone tried to change or delete an audit record."""


class AuditQuerySet(models.QuerySet["AuditRecord"]):
    def visible_to(self, user):
        """Records of the user's own area, for those who may read the log; who came and when is the auditor's alone."""
        from accounts import audit_words
        from accounts.scope import area_q

        coming = models.Q(action__in=audit_words.visitors())
        return self.filter(
            area_q(user, need="audit.view") & ~coming | area_q(user, need="audit.visitors") & coming
        )

    def update(self, **kwargs: Any) -> NoReturn:
        raise AppendOnly("audit records are never changed")

    def delete(self) -> NoReturn:
        raise AppendOnly("audit records are never deleted")


class AuditChain(models.Model):
    """Head of one hash chain. The row is locked while records are appended, so `seq` has no gaps."""

    code = models.CharField(max_length=12, primary_key=True)
    seq = models.BigIntegerField(default=0)
    head = models.CharField(max_length=64, default="")

    class Meta:
        verbose_name = _("audit chain")

    def __str__(self) -> str:
        return self.code


class AuditRecord(models.Model):
    chain = models.CharField(max_length=12)
    seq = models.BigIntegerField()
    at = models.DateTimeField(_("when"))
    actor_id = models.BigIntegerField(null=True)
    actor_name = models.CharField(_("who"), max_length=80)
    posting = models.CharField(_("in which capacity"), max_length=160, blank=True)
    action = models.CharField(_("what"), max_length=60)
    object_type = models.CharField(max_length=60)
    object_id = models.CharField(max_length=40)
    object_label = models.CharField(_("object"), max_length=200)
    before = models.JSONField(default=dict)
    after = models.JSONField(default=dict)
    reason = models.TextField(_("reason"), blank=True)
    rule_id = models.CharField(max_length=60, blank=True)
    request_id = models.CharField(max_length=40, blank=True)
    province_code = models.CharField(max_length=12, blank=True)
    city_code = models.CharField(max_length=12, blank=True)
    county_code = models.CharField(max_length=12, blank=True)
    previous_hash = models.CharField(max_length=64)
    hash = models.CharField(max_length=64)

    objects = AuditQuerySet.as_manager()

    class Meta:
        ordering = ["-at", "-pk"]
        verbose_name = _("audit record")
        constraints = [models.UniqueConstraint(fields=["chain", "seq"], name="audit_chain_seq")]
        indexes = [
            models.Index(fields=["object_type", "object_id"], name="audit_object"),
            models.Index(fields=["city_code", "-at"], name="audit_city_at"),
            models.Index(fields=["-at"], name="audit_at"),
        ]

    def __str__(self) -> str:
        return f"{self.action} {self.object_label}"

    def save(self, *args: Any, **kwargs: Any) -> None:
        if self.pk is not None:
            raise AppendOnly("audit records are never changed")
        super().save(*args, **kwargs)

    def delete(self, *args: Any, **kwargs: Any) -> NoReturn:
        raise AppendOnly("audit records are never deleted")
