from django.urls import path

from supervision.referrals import opening, views

app_name = "referrals"

urlpatterns = [
    path("", views.referral_list, name="list"),
    path("new/", opening.referral_new, name="new"),
    path("<int:pk>/", views.referral_detail, name="detail"),
    path("<int:pk>/look/", views.referral_look, name="look"),
    path("<int:pk>/bundles/<int:version>/", views.referral_bundle, name="bundle"),
    path("<int:pk>/files/<int:file_id>/", views.referral_file, name="file"),
    path("<int:pk>/statement/", views.statement, name="statement"),
    path("<int:pk>/statement/files/<int:file_id>/", views.statement_file, name="statement_file"),
    path("<int:pk>/<slug:code>/", views.referral_move, name="move"),
]
