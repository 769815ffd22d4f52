"""Is this server alive, and may it be sent people? Asked by machines, answered without a sign-in."""

from __future__ import annotations

from datetime import timedelta

from django.contrib.auth.decorators import login_not_required
from django.db import DatabaseError, connection
from django.db.migrations.executor import MigrationExecutor
from django.db.models import QuerySet
from django.http import HttpRequest, JsonResponse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe
from procrastinate.contrib.django.models import ProcrastinateWorker

WORKER_IS_GONE_AFTER = timedelta(seconds=30)


@login_not_required
@require_safe
@never_cache
def healthz(_request: HttpRequest) -> JsonResponse:
    """The process answers. It says nothing about the database, so that its failure restarts no web server."""
    return JsonResponse({"web": True})


@login_not_required
@require_safe
@never_cache
def readyz(_request: HttpRequest) -> JsonResponse:
    """200 when the database answers, its migrations are applied and a worker was seen lately; else 503."""
    ready = {"web": True, "database": False, "migrations": False, "worker": False}
    try:
        ready["database"] = _database_answers()
        ready["migrations"] = _migrations_are_applied()
        ready["worker"] = ready["migrations"] and workers_seen().exists()
    except DatabaseError:
        pass  # what was not reached stays false
    return JsonResponse(ready, status=200 if all(ready.values()) else 503)


def _database_answers() -> bool:
    with connection.cursor() as cursor:
        cursor.execute("select 1")
    return True


def _migrations_are_applied() -> bool:
    executor = MigrationExecutor(connection)
    return not executor.migration_plan(executor.loader.graph.leaf_nodes())


def workers_seen() -> QuerySet[ProcrastinateWorker]:
    """Those that were heard of lately."""
    return ProcrastinateWorker.objects.filter(last_heartbeat__gt=timezone.now() - WORKER_IS_GONE_AFTER)
