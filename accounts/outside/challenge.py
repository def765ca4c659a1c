"""A question for people that programs seldom answer: a small sum in words, made and checked here, no third party.

In words, so that a screen reader reads it out; beside it a field nobody sees (only programs fill it) and a shortest
time. It holds off simple programs, not determined ones: those meet the limits of `throttle`.
"""

import secrets
from contextlib import suppress
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


def check(token: str, answer: str, trap: str, at: datetime) -> None:
    """Raise DomainError with field `challenge` unless the answer is right and in time. A question may be missed once.

    A right answer may come again with a form that came back, or by a double click: whoever takes the form sees to it
    that one token lets in one thing.
    """
    wrong = DomainError(
        "challenge_wrong",
        _("The answer to the sum is not right. A new question stands below; everything else is kept."),
        field="challenge",
    )
    try:
        payload = signing.loads(token, salt=SALT)
        nonce, age = str(payload["n"]), int(at.timestamp()) - int(payload["at"])
        said = int("".join(answer.split()))
    except (signing.BadSignature, ValueError, KeyError, TypeError):
        raise wrong from None
    if trap or not constant_time_compare(str(payload["s"]), _mark(said, nonce)):
        _miss(nonce)
        raise wrong
    if age < SHORTEST:
        raise DomainError(
            "challenge_fast",
            _("That was too quick for a person. Wait two seconds, then answer the new question below."),
            field="challenge",
        )
    if age > GOOD_FOR or _missed(nonce):
        raise DomainError(
            "challenge_old",
            _("The question was too old. Answer the new one below; everything else is kept."),
            field="challenge",
        )


def _mark(number: int, nonce: str) -> str:
    return salted_hmac(SALT, f"{nonce}:{number}").hexdigest()


def _miss(nonce: str) -> None:
    with suppress(Exception):  # without a cache the questions stay; see `throttle`
        cache.set(f"outside:challenge:{nonce}", 1, timeout=GOOD_FOR + 60)


def _missed(nonce: str) -> bool:
    try:
        return cache.get(f"outside:challenge:{nonce}") is not None
    except Exception:
        return False
