"""One made-up province for list, figures and warnings: projects with seven key points each, written in SQL.

Projects lie evenly over the real counties and three years; a past key point is done in 92 of 100 cases; each project has
a company of its own. The same number gives the same rows.
"""

from datetime import date

DAY = date(2026, 10, 23)
FULL = 100_000
QUICK = 5_000

COMPANIES = """
INSERT INTO projects_company (name, credit_code, contact_name, contact_phone, initials, version)
SELECT '压测投资集团' || n || '有限公司', '', '', '', '', 1 FROM generate_series(1, %(projects)s) n
"""
PROJECTS = """
INSERT INTO projects_project (number, investment_code, name, initials, company_id, investor, division_id, province_code,
  city_code, county_code, place, contract_kind, contract_amount_yuan, signed_on, signed_precision, industry_section,
  industry_4567, industry_text, content, is_major, major_reason, state, end_reason, filed_on, invested_total_yuan,
  invested_month_yuan, reported_period, progress_text, problem_text, lead_department, paused, version, created_at,
  updated_at)
SELECT 'B-' || lpad(n::text, 8, '0'), '', '压测产业园建设项目' || n, 'yccyyjsxm' || n, c.id, '', d.code, d.province_code,
  d.city_code, d.county_code, '', CASE WHEN n %% 20 = 0 THEN 'framework' ELSE 'contract' END, 100000000 + n * 10000,
  DATE '2023-10-01' + (n * 7919 %% 1100)::int, 'day', 'C', '', '', '', false, '', 'active', '', NULL,
  CASE WHEN n %% 3 > 0 THEN n * 5000 ELSE 0 END, 0, '2026-09', '前期手续办理中', '', '县工业和信息化局', false, 1, now(),
  now()
FROM generate_series(1, %(projects)s) n
JOIN (SELECT *, row_number() OVER (ORDER BY code) - 1 AS place_no, count(*) OVER () AS places
      FROM accounts_division WHERE tier = 3) d ON d.place_no = n %% d.places
JOIN (SELECT id, row_number() OVER (ORDER BY id) AS n FROM projects_company) c USING (n)
"""
MILESTONES = """
INSERT INTO projects_milestone (project_id, code, position, baseline_on, planned_on, actual_on, reached_on,
  actual_precision, responsible, delay_party, delay_reason, is_open, province_code, city_code, county_code)
SELECT x.project_id, x.code, x.position, x.planned, x.planned, CASE WHEN x.done THEN x.planned END,
  min(CASE WHEN x.done THEN x.planned END) OVER (PARTITION BY x.project_id ORDER BY x.position
    ROWS BETWEEN CURRENT ROW AND UNBOUNDED FOLLOWING),
  'day', '', '', '', NOT x.done, x.province_code, x.city_code, x.county_code
FROM (SELECT p.id AS project_id, p.province_code, p.city_code, p.county_code, c.code, c.position,
        p.signed_on + (c.position * 110 + (p.id * 31 + c.position * 17) %% 90)::int AS planned,
        p.signed_on + (c.position * 110 + (p.id * 31 + c.position * 17) %% 90)::int < %(day)s
          AND (p.id * 7919 + c.position * 104729) %% 100 < 92 AS done
      FROM projects_project p
      CROSS JOIN (SELECT unnest(%(codes)s::text[]) AS code, generate_series(1, 7) AS position) c) x
"""
# What projects.due keeps: the two earliest planned dates of unfinished key points; all seven done is production.
DUE = """
UPDATE projects_project p SET next_due_on = d.due[1], second_due_on = d.due[2],
  state = CASE WHEN d.due IS NULL THEN 'done' ELSE 'active' END
FROM (SELECT project_id, array_agg(planned_on ORDER BY planned_on) FILTER (WHERE actual_on IS NULL) AS due
      FROM projects_milestone GROUP BY project_id) d
WHERE d.project_id = p.id
"""
EMPTY = """
TRUNCATE projects_project, projects_company, supervision_warning, projects_projectuserobjectpermission,
  guardian_userobjectpermission CASCADE
"""


def fill(projects: int) -> int:
    """Make the province with that many projects, unless it stands already; return the number of key points."""
    from django.db import connection, transaction

    from projects.models import Milestone, MilestoneCode, Project

    if (
        Project.objects.filter(number__startswith="B-").count() != projects
        or Project.objects.count() != projects
    ):
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(EMPTY)
            cursor.execute(COMPANIES, {"projects": projects})
            cursor.execute(PROJECTS, {"projects": projects})
            cursor.execute(MILESTONES, {"day": DAY, "codes": list(MilestoneCode.values)})
            cursor.execute(DUE)
        with connection.cursor() as cursor:
            cursor.execute("VACUUM (FULL, ANALYZE) projects_project")
            cursor.execute("VACUUM ANALYZE")
    return Milestone.objects.count()
