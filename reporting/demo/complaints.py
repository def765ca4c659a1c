"""Complaints about units of 肇源县 and 大庆市 in the demo: named and anonymous, on their way, answered, contested."""

from datetime import date, datetime
from typing import Any

from accounts.clock import at_hour
from accounts.models import Department, Division
from policy.calendar import WorkCalendar
from supervision.complaints import handling, receiving, words
from supervision.complaints.models import Complaint
from supervision.complaints.receiving import Said

COUNTY = "230622"
# working days ago, unit, kind, how far it goes, what happened, version for the unit
CASES = [
    (1, "natural_resources", "delay", "received",
     "9 月 14 日在政务大厅 6 号窗口申请规划核实，先后两次去问，都说领导没签字，没有告知还差什么材料。", ""),
    (4, "housing", "repeat", "assigned",
     "施工许可已交过两次法人身份证明和中标通知书，这次又要求重新交一遍，说上次的找不到了。",
     "反映办理施工许可时重复要求提交已交过的材料。"),
    (24, "market_regulation", "attitude", "replied",
     "到窗口咨询变更登记需要什么材料，工作人员让自己上网查，没有一次性告知，态度生硬。",
     "反映窗口咨询未一次性告知，态度生硬。"),
    (40, "power_supply", "promise", "closed",
     "答应 8 月底前接通施工用电，到 9 月中旬还没有人到现场勘查，工地只能租发电机。",
     "反映施工用电未按承诺时间接通。"),
    (18, "water", "delay", "called",
     "取水许可材料交齐一个多月没有消息，打电话问窗口，每次都说再等等，没有书面答复。",
     "反映取水许可材料交齐后长期没有答复。"),
    (34, "commerce", "promise", "again",
     "签约时答应协调的厂区道路照明一直没有装，问了三次，每次都说已经报上去了。",
     "反映签约时答应协调的厂区道路照明未兑现。"),
]  # fmt: skip

# About bureaus of cities, sorted by the province; enough of one month for the public figures to hold some:
# working days ago, city, unit, kind, satisfied, what happened, version for the unit
OF_CITIES = [
    (52, "230100", "natural_resources", "delay", True,
     "规划条件申请交上去一个多月，多次询问都说在会签，没有书面答复。", "反映规划条件办理时间过长。"),
    (50, "230100", "housing", "repeat", True,
     "办施工许可时同一份图审合格书交了两次，窗口说系统里查不到。", "反映重复要求提交图审合格书。"),
    (48, "230100", "market_regulation", "attitude", False,
     "咨询食品生产许可的现场核查安排，工作人员说不清楚就挂断电话。", "反映电话咨询答复不清。"),
    (47, "230200", "housing", "delay", True,
     "消防验收备案提交后十五天没有受理，也没有说缺什么材料。", "反映消防验收备案未及时受理。"),
    (46, "230200", "power_supply", "promise", True,
     "书面承诺八月底完成外线接入，到九月中旬仍未开工，设备无法调试。", "反映外线接入未按承诺完成。"),
    (45, "230200", "natural_resources", "repeat", True,
     "不动产登记要求再交一次已经提交过的宗地图，往返三次。", "反映重复提交宗地图。"),
    (44, "231000", "housing", "delay", False,
     "施工图审查意见返回以后，两周没有人联系我们说明怎么修改。", "反映图审意见没有及时说明。"),
]  # fmt: skip


def write_complaints(users: dict[str, Any], *, today: date, calendar: WorkCalendar) -> int:
    """Write through the services, each step on a working day of its own; return how many complaints there are."""
    if Complaint.objects.exists():
        return Complaint.objects.count()
    home, office = Division.objects.get(pk=COUNTY), users["office-230600"]

    def when(days: int) -> datetime:
        return at_hour(calendar.add(today, -max(days, 0)), 10)

    for number, (days, code, kind, end, text, summary) in enumerate(CASES):
        unit = Department.objects.get(division=home, code=code)
        who = {"name": "梁宏伟", "phone": "0000-0000000"} if number % 2 else {}
        said = Said(division=home, department=unit, kind=kind, text=text, **who)
        token, at = f"demo-{number}", when(days)
        if end == "called":
            row = receiving.enter_for_caller(said=said, token=token, by=office, at=at).complaint
        else:
            row = receiving.receive(said=said, token=token, at=at).complaint
        if end != "received":
            _go_on(row, end, summary, days, office, when)
    _of_cities(users["office-230000"], when)
    return Complaint.objects.count()


def _of_cities(office: Any, when: Any) -> None:
    for number, (days, city, code, kind, satisfied, text, summary) in enumerate(OF_CITIES):
        home = Division.objects.get(pk=city)
        unit = Department.objects.get(division=home, code=code)
        said = Said(division=home, department=unit, kind=kind, text=text)
        row = receiving.receive(said=said, token=f"demo-city-{number}", at=when(days)).complaint
        _go_on(row, "closed", summary, days, office, when, satisfied=satisfied)


def _go_on(
    row: Complaint, end: str, summary: str, days: int, office: Any, when: Any, *, satisfied: bool = True
) -> None:
    handling.accept(complaint=row, by=office, at=when(days - 1))
    handling.assign(complaint=row, summary=summary, by=office, at=when(days - 2))
    if end == "assigned":
        words.say(complaint=row, text="请补充一下上次交材料的大概日期。", by=office, at=when(days - 2))
        return
    handling.finish(
        complaint=row, outcome="true", finding="情况属实，已当面纠正并补办。", by=office, at=when(days - 9)
    )
    reply = "您反映的情况属实，责任单位已整改。感谢监督。"
    handling.reply(complaint=row, text=reply, by=office, at=when(days - 10))
    if end == "closed":
        handling.close(complaint=row, satisfied=satisfied, at=when(days - 12))
    elif end == "called":
        at = when(days - 11)
        handling.say_by_phone(
            complaint=row, satisfied=True, call_with="self", call_on=at.date(), call_note="来电人说已收到书面答复，表示认可。",
            by=office, at=at,
        )  # fmt: skip
    elif end == "again":
        handling.contest(complaint=row, text="答复说已整改，但照明到现在还是没有装。", at=when(days - 12))
        handling.assign(
            complaint=row,
            summary=summary,
            same_why="承诺由本局协调，其他单位不掌握情况。",
            by=office,
            at=when(days - 13),
        )
        handling.finish(
            complaint=row, outcome="partly_open", finding="照明确未安装，已列入 12 月施工安排。", by=office,
            at=when(days - 25),
        )  # fmt: skip
        again = "经再次核实，照明确未安装，已责成承办单位列入 12 月施工安排，完成后电话告知您。"
        handling.reply(complaint=row, text=again, by=office, at=when(days - 26))
