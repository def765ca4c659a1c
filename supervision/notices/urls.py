from django.urls import path

from supervision.notices import views

app_name = "notices"
urlpatterns = [
    path("", views.notice_list, name="list"),
    path("new/", views.new, name="new"),
    path("<int:pk>/", views.detail, name="detail"),
    path("<int:pk>/edit/", views.edit, name="edit"),
    path("<int:pk>/publish/", views.publish, name="publish"),
    path("<int:pk>/discard/", views.discard, name="discard"),
    path("<int:pk>/withdraw/", views.withdraw, name="withdraw"),
    path("<int:pk>/release/", views.release, name="release"),
    path("<int:pk>/return/", views.send_back, name="return"),
    path("<int:pk>/read/", views.read, name="read"),
    path("<int:pk>/files/<int:file_id>/", views.file, name="file"),
]
