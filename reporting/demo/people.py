"""Accounts of the demo province: the four offices of the main journey and one person for every other role."""

from datetime import date
from typing import Any

from django.contrib.auth.hashers import make_password

from accounts.models import Department, Division, Posting, User
from accounts.permissions import Role

OFFICE = "business_environment"
# user name, person, role, division, department code, job title
PEOPLE = [
    ("office-230000", "韩立群", Role.COMPETENT_OFFICE, "230000", OFFICE, "项目处 主任科员"),
    ("head-230000", "宋志远", Role.OFFICE_HEAD, "230000", OFFICE, "副局长"),
    ("auditor-230000", "罗秀英", Role.AUDITOR, "230000", OFFICE, "安全审计员"),
    ("admin-230000", "唐海涛", Role.ADMINISTRATOR, "230000", OFFICE, "系统管理员"),
    ("office-230600", "徐建华", Role.COMPETENT_OFFICE, "230600", OFFICE, "项目科"),
    ("head-230600", "高国梁", Role.OFFICE_HEAD, "230600", OFFICE, "局长"),
    ("office-230622", "孙丽娟", Role.COMPETENT_OFFICE, "230622", OFFICE, "综合股"),
    ("head-230622", "刘振东", Role.OFFICE_HEAD, "230622", OFFICE, "局长"),
    ("discipline-230000", "邢国柱", Role.DISCIPLINE_OFFICE, "230000", "discipline", "党风政风监督室"),
    ("discipline-230600", "马文清", Role.DISCIPLINE_OFFICE, "230600", "discipline", "第三纪检监察室"),
    ("discipline-230622", "许德江", Role.DISCIPLINE_OFFICE, "230622", "discipline", "信访室"),
    ("office-230621", "赵振国", Role.COMPETENT_OFFICE, "230621", OFFICE, "综合股"),
    ("promotion-230622", "郑文博", Role.PROMOTION_OFFICE, "230622", "commerce", "招商股"),
    ("lead-230622", "王立新", Role.LEAD_DEPARTMENT, "230622", "industry_information", "局长"),
    ("officer-230622", "赵志强", Role.CHIEF_SERVICE_OFFICER, "230622", "industry_information", "副局长"),
    ("specialist-230622", "高凤霞", Role.SERVICE_SPECIALIST, "230622", "housing", "审批股"),
    ("leader-230622", "陈国梁", Role.PACKAGE_LEADER, "230622", "", "县委常委、副县长"),
    ("supervisor-230622", "周雪松", Role.INVITED_SUPERVISOR, "230622", "", "县政协委员"),
    ("investor-230622", "梁宏伟", Role.INVESTOR, "230622", "", "湖北蕲艾科技集团 项目经理"),
]
SINCE = date(2024, 1, 1)


def ensure_people(password: str) -> list[tuple[User, str]]:
    """Make missing accounts and postings; the password of all demo accounts becomes `password`."""
    encoded = make_password(password)
    users: list[tuple[User, str]] = []
    for username, name, role, division, department, title in PEOPLE:
        user, made = User.objects.get_or_create(
            username=username, defaults={"full_name": name, "phone": "0000-0000000", "password": encoded}
        )
        if not made and not user.check_password(password):
            user.password = encoded
            user.save(update_fields=["password"])
        Posting.objects.get_or_create(
            user=user,
            role=role,
            division_id=division,
            defaults={
                "department": Department.objects.filter(division_id=division, code=department).first(),
                "title": title,
                "valid_from": SINCE,
            },
        )
        users.append((user, role))
    return users


def account_lines(users: list[tuple[User, str]]) -> list[str]:
    """One line per account for the person who started the demo."""
    names: dict[str, Any] = dict(Role.choices)
    divisions = dict(Division.objects.values_list("code", "name"))
    postings = dict(Posting.objects.values_list("user_id", "division_id"))
    return [
        f"  {u.username:<20} {divisions[postings[u.pk]]} {names[role]} {u.full_name}" for u, role in users
    ]
