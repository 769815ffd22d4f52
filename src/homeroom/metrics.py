"""How much is waiting, how long, and who works on it? Asked by a monitoring system, answered as Prometheus reads it.

Only counts and ages: no district's name, nobody's id, nothing about a record.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.db.models import Count, DateTimeField, Min, OuterRef, QuerySet, Subquery
from django.db.models.functions import Coalesce
from django.http import Http404, HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.crypto import constant_time_compare
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe
from procrastinate.contrib.django.models import ProcrastinateEvent, ProcrastinateJob
from prometheus_client import CollectorRegistry
from prometheus_client.exposition import CONTENT_TYPE_PLAIN_0_0_4, generate_latest
from prometheus_client.metrics_core import GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

from homeroom import health
from homeroom.districts.models import District

#: The tick that begins what is due comes every minute.
OVERDUE_AFTER = timedelta(minutes=5)


@login_not_required
@require_safe
@never_cache
def metrics(request: HttpRequest) -> HttpResponse:
    """For whoever sends HOMEROOM_METRICS_TOKEN as a bearer token; for everybody else, and without one, there is no such
    page.
    """
    token = settings.HOMEROOM_METRICS_TOKEN
    if not token or not constant_time_compare(request.headers.get("Authorization", ""), f"Bearer {token}"):
        raise Http404
    registry = CollectorRegistry()
    registry.register(_Now())
    return HttpResponse(generate_latest(registry), content_type=CONTENT_TYPE_PLAIN_0_0_4)


class _Now(Collector):
    """The figures of this moment, out of the database: the same whichever web server is asked."""

    def collect(self) -> Iterator[Metric]:
        yield _one("homeroom_workers", "Workers that were seen within 30 seconds.", health.workers_seen().count())
        jobs = GaugeMetricFamily(
            "homeroom_jobs",
            "Jobs by task and status: todo, doing, failed (for good: somebody must look).",
            labels=["task", "status"],
        )
        for same in _jobs("todo", "doing", "failed").values("task_name", "status").annotate(count=Count("pk")):
            jobs.add_metric([same["task_name"], same["status"]], same["count"])
        yield jobs
        yield _one(
            "homeroom_longest_wait_seconds",
            "How long the job has waited that has waited longest of those whose time has come.",
            _oldest(_jobs("todo"), Coalesce("scheduled_at", _last("deferred"), output_field=DateTimeField())),
        )
        yield _one(
            "homeroom_longest_run_seconds",
            "How long the job has run that has run longest of those that are done now.",
            _oldest(_jobs("doing"), _last("started")),
        )
        overdue = District.objects.filter(is_closed=False, due_at__lt=timezone.now() - OVERDUE_AFTER)
        yield _one(
            "homeroom_overdue_districts",
            "Districts whose sync should have begun five minutes ago and has not: the worker's clock stands still.",
            overdue.count(),
        )


def _one(name: str, about: str, value: float) -> GaugeMetricFamily:
    return GaugeMetricFamily(name, about, value=value)


def _jobs(*statuses: str) -> QuerySet[ProcrastinateJob]:
    return ProcrastinateJob.objects.filter(status__in=statuses).order_by()


def _last(kind: str) -> Subquery:
    return Subquery(ProcrastinateEvent.objects.filter(job=OuterRef("pk"), type=kind).order_by("-at").values("at")[:1])


def _oldest(jobs: QuerySet[ProcrastinateJob], since: Coalesce | Subquery) -> float:
    """For how many seconds the oldest of these jobs has been as it is; 0 where none is, or is due yet."""
    first = jobs.annotate(since=since).aggregate(first=Min("since"))["first"]
    return 0.0 if first is None else max(0.0, (timezone.now() - first).total_seconds())
