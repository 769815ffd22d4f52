"""Notices on a real worker, which takes their jobs by itself."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from homeroom.districts import scope
from homeroom.embedded_postgres import Urls
from homeroom.notices import actions, announcing
from homeroom.notices.models import Occasion, Sending, State
from tests.notices.conftest import Receiver
from tests.notices.made import a_failure
from tests.people import Cast
from tests.syncs.working import end, start_worker, wait_for

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def worker(database: Urls, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """One that may post to this machine. Its folder, where e-mails become files."""
    monkeypatch.setenv("HOMEROOM_LOOPBACK_SOURCES", "true")
    running = start_worker(database, tmp_path / "data")
    yield tmp_path / "data"
    end(running)


def test_a_worker_posts_and_writes_once(
    cast: Cast, worker: Path, receiver: Receiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(announcing, "QUIET", timedelta(seconds=1))
    actions.add_webhook(by=cast.district_admin, district=cast.ferndale, url=receiver.url, occasions=[Occasion.FAILED])
    for number in (1, 1, 2):
        announcing.announce(cast.ferndale.pk, a_failure(number))

    def all_sent() -> bool:
        with scope.within(cast.ferndale.pk):
            return set(Sending.objects.values_list("state", flat=True)) == {State.SENT}

    assert wait_for(all_sent, seconds=40), (worker / "worker.log").read_text()
    assert len(receiver.got) == 2
    (email,) = (worker / "mail").iterdir()
    assert email.read_text().count("A sync failed (sync") == 2
