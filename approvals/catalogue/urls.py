from django.urls import path

from approvals.catalogue import views

app_name = "catalogue"

urlpatterns = [
    path("", views.catalogue_home, name="home"),
    path("draft/", views.catalogue_draft, name="draft"),
    path("<int:pk>/", views.catalogue_version, name="version"),
    path("<int:pk>/export/", views.catalogue_export, name="export"),
    path("<int:pk>/import/", views.catalogue_import, name="import"),
    path("<int:pk>/publish/", views.catalogue_publish, name="publish"),
    path("<int:pk>/discard/", views.catalogue_discard, name="discard"),
    path("<int:pk>/new/", views.item_new, name="item_new"),
    path("<int:pk>/items/<int:item>/", views.item_detail, name="item"),
    path("<int:pk>/items/<int:item>/edit/", views.item_edit, name="item_edit"),
    path("<int:pk>/items/<int:item>/remove/", views.item_remove, name="item_remove"),
]
