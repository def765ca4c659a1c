from django.urls import path

from supervision.meetings import calendar_views, views

app_name = "meetings"

urlpatterns = [
    path("", calendar_views.month, name="calendar"),
    path("list/", calendar_views.meeting_list, name="list"),
    path("due/", calendar_views.due, name="due"),
    path("attendance/", calendar_views.attendance, name="attendance"),
    path("feed/", calendar_views.feed_page, name="feed_page"),
    path("feed/new/", calendar_views.feed_issue, name="feed_issue"),
    path("feed/revoke/", calendar_views.feed_revoke, name="feed_revoke"),
    path("feed/<str:token>.ics", calendar_views.feed_file, name="feed"),
    path("new/", views.meeting_new, name="new"),
    path("<int:pk>/", views.meeting_detail, name="detail"),
    path("<int:pk>/edit/", views.meeting_edit, name="edit"),
    path("<int:pk>/record/", views.meeting_record, name="record"),
    path("<int:pk>/event.ics", views.meeting_ics, name="ics"),
    path("<int:pk>/minutes.<str:format>", views.meeting_minutes, name="minutes"),
    path("<int:pk>/files/<int:file_id>/", views.meeting_file, name="file"),
    path("<int:pk>/do/<slug:code>/", views.meeting_do, name="do"),
]
