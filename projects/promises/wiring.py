"""What promises and arrears hang into the apps below and into the project's pages."""

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.obligations import kinds
from projects.promises import queries, replanning, services, views
from projects.services.dependents import register_moved
from projects.tabs import Tab, register_tab


def register() -> None:
    kinds.register(
        kinds.DutyKind(
            code=kinds.PROMISE,
            label=gettext_lazy("Promise to the investor"),
            title=lambda row: _("Keep the promise: %(text)s") % {"text": row.subject_label},
            button=gettext_lazy("Record it as kept"),
            url=lambda row: reverse("projects:promise_keep", args=[row.subject_id]),
            permission=services.RECORD,
        )
    )
    kinds.register(
        kinds.DutyKind(
            code=kinds.INSTALMENT,
            label=gettext_lazy("Instalment of arrears"),
            title=lambda row: _("Pay the instalment: %(text)s") % {"text": row.subject_label},
            button=gettext_lazy("Record the payment"),
            url=lambda row: reverse("projects:instalment_pay", args=[row.subject_id]),
            permission=services.RECORD,
        )
    )
    register_moved("arrears", replanning.drop_moved)
    register_tab(
        Tab(
            code="promises",
            label=gettext_lazy("Promises and arrears"),
            template="projects/promises/_tab.html",
            permission="promises.view",
            context=views.tab,
            rows=lambda project, user: queries.promises(user).filter(project=project),
            order=30,
        )
    )
