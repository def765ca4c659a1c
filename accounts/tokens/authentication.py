"""`Authorization: Bearer …`: whose posting a program speaks for, checked anew on each call."""

import re
from typing import Any

from django.utils.translation import gettext as _
from rest_framework.authentication import BaseAuthentication, get_authorization_header
from rest_framework.exceptions import AuthenticationFailed, PermissionDenied
from rest_framework.request import Request

from accounts import clock
from accounts.models import ApiToken, User
from accounts.tokens.services import PREFIX, digest_of, touch

KEYWORD = b"bearer"
SHAPE = re.compile(rf"{PREFIX}[A-Za-z0-9_-]{{43}}")


class TokenAuthentication(BaseAuthentication):
    """Sets `user.acting_posting_id`, and the postings to that one alone: a token never opens what another posting
    of the person opens, not even when its own has just ended."""

    def authenticate(self, request: Request) -> tuple[User, ApiToken] | None:
        words = get_authorization_header(request).split()
        if not words or words[0].lower() != KEYWORD:
            return None
        text = words[1].decode("latin-1") if len(words) == 2 else ""
        if not SHAPE.fullmatch(text):
            raise self._unknown()
        token = (
            ApiToken.objects.select_related("posting__user", "posting__division", "posting__department")
            .filter(digest=digest_of(text))
            .first()
        )
        if token is None:
            raise self._unknown()
        user = self._person_of(token)
        touch(token, clock.now())
        return user, token

    def authenticate_header(self, request: Request) -> str:
        return 'Bearer realm="api"'

    def _unknown(self) -> AuthenticationFailed:
        return AuthenticationFailed(
            _("This token is not known here. Copy it again, or make a new one."), "token_unknown"
        )

    def _person_of(self, token: ApiToken) -> User:
        posting, today = token.posting, clock.today()
        user: Any = posting.user
        if token.revoked_at is not None:
            raise AuthenticationFailed(_("This token has been revoked."), "token_revoked")
        if token.expires_on < today:
            raise AuthenticationFailed(
                _("This token has expired. Make a new one in the portal."), "token_expired"
            )
        if not user.is_active:
            raise AuthenticationFailed(_("The account is disabled."), "account_disabled")
        if posting.valid_from > today or (posting.valid_to is not None and posting.valid_to < today):
            raise AuthenticationFailed(_("The posting of this token is not in force."), "posting_ended")
        if user.must_change_password:
            raise PermissionDenied(
                _("Change the one-time password in the portal first."), "password_change_required"
            )
        user.acting_posting_id = posting.pk
        user._current_postings = [posting]
        return user
