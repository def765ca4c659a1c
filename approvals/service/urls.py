from django.urls import path

from approvals.service import entry_views, office_views, views

app_name = "service"

urlpatterns = [
    path("", views.bench, name="bench"),
    path("projects/<int:project_id>/log/", views.entry_new, name="log"),
    path("log/<int:pk>/ticket/", entry_views.take_up, name="take_up"),
    path("projects/<int:project_id>/meeting/", views.meeting_call, name="call"),
    path("meetings/<int:pk>/", views.meeting_page, name="meeting"),
    path("vacancies/", views.vacancies, name="vacancies"),
    path("handovers/", views.handover_list, name="handovers"),
    path("handovers/new/", views.handover_new, name="handover_new"),
    path("handovers/office/new/", office_views.office_new, name="office_new"),
    path("handovers/office/<int:pk>/", office_views.office_page, name="office"),
    path("handovers/office/<int:pk>/decide/", office_views.office_decide, name="office_decide"),
    path("handovers/<int:pk>/", views.handover_page, name="handover"),
    path("handovers/<int:pk>/decide/", views.handover_decide, name="handover_decide"),
]
