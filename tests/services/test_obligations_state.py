"""Duties: made once, met by the first receipt, extended or waived by the tier above, never moving once met."""

from datetime import date

import pytest
from django.core.exceptions import PermissionDenied

from accounts import audit
from accounts.errors import DomainError, StaleState
from accounts.models import AuditRecord, Division, InboxItem, Obligation, ObligationState
from accounts.obligations import services
from accounts.obligations.kinds import KICKOFF, LEDGER_CITY, LEDGER_COUNTY
from policy.periods import Period
from policy.services import current_calendar
from tests import build
from tests.build import at

pytestmark = [pytest.mark.django_db, pytest.mark.sqlite]
OCTOBER = Period.month(2026, 10)


def owe(codes=("230622",), period=OCTOBER, kind=LEDGER_COUNTY, moment="2026-10-01 08:00"):
    units = list(Division.objects.filter(pk__in=codes))
    rule = services.deadline_rule(units[0], kind, period.last)
    assert rule is not None
    return services.owe_for_period(
        kind=kind, units=units, period=period, rule=rule, calendar=current_calendar(), at=at(moment)
    )


def duty(code="230622") -> Obligation:
    return Obligation.objects.get(unit_id=code, kind=LEDGER_COUNTY, period="2026-10")


def test_made_once_with_one_record_each():
    assert owe(("230621", "230622")) == 2
    assert owe(("230621", "230622", "230624")) == 1
    assert owe(("230621", "230622", "230624")) == 0
    assert AuditRecord.objects.filter(action="obligation_made").count() == 3
    assert audit.verify()[1] is None


def test_due_date_is_rolled_and_explained():
    owe()
    row = duty()
    assert (row.nominal_on, row.due_on) == (date(2026, 10, 25), date(2026, 10, 26))  # the 25th is a Sunday
    assert row.deadline["steps"][-1]["on"] == "2026-10-26"
    assert (row.province_code, row.city_code, row.county_code) == ("230000", "230600", "230622")


def test_first_accepted_receipt_decides_and_never_moves_later():
    owe()
    unit = Division.objects.get(pk="230622")
    meet = lambda text: services.meet_for_period(  # noqa: E731
        kind=LEDGER_COUNTY, unit=unit, period="2026-10", met_at=at(text), at=at("2026-11-03 10:00")
    )
    assert meet("2026-10-27 09:00") is True
    assert duty().state(date(2026, 11, 3)) is ObligationState.LATE
    assert meet("2026-11-02 09:00") is False  # a later correction changes nothing
    assert duty().met_on == date(2026, 10, 27)
    assert meet("2026-10-26 23:59") is True  # an earlier receipt, accepted after all
    assert duty().state(date(2026, 11, 3)) is ObligationState.ON_TIME


def test_midnight_is_counted_in_shanghai():
    owe()
    unit = Division.objects.get(pk="230622")
    from datetime import UTC, datetime

    receipt = datetime(2026, 10, 26, 15, 59, tzinfo=UTC)  # 23:59 in Shanghai
    services.meet_for_period(kind=LEDGER_COUNTY, unit=unit, period=OCTOBER, met_at=receipt, at=receipt)
    assert duty().state(date(2026, 10, 27)) is ObligationState.ON_TIME


def test_states_of_a_closed_period_sum_to_the_expected():
    codes = ["230621", "230622", "230623", "230624", "230602"]
    owe(codes)
    people = build.cast()
    units = {unit.pk: unit for unit in Division.objects.filter(pk__in=codes)}
    for code, text in (("230621", "2026-10-20 09:00"), ("230622", "2026-10-28 09:00")):
        services.meet_for_period(
            kind=LEDGER_COUNTY, unit=units[code], period=OCTOBER, met_at=at(text), at=at("2026-10-28 10:00")
        )
    services.exempt(
        obligation=duty("230623"),
        reason="洪涝灾害，市局同意免报",
        by=people["city"],
        at=at("2026-10-20 09:00"),
    )
    extended(people, "230624")
    services.meet_for_period(
        kind=LEDGER_COUNTY,
        unit=units["230624"],
        period=OCTOBER,
        met_at=at("2026-10-29 09:00"),
        at=at("2026-10-29 09:00"),
    )
    on = date(2026, 11, 2)
    matrix = services.status_matrix([LEDGER_COUNTY, LEDGER_CITY], units.values(), [OCTOBER], on)
    counts = matrix.counts()
    assert counts == {
        "open": 0,
        "on_time": 1,
        "extended": 1,
        "late": 1,
        "missing": 1,
        "exempt": 1,
        "expected": 5,
    }
    assert matrix.get("230602", OCTOBER).state is ObligationState.MISSING
    assert matrix.get("230999", OCTOBER) is None
    for state in ObligationState.values:
        in_sql = set(Obligation.objects.in_state(state, on).values_list("unit_id", flat=True))
        assert in_sql == {cell.unit_code for cell in matrix if cell.state == state}


