"""A million open deadlines for the made-up province: key points, duties, running approval items, matters on the ladder.

The projects are those of `_province`; a third of their key points is open. The rest is written here, in SQL: three in a
hundred are late, the others fall due over the year to come. The same numbers give the same rows.
"""

from typing import Any

from bench import _assist, _province

# (projects, duties, items per project, matters)
FULL = (100_000, 330_000, 3, 60_000)
QUICK = (5_000, 16_500, 3, 3_000)

DUTIES = """
INSERT INTO accounts_obligation (kind, unit_id, department_code, period, subject_type, subject_id, subject_label, due_on,
  nominal_on, provisional, deadline, rule_id, made_at, exempt_reason, reminded_level, province_code, city_code, county_code)
SELECT (%(kinds)s::text[])[1 + g.n %% %(many)s], d.code, '', '', 'projects.project', p.id, '压测', x.due, x.due, false,
  '{}', 'B', now(), '', 0, d.province_code, d.city_code, d.county_code
FROM generate_series(1, %(rows)s) g(n)
JOIN (SELECT id, county_code, row_number() OVER (ORDER BY id) AS n FROM projects_project) p ON p.n = 1 + g.n %% %(projects)s
JOIN accounts_division d ON d.code = p.county_code
CROSS JOIN LATERAL (SELECT %(day)s - 11 + ((g.n::bigint * 7919) %% 365)::int AS due) x
ON CONFLICT DO NOTHING
"""
ITEMS = """
INSERT INTO approvals_checklistitem (position, code, name, stage, kind, department_code, statutory_days, statutory_unit,
  extra_days, basis, promised_days, promised_unit, materials, result, prerequisites, commitment_allowed, is_control, state,
  turn, round, holder, is_running, is_paused, ready, missing, submitted_on, accepted_on, extended_days, due_on, deadline,
  statutory_due_on, statutory_deadline, result_number, by_commitment, check_deadline, commitment_broken, last_note,
  province_code, city_code, county_code, checklist_id, project_id)
SELECT n, 'YC' || n, '压测审批事项' || n, 'construction_permit', 'promised', 'housing', 20, 'working_days', 0, '', 5,
  'working_days', '[]', '', '[]', false, false, 'accepted', 1, 1, 'organ', true, false, '[]', '[]', x.due - 12, x.due - 10,
  0, x.due, '{}', x.due + 20, '{}', '', false, '{}', false, '', c.province_code, c.city_code, c.county_code, c.id,
  c.project_id
FROM approvals_checklist c CROSS JOIN generate_series(1, %(each)s) n
CROSS JOIN LATERAL (SELECT %(day)s - 11 + ((c.project_id * 31 + n * 7919) %% 365)::int AS due) x
"""
MATTERS = """
INSERT INTO supervision_matter (number, source, source_id, title, demand, basis, rule_id, project_id, issuer_id, issued_at,
  unit_id, state, turn, due_on, first_due_on, deadline, step, step_since, check_note, listed_reason, province_code,
  city_code, county_code)
SELECT 'B-' || n, 'office', 0, '压测督办事项' || n, '请核实并办结', '', '', NULL, '230000', now(), d.code, 'working', 1, x.due,
  x.due, '{}', 'assigned', x.due - 15, '', '', d.province_code, d.city_code, d.county_code
FROM generate_series(1, %(rows)s) n
JOIN (SELECT *, row_number() OVER (ORDER BY code) - 1 AS place_no, count(*) OVER () AS places
      FROM accounts_division WHERE tier = 3) d ON d.place_no = n %% d.places
CROSS JOIN LATERAL (SELECT %(day)s - 11 + ((n::bigint * 104729) %% 365)::int AS due) x
"""
OPEN = {
    "key points": "SELECT count(*) FROM projects_milestone WHERE is_open AND planned_on IS NOT NULL",
    "duties": "SELECT count(*) FROM accounts_obligation WHERE met_on IS NULL AND exempt_reason = '' "
    "AND cancelled_on IS NULL",
    "items": "SELECT count(*) FROM approvals_checklistitem WHERE is_running AND NOT is_paused",
    "matters": "SELECT count(*) FROM supervision_matter WHERE state IN ('issued', 'working', 'returned')",
}
EMPTY = "TRUNCATE accounts_obligation, approvals_catalogue, approvals_ticket, supervision_matter CASCADE"


def fill(*, quick: bool) -> dict[str, int]:
    """Make them all anew; return how many are open of each kind."""
    from django.db import connection, transaction

    from supervision.warnings.bounds import DUTY_RULES

    projects, duties, each, matters = QUICK if quick else FULL
    _province.fill(projects)
    kinds = [kind for some in DUTY_RULES.values() for kind in some]
    named: dict[str, Any] = {"day": _province.DAY, "projects": projects}
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(EMPTY)
        cursor.execute("TRUNCATE supervision_warning CASCADE")
        cursor.execute(DUTIES, named | {"kinds": kinds, "many": len(kinds), "rows": duties})
        cursor.execute(_assist.CATALOGUE)
        (catalogue,) = cursor.fetchone()
        cursor.execute(_assist.CHECKLISTS, {"catalogue": catalogue})
        cursor.execute(ITEMS, named | {"each": each})
        cursor.execute(MATTERS, named | {"rows": matters})
    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE")
    return counted()


def counted() -> dict[str, int]:
    from django.db import connection

    found = {}
    with connection.cursor() as cursor:
        for name, sql in OPEN.items():
            cursor.execute(sql)
            (found[name],) = cursor.fetchone()
    return found


def clear() -> None:
    """The duties belong to no project and would stay for the other figures."""
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute(EMPTY)
