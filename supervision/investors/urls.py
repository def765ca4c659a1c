from django.urls import path

from supervision.investors import entry, office_views, views

app_name = "investors"
urlpatterns = [
    path("i/", entry.by_code, name="code"),
    path("i/<str:text>/", entry.by_link, name="link"),
    path("portal/", views.portal, name="portal"),
    path("portal/password/", views.own_password, name="password"),
    path("portal/projects/<int:pk>/", views.project, name="project"),
    path("portal/projects/<int:pk>/help/", views.ask_help, name="help"),
    path("portal/tickets/<int:pk>/", views.answer, name="answer"),
    path("portal/items/<int:pk>/", views.material, name="material"),
    path("invitations/<int:pk>/", office_views.invitations, name="invitations"),
    path("invitations/<int:pk>/<int:link_id>/back/", office_views.take_back, name="take_back"),
]
