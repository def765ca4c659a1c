"""What the boards hang into the lower apps when the process starts."""

from django.utils.translation import gettext_lazy as _

from accounts import navigation
from reporting.boards import home
from reporting.boards.area import PERMISSION
from supervision.home import figures


def register() -> None:
    figures.register(home.panel)
    navigation.register("boards", _("Boards"), "boards:board", PERMISSION, 80)
