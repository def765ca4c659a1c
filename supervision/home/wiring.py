"""What the home page hangs into the lower apps when the process starts."""

from django.utils.translation import gettext_lazy as _

from accounts import navigation
from accounts.obligations import todo
from supervision.home import providers


def register() -> None:
    todo.register("duties", providers.duties)
    todo.register("decisions", providers.decisions)
    navigation.register("home", _("Home"), "home", "", 0)
