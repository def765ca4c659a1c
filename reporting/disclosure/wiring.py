"""What this subject hangs into the lower apps when the process starts."""

from django.utils.translation import gettext_lazy as _

from accounts import audit_words, navigation
from reporting.disclosure.extras import register_count
from supervision.complaints import queries as complaints
from supervision.ratings.queries import public_counts


def register() -> None:
    audit_words.register(
        {"circular_published": _("circular published"), "publication_withdrawn": _("publication withdrawn")},
        {"digest": _("check sum")},
    )
    register_count("ratings", public_counts)
    register_count("complaints", complaints.public_counts, by_event=True)
    navigation.register("disclosure", _("Public site"), "disclosure:list", "disclosure.view", 90)
