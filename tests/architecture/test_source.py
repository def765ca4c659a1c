"""Rules about the source: scope before reading, one clock, an audit record for every act, readable sizes."""

import ast

import pytest
from django.apps import apps
from django.db.models import Manager

from tests.architecture.source import functions, is_view_module, length_of, modules

pytestmark = pytest.mark.sqlite

# A view reads these rows past the scope, and why that is right.
PAST_SCOPE = {
    ("approvals/kickoff/views.py", "_form_context", "Obligation"): "the duty of a project found in the scope",
    ("approvals/kickoff/views.py", "_show", "Obligation"): "the duty of a project found in the scope",
    ("projects/transfers/views.py", "_context", "Arrears"): "a number the receiver of a transfer answers by",
    (
        "supervision/complaints/views.py",
        "_seat",
        "Complaint",
    ): "each seat at a complaint is a scope of its own",
    ("supervision/complaints/views.py", "_complaint", "Complaint"): "found by its seat just before",
    (
        "supervision/ratings/outside_views.py",
        "rate",
        "Chance",
    ): "a one-time link is the right to this one service",
    ("supervision/ratings/views.py", "portal_rate", "Chance"): "a service of a project found in the scope",
    ("reporting/circulars/views.py", "circular_list", "Circular"): "issued circulars are addressed downwards",
    ("reporting/circulars/views.py", "_circular", "Circular"): "issued circulars are addressed downwards",
}
# Leases of background work end in real time, whatever day a demonstration shows; commands are such programs too.
CLOCKS = {
    "accounts/clock.py",
    "accounts/jobs/engine.py",
    "accounts/jobs/views.py",
    "accounts/tasks.py",
    "supervision/home/views.py",  # the administrator's home shows the jobs
}
WALL_CLOCKS = {
    "timezone.now", "timezone.localdate", "timezone.localtime", "date.today", "datetime.now", "datetime.today",
    "datetime.utcnow", "datetime.date.today", "datetime.datetime.now", "time.time",
}  # fmt: skip
# Longer than they should be, each for a reason; nothing joins the list without one.
LONG_FUNCTIONS = {
    ("reporting/reports/content.py", "build"): "one value of many named parts",
}
MOST_LINES, MOST_LINES_OF_A_FUNCTION = 400, 60
# Steps inside an act: the act around them asks for the right and records.
STEPS = {
    ("approvals/checklist/files.py", "add_rows"): "the files of one step of an approval item",
    ("approvals/tickets/moving.py", "add_entry"): "the line in the thread of one move of a ticket",
    ("projects/plans/writing.py", "write_change"): "the rows of a change of plan",
    ("projects/services/dependents.py", "tell_ended"): "hands on to what upper apps registered, which record",
    ("projects/services/dependents.py", "tell_moved"): "hands on to what upper apps registered, which record",
    ("reporting/ledgers/staging.py", "new_attempt"): "the row of a hand-in",
}
ORM = {
    "save", "create", "update", "delete", "get", "add", "filter", "set", "bulk_create", "bulk_update", "first", "exists",
}  # fmt: skip


def scoped_models() -> set[str]:
    """Models whose rows belong to an area. Names of divisions are no secret."""
    found = set()
    for model in apps.get_models():
        manager = model._default_manager
        if isinstance(manager, Manager) and hasattr(manager.all(), "visible_to"):
            found.add(model.__name__)
    return found - {"Division"}


def test_views_read_business_rows_through_the_scope() -> None:
    scoped = scoped_models()
    assert {"Project", "Attempt", "Report", "Circular", "Warning", "Obligation"} <= scoped
    wrong, used = [], set()
    for name, function in functions():
        if not is_view_module(name):
            continue
        steps = {id(node.value): node.attr for node in ast.walk(function) if isinstance(node, ast.Attribute)}
        for node in ast.walk(function):
            if not (isinstance(node, ast.Attribute) and node.attr in ("objects", "_default_manager")):
                continue
            model = ast.unparse(node.value)
            key = (name, function.name, model)
            if model not in scoped or steps.get(id(node)) in ("visible_to", "none"):
                continue
            if key in PAST_SCOPE:
                used.add(key)
            else:
                wrong.append(f"{name}:{node.lineno} {function.name}: {model}.objects without visible_to")
    assert not wrong, "\n".join(wrong)
    assert used == set(PAST_SCOPE), f"no longer needed: {set(PAST_SCOPE) - used}"


