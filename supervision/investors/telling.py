"""Who of the company hears of an invitation: nobody is let in as one of theirs without their knowing."""

from datetime import datetime

from django.conf import settings
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import override

from accounts import notify
from accounts.clock import local_date
from accounts.models import OutsideLink, User
from accounts.notify import STORED_LANGUAGE
from accounts.scope import acting_posting
from approvals.tickets.access import investors_of
from projects.models import Project


def tell_invited(project: Project, link: OutsideLink, by: User, at: datetime) -> None:
    """Everybody of the company who sees the project, but the person invited: who it is, who invited, where to object."""
    people = [one for one in investors_of(project, local_date(at)) if one.pk != link.user_id]
    posting = acting_posting(by)
    with override(STORED_LANGUAGE):
        title = _("%(who)s has been invited to see your project “%(name)s”") % {
            "who": link.label,
            "name": project.name,
        }
        text = _("Invited by %(unit)s, %(by)s.") % {
            "unit": posting.unit_name if posting else project.division.name,
            "by": by,
        }
        text += _("If this person is not of your company, say so under “I want to complain” on this page.")
        if settings.PORTAL_HELP_PHONE:
            text += _("You can also call %(phone)s.") % {"phone": settings.PORTAL_HELP_PHONE}
    notify.tell(
        people, key=f"invited:{link.pk}", kind="invitation", title=title, text=text,
        url=reverse("investors:project", args=[project.pk]) + "#complain", at=at,
    )  # fmt: skip
