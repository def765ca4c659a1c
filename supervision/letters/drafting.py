"""The words a draft begins with, from the facts; a person edits and another one signs them. Chinese only."""

import re
from datetime import date
from typing import Any

from accounts.models import Department, Division
from documents import chinese_date
from projects.models import ContractKind, Project
from supervision.letters import evidence
from supervision.letters.evidence import ORGAN, Source, Verdict
from supervision.letters.grounds import Ground
from supervision.letters.models import GroundKind, PaperKind, SupervisionPaper, Urgency
from supervision.letters.organs import government_of, kind_for, ladder_rule, organ_of

AUTHORITY = ("authority", "authority_number", "authority_on")
# The days of a ladder are the office's own choice; what the regime's text says is not.
OWN_CHOICE = re.compile("（[^（）]*办公室默认）")
SOURCE_WORDS = {
    GroundKind.ITEM: "审批服务事项办理情况",
    GroundKind.MILESTONE: "关键点完成情况",
    GroundKind.TICKET: "帮办事项办理情况",
    GroundKind.OBLIGATION: "应办任务完成情况",
    GroundKind.PROBLEM: "项目反映的突出问题",
}


def starting_words(ground: Ground, unit: Division, on: date, by: Any) -> dict[str, Any]:
    """Fields of a draft that rests on `ground`, issued by `unit` on about `on`; keys are those of the model."""
    kind = kind_for(unit) or PaperKind.NOTICE
    return {
        "addressee": ground.unit,
        "department": ground.department,
        "title": title_of(ground, kind),
        "addressees": addressed_words(ground.unit, ground.department),
        "copies": _copies(ground, unit),
        "reason": _reason(ground),
        "overview": overview_of(ground.project) if ground.project else "",
        "problem": problem_of(ground.verdict, ground.name, ground.kind) or _reported(ground.project),
        "basis": basis_of(ground, unit, on),
        "demand": _demand(ground),
        "urgency": Urgency.ORDINARY,
        "due_on": None,
        "feedback": (
            "办理结果以单位名义书面反馈，由主要负责同志签字并加盖公章，一事一文，同时在系统中提交。"
            "不能按期办结的，应在办结时限届满前书面申请延期，说明理由、进展和拟办结日期，未经同意的按原时限办理。"
        ),
        "contact_name": by.get_full_name(),
        "contact_phone": by.phone,
        **_authority(unit, kind),
    }  # fmt: skip


def addressed_words(unit: Division, department: Department | None) -> str:
    """主送: the office, or the government where no department is named."""
    return department.name if department else government_of(unit)


def frozen(ground: Ground) -> dict[str, Any]:
    """The evidence as a paper keeps it: the verdict, the name of the ground, the words the facts gave."""
    words = problem_of(ground.verdict, ground.name, ground.kind)
    return ground.verdict.to_json() | {"name": ground.name, "words": words}


def _reported(project: Project | None) -> str:
    """The problem as the ledger reports it, to begin with."""
    return project.problem_text if project is not None else ""


def title_of(ground: Ground, kind: str) -> str:
    """At most 120 characters: a long name of a project is cut, the matter is not."""
    end = "的督办函" if kind == PaperKind.LETTER else "的督办通知"
    late = "逾期未完成" if ground.verdict.late_days else ""
    name = "" if ground.kind == GroundKind.OBLIGATION or ground.project is None else ground.project.name
    about = f"{ground.name}{late}" if name != ground.name else late
    room = 120 - len(end) - len(about) - 2
    if len(name) > room:
        name = f"{name[: max(room - 1, 0)]}…"
    return f"关于{name}{about}{end}"[:120]


def overview_of(project: Project) -> str:
    """投资方、合同额、签约日期、承接地, as far as they are known."""
    who = project.company.name if project.company else project.investor
    parts = [f"{project.name}（项目编号{project.number}）" + (f"由{who}投资建设" if who else "")]
    kind = "协议" if project.contract_kind == ContractKind.AGREEMENT else "合同"
    if project.contract_amount_yuan:
        parts.append(f"{kind}额{_amount(project.contract_amount_yuan)}")
    if project.signed_on:
        parts.append(f"{chinese_date(project.signed_on)}签订{kind}")
    parts.append(f"承接地为{project.division.name}")
    return "，".join(parts) + "。"


def _amount(yuan: int) -> str:
    return f"{yuan / 100_000_000:.2f}亿元" if yuan >= 100_000_000 else f"{yuan / 10_000:.2f}万元"


