"""Who gets what at the addresses of supervision papers, seen from an issued notice of 肇源县 (see access_table.py).

A draft is its own office's alone; `test_letters_access.py` asks that too.
"""

from typing import Any

TABLE = """
name                         meth anon   nobody invest offic  county neighb other  city   prov   p_head audit  admin
letters:list                 GET  in     403    403    403    200    200    200    200    200    200    200    403
letters:list                 POST in     405    405    405    405    405    405    405    405    405    405    405
letters:ledger               GET  in     403    403    403    200    200    200    200    200    200    200    403
letters:ledger               POST in     405    405    405    405    405    405    405    405    405    405    405
letters:new                  GET  in     403    403    403    404    404    404    404    404    404    403    403
letters:new                  POST in     403    403    403    404    404    404    404    404    404    403    403
letters:choose               GET  in     403    403    403    200    404    404    200    200    200    403    403
letters:choose               POST in     405    405    405    405    405    405    405    405    405    405    405
letters:detail               GET  in     403    403    403    200    404    404    200    200    200    200    403
letters:detail               POST in     405    405    405    405    405    405    405    405    405    405    405
letters:edit                 GET  in     403    403    403    302    404    404    403    403    403    403    403
letters:edit                 POST in     403    403    403    302    404    404    403    403    403    403    403
letters:evidence             GET  in     405    405    405    405    405    405    405    405    405    405    405
letters:evidence             POST in     403    403    403    302    404    404    403    403    403    403    403
letters:sign                 GET  in     405    405    405    405    405    405    405    405    405    405    405
letters:sign                 POST in     403    403    403    403    403    403    403    403    403    403    403
letters:return               GET  in     403    403    403    403    403    403    403    403    403    403    403
letters:return               POST in     403    403    403    403    403    403    403    403    403    403    403
letters:issue                GET  in     405    405    405    405    405    405    405    405    405    405    405
letters:issue                POST in     403    403    403    302    404    404    403    403    403    403    403
letters:withdraw             GET  in     403    403    403    403    404    404    403    403    403    403    403
letters:withdraw             POST in     403    403    403    403    404    404    403    403    403    403    403
letters:export               GET  in     403    403    403    200    404    404    200    200    200    200    403
letters:export               POST in     405    405    405    405    405    405    405    405    405    405    405
"""
# Parts of the addresses; `pk` is the notice, `project_id` its project.
PART: dict[str, Any] = {"letters:ledger": {"format": "xlsx"}, "letters:export": {"format": "docx"}}
BODY: dict[str, dict[str, str]] = {
    "letters:withdraw": {"reason": "对象有误"},
    "letters:return": {"reason": "请核对日期"},
    "letters:sign": {"version": "1"},
}
