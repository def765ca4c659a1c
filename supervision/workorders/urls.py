from django.urls import path

from supervision.workorders import views

app_name = "workorders"

urlpatterns = [
    path("", views.order_list, name="list"),
    path("export/", views.order_export, name="export"),
    path("new/", views.order_new, name="new"),
    path("rounds/", views.round_list, name="rounds"),
    path("rounds/<int:pk>/", views.round_detail, name="round"),
    path("rounds/<int:pk>/export/", views.round_export, name="round_export"),
    path("<int:pk>/", views.order_detail, name="detail"),
    path("<int:pk>/receive/", views.order_receive, name="receive"),
    path("<int:pk>/document/<slug:format>/", views.order_document, name="document"),
]
