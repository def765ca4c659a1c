"""Is it alive, is it ready, how is it doing: asked by machines, answered in JSON."""

import ipaddress
from collections.abc import Callable

from django.contrib.auth.decorators import login_not_required
from django.db import connection
from django.db.migrations.executor import MigrationExecutor
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.http import require_safe
from django_prometheus.exports import ExportToDjangoView

from config.celery import app


@login_not_required
@require_safe
def healthz(request: HttpRequest) -> JsonResponse:
    """The process answers; nothing else is asked, so that a slow database does not get it restarted."""
    return JsonResponse({"status": "ok"})


@login_not_required
@require_safe
def readyz(request: HttpRequest) -> JsonResponse:
    """200 when the process can do its work, else 503; the body names what fails, never how."""
    checks = {name: _passes(check) for name, check in CHECKS.items()}
    ready = all(checks.values())
    body = {
        "status": "ok" if ready else "unavailable",
        "checks": {name: "ok" if passed else "failed" for name, passed in checks.items()},
    }
    return JsonResponse(body, status=200 if ready else 503)


@login_not_required
@require_safe
def metrics(request: HttpRequest) -> HttpResponse:
    """Prometheus figures, for a collector on this machine only; for all others the page is not there."""
    forwarded = "HTTP_X_REAL_IP" in request.META or "HTTP_X_FORWARDED_FOR" in request.META
    if forwarded or not _is_loopback(request.META.get("REMOTE_ADDR", "")):
        raise Http404
    return ExportToDjangoView(request)


def _is_loopback(address: str) -> bool:
    try:
        return ipaddress.ip_address(address).is_loopback
    except ValueError:  # a unix socket has no address, and what stands behind it is a proxy
        return False


def _passes(check: Callable[[], bool]) -> bool:
    try:
        return check()
    except Exception:  # whatever its kind, it means "not ready"
        return False


def _database() -> bool:
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
        return cursor.fetchone() == (1,)


def _migrations() -> bool:
    executor = MigrationExecutor(connection)
    return not executor.migration_plan(executor.loader.graph.leaf_nodes())


def _queue() -> bool:
    if app.conf.task_always_eager:
        return True
    with app.connection_for_write() as broker:
        broker.ensure_connection(max_retries=1, interval_start=0, timeout=3)
    return True


CHECKS: dict[str, Callable[[], bool]] = {"database": _database, "migrations": _migrations, "queue": _queue}
