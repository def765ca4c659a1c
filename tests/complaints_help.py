"""Complaints for the tests: who there is, one taken, one given to a handler, one answered."""

from accounts.models import Department, Division
from accounts.permissions import Role
from supervision.complaints import (
    handling,
    receiving,
)
from supervision.complaints.receiving import Said
from tests import build

AT = build.at("2026-10-23 09:42")  # a Friday
NAME, PHONE, MARK = "欧阳暮雪", "13904521987", "机密原文"
TEXT = f"{MARK}：9 月 14 日在 6 号窗口申请规划核实，我叫{NAME}，电话{PHONE}，两次去问都说领导没签字。"
SUMMARY = "反映某事项申请规划核实后长期未办结，也未一次性告知缺少的材料。"
REPLY = "经核实情况属实，有关手续已于今日补办完毕，向您致歉。"
CONTEST = "到今天还是没有给我办好，请再查一次。"
SAME = "其他单位没有这项职能。"  # why the handler of the first round handles the second one
tokens = iter(range(1_000_000))


def department(code="housing", division="230622"):
    return Department.objects.get(division_id=division, code=code)


def take(code="housing", division="230622", at=AT, **changes):
    said = {
        "division": Division.objects.get(pk=division),
        "department": department(code, division) if code else None,
        "kind": "delay",
        "text": TEXT,
        "name": NAME,
        "phone": PHONE,
    }
    return receiving.receive(said=Said(**(said | changes)), token=f"form-{next(tokens)}", at=at)


def cast():
    return {
        **build.cast(),
        "city_head": build.user("t-city-head", Role.OFFICE_HEAD, "230600"),
        "unit": build.user("t-unit", Role.SERVICE_SPECIALIST, "230622", department="housing"),
        "other": build.user("t-other", Role.SERVICE_SPECIALIST, "230622", department="water"),
        "discipline": build.user("t-discipline", Role.DISCIPLINE_OFFICE, "230600"),
    }


def given(people, complaint, handler="water", **changes):
    handling.accept(complaint=complaint, by=people["city"], at=AT)
    values = {"summary": SUMMARY, "handler": department(handler) if handler else None} | changes
    return handling.assign(complaint=complaint, by=people["city"], at=AT, **values)


def answered(people, complaint):
    given(people, complaint)
    finish(complaint=complaint, outcome="true", finding="已补办", by=people["other"], at=AT)
    return handling.reply(complaint=complaint, text=REPLY, by=people["city"], at=AT)


def finish(**values):
    """The finding on the day of the assignment: the unit still had time for its statement."""
    return handling.finish(**({"no_wait": "已当面核实"} | values))
