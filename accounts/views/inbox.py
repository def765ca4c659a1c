"""The person's own inbox."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST, require_safe

from accounts import clock
from accounts.models import InboxItem
from accounts.views.guards import Request, is_local, page_of


@require_safe
def inbox(request: Request) -> HttpResponse:
    """All items, or the unread ones with `?unread=1`, newest first."""
    mine = InboxItem.objects.filter(user=request.user)
    unread = mine.filter(read_at=None)
    only_unread = request.GET.get("unread") == "1"
    context = {
        "page": page_of(request, unread if only_unread else mine),
        "only_unread": only_unread,
        "all_count": mine.count(),
        "unread_count": unread.count(),
    }
    return render(request, "accounts/inbox.html", context)


@require_safe
def inbox_open(request: Request, pk: int) -> HttpResponse:
    """Mark as read and go to what it is about; an item about nothing in particular leads back to the inbox."""
    item = get_object_or_404(InboxItem, user=request.user, pk=pk)
    InboxItem.objects.filter(pk=item.pk, read_at=None).update(read_at=clock.now())
    return redirect(item.url if is_local(request, item.url) else "accounts:inbox")


@require_POST
def inbox_read_all(request: Request) -> HttpResponse:
    n = InboxItem.objects.filter(user=request.user, read_at=None).update(read_at=clock.now())
    messages.success(
        request, ngettext("%(n)d item marked as read.", "%(n)d items marked as read.", n) % {"n": n}
    )
    return redirect("accounts:inbox")
