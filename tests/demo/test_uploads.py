"""What has been uploaded in the self-serve district of the demo."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from homeroom.accounts.models import User
from homeroom.demo import publisher, uploads
from homeroom.districts import scope
from homeroom.districts.models import District
from homeroom.syncs import tasks
from homeroom.syncs.models import State, Sync, Upload
from tests.syncs.conftest import data

__all__ = ["data"]  # fixtures are found where they are imported

pytestmark = pytest.mark.django_db


@pytest.fixture
def made(data: Path, monkeypatch: pytest.MonkeyPatch) -> District:
    """The district, after the worker has done each upload at once."""

    def work(sync: Sync) -> None:
        tasks.run_sync(district_id=sync.district_id, sync_id=sync.pk)

    monkeypatch.setattr(uploads, "_wait_for", work)
    publisher.prepare()
    uploads.make()
    return District.objects.get(slug=publisher.BY_HAND.slug)


def states(district: District) -> list[Any]:
    with scope.within(district.pk):
        return list(Upload.objects.order_by("sync_id").values_list("school__name", "kind", "sync__state"))


def test_both_schools_have_staff_classes_and_students(made: District) -> None:
    elementary, high = publisher.SCHOOLS_BY_HAND

    assert states(made) == [
        (elementary, "staff", State.COMPLETED),
        (elementary, "classes", State.WITH_ERRORS),
        (elementary, "students", State.WITH_ERRORS),
        (high, "staff", State.COMPLETED),
        (high, "classes", State.COMPLETED),
        (high, "students", State.COMPLETED),
    ]


def test_mistakes_are_of_several_kinds(made: District) -> None:
    with scope.within(made.pk):
        sync = Sync.objects.get(upload__kind="students", state=State.WITH_ERRORS)

    assert {cause["field"] for cause in sync.report["causes"]} == {
        "studentId", "lastName", "email", "grade", "username", "password",
    }  # fmt: skip


def test_one_banner_is_left_for_the_school_administrator(made: District) -> None:
    with scope.within(made.pk):
        (left,) = Upload.objects.filter(dismissed_at=None).select_related("sync")

    assert left.sync.started_by == User.objects.get(email="sam@cedar-falls.example")


def test_what_is_there_already_is_not_uploaded_again(made: District) -> None:
    before = states(made)

    uploads.make()

    assert states(made) == before
