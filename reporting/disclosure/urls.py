from django.urls import path

from reporting.disclosure import office_views as views

app_name = "disclosure"
urlpatterns = [
    path("", views.publication_list, name="list"),
    path("<int:pk>/", views.publication_detail, name="detail"),
    path("circulars/<int:pk>/", views.publish, name="publish"),
]
