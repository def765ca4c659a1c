"""What this subject hangs into the lower apps when the process starts."""

from datetime import timedelta

from django.utils.translation import gettext_lazy as _

from accounts import audit_words, navigation
from accounts.jobs.registry import hourly, register_job
from supervision.warnings import services


def register() -> None:
    register_job(
        services.JOB,
        hourly,
        services.run,
        queue="warn",
        label=_("Light the warnings"),
        standing=True,
        every=timedelta(hours=2),
        words={
            "opened": _("warnings opened"),
            "changed": _("warnings changed"),
            "cleared": _("warnings cleared"),
        },
    )
    audit_words.register(
        {
            "warning_opened": _("warning opened"),
            "warning_changed": _("warning changed"),
            "warning_cleared": _("warning cleared"),
            "warning_acknowledged": _("warning answered"),
        },
        {"level": _("level"), "tier": _("tier told"), "plan_text": _("what will be done"), "note": _("note")},
    )
    navigation.register("warnings", _("Warnings"), "warnings:list", "warnings.view", 50)
