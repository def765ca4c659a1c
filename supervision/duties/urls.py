from django.urls import path

from supervision.duties import views

app_name = "duties"

urlpatterns = [
    path("<int:pk>/", views.duty_detail, name="detail"),
    path("<int:pk>/extension/", views.ask_extension, name="ask"),
    path("extensions/<int:pk>/", views.decide_extension, name="decide"),
    path("<int:pk>/exemption/", views.exempt, name="exempt"),
]