def test_only_the_edges_read_the_clock() -> None:
    wrong = []
    for name, function in functions():
        if name in CLOCKS or "/management/commands/" in name:
            continue
        for node in ast.walk(function):
            if isinstance(node, ast.Call) and ast.unparse(node.func) in WALL_CLOCKS:
                wrong.append(f"{name}:{node.lineno} {function.name} calls {ast.unparse(node.func)}")
    assert not wrong, "\n".join(wrong)


def test_rules_and_services_are_given_their_time() -> None:
    """accounts.clock is called by views, tasks, commands and what belongs to them; a service gets `at` or `on`."""
    wrong = []
    for name, function in functions():
        given = {one.arg for one in function.args.kwonlyargs}
        if not {"by", "at"} <= given:
            continue
        wrong += [
            f"{name} {function.name} reads the clock itself"
            for node in ast.walk(function)
            if isinstance(node, ast.Call) and ast.unparse(node.func) in {"clock.now", "clock.today"}
        ]
    assert not wrong, "\n".join(wrong)


def test_whoever_acts_is_recorded() -> None:
    """A function that says who acts and when (`by`, `at`) writes an audit record, itself or through one it calls."""
    recording = {"record", "record_many"}
    bodies: dict[str, list[set[str]]] = {}
    acts = []
    for name, function in functions():
        if name == "accounts/audit.py" or is_view_module(name):
            continue
        called = {
            call.func.attr if isinstance(call.func, ast.Attribute) else call.func.id
            for call in ast.walk(function)
            if isinstance(call, ast.Call) and isinstance(call.func, ast.Attribute | ast.Name)
        } - ORM
        if function.name not in ORM:
            bodies.setdefault(function.name, []).append(called)
        given = {one.arg for one in function.args.kwonlyargs}
        if {"by", "at"} <= given and not function.name.startswith("_"):
            acts.append((name, function.name, called))
    while True:
        more = {
            name
            for name, found in bodies.items()
            if name not in recording and any(one & recording for one in found)
        }
        if not more:
            break
        recording |= more
    assert len(acts) > 50, "the services are not found"
    wrong = [
        f"{name}: {act} leaves no audit record"
        for name, act, called in acts
        if not called & recording and (name, act) not in STEPS
    ]
    assert not wrong, "\n".join(wrong)


def test_every_service_asks_for_the_right_first() -> None:
    """Public services named verb_noun ask for the right, in their own lines or in one they hand on to."""
    asking = {
        "require",
        "require_own",
        "require_submit",
        "require_review",
        "holds",
        "may_submit",
        "may_review",
    }
    bodies: dict[str, list[set[str]]] = {}
    acts = []
    for name, function in functions():
        if is_view_module(name):
            continue
        called = {
            call.func.attr if isinstance(call.func, ast.Attribute) else call.func.id
            for call in ast.walk(function)
            if isinstance(call, ast.Call) and isinstance(call.func, ast.Attribute | ast.Name)
        } - ORM
        called |= {
            ast.unparse(one.exc.func)
            for one in ast.walk(function)
            if isinstance(one, ast.Raise) and isinstance(one.exc, ast.Call)
        }
        if function.name not in ORM:
            bodies.setdefault(function.name, []).append(called)
        given = {one.arg for one in function.args.kwonlyargs}
        if {"by", "at"} <= given and not function.name.startswith("_"):
            acts.append((name, function.name, called))
    asking |= {"PermissionDenied"}
    while True:
        more = {
            name
            for name, found in bodies.items()
            if name not in asking and any(one & asking for one in found)
        }
        if not more:
            break
        asking |= more
    wrong = [
        f"{name}: {act} asks for no right"
        for name, act, called in acts
        if not called & asking and (name, act) not in STEPS
    ]
    assert not wrong, "\n".join(wrong)


def test_files_and_functions_stay_readable() -> None:
    """A longer file is two subjects; a longer function does two things."""
    long = [f"{name}: {length_of(name)} lines" for name in modules() if length_of(name) > MOST_LINES]
    used = set()
    for name, function in functions():
        lines = (function.end_lineno or 0) - function.lineno + 1
        if lines <= MOST_LINES_OF_A_FUNCTION:
            continue
        if (name, function.name) in LONG_FUNCTIONS:
            used.add((name, function.name))
        else:
            long.append(f"{name}:{function.lineno} {function.name}: {lines} lines")
    assert not long, "\n".join(long)
    assert used == set(LONG_FUNCTIONS), f"short by now: {set(LONG_FUNCTIONS) - used}"
