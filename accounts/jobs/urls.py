from django.urls import path

from accounts.jobs import views

app_name = "jobs"

urlpatterns = [
    path("", views.job_list, name="list"),
    path("<slug:kind>/run/", views.job_rerun, name="rerun"),
]
