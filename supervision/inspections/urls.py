from django.urls import path

from supervision.inspections import views, views_conclusions, views_record

app_name = "inspections"

urlpatterns = [
    path("", views.inspection_list, name="list"),
    path("new/", views.inspection_new, name="new"),
    path("due/<slug:unit>/<slug:period>/", views.inspection_due, name="due"),
    path("conclusions/", views_conclusions.conclusion_list, name="conclusions"),
    path("conclusions/<int:pk>/", views_conclusions.conclusion_detail, name="conclusion"),
    path("conclusions/<int:pk>/paper.<slug:format>", views_conclusions.conclusion_paper, name="paper"),
    path(
        "conclusions/<int:pk>/files/<int:file_id>/", views_conclusions.conclusion_file, name="conclusion_file"
    ),
    path("conclusions/<int:pk>/<slug:code>/", views_conclusions.conclusion_move, name="conclusion_move"),
    path("<int:pk>/", views.inspection_detail, name="detail"),
    path("<int:pk>/plan/", views.inspection_plan, name="plan"),
    path("<int:pk>/choose/", views.inspection_choose, name="choose"),
    path("<int:pk>/draw/", views_record.inspection_draw, name="draw"),
    path("<int:pk>/draws/<int:draw_id>/", views_record.draw_repeat, name="repeat"),
    path("<int:pk>/draws/<int:draw_id>/population.txt", views_record.draw_population, name="population"),
    path("<int:pk>/record.<slug:format>", views.inspection_record, name="record"),
    path("<int:pk>/projects/<int:item_id>/", views_record.item_record, name="item"),
    path("<int:pk>/projects/<int:item_id>/remove/", views.item_remove, name="remove"),
    path("<int:pk>/projects/<int:item_id>/find/", views_record.finding_new, name="find_at"),
    path("<int:pk>/find/", views_record.finding_new, name="find"),
    path("<int:pk>/findings/<int:finding_id>/", views_record.finding_detail, name="finding"),
    path(
        "<int:pk>/findings/<int:finding_id>/files/<int:file_id>/",
        views_record.finding_file,
        name="finding_file",
    ),
    path("<int:pk>/findings/<int:finding_id>/<slug:code>/", views_record.finding_decide, name="decide"),
    path("<int:pk>/<slug:code>/", views.inspection_move, name="move"),
]
