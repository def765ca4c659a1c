from django.urls import include, path

from supervision.home import views

urlpatterns = [
    path("", views.home, name="home"),
    path("duties/", include("supervision.duties.urls")),
]
