"""Companies that invest (投资方). Known by their unified social credit code where they have one."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _


class CompanyQuerySet(models.QuerySet["Company"]):
    def visible_to(self, user):
        """Companies with a project the user may see: a company has no area of its own."""
        from projects.models.projects import Project

        return self.filter(pk__in=Project.objects.visible_to(user).values("company_id"))


class Company(models.Model):
    name = models.CharField(_("company name"), max_length=200)
    credit_code = models.CharField(
        _("unified social credit code"), max_length=18, blank=True, help_text=_("18 characters, GB 32100.")
    )
    contact_name = models.CharField(_("contact"), max_length=60, blank=True)
    contact_phone = models.CharField(_("phone"), max_length=40, blank=True)
    initials = models.CharField(
        max_length=200, blank=True, editable=False, help_text="pinyin initials, for search"
    )
    version = models.PositiveIntegerField(default=1)

    objects = CompanyQuerySet.as_manager()

    class Meta:
        ordering = ["name", "pk"]
        verbose_name = _("company")
        verbose_name_plural = _("companies")
        constraints = [
            models.UniqueConstraint(
                fields=["credit_code"], condition=~Q(credit_code=""), name="company_credit_code"
            ),
        ]
        indexes = [models.Index(fields=["name"], name="company_name")]

    def __str__(self) -> str:
        return self.name
