"""Notices by mail: the person's own choice."""

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from accounts import clock
from accounts.errors import DomainError
from accounts.forms import add_refusal
from accounts.mail import services
from accounts.models import MailChoice, MailWish
from accounts.views.guards import Request


class MailChoiceForm(forms.Form):
    address = forms.CharField(label=gettext_lazy("Mail address"), max_length=200)
    wish = forms.ChoiceField(
        label=gettext_lazy("How often"), choices=MailWish.choices, widget=forms.RadioSelect
    )


@require_http_methods(["GET", "HEAD", "POST"])
def mail_choice(request: Request) -> HttpResponse:
    held = MailChoice.objects.filter(user=request.user).first()
    first = {
        "address": held.address if held else request.user.email, "wish": held.wish if held else MailWish.EACH
    }  # fmt: skip
    form = MailChoiceForm(request.POST or None, initial=first)
    if request.method == "POST" and form.is_valid():
        try:
            services.choose(user=request.user, at=clock.now(), **form.cleaned_data)
        except DomainError as refusal:
            add_refusal(form, refusal)
        else:
            messages.success(request, _("Your choice is kept."))
            return redirect("accounts:mail_choice")
    return render(request, "accounts/mail_choice.html", {"form": form, "held": held})
