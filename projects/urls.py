from django.urls import path

from projects.views import detail, listing, plan, registry, states, team

app_name = "projects"

urlpatterns = [
    path("", listing.project_list, name="list"),
    path("export/", listing.project_export, name="export"),
    path("new/", registry.project_create, name="create"),
    path("<int:pk>/", detail.project_detail, name="detail"),
    path("<int:pk>/edit/", registry.project_edit, name="edit"),
    path("<int:pk>/file-basic/", registry.file_basic, name="file_basic"),
    path("<int:pk>/plan/", plan.project_plan, name="plan"),
    path("<int:pk>/key-points/", detail.project_milestones, name="milestones"),
    path("<int:pk>/pause/", states.project_pause, name="pause"),
    path("<int:pk>/resume/", states.project_resume, name="resume"),
    path("<int:pk>/end/", states.project_end, name="end"),
    path("<int:pk>/team/", team.project_team, name="team"),
    path("<int:pk>/team/<int:assignment>/end/", team.team_end, name="team_end"),
    path("<int:pk>/tab/<slug:code>/", detail.project_tab, name="tab"),
    path("<int:pk>/history/", detail.project_history, name="history"),
    path("<int:pk>/flow/", detail.project_flow, name="flow"),
]
