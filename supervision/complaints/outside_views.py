"""The complainant's pages: write, receipt, look up, further word, say whether the answer will do. No account, no script."""

import logging
from collections.abc import Callable
from datetime import timedelta
from functools import wraps
from typing import Any

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.crypto import constant_time_compare
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_protect
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts import clock, files
from accounts.errors import DomainError
from accounts.forms import add_refusal
from accounts.models import Division, Tier
from accounts.outside import challenge, throttle
from accounts.outside.addresses import absolute
from accounts.scope import is_staff
from projects.text import clean
from supervision.complaints import (
    choices,
    cookies,
    handling,
    holding,
    identity,
    limits,
    mending,
    receiving,
    words,
)
from supervision.complaints.forms import NAMED, ContestForm, LookupForm, PublicForm, WordForm
from supervision.complaints.models import Complaint, Side
from supervision.complaints.states import State

logger = logging.getLogger("accounts.outside")
TRIES = throttle.Limit("complaint_tries", 60, 15 * 60)  # posts of the form, good or not
SENT = throttle.Limit("complaint_sent", 10, 60 * 60)
WRONG = throttle.Limit("complaint_lookup", 12, 15 * 60)
ON_NUMBER = throttle.Limit("complaint_number", 60, 60 * 60)
SAID = throttle.Limit("complaint_word", 30, 60 * 60)
CARRIED = "carried"  # the mark of a form that only opens this one, with place and project filled in
AGAIN = timedelta(hours=1)  # for so long the same form sent twice shows the same receipt


