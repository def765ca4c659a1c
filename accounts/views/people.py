"""People and postings, kept by the administrator of the area (H4)."""

from typing import Any

from django.contrib import messages
from django.db import transaction
from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from accounts import clock, people
from accounts.errors import DomainError
from accounts.forms import (
    DivisionPick,
    EndForm,
    NewPersonForm,
    PeopleFilter,
    PostingForm,
    ReasonForm,
    add_refusal,
)
from accounts.models import Division, Posting, User
from accounts.permissions import PERMISSIONS
from accounts.scope import NOTHING, current_postings
from accounts.views.guards import needs, page_of

MANAGE = "accounts.manage"


def managed_divisions(user: Any) -> QuerySet[Division]:
    """Divisions whose people the user keeps: only through postings that carry the right."""
    found = NOTHING
    for posting in current_postings(user):
        if MANAGE in PERMISSIONS[posting.role]:
            own = posting.division
            found |= Q(path__startswith=own.path) if posting.subtree else Q(pk=own.pk)
    return Division.objects.filter(found)


def managed_people(user: Any) -> QuerySet[User]:
    """People with a posting, past or present, in the area the user keeps."""
    postings = Posting.objects.filter(division__in=managed_divisions(user))
    return User.objects.filter(pk__in=postings.values("user_id"))


@require_safe
@needs(MANAGE)
def people_list(request: HttpRequest) -> HttpResponse:
    divisions = managed_divisions(request.user)
    form = PeopleFilter(request.GET, divisions)
    rows = managed_people(request.user)
    rows = _filtered(rows, form.cleaned_data) if form.is_valid() else rows.none()
    page = page_of(request, rows.order_by("username"))
    _attach_postings(list(page), divisions)
    return render(request, "accounts/people/list.html", {"form": form, "page": page})


@needs(MANAGE)
@never_cache
def person_add(request: HttpRequest) -> HttpResponse:
    """Two steps on one page: the division is chosen by address, the person and the first posting by form."""
    divisions = managed_divisions(request.user)
    division = _picked(request, divisions)
    form = NewPersonForm(request.POST or None, division=division)
    if request.method == "POST" and form.is_valid():
        at, data = clock.now(), form.cleaned_data
        try:
            with transaction.atomic():
                person, password = people.create_user(
                    username=data["username"],
                    full_name=data["full_name"],
                    phone=data["phone"],
                    division=division,
                    by=request.user,
                    at=at,
                )
                people.add_posting(
                    user=person, division=division, **form.posting_values, by=request.user, at=at
                )
        except DomainError as error:
            add_refusal(form, error)
        else:
            return _show_password(request, person, password, new=True)
    context = {"form": form, "pick": DivisionPick({"division": division.pk}, divisions), "division": division}
    return render(request, "accounts/people/add.html", context)


@require_safe
@needs(MANAGE)
def person_detail(request: HttpRequest, pk: int) -> HttpResponse:
    person = _person(request, pk)
    divisions = managed_divisions(request.user)
    mine = person.postings.filter(division__in=divisions).select_related("division", "department")
    context = {
        "person": person,
        "postings": mine.order_by("-valid_from", "-pk"),
        "elsewhere": person.postings.exclude(division__in=divisions).count(),
        "today": clock.today(),
        "is_self": person.pk == request.user.pk,
    }
    return render(request, "accounts/people/detail.html", context)


@needs(MANAGE)
def posting_add(request: HttpRequest, pk: int) -> HttpResponse:
    person = _person(request, pk)
    divisions = managed_divisions(request.user)
    division = _picked(request, divisions)
    form = PostingForm(request.POST or None, division=division)
    if request.method == "POST" and form.is_valid():
        try:
            posting = people.add_posting(
                user=person, division=division, **form.posting_values, by=request.user, at=clock.now()
            )
        except DomainError as error:
            add_refusal(form, error)
        else:
            words = {"name": person, "posting": posting}
            messages.success(request, _("%(name)s has been appointed: %(posting)s.") % words)
            return redirect("accounts:person", pk=pk)
    pick = DivisionPick({"division": division.pk}, divisions)
    context = {"form": form, "pick": pick, "division": division, "person": person}
    return render(request, "accounts/people/posting_add.html", context)


