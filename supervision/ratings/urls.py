from django.urls import path

from supervision.ratings import outside_views, views

app_name = "ratings"
urlpatterns = [
    path("r/", outside_views.by_code, name="code"),
    path("r/thanks/", outside_views.thanks, name="thanks"),
    path("r/<str:text>/", outside_views.rate, name="rate"),
    path("r/<str:text>/answer/", outside_views.answer, name="answer"),
    path("portal/ratings/<int:pk>/", views.portal_rate, name="portal"),
    path("ratings/", views.rating_list, name="list"),
    path("ratings/cases/<int:pk>/", views.case_page, name="case"),
    path("ratings/cases/<int:pk>/author/", views.case_author, name="author"),
    path("ratings/cases/<int:pk>/<slug:code>/", views.case_do, name="do"),
    path("ratings/<int:pk>/call/", views.rating_call, name="call"),
    path("ratings/services/", views.chance_list, name="chances"),
    path("ratings/services/<int:pk>/paper/", views.chance_print, name="paper"),
    path("ratings/services/<int:pk>/phone/", views.chance_phone, name="phone"),
]
