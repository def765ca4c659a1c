"""Reading papers: the supervision ledger (督办台账) with its lights, filters, counts and workbook."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Count, Q, QuerySet
from django.utils.translation import override

from accounts.clock import local_date
from accounts.notify import STORED_LANGUAGE
from accounts.permissions import PERMISSIONS
from accounts.scope import current_postings
from documents import Column, Document, Table
from policy.lights import Light
from policy.services import current_calendar, working_days_left
from supervision.letters.evidence import PARTY_WORDS
from supervision.letters.models import DRAFT, SIGN, PaperState, SupervisionPaper
from supervision.matters.clocks import light_q, matter_light, thresholds
from supervision.matters.models import OPEN_STATES, Matter, MatterState

MOST_ROWS = 5000
FRESH = (PaperState.DRAFT, PaperState.SIGNED)


@dataclass(frozen=True, slots=True)
class Row:
    """A paper as lists show it: the light of its matter once issued. `words` replace the light's own."""

    paper: SupervisionPaper
    light: Light
    days_left: int | None
    words: str


def listed(user: Any) -> QuerySet[SupervisionPaper]:
    """Papers the person sees: newest issued first, drafts on top."""
    rows = SupervisionPaper.objects.visible_to(user).select_related(
        "unit", "addressee", "department", "project", "matter", "drafted_by", "signed_by"
    )
    return rows.defer("document", "evidence", "problem", "overview").order_by("-drafted_at", "-pk")


def rows_of(papers: Iterable[SupervisionPaper], on: date) -> list[Row]:
    bounds, calendar, found = thresholds(on), current_calendar(), []
    for paper in papers:
        matter = paper.matter
        if matter is None or paper.state != PaperState.ISSUED:
            found.append(Row(paper, Light.NONE, None, str(paper.get_state_display())))
            continue
        runs = matter.is_open and matter.state != MatterState.ANSWERED
        words = "" if runs else str(matter.get_state_display())
        found.append(
            Row(
                paper,
                matter_light(matter, bounds),
                working_days_left(matter.due_on, on, calendar) if runs else None,
                words,
            )
        )
    return found


def filtered(rows: Any, wanted: dict[str, Any], user: Any, on: date) -> Any:
    """Rows narrowed by the filter form's values; everything may be empty."""
    if q := (wanted.get("q") or "").strip():
        rows = rows.filter(
            Q(number__icontains=q)
            | Q(title__icontains=q)
            | Q(project__name__icontains=q)
            | Q(addressee__name__icontains=q)
            | Q(department__name__icontains=q)
        )
    if wanted.get("kind"):
        rows = rows.filter(kind=wanted["kind"])
    if wanted.get("unit"):
        rows = rows.filter(unit=wanted["unit"])
    if year := wanted.get("year"):
        rows = rows.filter(number_year=year)
    return rows.filter(shown_q(wanted.get("show", ""), user, on))


def shown_q(show: str, user: Any, on: date) -> Q:
    """The saved views over the ledger."""
    issued = Q(state=PaperState.ISSUED)
    match show:
        case "mine":
            return mine_q(user)
        case "draft":
            return Q(state=PaperState.DRAFT)
        case "signed":
            return Q(state=PaperState.SIGNED)
        case "open":
            return issued & Q(matter__state__in=OPEN_STATES)
        case "answered":
            return issued & Q(matter__state=MatterState.ANSWERED)
        case "late":
            bounds = thresholds(on)
            late = light_q(Light.RED, bounds) | light_q(Light.AMBER, bounds)
            return issued & Q(matter__in=Matter.objects.filter(late))
        case "closed":
            return issued & Q(matter__state=MatterState.CLOSED)
        case "listed":
            return issued & Q(matter__listed_on__isnull=False, matter__unlisted_on=None)
        case "withdrawn":
            return Q(state=PaperState.WITHDRAWN)
    return Q()


def mine_q(user: Any) -> Q:
    """What waits for this person: drafts to sign (not their own words), signed ones to issue, drafts returned."""
    found = Q(pk__in=[])
    for posting in current_postings(user):
        held = PERMISSIONS[posting.role]
        if SIGN in held:
            others = ~Q(edited_by_id=user.pk) & (Q(edited_by__isnull=False) | ~Q(drafted_by_id=user.pk))
            found |= Q(unit_id=posting.division_id, state=PaperState.DRAFT, returned_reason="") & others
        if DRAFT in held:
            found |= Q(unit_id=posting.division_id, state=PaperState.SIGNED)
            found |= Q(unit_id=posting.division_id, state=PaperState.DRAFT, drafted_by_id=user.pk) & ~Q(
                returned_reason=""
            )
    return found


