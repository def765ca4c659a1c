from django.urls import path

from approvals.landing import landing

app_name = "approvals"

urlpatterns = [path("", landing, name="home")]
