from django.urls import path

from reporting.boards.views import board, completeness, promises, rates, rows, supervision

app_name = "boards"
urlpatterns = [
    path("", board.board, name="board"),
    path("export.xlsx", board.export, name="export"),
    path("rates/", rates.rates, name="rates"),
    path("promises/", promises.promises, name="promises"),
    path("rows/<slug:figure>/", rows.rows, name="rows"),
    path("supervision/", supervision.board, name="supervision"),
    path("supervision/export.<slug:format>", supervision.export, name="supervision_export"),
    path("supervision/<slug:kind>/<slug:figure>/", supervision.rows, name="supervision_rows"),
    path("completeness/", completeness.completeness, name="completeness"),
    path("completeness/<str:unit>/<str:period>/", completeness.cell, name="cell"),
]