def counts(user: Any, on: date) -> dict[str, int]:
    """How many of each saved view, in one statement."""
    names = ("mine", "draft", "signed", "open", "answered", "late", "closed", "listed", "withdrawn")
    found: dict[str, int] = (
        SupervisionPaper.objects.visible_to(user)
        .order_by()
        .aggregate(all=Count("pk"), **{name: Count("pk", filter=shown_q(name, user, on)) for name in names})
    )
    return found


COLUMNS = (
    Column("n", "序号", 5, align="center"),
    Column("number", "发文字号", 20),
    Column("kind", "文种", 10),
    Column("unit", "制发单位", 14),
    Column("to", "督办对象", 22),
    Column("project", "项目", 26),
    Column("title", "督办事由", 34),
    Column("party", "延误责任方", 9),
    Column("due", "承诺或计划日期", 11, kind="date"),
    Column("organ", "行政机关", 8, group="用时（工作日）", kind="integer"),
    Column("enterprise", "企业", 8, group="用时（工作日）", kind="integer"),
    Column("late", "逾期", 8, group="用时（工作日）", kind="integer"),
    Column("signer", "签发人", 9),
    Column("issued", "印发日期", 11, kind="date"),
    Column("limit", "办结时限", 11, kind="date"),
    Column("first", "原定时限", 11, kind="date"),
    Column("received", "签收日期", 11, kind="date"),
    Column("answered", "反馈日期", 11, kind="date"),
    Column("closed", "销号日期", 11, kind="date"),
    Column("listed", "挂牌", 7),
    Column("state", "状态", 16),
    Column("matter", "督办事项编号", 20),
    Column("note", "撤回原因", 20),
)


def ledger(rows: Any, heading: str, on: date) -> Document:
    """The ledger as a sheet of exactly these rows; Chinese, like every official table."""
    with override(STORED_LANGUAGE):
        papers = rows.defer(None).defer("document", "problem", "overview")[:MOST_ROWS]
        lines = tuple(_line(number, paper) for number, paper in enumerate(papers, 1))
        notes = (f"共 {len(lines)} 件，截至 {on.isoformat()}。",)
        if len(lines) == MOST_ROWS:
            notes = (f"本表只列前 {MOST_ROWS} 件，请按条件筛选后分次导出。",)
        table = Table("督办台账", COLUMNS, lines, notes=notes, landscape=True)
        return Document(kind="sheet", title=heading, blocks=(table,), date=on, draft=False)


def _line(number: int, paper: SupervisionPaper) -> dict[str, Any]:
    told, matter = paper.evidence, paper.matter
    return {
        "n": str(number),
        "number": paper.number or "（未编号）",
        "kind": str(paper.get_kind_display()),
        "unit": paper.unit.name,
        "to": paper.addressed_name,
        "project": paper.project.name if paper.project else "",
        "title": paper.title,
        "party": PARTY_WORDS.get(paper.party, "") if paper.party else "",
        "due": date.fromisoformat(told["due_on"]) if told.get("due_on") else None,
        "organ": told.get("organ_days"),
        "enterprise": told.get("enterprise_days"),
        "late": told.get("late_days"),
        "signer": paper.signed_by.get_full_name() if paper.signed_by else "",
        "issued": paper.issued_on,
        "limit": matter.due_on if matter else paper.due_on,
        "first": matter.first_due_on if matter and matter.is_extended else None,
        "received": _day(matter.received_at) if matter else None,
        "answered": _day(matter.answered_at) if matter else None,
        "closed": _day(matter.closed_at) if matter else None,
        "listed": "挂牌" if matter and matter.is_listed else "",
        "state": str(
            matter.get_state_display()
            if matter and paper.state == PaperState.ISSUED
            else paper.get_state_display()
        ),
        "matter": matter.number if matter else "",
        "note": paper.withdraw_reason,
    }


def _day(at: Any) -> date | None:
    return local_date(at) if at else None
