from django.urls import path

from accounts.mail import views as mail
from accounts.views import audit, calendar, divisions, inbox, people, session

app_name = "accounts"

urlpatterns = [
    path("login/", session.sign_in, name="login"),
    path("logout/", session.sign_out, name="logout"),
    path("posting/", session.choose_posting, name="choose_posting"),
    path("password/", session.change_password, name="password_change"),
    path("inbox/", inbox.inbox, name="inbox"),
    path("inbox/read/", inbox.inbox_read_all, name="inbox_read_all"),
    path("inbox/<int:pk>/", inbox.inbox_open, name="inbox_open"),
    path("inbox/mail/", mail.mail_choice, name="mail_choice"),
    path("inbox/mail/again/", mail.mail_again, name="mail_again"),
    path("mail/confirm/<str:text>/", mail.mail_confirm, name="mail_confirm"),
    path("mail/end/<str:text>/", mail.mail_end, name="mail_end"),
    path("people/", people.people_list, name="people"),
    path("people/new/", people.person_add, name="person_add"),
    path("people/<int:pk>/", people.person_detail, name="person"),
    path("people/<int:pk>/postings/new/", people.posting_add, name="posting_add"),
    path("people/<int:pk>/password/", people.password_reset, name="password_reset"),
    path("people/<int:pk>/disable/", people.person_disable, name="person_disable"),
    path("people/<int:pk>/enable/", people.person_enable, name="person_enable"),
    path("postings/<int:pk>/end/", people.posting_end, name="posting_end"),
    path("divisions/", divisions.division_list, name="divisions"),
    path("divisions/<str:code>/", divisions.division_detail, name="division"),
    path("divisions/<str:code>/departments/new/", divisions.department_add, name="department_add"),
    path("departments/<int:pk>/end/", divisions.department_end, name="department_end"),
    path("calendar/", calendar.calendar, name="calendar"),
    path("calendar/notice/", calendar.calendar_notice, name="calendar_notice"),
    path("audit/", audit.audit_log, name="audit_log"),
    path("audit/<int:pk>/", audit.audit_detail, name="audit_detail"),
]
