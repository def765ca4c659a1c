"""What this subject hangs into the lower apps when the process starts."""

from datetime import timedelta

from django.utils.translation import gettext_lazy as _

from accounts import audit_words, navigation
from accounts.jobs.registry import hourly, register_job
from supervision.warnings import digest, services


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
            "gone_up": _("warnings gone up unanswered"),
            "lapsed": _("answers lapsed"),
        },
    )
    register_job(
        digest.JOB,
        digest.plan,
        digest.run,
        queue="mail",
        label=_("Tell the warnings of the day"),
        every=timedelta(days=10),  # the longest run of days off, and a day
        words={"digests": _("digests of warnings")},
    )
    audit_words.register(
        {
            "warning_opened": _("warning opened"),
            "warning_changed": _("warning changed"),
            "warning_cleared": _("warning cleared"),
            "warning_acknowledged": _("warning answered"),
            "warning_gone_up": _("warning gone up for want of an answer"),
            "warning_lapsed": _("answer to a warning lapsed"),
        },
        {
            "level": _("level"),
            "tier": _("tier told"),
            "plan_text": _("what will be done"),
            "promised_on": _("promised for"),
            "unanswered_on": _("unanswered since"),
            "lapsed_on": _("answer lapsed on"),
            "note": _("note"),
        },
    )
    navigation.register("warnings", _("Warnings"), "warnings:list", "warnings.view", 50)