@needs(MANAGE)
def posting_end(request: HttpRequest, pk: int) -> HttpResponse:
    posting = get_object_or_404(
        Posting.objects.filter(division__in=managed_divisions(request.user)).select_related(
            "division", "department", "user"
        ),
        pk=pk,
    )
    form = EndForm(request.POST or None, initial={"last_day": clock.today()})
    if request.method == "POST" and form.is_valid():
        try:
            people.end_posting(posting=posting, **form.cleaned_data, by=request.user, at=clock.now())
        except DomainError as error:
            add_refusal(form, error)
        else:
            words = {"posting": posting, "day": form.cleaned_data["last_day"]}
            messages.success(request, _("“%(posting)s” ends on %(day)s.") % words)
            return redirect("accounts:person", pk=posting.user_id)
    return render(request, "accounts/people/posting_end.html", {"form": form, "posting": posting})


@needs(MANAGE)
@never_cache
def password_reset(request: HttpRequest, pk: int) -> HttpResponse:
    """Asks first (GET), then makes a one-time password and shows it once."""
    person = _person(request, pk)
    problem = ""
    if request.method == "POST":
        try:
            password = people.reset_password(
                user=person, division=_own_division(request), by=request.user, at=clock.now()
            )
        except DomainError as error:
            problem = str(error.message)
        else:
            return _show_password(request, person, password, new=False)
    return render(request, "accounts/people/password_reset.html", {"person": person, "problem": problem})


@needs(MANAGE)
def person_disable(request: HttpRequest, pk: int) -> HttpResponse:
    return _set_active(request, pk, active=False)


@needs(MANAGE)
def person_enable(request: HttpRequest, pk: int) -> HttpResponse:
    return _set_active(request, pk, active=True)


def _set_active(request: HttpRequest, pk: int, *, active: bool) -> HttpResponse:
    person = _person(request, pk)
    form = ReasonForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            people.set_active(
                user=person,
                active=active,
                division=_own_division(request),
                reason=form.cleaned_data["reason"],
                by=request.user,
                at=clock.now(),
            )
        except DomainError as error:
            add_refusal(form, error)
        else:
            text = _("%(name)s can sign in again.") if active else _("%(name)s can no longer sign in.")
            messages.success(request, text % {"name": person})
            return redirect("accounts:person", pk=pk)
    return render(
        request, "accounts/people/set_active.html", {"form": form, "person": person, "active": active}
    )


def _show_password(request: HttpRequest, person: User, password: str, *, new: bool) -> HttpResponse:
    """The only time the password is shown: in the answer itself, in no session and no address."""
    return render(
        request, "accounts/people/password.html", {"person": person, "password": password, "new": new}
    )


def _person(request: HttpRequest, pk: int) -> User:
    return get_object_or_404(managed_people(request.user), pk=pk)


def _picked(request: HttpRequest, divisions: QuerySet[Division]) -> Division:
    """The division in the address when the user keeps it, else the topmost one of the area; 404 for another's."""
    code = request.GET.get("division")
    if code:
        return get_object_or_404(divisions, pk=code)
    return divisions.order_by("tier", "code")[0]


def _own_division(request: HttpRequest) -> Division:
    """The division in whose name the user keeps people: that of the posting with the right."""
    return next(p.division for p in current_postings(request.user) if MANAGE in PERMISSIONS[p.role])


def _filtered(rows: QuerySet[User], wanted: dict[str, Any]) -> QuerySet[User]:
    today = clock.today()
    if q := wanted["q"].strip():
        rows = rows.filter(Q(full_name__icontains=q) | Q(username__icontains=q) | Q(phone__icontains=q))
    postings = Posting.objects.current(today)
    if wanted["division"]:
        postings = postings.filter(division=wanted["division"])
    if wanted["role"]:
        postings = postings.filter(role=wanted["role"])
    if wanted["division"] or wanted["role"]:
        rows = rows.filter(pk__in=postings.values("user_id"))
    in_force = Q(pk__in=Posting.objects.current(today).values("user_id"))
    if wanted["state"] == "posted":
        rows = rows.filter(in_force, is_active=True)
    elif wanted["state"] == "unposted":
        rows = rows.exclude(in_force)
    elif wanted["state"] == "disabled":
        rows = rows.filter(is_active=False)
    return rows


def _attach_postings(persons: list[Any], divisions: QuerySet[Division]) -> None:
    """Put `shown_postings` (in force, in the area) on each person, with one query for the page."""
    found: dict[int, list[Posting]] = {person.pk: [] for person in persons}
    rows = Posting.objects.current(clock.today()).filter(user_id__in=found, division__in=divisions)
    for posting in rows.select_related("division", "department"):
        found[posting.user_id].append(posting)
    for person in persons:
        person.shown_postings = found[person.pk]
