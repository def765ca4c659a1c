from django.urls import path

from supervision.visits import views, views_naming

app_name = "visits"

urlpatterns = [
    path("", views.visit_list, name="list"),
    path("new/<int:project_id>/", views.visit_new, name="new"),
    path("supervisors/", views_naming.supervisors, name="supervisors"),
    path("supervisors/<int:pk>/end/", views_naming.naming_end, name="naming_end"),
    path("<int:pk>/", views.visit_detail, name="detail"),
    path("<int:pk>/files/<int:file_id>/", views.visit_file, name="file"),
    path("<int:pk>/findings/<int:finding_id>/", views.visit_finding, name="finding"),
    path("<int:pk>/findings/<int:finding_id>/<slug:code>/", views.visit_triage, name="triage"),
]