def own_device(
    *, told: int = 403
) -> Callable[[Callable[..., HttpResponseBase]], Callable[..., HttpResponseBase]]:
    """Not for anybody signed in as staff: whoever wrote a complaint down for a caller knows its query code too.

    They read why, with the status `told` where they only open the page; whatever is sent is refused with 403.
    """

    def around(view: Callable[..., HttpResponseBase]) -> Callable[..., HttpResponseBase]:
        @wraps(view)
        def inside(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
            if is_staff(request.user):
                status = 403 if request.method == "POST" else told
                return render(
                    request, "supervision/complaints/staff.html", {"active": "lookup"}, status=status
                )
            return view(request, *args, **kwargs)

        return inside

    return around


def outside(view: Callable[..., HttpResponseBase]) -> Callable[..., HttpResponseBase]:
    """Open to everybody, kept by no cache, guarded against forged forms."""
    return login_not_required(never_cache(csrf_protect(wraps(view)(view))))


@sensitive_post_parameters()
@outside
@require_http_methods(["GET", "HEAD", "POST"])
def write(request: HttpRequest) -> HttpResponse:
    """The form. Once it is taken, the receipt stands on its own page: a reload sends nothing twice."""
    who, at = throttle.client_address(request), clock.now()
    sent = request.method == "POST" and CARRIED not in request.POST
    form = PublicForm(
        request.POST if sent else None, request.FILES if sent else None, initial=_carried(request)
    )
    if sent:
        token = request.POST.get("challenge", "")[:600]
        before = receiving.taken_before(
            token, request.POST.get("text", ""), request.POST.get("division", "")[:12]
        )
        if before is not None and at - before.complaint.received_at < AGAIN:
            return _receipt(before)
        for limit, over in ((TRIES, not throttle.spend(TRIES, who)), (SENT, throttle.spent(SENT, who))):
            if over:
                return throttle.too_many(request, limit)
        taken = _take(request, form, token, at)
        if taken is not None:
            throttle.spend(SENT, who)
            return _receipt(taken)
        form.hold_files(who)
    place = choices.place_of(str(form["division"].value() or ""), clock.local_date(at))
    context = {
        "form": form, "asked": challenge.ask(at), "trap": challenge.TRAP, "days": _days(place, at), "place": place,
        "active": "complain", "staff": is_staff(request.user),
        "years": identity.keep_years(), "named": form["sign"].value() == NAMED, "had_files": _lost_files(request, form),
    }  # fmt: skip
    form.fields["answer"].label = context["asked"].question
    return render(request, "supervision/complaints/form.html", context, status=400 if form.errors else 200)


def _take(request: HttpRequest, form: PublicForm, token: str, at: Any) -> receiving.Taken | None:
    """The complaint when all of the form is right; else None, with everything wrong in the form's errors."""
    sound = form.is_valid()
    try:
        answer, trap = request.POST.get("answer", "")[:20], request.POST.get(challenge.TRAP, "")
        challenge.check(token, answer, trap, at)
        if sound:
            taken = receiving.receive(
                said=form.said(), uploads=form.cleaned_data["uploads"], token=token, at=at
            )
            holding.forget(form.held)
            return taken
    except DomainError as refusal:
        add_refusal(form, refusal, {"challenge": "answer"})
    return None


def _lost_files(request: HttpRequest, form: PublicForm) -> bool:
    """Whether files were sent of which not all are kept for the next try."""
    return bool(request.FILES) and (form.lost or "uploads" in form.errors)


@outside
@require_safe
def done(request: HttpRequest) -> HttpResponse:
    taken = cookies.receipt_of(request, clock.now())
    if taken is None:
        return redirect("complaints:lookup")
    context = {
        "taken": taken, "complaint": taken.complaint, "course": limits.course(taken.complaint),
        "count": taken.complaint.files.count(), "active": "complain",
    }  # fmt: skip
    return render(request, "supervision/complaints/done.html", context)


@outside
@require_safe
def done_text(request: HttpRequest) -> HttpResponse:
    """Both codes as a small text file."""
    taken = cookies.receipt_of(request, clock.now())
    if taken is None:
        raise Http404
    lines = [
        _("Receipt number: %(number)s") % {"number": taken.complaint.number},
        _("Query code: %(code)s") % {"code": taken.code},
        _("Look up: %(url)s") % {"url": absolute(request, reverse("complaints:lookup"))},
    ]
    response = HttpResponse(
        "\r\n".join(["\ufeff" + lines[0], *lines[1:], ""]), content_type="text/plain; charset=utf-8"
    )
    response["Content-Disposition"] = f'attachment; filename="{taken.complaint.number}.txt"'
    return response


@sensitive_post_parameters("code")
@outside
@require_http_methods(["GET", "HEAD", "POST"])
@own_device(told=200)
def lookup(request: HttpRequest) -> HttpResponse:
    """Receipt number and query code open the status page in this browser for half an hour."""
    who, form = throttle.client_address(request), LookupForm(request.POST or None)
    if request.method == "POST":
        if throttle.spent(WRONG, who):
            return throttle.too_many(request, WRONG)
        if form.is_valid():
            # Tries from many addresses on one number lock nobody out; the log tells of them.
            throttle.spend(ON_NUMBER, form.cleaned_data["receipt"].strip().upper())
            found = receiving.find_by_codes(form.cleaned_data["receipt"], form.cleaned_data["code"])
            if found is not None:
                response = redirect("complaints:status")
                cookies.let_in(response, found)
                return response
            throttle.spend(WRONG, who)
            logger.warning("complaint_lookup_wrong", extra={"receipt": form.cleaned_data["receipt"][:20]})
            form.add_error(
                "code", _("Number and code do not belong together. Check both; letters and figures only.")
            )
    context = {"form": form, "active": "lookup"}
    return render(request, "supervision/complaints/lookup.html", context, status=400 if form.errors else 200)


@outside
@require_safe
@own_device()
def status(request: HttpRequest) -> HttpResponse:
    complaint = cookies.entered(request)
    if complaint is None:
        return redirect("complaints:lookup")
    if request.method == "GET":
        words.mark_read(complaint, clock.now())
    return _status_page(request, complaint)


@sensitive_post_parameters()
@outside
@require_POST
@own_device()
def status_do(request: HttpRequest, code: str) -> HttpResponse:
    """A further word, the word on the answer, or leaving."""
    if code == "leave":
        response = redirect("complaints:lookup")
        cookies.leave(request, response)
        return response
    complaint = cookies.entered(request)
    if complaint is None:
        return redirect("complaints:lookup")
    if code not in ("word", "satisfied", "enough", "contest"):
        raise Http404
    if not throttle.spend(SAID, throttle.client_address(request)):
        return throttle.too_many(request, SAID, reverse("complaints:status"))
    if not constant_time_compare(request.POST.get("of", ""), cookies.mark_of(complaint)):
        return _of_another(request, complaint)
    form = _form_for(code, request)
    if form.is_valid():
        try:
            messages.success(request, _act(complaint, code, form))
        except DomainError as refusal:
            add_refusal(form, refusal)
        else:
            return redirect("complaints:status")
    complaint.refresh_from_db()
    return _status_page(request, complaint, bound=(code, form), status=400)


@outside
@require_safe
@own_device()
def status_file(request: HttpRequest, position: int) -> HttpResponseBase:
    complaint = cookies.entered(request)
    if complaint is None:
        raise Http404
    held = get_object_or_404(complaint.files.exclude(side=Side.UNIT), position=position)
    return files.attachment(held.path, held.shown_name, held.content_type)


def _of_another(request: HttpRequest, complaint: Complaint) -> HttpResponse:
    """A form of one complaint's page came after another one was looked up: nothing is written, the text comes back."""
    told = _(
        "Nothing was sent: another complaint, %(number)s, has been looked up in this browser meanwhile. "
        "If your words are for the other one, copy them and look that one up again."
    )
    messages.error(request, told % {"number": complaint.number})
    kept = WordForm(initial={"text": request.POST.get("text", "")})
    return _status_page(request, complaint, bound=("word", kept), status=409)


def _form_for(code: str, request: HttpRequest) -> forms.Form:
    if code == "word":
        return WordForm(request.POST, request.FILES)
    return ContestForm(request.POST, request.FILES) if code == "contest" else forms.Form(request.POST)


def _act(complaint: Complaint, code: str, form: forms.Form) -> str:
    at = clock.now()
    if code == "word":
        words.say(complaint=complaint, at=at, **form.cleaned_data)
        return _("Sent. It stands below.")
    if code == "contest":
        handling.contest(complaint=complaint, at=at, **form.cleaned_data)
        return _("It will be looked at once more. The new days stand below.")
    handling.close(complaint=complaint, satisfied=code == "satisfied", at=at)
    return _("Thank you. The complaint is closed.")


def _status_page(
    request: HttpRequest, complaint: Complaint, *, bound: tuple[str, Any] | None = None, status: int = 200
) -> HttpResponse:
    answered = complaint.state in (State.REPLIED, State.REFUSED)
    rounds = list(complaint.rounds.all())
    context: dict[str, Any] = {
        "complaint": complaint, "course": limits.course(complaint), "words": complaint.words.prefetch_related("files"),
        "files": complaint.files.filter(word=None, side=Side.COMPLAINANT), "active": "lookup", "answered": answered,
        "rounds": [one for one in rounds if one.reply], "many": len(rounds) > 1,
        "mend_until": mending.until(complaint),
        "silence": limits.silence(complaint) if answered and complaint.replied_on else None,
        "may_contest": answered and complaint.round == 1, "may_say": complaint.state != State.CLOSED,
        "word": bound[1] if bound and bound[0] == "word" else WordForm(),
        "contest": bound[1] if bound and bound[0] == "contest" else ContestForm(),
        "refused": bound[1] if bound and bound[0] in ("satisfied", "enough") else None, "State": State,
        "of": cookies.mark_of(complaint),
    }  # fmt: skip
    for name in ("word", "contest"):
        context[name].auto_id = f"{name}_%s"  # two forms with a text on one page
    return render(request, "supervision/complaints/status.html", context, status=status)


def _receipt(taken: receiving.Taken) -> HttpResponse:
    response = redirect("complaints:done")
    cookies.hand_receipt(response, taken, clock.now())
    return response


def _carried(request: HttpRequest) -> dict[str, str]:
    """Place and project brought along from the portal, to be read over and changed: plain text, tied to nothing here.

    They come in the body, never in the address: addresses stand in the log of the web server and in the history of the browser.
    """
    return {
        "division": request.POST.get("place", "")[:12],
        "about_project": clean(request.POST.get("project", ""))[:120],
    }


def _days(place: Division | None, at: Any) -> dict[str, int]:
    """Of the place that is chosen; the province's until one is."""
    place = place or Division.objects.filter(tier=Tier.PROVINCE).order_by("code").first()
    return limits.days_of(place, clock.local_date(at)) if place else {}