def test_matrix_takes_one_query(django_assert_num_queries):
    owe(("230621", "230622"))
    units = list(Division.objects.filter(pk__in=["230621", "230622"]))
    with django_assert_num_queries(1):
        services.status_matrix(
            LEDGER_COUNTY, units, [OCTOBER, OCTOBER.previous()], date(2026, 10, 23)
        ).counts()


def extended(people, code="230622", wanted=date(2026, 10, 30)):
    owner = build.user(f"owner-{code}", division=code)
    asked = services.ask_extension(
        obligation=duty(code), wanted_on=wanted, reason="统计人员住院", by=owner, at=at("2026-10-23 10:00")
    )
    return services.decide_extension(
        extension=asked, granted=True, opinion="", by=people["city"], at=at("2026-10-24 10:00")
    )


def test_extension_keeps_the_old_date():
    owe()
    people = build.cast()
    extended(people)
    row = duty()
    assert (row.due_on, row.last_day) == (date(2026, 10, 26), date(2026, 10, 30))
    assert InboxItem.objects.filter(kind="extension").count() == 1


def test_rejected_extension_still_becomes_overdue():
    owe()
    people = build.cast()
    asked = services.ask_extension(
        obligation=duty(),
        wanted_on=date(2026, 10, 30),
        reason="核对不完",
        by=people["county"],
        at=at("2026-10-23 10:00"),
    )
    with pytest.raises(DomainError, match=r"驳回|rejected"):
        services.decide_extension(
            extension=asked, granted=False, opinion=" ", by=people["city"], at=at("2026-10-24 10:00")
        )
    services.decide_extension(
        extension=asked, granted=False, opinion="理由不充分", by=people["city"], at=at("2026-11-02 10:00")
    )
    assert duty().state(date(2026, 10, 27)) is ObligationState.MISSING
    with pytest.raises(StaleState):
        services.decide_extension(
            extension=asked, granted=True, opinion="", by=people["city"], at=at("2026-11-02 11:00")
        )


def test_more_time_is_refused_after_the_day_and_for_strangers():
    owe()
    people = build.cast()
    ask = lambda who, text, wanted=date(2026, 10, 30): services.ask_extension(  # noqa: E731
        obligation=duty(), wanted_on=wanted, reason="核对不完", by=people[who], at=at(text)
    )
    with pytest.raises(DomainError) as refusal:
        ask("county", "2026-10-27 00:01")
    assert refusal.value.code == "asked_too_late"
    with pytest.raises(DomainError) as refusal:
        ask("county", "2026-10-23 10:00", date(2026, 10, 26))
    assert refusal.value.code == "not_later"
    for stranger in ("neighbour", "city", "administrator", "auditor"):
        with pytest.raises(PermissionDenied):
            ask(stranger, "2026-10-23 10:00")
    asked = ask("county", "2026-10-26 23:00")  # the last day still counts
    with pytest.raises(DomainError) as refusal:
        ask("county", "2026-10-26 23:10")
    assert refusal.value.code == "already_asked"
    for stranger in ("county", "neighbour", "other_city"):
        with pytest.raises(PermissionDenied):
            services.decide_extension(
                extension=asked, granted=True, opinion="", by=people[stranger], at=at("2026-10-26 23:20")
            )


def test_subject_duties_follow_their_ground():
    row = build.project(signed_on=date(2026, 9, 24))
    made = services.owe_for_subject(
        kind=KICKOFF,
        unit=row.division,
        subject=row,
        label=row.name,
        anchor=row.signed_on,
        at=at("2026-09-24 10:00"),
    )
    assert made is not None
    assert made.due_on == date(2026, 10, 22)
    again = services.owe_for_subject(
        kind=KICKOFF,
        unit=row.division,
        subject=row,
        label=row.name,
        anchor=row.signed_on,
        at=at("2026-09-25 10:00"),
    )
    assert again is not None
    assert again.pk == made.pk
    assert services.cancel_for_subject(subject=row, reason="投资方撤资", at=at("2026-10-08 09:00")) == 1
    assert services.cancel_for_subject(subject=row, reason="投资方撤资", at=at("2026-10-08 09:00")) == 0
    assert not services.meet_for_subject(
        kind=KICKOFF, subject=row, met_on=date(2026, 10, 10), at=at("2026-10-10 10:00")
    )


def test_signings_before_the_system_owe_nothing(settings):
    settings.DUTIES_SINCE = date(2026, 6, 1)
    row = build.project(signed_on=date(2026, 5, 31))
    assert (
        services.owe_for_subject(
            kind=KICKOFF,
            unit=row.division,
            subject=row,
            label=row.name,
            anchor=row.signed_on,
            at=at("2026-06-02 10:00"),
        )
        is None
    )
