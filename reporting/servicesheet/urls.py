from django.urls import path

from reporting.servicesheet import views

app_name = "servicesheet"

urlpatterns = [
    path("<int:project_id>/", views.show, name="show"),
    path("<int:project_id>/<slug:format>/", views.export, name="export"),
]
