from django.urls import path

from accounts.sections import landing

app_name = "approvals"

urlpatterns = [path("", landing("approvals"), name="home")]
