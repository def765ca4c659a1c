from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class AccountsConfig(AppConfig):
    name = "accounts"
    verbose_name = _("Divisions and people")

    def ready(self) -> None:
        from accounts.jobs import standard
        from accounts.navigation import register
        from accounts.outside import quiet

        standard.register()
        quiet.register()

        register(
            "divisions",
            _("Divisions and departments"),
            "accounts:divisions",
            "calendar.view",
            10,
            menu="admin",
        )
        register("people", _("People and postings"), "accounts:people", "accounts.manage", 20, menu="admin")
        register("calendar", _("Working calendar"), "accounts:calendar", "calendar.view", 30, menu="admin")
        register("audit", _("Log of changes"), "accounts:audit_log", "audit.view", 40, menu="admin")
        register("tokens", _("Tokens for programs"), "tokens:list", "", 90, menu="admin")
