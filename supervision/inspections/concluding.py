"""Conclusions to those inspected (政府督查工作条例 art. 16): sent, signed for, objected to, reviewed (art. 17)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import partial
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import override

from accounts import audit, files, notify
from accounts.clock import local_date
from accounts.errors import DomainError, StaleState
from accounts.models import Department, Division, User
from accounts.notify import STORED_LANGUAGE
from accounts.permissions import roles_with
from accounts.scope import current_postings, own_departments, posted_at, postings_with
from approvals.tickets.clocks import deadline_from
from documents import chinese_date
from policy.periods import Period
from supervision.inspections import evidence, pressing
from supervision.inspections.models import (
    ANSWER,
    MAKE,
    Conclusion,
    ConclusionFile,
    ConclusionState,
    FindingAction,
    Inspection,
    ItemResult,
)
from supervision.inspections.moving import require_maker, required, tell

OBJECTION, DECISION = "inspection_objection", "inspection_decision"
S = ConclusionState


@dataclass(frozen=True, slots=True)
class Addressee:
    """Whom a conclusion goes to: a unit below, or a department of the inspecting unit itself."""

    unit: Division
    department: Department | None = None

    @property
    def key(self) -> str:
        return f"d{self.department.pk}" if self.department else f"u{self.unit.pk}"

    @property
    def name(self) -> str:
        return self.department.name if self.department else self.unit.name


def addressees(inspection: Inspection) -> list[Addressee]:
    """Each other unit that was inspected or has a finding; of the own unit, each department with a finding."""
    found: dict[str, Addressee] = {}
    for item in (
        inspection.items.exclude(unit_id=inspection.unit_id).select_related("unit").order_by("unit_id")
    ):
        one = Addressee(item.unit)
        found.setdefault(one.key, one)
    for finding in inspection.findings.select_related("unit", "department").order_by(
        "unit_id", "department_id"
    ):
        if finding.unit_id != inspection.unit_id:
            one = Addressee(finding.unit)
        elif finding.department is not None:
            one = Addressee(finding.unit, finding.department)
        else:
            continue
        found.setdefault(one.key, one)
    return list(found.values())


def compose(inspection: Inspection, addressee: Addressee) -> str:
    """The proposed words: what was looked at, what was found, what has to be done. An official text, in Chinese."""
    own = addressee.department is not None
    items = inspection.items.select_related("project")
    rows = [] if own else list(items.filter(unit=addressee.unit))
    findings = inspection.findings.filter(unit=addressee.unit)
    if own:
        findings = findings.filter(department=addressee.department)
    label = Period.parse(inspection.period).label
    lines = [f"{label}，{inspection.unit.name}开展了“{inspection.title}”。"]
    if rows:
        clear = sum(row.result == ItemResult.CLEAR for row in rows)
        problem = sum(row.result == ItemResult.PROBLEM for row in rows)
        lines.append(f"共检查你单位项目{len(rows)}个，未发现问题{clear}个，发现问题{problem}个。")
    for number, finding in enumerate(findings.select_related("department", "item__project"), 1):
        name = f"{finding.item.project.name}：" if finding.item else ""
        who = f"责任部门：{finding.department.name}。" if finding.department else ""
        if finding.action == FindingAction.NOTED:
            demand = f"处理：不要求整改，{_bare(finding.note)}"
        else:
            limit = f"，{chinese_date(finding.due_on)}前办结" if finding.due_on else ""
            demand = f"整改要求：{_bare(finding.requirement)}{limit}"
        lines.append(f"{number}. {name}{_bare(finding.fact)}（{finding.place}）。{who}{demand}。")
    if len(lines) < 3 and not findings.exists():
        lines.append("未发现需要整改的问题。")
    return "\n".join(lines)


def _bare(text: str) -> str:
    """Without the full stop at its end: the sentence goes on."""
    return text.strip().rstrip("。；;.")


def send_all(inspection: Inspection, texts: Mapping[str, str], *, by: Any, at: datetime) -> int:
    """One conclusion for each addressee, inside the caller's transaction; each hears of it by inbox."""
    rows = []
    for one in addressees(inspection):
        text = required(
            texts.get(one.key) or compose(inspection, one), "text_missing",
            _("Write the conclusion for %(name)s.") % {"name": one.name}, f"text_{one.key}",
        )  # fmt: skip
        rows.append(
            Conclusion.objects.create(
                inspection=inspection, unit=one.unit, department=one.department, text=text, sent_by=by, sent_at=at,
                **one.unit.codes,
            )
        )  # fmt: skip
    audit.record_many(
        [audit.entry("inspection_conclusion_sent", target=row, after={"to": row.addressee}) for row in rows],
        by=by, at=at,
    )  # fmt: skip
    for row in rows:
        transaction.on_commit(partial(_tell_sent, row, at))
    return len(rows)


