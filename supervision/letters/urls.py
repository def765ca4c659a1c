from django.urls import path

from supervision.letters import views

app_name = "letters"

urlpatterns = [
    path("", views.paper_list, name="list"),
    path("ledger.<slug:format>", views.ledger_export, name="ledger"),
    path("new/", views.paper_new, name="new"),
    path("choose/<int:project_id>/", views.paper_choose, name="choose"),
    path("<int:pk>/", views.paper_detail, name="detail"),
    path("<int:pk>/edit/", views.paper_edit, name="edit"),
    path("<int:pk>/evidence/", views.paper_evidence, name="evidence"),
    path("<int:pk>/sign/", views.paper_sign, name="sign"),
    path("<int:pk>/return/", views.paper_return, name="return"),
    path("<int:pk>/issue/", views.paper_issue, name="issue"),
    path("<int:pk>/withdraw/", views.paper_withdraw, name="withdraw"),
    path("<int:pk>/export.<slug:format>", views.paper_export, name="export"),
]
