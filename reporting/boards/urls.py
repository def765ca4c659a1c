from django.urls import path

from reporting.boards.views import board, completeness, promises, rates, rows

app_name = "boards"
urlpatterns = [
    path("", board.board, name="board"),
    path("export.xlsx", board.export, name="export"),
    path("rates/", rates.rates, name="rates"),
    path("promises/", promises.promises, name="promises"),
    path("rows/<slug:figure>/", rows.rows, name="rows"),
    path("completeness/", completeness.completeness, name="completeness"),
    path("completeness/<str:unit>/<str:period>/", completeness.cell, name="cell"),
]