def is_addressee(user: Any, conclusion: Conclusion) -> bool:
    """Whether the user acts for the unit or the department it was sent to."""
    if conclusion.department_id:
        return any(
            posting.department_id == conclusion.department_id and posting.role in roles_with(ANSWER)
            for posting in current_postings(user)
        )
    return posted_at(user, conclusion.unit_id, ANSWER)


def receive(*, conclusion: Conclusion, by: Any, at: datetime) -> Conclusion:
    """Sign for the conclusion: the thirty days to object run from this day."""
    _require_addressee(by, conclusion)
    deadline = deadline_from(OBJECTION, conclusion.unit, local_date(at))
    with transaction.atomic():
        _move(
            conclusion, (S.SENT,), state=S.RECEIVED, received_by=by, received_at=at, object_by_on=deadline.due_on,
            objection_deadline=deadline.to_json(),
        )  # fmt: skip
        _record("received", conclusion, by, at, object_by_on=deadline.due_on)
        with override(STORED_LANGUAGE):
            _tell_back(
                conclusion, _("Conclusion signed for by %(who)s") % {"who": conclusion.addressee}, by, at
            )
    return conclusion


def object_to(
    *, conclusion: Conclusion, text: str, uploads: Sequence[Any] = (), by: Any, at: datetime
) -> Conclusion:
    """Ask for a review within the limit. The office that inspected decides within thirty days."""
    _require_addressee(by, conclusion)
    text = required(text, "text_missing", _("Write what the conclusion gets wrong, and why."), "text")
    if conclusion.state == S.SENT:
        raise StaleState("not_received", _("Sign for the conclusion first."))
    if conclusion.object_by_on and local_date(at) > conclusion.object_by_on:
        raise DomainError(
            "objection_late",
            _(
                "The limit to object passed on %(day)s (Regulations on Government Inspection, article 17). Ask the "
                "inspecting office directly."
            )
            % {"day": conclusion.object_by_on.isoformat()},
        )
    checked = evidence.check_evidence(uploads)
    deadline = deadline_from(DECISION, conclusion.unit, local_date(at))
    kept: list[str] = []
    try:
        with transaction.atomic():
            _move(
                conclusion, (S.RECEIVED,), state=S.OBJECTED, objection=text, objected_by=by, objected_at=at,
                decide_by_on=deadline.due_on, decision_deadline=deadline.to_json(),
            )  # fmt: skip
            kept += evidence.keep(checked, ConclusionFile, "inspections", conclusion=conclusion)
            _record("objected", conclusion, by, at, text=text[:300], decide_by_on=deadline.due_on)
            with override(STORED_LANGUAGE):
                _tell_back(
                    conclusion, _("%(who)s objects to the conclusion") % {"who": conclusion.addressee}, by, at
                )
    except BaseException:
        files.forget(kept)
        raise
    return conclusion


def decide(
    *, conclusion: Conclusion, changed: bool, text: str, new_text: str = "", by: Any, at: datetime
) -> Conclusion:
    """Review the conclusion: upheld, or changed to `new_text`. Whoever took part in it may not decide (art. 17)."""
    require_maker(by, conclusion.inspection.unit_id)
    text = required(text, "text_missing", _("Write the decision and its reasons."), "text")
    if took_part(by, conclusion):
        raise DomainError(
            "took_part",
            _(
                "You took part in this conclusion. Article 17 of the Regulations on Government Inspection wants the "
                "review done by somebody who did not; ask a colleague or the head of the office."
            ),
        )
    changes: dict[str, Any] = {"state": S.UPHELD}
    if changed:
        new_text = required(
            new_text, "new_text_missing", _("Write the conclusion as it reads now."), "new_text"
        )
        changes = {"state": S.CHANGED, "text": new_text, "text_before": conclusion.text}
    with transaction.atomic():
        _move(conclusion, (S.OBJECTED,), decision=text, decided_by=by, decided_at=at, **changes)
        _record("decided", conclusion, by, at, state=conclusion.state, decision=text[:300])
        with override(STORED_LANGUAGE):
            pressing.settled(conclusion, by, at)
        transaction.on_commit(lambda: _tell_decided(conclusion, by, at))
    return conclusion


