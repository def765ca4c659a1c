from django.urls import path

from projects.assessments import views as assessments
from projects.plans import views as plans
from projects.promises import arrears_views as arrears
from projects.promises import replan_views as replans
from projects.promises import views as promises
from projects.transfers import merge_views as merges
from projects.transfers import views as transfers
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
    path("<int:pk>/prolong/", states.project_prolong, name="prolong"),
    path("<int:pk>/end/", states.project_end, name="end"),
    path("<int:pk>/team/", team.project_team, name="team"),
    path("<int:pk>/team/<int:assignment>/end/", team.team_end, name="team_end"),
    path("<int:pk>/tab/<slug:code>/", detail.project_tab, name="tab"),
    path("<int:pk>/history/", detail.project_history, name="history"),
    path("<int:pk>/flow/", detail.project_flow, name="flow"),
    path("plan-changes/", plans.change_list, name="plan_changes"),
    path("<int:pk>/plan-changes/new/", plans.change_ask, name="plan_change_ask"),
    path("plan-changes/<int:pk>/", plans.change_detail, name="plan_change"),
    path("plan-changes/<int:pk>/withdraw/", plans.change_withdraw, name="plan_change_withdraw"),
    path("plan-changes/<int:pk>/file/", plans.change_file, name="plan_change_file"),
    path("transfers/", transfers.transfer_list, name="transfers"),
    path("<int:pk>/transfer/", transfers.transfer_ask, name="transfer_ask"),
    path("transfers/<int:pk>/", transfers.transfer_detail, name="transfer"),
    path("transfers/<int:pk>/withdraw/", transfers.transfer_withdraw, name="transfer_withdraw"),
    path("transfers/<int:pk>/file/", transfers.transfer_file, name="transfer_file"),
    path("<int:pk>/merge/", merges.merge_choose, name="merge_choose"),
    path("<int:pk>/merge/<int:other>/", merges.merge_compare, name="merge_compare"),
    path("merges/<int:pk>/", merges.merge_detail, name="merge"),
    path("promises/", promises.promise_list, name="promises"),
    path("<int:pk>/promises/new/", promises.promise_new, name="promise_new"),
    path("promises/<int:pk>/keep/", promises.promise_keep, name="promise_keep"),
    path("promises/<int:pk>/break/", promises.promise_break, name="promise_break"),
    path("promises/<int:pk>/void/", promises.promise_void, name="promise_void"),
    path("promises/<int:pk>/file/", promises.promise_file, name="promise_file"),
    path("promises/<int:pk>/proof/", promises.promise_proof, name="promise_proof"),
    path("arrears/", arrears.arrears_list, name="arrears"),
    path("<int:pk>/arrears/new/", arrears.arrears_new, name="arrears_new"),
    path("arrears/<int:pk>/file/", arrears.arrears_file, name="arrears_file"),
    path("arrears/<int:pk>/replan/", replans.replan_ask, name="replan_ask"),
    path("replans/<int:pk>/", replans.replan_page, name="replan"),
    path("replans/<int:pk>/file/", replans.replan_file, name="replan_file"),
    path("instalments/<int:pk>/pay/", arrears.instalment_pay, name="instalment_pay"),
    path("instalments/<int:pk>/file/", arrears.instalment_file, name="instalment_file"),
    path("assessments/", assessments.assessment_list, name="assessments"),
    path("assessments/new/", assessments.assessment_new, name="assessment_new"),
    path("assessments/<int:pk>/", assessments.assessment_detail, name="assessment"),
    path("assessments/<int:pk>/void/", assessments.assessment_void, name="assessment_void"),
    path("assessments/<int:pk>/file/", assessments.assessment_file, name="assessment_file"),
]
