from django.urls import path, re_path

from reporting.disclosure import public_views as views

app_name = "public"
urlpatterns = [
    path("", views.home, name="home"),
    path("circulars/", views.circulars, name="circulars"),
    path("data/", views.open_data, name="data"),
    re_path(
        r"^data/(?P<unit>\d{6,12})-(?P<level>units|counties|departments|feedback)\.(?P<format>csv|json)$",
        views.data_file,
        name="data_file",
    ),
    re_path(r"^places/(?P<publisher>\d{6,12})/(?P<unit>\d{6,12})/$", views.place, name="place"),
    path("log/", views.log, name="log"),
    path("notices/", views.notices, name="notices"),
    re_path(r"^notices/(?P<slug>[0-9a-f]{12})/$", views.notice, name="notice"),
    re_path(r"^(?P<slug>[0-9]{6,12}-[0-9A-Z-]{4,20})/$", views.month, name="month"),
    re_path(
        r"^(?P<slug>[0-9]{6,12}-[0-9A-Z-]{4,20})/departments/(?P<unit>\d{6,12})/$",
        views.departments,
        name="departments",
    ),
    re_path(
        r"^(?P<slug>[0-9]{6,12}-[0-9A-Z-]{4,20})\.(?P<format>docx|pdf|xlsx|json)$",
        views.document,
        name="document",
    ),
]
