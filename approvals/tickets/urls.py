from django.urls import path

from approvals.tickets import views

app_name = "tickets"

urlpatterns = [
    path("", views.ticket_list, name="list"),
    path("new/<int:project_id>/", views.ticket_open, name="open"),
    path("<int:pk>/", views.ticket_detail, name="detail"),
    path("<int:pk>/message/", views.ticket_message, name="message"),
    path("<int:pk>/files/<int:file_id>/", views.ticket_file, name="file"),
    path("<int:pk>/<slug:code>/", views.ticket_move, name="move"),
]
