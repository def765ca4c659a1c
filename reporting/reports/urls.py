from django.urls import path

from reporting.reports import views

app_name = "reports"
urlpatterns = [
    path("", views.report_list, name="list"),
    path("compile/", views.compile_now, name="compile"),
    path("of/<str:unit>/<str:period>/", views.report_of_unit, name="of_unit"),
    path("<int:pk>/", views.report_detail, name="detail"),
    path("<int:pk>/rows/<slug:figure>/", views.report_rows, name="rows"),
    path("<int:pk>/pressed/", views.report_pressed, name="pressed"),
    path("<int:pk>/edit/", views.report_edit, name="edit"),
    path("<int:pk>/settle/", views.report_settle, name="settle"),
    path("<int:pk>/anew/", views.report_anew, name="anew"),
    path("<int:pk>/circular/", views.report_circular, name="circular"),
    path("<int:pk>/export.<slug:format>", views.report_export, name="export"),
]
