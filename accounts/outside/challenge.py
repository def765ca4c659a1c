"""A question for people that programs seldom answer: a small sum in words, made and checked here, no third party.

In words, so that a screen reader reads it out; beside it a field nobody sees (only programs fill it) and a shortest
time. It holds off simple programs, not determined ones: those meet the limits of `throttle`.
"""

import secrets
from dataclasses import dataclass
from datetime import datetime

from django.core import signing
from django.core.cache import cache
from django.utils.crypto import constant_time_compare, salted_hmac
from django.utils.translation import gettext as _

from accounts.errors import DomainError

SALT = "accounts.outside.challenge"
GOOD_FOR = 60 * 60  # seconds: writing a complaint takes time
SHORTEST = 2  # seconds
TRAP = "website"  # name of the field nobody sees


@dataclass(frozen=True, slots=True)
class Challenge:
    """`question` for people; `token` goes into a hidden field."""

    question: str
    token: str


def ask(at: datetime) -> Challenge:
    """A new question."""
    first, second = secrets.randbelow(9) + 1, secrets.randbelow(9) + 1
    words = (
        _("zero"), _("one"), _("two"), _("three"), _("four"), _("five"), _("six"), _("seven"), _("eight"), _("nine"),
    )  # fmt: skip
    question = _("%(a)s plus %(b)s is what number? (write figures)") % {"a": words[first], "b": words[second]}
    nonce = secrets.token_hex(8)
    # Signed is not secret: the token carries a digest of the sum, not the sum.
    payload = {"s": _mark(first + second, nonce), "at": int(at.timestamp()), "n": nonce}
    return Challenge(question, signing.dumps(payload, salt=SALT, compress=False))


def check(token: str, answer: str, trap: str, at: datetime, *, spend: bool = True) -> None:
    """Raise DomainError with field `challenge` unless the answer is right, in time, and given for the first time.

    `spend` False: look only, so that the answer can be given again with a form that came back for something else.
    """
    wrong = DomainError(
        "challenge_wrong",
        _("The answer to the sum is not right. A new question stands below; everything else is kept."),
        field="challenge",
    )
    try:
        payload = signing.loads(token, salt=SALT)
        said = int("".join(answer.split()))
        age = int(at.timestamp()) - int(payload["at"])
        right = constant_time_compare(str(payload["s"]), _mark(said, str(payload["n"])))
    except (signing.BadSignature, ValueError, KeyError, TypeError):
        raise wrong from None
    if trap or not right:
        raise wrong
    if age < SHORTEST:
        raise DomainError(
            "challenge_fast",
            _("That was too quick for a person. Wait two seconds, then answer the new question below."),
            field="challenge",
        )
    if age > GOOD_FOR or (spend and not _first_time(str(payload["n"]))):
        raise DomainError(
            "challenge_old",
            _("The question was too old. Answer the new one below; everything else is kept."),
            field="challenge",
        )


def _mark(number: int, nonce: str) -> str:
    return salted_hmac(SALT, f"{nonce}:{number}").hexdigest()


def _first_time(nonce: str) -> bool:
    try:
        return bool(cache.add(f"outside:challenge:{nonce}", 1, timeout=GOOD_FOR + 60))
    except Exception:
        return True
