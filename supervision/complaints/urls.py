from django.urls import path

from supervision.complaints import outside_views, views

app_name = "complaints"
urlpatterns = [
    # for everybody
    path("complaint/", outside_views.write, name="write"),
    path("complaint/done/", outside_views.done, name="done"),
    path("complaint/done/text/", outside_views.done_text, name="done_text"),
    path("complaint/lookup/", outside_views.lookup, name="lookup"),
    path("complaint/status/", outside_views.status, name="status"),
    path("complaint/status/file/<int:position>/", outside_views.status_file, name="status_file"),
    path("complaint/status/<slug:code>/", outside_views.status_do, name="status_do"),
    # in the office
    path("complaints/", views.complaint_list, name="list"),
    path("complaints/export/", views.complaint_export, name="export"),
    path("complaints/new/", views.phone, name="phone"),
    path("complaints/<int:pk>/", views.detail, name="detail"),
    path("complaints/<int:pk>/identity/", views.identity_page, name="identity"),
    path("complaints/<int:pk>/files/<int:position>/", views.file, name="file"),
    path("complaints/<int:pk>/<slug:code>/", views.do, name="do"),
]
