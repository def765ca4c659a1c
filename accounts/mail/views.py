"""Notices by mail: the person's own choice; the pages behind the links in mails, which need no signing in."""

from django import forms
from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt, csrf_protect
from django.views.decorators.http import require_http_methods, require_POST

from accounts import clock
from accounts.errors import DomainError
from accounts.forms import add_refusal
from accounts.mail import addresses
from accounts.models import MailChoice, MailWish
from accounts.outside import throttle
from accounts.views.guards import Request

WRONG = throttle.Limit("mail_link", 20, 15 * 60)


class MailChoiceForm(forms.Form):
    address = forms.CharField(
        label=gettext_lazy("Mail address"), max_length=200,
        widget=forms.EmailInput(attrs={"autocomplete": "email"}),
        help_text=gettext_lazy("A new address gets a mail first; it is used once you have confirmed it there."),
    )  # fmt: skip
    wish = forms.ChoiceField(
        label=gettext_lazy("How often"), choices=MailWish.choices, widget=forms.RadioSelect
    )


@require_http_methods(["GET", "HEAD", "POST"])
def mail_choice(request: Request) -> HttpResponse:
    """Where and how often, and whether the address is confirmed, waits to be, or is refused by its server."""
    held = MailChoice.objects.filter(user=request.user).first()
    first = {
        "address": held.address if held else request.user.email, "wish": held.wish if held else MailWish.EACH
    }  # fmt: skip
    form = MailChoiceForm(request.POST or None, initial=first)
    if request.method == "POST" and form.is_valid():
        try:
            row = addresses.choose(user=request.user, at=clock.now(), **form.cleaned_data)
        except DomainError as refusal:
            add_refusal(form, refusal)
        else:
            messages.success(request, _kept(row))
            return redirect("accounts:mail_choice")
    return render(request, "accounts/mail_choice.html", {"form": form, "held": held, "off": MailWish.OFF})


@require_POST
def mail_again(request: Request) -> HttpResponse:
    """The confirmation once more, to the address that is kept."""
    try:
        addresses.resend(user=request.user, at=clock.now())
    except DomainError as refusal:
        messages.error(request, str(refusal.message))
    else:
        messages.success(request, _("Sent once more. Open the newest mail and confirm there."))
    return redirect("accounts:mail_choice")


@login_not_required
@never_cache
@csrf_protect
@require_http_methods(["GET", "HEAD", "POST"])
def mail_confirm(request: HttpRequest, text: str) -> HttpResponse:
    """GET says which address it is about and changes nothing, so a mail scanner may open it; POST confirms."""
    if throttle.spent(WRONG, throttle.client_address(request)):
        return throttle.too_many(request, WRONG)
    done = request.method == "POST"
    try:
        if done:
            choice = addresses.confirm(text=text, at=clock.now())
        else:
            _link, choice = addresses.look(text, clock.now())
    except DomainError as refusal:
        return _refused(request, refusal)
    return _page(request, "accounts/mail_confirm.html", {"address": choice.address, "done": done})


@login_not_required
@never_cache
@csrf_exempt
@require_http_methods(["GET", "HEAD", "POST"])
def mail_end(request: HttpRequest, text: str) -> HttpResponse:
    """No more mails. Without the CSRF check: mail programs post here themselves (RFC 8058), and the address is signed."""
    if throttle.spent(WRONG, throttle.client_address(request)):
        return throttle.too_many(request, WRONG)
    try:
        choice = addresses.ended_by(text)
    except DomainError as refusal:
        return _refused(request, refusal)
    if request.method == "POST":
        addresses.end(choice=choice, at=clock.now())
    done = request.method == "POST" or choice.wish == MailWish.OFF
    return _page(request, "accounts/mail_end.html", {"address": choice.address, "done": done})


def _kept(row: MailChoice) -> str:
    if row.wish == MailWish.OFF or row.is_open:
        return _("Your choice is kept.")
    return _("Your choice is kept. Open the mail we sent to %(address)s and confirm there.") % {
        "address": row.address
    }


def _refused(request: HttpRequest, refusal: DomainError) -> HttpResponse:
    if refusal.code == "link_unknown":
        throttle.spend(WRONG, throttle.client_address(request))
    context = {"why": refusal.message, "help_phone": settings.PORTAL_HELP_PHONE}
    return _page(request, "accounts/mail_refused.html", context, status=410)


def _page(request: HttpRequest, template: str, context: dict[str, object], status: int = 200) -> HttpResponse:
    """The address is a secret: it goes into no cache and no other site's log."""
    response = render(request, template, context, status=status)
    response["Referrer-Policy"] = "same-origin"
    response["X-Robots-Tag"] = "noindex, nofollow"
    return response
