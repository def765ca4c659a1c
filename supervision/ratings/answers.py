"""What became of a bad rating, told to whoever gave it.

Paper and links pass through the office's hands. A used one opens the answer of a named rating, whose author the office
knows anyway; of an anonymous one it would tell the office which service it belongs to. Its giver therefore gets an
address of their own when giving it: signed, kept nowhere, so that no row ties person and rating.
"""

from django.core.signing import BadSignature, Signer

from accounts.outside.links import find_used
from supervision.ratings.models import Channel, Rating
from supervision.ratings.services import KIND

SALT = "supervision.ratings.answer"


def receipt(rating: Rating) -> str:
    """The secret part of the address; it never expires."""
    return Signer(salt=SALT).sign(str(rating.pk))


def by_receipt(text: str) -> Rating | None:
    """The bad rating of a receipt."""
    try:
        pk = int(Signer(salt=SALT).unsign(text))
    except (BadSignature, ValueError):
        return None
    return _bad(pk=pk)


def by_used_link(text: str) -> Rating | None:
    """The bad rating, given with a name, that used this link or code up."""
    link = find_used(KIND, text)
    if link is None:
        return None
    return _bad(chance_id=link.subject_id, channel=Channel.LINK, anonymous=False)


def _bad(**wanted: object) -> Rating | None:
    return Rating.objects.filter(case__isnull=False, **wanted).select_related("case", "chance").first()
