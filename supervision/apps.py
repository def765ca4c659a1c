from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class SupervisionConfig(AppConfig):
    name = "supervision"
    verbose_name = _("Supervision")

    def ready(self) -> None:
        from accounts import navigation, sections
        from supervision.complaints import wiring as complaints
        from supervision.home import wiring as home
        from supervision.inspections import wiring as inspections
        from supervision.investors import wiring as investors
        from supervision.letters import wiring as letters
        from supervision.matters import wiring as matters
        from supervision.meetings import wiring as meetings
        from supervision.notices import wiring as notices
        from supervision.ratings import wiring as ratings
        from supervision.referrals import wiring as referrals
        from supervision.visits import wiring as visits
        from supervision.warnings import project_page
        from supervision.warnings import wiring as warnings
        from supervision.workorders import wiring as workorders

        warnings.register()
        project_page.register()
        home.register()
        matters.register()
        workorders.register()
        inspections.register()
        visits.register()
        letters.register()
        meetings.register()
        referrals.register()
        navigation.register(
            "supervision",
            _("Supervision and inspection"),
            "supervision:home",
            order=55,
            shown=lambda user: bool(sections.open_to(user, "supervision")),
            namespaces=("matters", "letters", "workorders", "inspections", "visits", "meetings", "referrals"),
        )
        investors.register()
        ratings.register()
        notices.register()
        complaints.register()
