from django.urls import path

from approvals.mandates import views

app_name = "mandates"

urlpatterns = [
    path("", views.mandate_list, name="list"),
    path("new/<int:project_id>/", views.mandate_give, name="give"),
    path("receipts/<int:pk>/", views.receipt_page, name="receipt"),
    path("<int:pk>/", views.mandate_detail, name="detail"),
    path("<int:pk>/file/", views.mandate_file, name="file"),
    path("<int:pk>/paper/", views.mandate_paper, name="paper"),
    path("<int:pk>/<slug:code>/", views.mandate_do, name="do"),
]
