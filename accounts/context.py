"""What every page's frame needs: menu, person, inbox, footer. One query for the inbox, postings come cached."""

from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.utils.functional import SimpleLazyObject, cached_property
from django.utils.translation import gettext_lazy as _

from accounts import clock, navigation, type_size
from accounts.divisions import regime_code_of
from accounts.notify import unread_count
from accounts.scope import acting_posting, only_investor
from policy.regimes import UnknownRegime, get_regime

SYSTEM_NAME = _("Signed project supervision")
OFFICE_TEMPLATE = "_frame.html"
_outside_template = [OFFICE_TEMPLATE]


def give_outside_frame(template: str) -> None:
    """Let every page that people of the investor's side alone may open stand in `template`. From AppConfig.ready()."""
    _outside_template[:] = [template]


def portal(request: HttpRequest) -> dict[str, Any]:
    """Context of `base.html`. Nothing is computed until the template asks, so fragments cost nothing."""
    return {"portal": Frame(request)}


class Frame:
    """Lazy view of the frame for one request; safe for anonymous visitors and for requests cut short."""

    def __init__(self, request: HttpRequest) -> None:
        self.request = request
        self.user = getattr(request, "user", None)
        self.now = clock.now()
        self.posting = SimpleLazyObject(self._posting)

    @property
    def signed_in(self) -> bool:
        return bool(getattr(self.user, "is_authenticated", False))

    @property
    def may_use_menu(self) -> bool:
        """Not while a one-time password is still in force: the menu would lead nowhere."""
        return self.signed_in and not getattr(self.user, "must_change_password", False)

    @cached_property
    def outside(self) -> bool:
        """Whether the person stands on the investor's side alone: other frame, plainer words."""
        return self.signed_in and only_investor(self.user)

    @property
    def template(self) -> str:
        """What `base.html` extends."""
        return _outside_template[0] if self.outside else OFFICE_TEMPLATE

    @property
    def brand(self) -> str:
        return getattr(settings, "PORTAL_NAME", "") or str(SYSTEM_NAME)

    @property
    def sponsor(self) -> str:
        return getattr(settings, "PORTAL_SPONSOR", "")

    @property
    def help_phone(self) -> str:
        return getattr(settings, "PORTAL_HELP_PHONE", "")

    @property
    def large(self) -> bool:
        """Whether the visitor asked for larger type."""
        return type_size.is_large(self.request)

    @property
    def large_url(self) -> str:
        return type_size.address_with(self.request, type_size.LARGE)

    @property
    def standard_url(self) -> str:
        return type_size.address_with(self.request, type_size.STANDARD)

    @cached_property
    def nav(self) -> list[navigation.Link]:
        return self._links("main")

    @cached_property
    def admin_nav(self) -> list[navigation.Link]:
        return self._links("admin")

    @cached_property
    def unread(self) -> int:
        return unread_count(self.user) if self.signed_in else 0

    @property
    def several_postings(self) -> bool:
        return len(getattr(self.user, "_current_postings", None) or []) > 1

    @cached_property
    def regime_name(self) -> str:
        """Name of the regime the acting division follows, for the footer; empty while none is installed."""
        return regime_name_of(self.posting.division) if self.posting else ""

    def _links(self, menu: str) -> list[navigation.Link]:
        if not self.may_use_menu:
            return []
        return navigation.links(self.user, getattr(self.request, "resolver_match", None), menu=menu)

    def _posting(self) -> Any:
        return acting_posting(self.user) if self.signed_in else None


def regime_name_of(division: Any) -> str:
    """Name of the regime that `division` follows; empty when its file is not installed."""
    try:
        return get_regime(regime_code_of(division)).name
    except UnknownRegime:
        return ""
