from django.urls import path

from supervision.warnings import views

app_name = "warnings"

urlpatterns = [
    path("", views.warning_list, name="list"),
    path("export/", views.warning_export, name="export"),
    path("<int:pk>/", views.warning_detail, name="detail"),
    path("digests/<int:pk>/", views.warning_digest, name="digest"),
]
