from django.urls import path

from accounts.sections import landing

app_name = "supervision"

urlpatterns = [path("", landing("supervision"), name="home")]
