from django.urls import path

from approvals.checklist import views, work

app_name = "checklist"

urlpatterns = [
    path("", work.item_list, name="list"),
    path("window/", work.window, name="window"),
    path("<int:project_id>/make/", views.make, name="make"),
    path("<int:project_id>/add/", views.add, name="add"),
    path("<int:project_id>/flags/", views.flags, name="flags"),
    path("<int:project_id>/flow/", views.flow, name="flow"),
    path("items/<int:pk>/", work.item_detail, name="item"),
    path("items/<int:pk>/give/", work.item_give, name="give"),
    path("items/<int:pk>/files/<int:file_id>/", work.item_file, name="file"),
    path("items/<int:pk>/<slug:code>/", work.item_step, name="step"),
]
