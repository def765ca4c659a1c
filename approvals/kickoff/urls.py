from django.urls import path

from approvals.kickoff import views

app_name = "kickoffs"

urlpatterns = [
    path("", views.kickoff_list, name="list"),
    path("<int:project_id>/", views.kickoff_record, name="record"),
]
