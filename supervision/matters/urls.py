from django.urls import path

from supervision.matters import views

app_name = "matters"

urlpatterns = [
    path("", views.matter_list, name="list"),
    path("new/", views.matter_new, name="new"),
    path("export/", views.matter_export, name="export"),
    path("<int:pk>/", views.matter_detail, name="detail"),
    path("<int:pk>/files/<int:file_id>/", views.matter_file, name="file"),
    path("<int:pk>/<slug:code>/", views.matter_move, name="move"),
]