def took_part(user: Any, conclusion: Conclusion) -> bool:
    """Whether the person planned, began, recorded or finished the inspection, or is named among the inspectors."""
    inspection = conclusion.inspection
    hands = {
        inspection.planned_by_id, inspection.started_by_id, inspection.closed_by_id, conclusion.sent_by_id,
        *inspection.items.values_list("recorded_by_id", flat=True),
        *inspection.findings.values_list("found_by_id", flat=True),
        *inspection.findings.values_list("decided_by_id", flat=True),
    }  # fmt: skip
    name = user.get_full_name()
    return user.pk in hands or bool(name and name in inspection.inspectors)


def waiting_for(user: Any) -> dict[str, list[Conclusion]]:
    """What waits for the person: conclusions to sign for, and objections to decide on."""
    rows = Conclusion.objects.visible_to(user).select_related("inspection__unit", "unit", "department")
    makers = [p.division_id for p in current_postings(user) if p.role in roles_with(MAKE)]
    answering = postings_with(user, ANSWER)
    own = Q(department=None, unit_id__in=[p.division_id for p in answering]) | Q(
        department_id__in=own_departments(user, ANSWER)
    )
    wanted = Q(pk__in=[])
    if answering:
        wanted |= own & Q(state=S.SENT)
    if makers:
        wanted |= Q(inspection__unit_id__in=makers, state=S.OBJECTED)
    found = list(rows.filter(wanted)[:100]) if answering or makers else []
    return {
        "receive": [row for row in found if row.state == S.SENT],
        "decide": [row for row in found if row.state == S.OBJECTED],
    }


def _require_addressee(by: Any, conclusion: Conclusion) -> None:
    if not is_addressee(by, conclusion):
        raise PermissionDenied(ANSWER)


def _move(conclusion: Conclusion, states: tuple[str, ...], **changes: Any) -> None:
    if not Conclusion.objects.filter(pk=conclusion.pk, state__in=states).update(**changes):
        conclusion.refresh_from_db()
        raise StaleState(
            "conclusion_moved",
            _("This conclusion has moved on; it is now: %(state)s. Reload the page.")
            % {"state": conclusion.get_state_display()},
        )
    conclusion.refresh_from_db()


def _record(action: str, conclusion: Conclusion, by: Any, at: datetime, **after: Any) -> None:
    audit.record(f"inspection_conclusion_{action}", target=conclusion, by=by, at=at, after=after)


def people_of(conclusion: Conclusion, on: date) -> list[User]:
    """Who can sign for it: people of the department, or of the unit's competent office."""
    if not conclusion.department_id:
        return notify.staff_of(conclusion.unit_id, ANSWER, on=on)
    rows = User.objects.filter(
        Q(postings__valid_to=None) | Q(postings__valid_to__gte=on), is_active=True,
        postings__department_id=conclusion.department_id, postings__role__in=roles_with(ANSWER),
        postings__valid_from__lte=on,
    )  # fmt: skip
    return list(rows.distinct().order_by("pk"))


def _tell_sent(conclusion: Conclusion, at: datetime) -> None:
    with override(STORED_LANGUAGE):
        title = _("Inspection conclusion of %(unit)s: %(title)s") % {
            "unit": conclusion.inspection.unit.name, "title": conclusion.inspection.title,
        }  # fmt: skip
        text = _("Sign for it; you may object within 30 days of signing.")
    _send(people_of(conclusion, local_date(at)), "sent", conclusion, title, text, at)


def _tell_back(conclusion: Conclusion, title: str, by: Any, at: datetime) -> None:
    people = notify.staff_of(conclusion.inspection.unit_id, MAKE, on=local_date(at))
    text, state = str(conclusion.inspection), conclusion.state
    transaction.on_commit(lambda: _send(people, state, conclusion, title, text, at, by))


def _tell_decided(conclusion: Conclusion, by: Any, at: datetime) -> None:
    with override(STORED_LANGUAGE):
        title = _("Decision on your objection: %(state)s") % {"state": conclusion.get_state_display()}
    _send(people_of(conclusion, local_date(at)), "decided", conclusion, title, conclusion.decision, at, by)


def _send(
    people: list[User],
    what: str,
    conclusion: Conclusion,
    title: str,
    text: str,
    at: datetime,
    but: Any = None,
) -> None:
    url = reverse("inspections:conclusion", args=[conclusion.pk])
    tell(people, key=f"conclusion:{conclusion.pk}:{what}", title=title, text=text, url=url, at=at, but=but)
