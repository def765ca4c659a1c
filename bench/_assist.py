"""Approvals and assistance for the made-up province: thirty items and three tickets per project, written in SQL.

Half of the items are decided, a tenth runs, the rest has not begun; of the tickets a third is open. The same numbers give
the same rows.
"""

from typing import Any

from bench import _province

FULL = 20_000
QUICK = 1_000
PER_PROJECT = 30
TICKETS = 3

CATALOGUE = """
INSERT INTO approvals_catalogue (number, state, note, version, made_at, published_at, province_code, city_code, county_code,
  division_id) VALUES (1, 'published', '', 1, now(), now(), '230000', '', '', '230000') RETURNING id
"""
CHECKLISTS = """
INSERT INTO approvals_checklist (project_kind, dedicated_window, green_channel, green_reason, version, made_at,
  province_code, city_code, county_code, catalogue_id, project_id)
SELECT 'filed', false, false, '', 1, now(), province_code, city_code, county_code, %(catalogue)s, id FROM projects_project
"""
ITEMS = """
INSERT INTO approvals_checklistitem (position, code, name, stage, kind, department_code, statutory_days, statutory_unit,
  extra_days, basis, promised_days, promised_unit, materials, result, prerequisites, commitment_allowed, is_control, state,
  turn, round, holder, is_running, is_paused, ready, missing, submitted_on, accepted_on, extended_days, due_on, deadline,
  statutory_due_on, statutory_deadline, ended_on, result_number, by_commitment, check_deadline, commitment_broken, last_note,
  province_code, city_code, county_code, checklist_id, department_id, project_id)
SELECT n, 'YC' || n, '压测审批事项' || n, (%(codes)s::text[])[1 + n / 5], 'promised', 'housing', 20, 'working_days', 0,
  '中华人民共和国行政许可法', 5, 'working_days', '[]', '', '[]', false, n %% 5 = 0, x.state, 1, 1,
  CASE WHEN x.running AND x.stands THEN 'enterprise' WHEN x.running THEN 'organ' ELSE '' END, x.running,
  x.running AND x.stands, '[]', '[]', x.due - 12, x.due - 10, 0, x.due,
  jsonb_build_object('due_on', x.due, 'basis', '审批服务事项目录公布的承诺时限', 'rule', 'item-promise', 'steps', '[]'::jsonb),
  x.due + 20, '{}', CASE WHEN x.state = 'decided' THEN x.due - 3 + (x.seed %% 31)::int END, '', false, '{}', false, '',
  x.province_code, x.city_code, x.county_code, x.id, d.id, x.project_id
FROM (
  SELECT c.*, n, c.project_id * 31 + n * 7919 AS seed, n > 15 AND n <= 18 AS running,
    (c.project_id + n) %% 4 = 0 AS stands,
    CASE WHEN n <= 15 THEN 'decided' WHEN n > 18 THEN 'not_started' WHEN (c.project_id + n) %% 4 = 0 THEN 'supplement'
      WHEN n = 17 THEN 'submitted' ELSE 'accepted' END AS state,
    CASE WHEN n <= 15 THEN %(day)s - 30 - ((c.project_id * 31 + n * 7919) %% 700)::int
      WHEN n <= 18 THEN %(day)s - 6 + ((c.project_id * 31 + n * 7919) %% 60)::int END AS due
  FROM approvals_checklist c CROSS JOIN generate_series(1, %(each)s) n
) x
JOIN accounts_division home ON home.code = x.county_code
LEFT JOIN accounts_department d ON d.division_id = home.code AND d.code = 'housing'
"""
TICKET_ROWS = """
INSERT INTO approvals_ticket (number, source, source_note, kind, title, text, materials, state, turn, opened_side, opened_at,
  agreed_at, accept_by_on, acceptance, due_on, deadline, silence, next_due_on, result, closed_at, closed_how, close_reason,
  refusals, reopened, province_code, city_code, county_code, department_id, division_id, project_id)
SELECT 'B-' || p.id || '-' || n, 'investor', '', 'electricity', '压测帮办事项' || n, '厂区临时用电', '', x.state, 1, 'investor',
  x.day - interval '9 days', x.day - interval '8 days', x.day - 7, '{}', x.day,
  jsonb_build_object('due_on', x.day, 'basis', '双方约定', 'rule', '', 'steps', '[]'::jsonb), '{}',
  CASE WHEN x.state = 'working' THEN x.day END, '', CASE WHEN x.state = 'closed' THEN x.day + interval '1 day' END, '', '',
  0, 0, p.province_code, p.city_code, p.county_code, d.id, p.county_code, p.id
FROM projects_project p CROSS JOIN generate_series(1, %(each)s) n
CROSS JOIN LATERAL (SELECT CASE WHEN n = 1 THEN 'working' ELSE 'closed' END AS state,
  CASE WHEN n = 1 THEN %(day)s - 6 + ((p.id * 31) %% 60)::int ELSE %(day)s - 30 - ((p.id * 31 + n) %% 700)::int END AS day) x
LEFT JOIN accounts_department d ON d.division_id = p.county_code AND d.code = 'power_supply'
"""
HOLDS = """
INSERT INTO approvals_tickethold (side, label, why, from_at, to_at, department_id, division_id, ticket_id)
SELECT 'office', '', 'opened', opened_at, closed_at, department_id, division_id, id FROM approvals_ticket
"""


def fill(projects: int) -> tuple[int, int]:
    """Make the province with that many projects and their checklists, unless it stands; return (items, tickets)."""
    from django.db import connection, transaction

    from approvals.models import ChecklistItem, Ticket
    from projects.models import MilestoneCode

    _province.fill(projects)
    if ChecklistItem.objects.count() != projects * PER_PROJECT:
        named: dict[str, Any] = {"day": _province.DAY, "codes": list(MilestoneCode.values)}
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("TRUNCATE approvals_catalogue, approvals_ticket CASCADE")
            cursor.execute(CATALOGUE)
            (catalogue,) = cursor.fetchone()
            cursor.execute(CHECKLISTS, {"catalogue": catalogue})
            cursor.execute(ITEMS, named | {"each": PER_PROJECT})
            cursor.execute(TICKET_ROWS, named | {"each": TICKETS})
            cursor.execute(HOLDS)
        with connection.cursor() as cursor:
            cursor.execute("VACUUM ANALYZE")
    return ChecklistItem.objects.count(), Ticket.objects.count()
