from django.urls import path

from reporting.ledgers.views import attempts, review, units

app_name = "ledgers"

UNIT = "units/<str:code>/"
MONTH = UNIT + "<str:period>/"
ATTEMPT = "attempts/<int:pk>/"
PACKAGE = "packages/<int:pk>/"

urlpatterns = [
    path("", units.home, name="home"),
    path(UNIT, units.unit_page, name="unit"),
    path(MONTH, units.month_page, name="month"),
    path(MONTH + "upload/", units.upload, name="upload"),
    path(MONTH + "online/", units.start_online, name="online"),
    path(MONTH + "nil/", units.nil_report, name="nil"),
    path(MONTH + "prefilled/", units.prefilled, name="prefilled"),
    path(ATTEMPT, attempts.attempt_page, name="attempt"),
    path(ATTEMPT + "save/", attempts.save, name="save"),
    path(ATTEMPT + "rows/<int:row>/", attempts.row_action, name="row"),
    path(ATTEMPT + "explain/", attempts.explain_all, name="explain"),
    path(ATTEMPT + "columns/", attempts.columns, name="columns"),
    path(ATTEMPT + "edit/", attempts.grid, name="grid"),
    path(ATTEMPT + "marked/", attempts.marked, name="marked"),
    path(ATTEMPT + "file/", attempts.original, name="file"),
    path(ATTEMPT + "discard/", attempts.discard, name="discard"),
    path(ATTEMPT + "withdraw/", attempts.withdraw, name="withdraw"),
    path(ATTEMPT + "correct/", attempts.correct, name="correct"),
    path(ATTEMPT + "accept/", review.accept, name="accept"),
    path(ATTEMPT + "return/", review.send_back, name="return"),
    path("cities/<str:code>/<str:period>/", review.city_page, name="city"),
    path("cities/<str:code>/<str:period>/send/", review.send, name="send"),
    path("provinces/<str:code>/<str:period>/", review.province_page, name="province"),
    path(PACKAGE, review.package_page, name="package"),
    path(PACKAGE + "accept/", review.accept_package, name="package_accept"),
    path(PACKAGE + "return/", review.return_package, name="package_return"),
]
