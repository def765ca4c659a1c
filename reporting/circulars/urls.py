from django.urls import path

from reporting.circulars import views

app_name = "circulars"
urlpatterns = [
    path("", views.circular_list, name="list"),
    path("<int:pk>/", views.circular_detail, name="detail"),
    path("<int:pk>/edit/", views.circular_edit, name="edit"),
    path("<int:pk>/approve/", views.circular_approve, name="approve"),
    path("<int:pk>/return/", views.circular_return, name="return"),
    path("<int:pk>/issue/", views.circular_issue, name="issue"),
    path("<int:pk>/erratum/", views.circular_erratum, name="erratum"),
    path("<int:pk>/discard/", views.circular_discard, name="discard"),
    path("<int:pk>/export.<slug:format>", views.circular_export, name="export"),
]
