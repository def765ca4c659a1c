"""One's own tokens: make one, see when each was used last, revoke it."""

from django.contrib import messages
from django.db.models import QuerySet
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from accounts import clock
from accounts.errors import DomainError
from accounts.forms import add_refusal
from accounts.models import ApiToken, Posting
from accounts.scope import acting_posting
from accounts.tokens.forms import TokenForm
from accounts.tokens.services import issue_token, revoke_token
from accounts.views.guards import Request


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def token_list(request: Request) -> HttpResponse:
    """The list with the form below it. A new token is shown on the answer to the form, and never again."""
    today = clock.today()
    postings = _own_postings(request)
    form = TokenForm(request.POST or None, postings=postings, today=today) if postings else None
    if request.method == "POST" and form is not None and form.is_valid():
        try:
            token, text = issue_token(**form.cleaned_data, by=request.user, at=clock.now())
        except DomainError as error:
            add_refusal(form, error)
        else:
            return render(request, "accounts/tokens/issued.html", {"token": token, "text": text})
    return render(
        request, "accounts/tokens/list.html", {"form": form, "tokens": _own_tokens(request), "today": today}
    )


@require_POST
def token_revoke(request: Request, pk: int) -> HttpResponse:
    token = get_object_or_404(_own_tokens(request), pk=pk)
    try:
        revoke_token(token=token, by=request.user, at=clock.now())
    except DomainError as error:
        messages.info(request, str(error.message))
    else:
        messages.success(request, _("The token “%(label)s” no longer works.") % {"label": token.label})
    return redirect("tokens:list")


def _own_tokens(request: Request) -> QuerySet[ApiToken]:
    rows = ApiToken.objects.filter(posting__user=request.user)
    return rows.select_related("posting__division", "posting__department")


def _own_postings(request: Request) -> list[Posting]:
    """All in force, also those the person does not act in at the moment; the acting one first."""
    acting = acting_posting(request.user)
    rows = Posting.objects.current(clock.today()).filter(user=request.user)
    return sorted(rows, key=lambda p: (acting is None or p.pk != acting.pk, p.pk))
