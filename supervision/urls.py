from django.urls import path

from supervision.landing import landing

app_name = "supervision"

urlpatterns = [path("", landing, name="home")]