def problem_of(verdict: Verdict, name: str, kind: str) -> str:
    """The facts: promised day, days late, the two counters, days skipped. Empty for a problem in one's own words."""
    if kind == GroundKind.PROBLEM:
        return ""
    lines = []
    if verdict.due_on:
        done = (
            f"于{chinese_date(verdict.ended_on)}完成"
            if verdict.ended_on
            else f"至{chinese_date(verdict.on)}未完成"
        )
        late = f"，逾期{verdict.late_days}个工作日" if verdict.late_days else ""
        lines.append(f"{name}应于{chinese_date(verdict.due_on)}前完成，{done}{late}。")
    lines += [_counted(source) for source in verdict.sources[:6]]
    if len(verdict.sources) > 6:
        lines.append(f"其余{len(verdict.sources) - 6}项见附件。")
    whose = evidence.PARTY_WORDS[verdict.party]
    lines.append(f"经计时记录认定，延误系{whose}原因。" if verdict.party else f"{verdict.why}。")
    return "\n".join(lines)


def _counted(source: Source) -> str:
    if source.kind == "declared":
        return f"{source.name}：{source.why}。"
    office = f"（{source.office}）" if source.office else ""
    skipped = f"；计时中{'，'.join(source.skipped)}" if source.skipped else ""
    start = f"自{chinese_date(source.start_on)}起，" if source.start_on else ""
    due = f"，时限至{chinese_date(source.due_on)}" if source.due_on else ""
    return f"{source.name}{office}：{start}{source.why}{due}{skipped}。"


def basis_of(ground: Ground, unit: Division, on: date) -> str:
    """The regime's article, then the text the limit itself rests on; empty where the regime names no text."""
    text = ladder_rule(unit, on).basis.text
    article = "" if text.startswith("办公室默认") else OWN_CHOICE.sub("", text).split("：")[0]
    own = ground.basis.split("：")[0] if "《" in ground.basis else ""
    return "；".join(part for part in (article, own) if part)[:300]


def _reason(ground: Ground) -> str:
    words = SOURCE_WORDS[GroundKind(ground.kind)]
    level = {"red": "红灯", "amber": "黄灯"}.get(ground.warning.level, "") if ground.warning else ""
    lit = f"，系统已于{chinese_date(ground.warning.level_since)}亮{level}" if ground.warning and level else ""
    if ground.kind == GroundKind.PROBLEM:
        return "签约项目反映的突出问题未得到解决。"
    if ground.kind == GroundKind.OBLIGATION:
        return f"{ground.unit.name}{words}：{ground.name}未按期完成{lit}。"
    return f"{words}：{ground.name}未按时间节点完成{lit}。"


def _demand(ground: Ground) -> str:
    if ground.kind == GroundKind.PROBLEM:
        return "（一）调查核实有关情况，明确责任单位和责任人。\n（二）依法依规解决问题，在办结时限前书面反馈结果。"
    if ground.verdict.party not in ("", ORGAN):
        others = ("enterprise", "third_party", "higher_level")
        who = evidence.PARTY_WORDS[ground.verdict.party] if ground.verdict.party in others else ""
        return (
            f"（一）{f'会同{who}' if who else ''}查明{ground.name}未按时间节点完成的原因，"
            "协调解决影响进度的问题，在办结时限前推动完成。\n"
            "（二）明确责任单位、责任人和推进措施，属于行政机关办理的事项依法及时办理。\n"
            "（三）按办结时限书面反馈进展和结果。"
        )
    names = [s.name for s in ground.verdict.sources if s.party == ORGAN and s.ended_on is None] or [
        ground.name
    ]
    what = "、".join(names[:4])
    return (
        f"（一）在办结时限前依法办结{what}。\n"
        "（二）查明逾期原因，明确责任单位、责任人和整改措施。\n"
        "（三）举一反三，梳理本单位承办的其他签约项目事项，防止再次逾期。"
    )


def _copies(ground: Ground, unit: Division) -> str:
    """The competent offices between, and the unit's own where a department is addressed."""
    offices = []
    step: Division | None = ground.unit
    while step is not None and step.pk != unit.pk and step.path.startswith(unit.path):
        if step.pk != ground.unit.pk or ground.department is not None:
            offices.append(organ_of(step))
        step = step.parent
    return "，".join(reversed(offices))[:300]


def _authority(unit: Division, kind: str) -> dict[str, Any]:
    """The appointment named in the unit's last letter: it seldom changes."""
    if kind != PaperKind.LETTER:
        return {}
    rows = SupervisionPaper.objects.filter(unit=unit, kind=kind).exclude(authority="").order_by("-pk")
    last = rows.values(*AUTHORITY).first()
    return dict(last) if last else {"authority": government_of(unit)}
