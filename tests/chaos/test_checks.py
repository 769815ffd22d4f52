"""What ``make chaos`` looks for, it would see."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from tests.chaos.checks import District, left_behind, unfinished, wrong
from tests.chaos.nights import Night

FIRST, SECOND = {"users": "a", "classes": "b"}, {"users": "c", "classes": "b"}
SENT = {"1": Night("night 1", {}, FIRST), "2": Night("night 2", {}, SECOND), "3": Night("no users", {}, None)}
DIED = "The server stopped working on this sync three times."


def sync(number: int, state: str = "completed", **more: Any) -> dict[str, Any]:
    finished = datetime(2026, 1, number, tzinfo=UTC)
    made = {"id": number, "delivery_digest": f"{number}", "state": state, "generation": number, "run": 1, "stage": ""}
    return {**made, "reason": "", "finished_at": finished, **more}


GOOD = District(7, SECOND, {"generation": 2, "sync_id": 2}, [sync(1), sync(2)], {})
WAITING = replace(GOOD, roster=FIRST, state={"generation": 1, "sync_id": 1}, syncs=[sync(1), sync(2, "queued")])


@pytest.mark.parametrize(
    "district",
    [
        GOOD,
        replace(GOOD, roster={}, state=None, syncs=[]),
        replace(WAITING, jobs={2: "todo"}),
        replace(GOOD, syncs=[*GOOD.syncs, sync(3, "failed", reason="There are no people.", generation=None)]),
    ],
)
def test_what_holds_is_let_be(district: District) -> None:
    assert list(wrong(district, SENT)) == []


@pytest.mark.parametrize(
    ("district", "said"),
    [
        (replace(GOOD, roster=FIRST), "not that of sync 2"),
        (replace(GOOD, roster={"users": "c", "classes": "half"}), "classes differ"),
        (replace(GOOD, roster={**SECOND, "orgs": "more"}), "orgs differ"),
        (replace(GOOD, roster={}), "not that of sync 2"),
        (replace(GOOD, state={"generation": 3, "sync_id": 2}), "says generation 3"),
        (replace(GOOD, state={"generation": 2, "sync_id": 1}), "of sync 1"),
        (replace(GOOD, syncs=[sync(1), sync(2, generation=3)]), "generations"),
        (WAITING, "its job is lost"),
        (replace(WAITING, jobs={2: "failed"}), "its job is failed"),
        (replace(GOOD, syncs=[*GOOD.syncs, sync(3, "failed", generation=None)]), "without a reason"),
        (replace(WAITING, syncs=[sync(1), sync(2, "failed", reason="Why?", generation=None)]), "good delivery failed"),
        (replace(GOOD, syncs=[sync(1), sync(2, delivery_digest="other")]), "nobody sent"),
    ],
)
def test_what_does_not_hold_is_said(district: District, said: str) -> None:
    assert said in "; ".join(wrong(district, SENT))


def test_what_never_ends_is_said() -> None:
    assert list(unfinished(GOOD)) == []
    assert "still queued" in next(unfinished(WAITING))
    assert list(unfinished(replace(GOOD, jobs={2: "doing"}))) == ["the job of sync 2 is still doing"]


def test_given_up_sync_keeps_its_upload_and_others_do_not(tmp_path: Path) -> None:
    for place in ("1/incoming", "2/incoming", "2/delivery", "received-0815"):
        (tmp_path / "syncs" / "7" / place).mkdir(parents=True)
    district = replace(GOOD, syncs=[sync(1, "failed", reason=DIED), sync(2)])

    assert list(left_behind(tmp_path, district)) == [
        "sync 2: the upload as it came",
        "received: files that belong to no sync",
    ]


@pytest.mark.parametrize("place", ["work/unpacked", "delivery", "results/reports"])
def test_password_on_the_disk_is_seen(tmp_path: Path, place: str) -> None:
    folder = tmp_path / "syncs" / "7" / "2" / place
    folder.mkdir(parents=True)
    (folder / "00.csv").write_text("sourcedId,password\nu-1,Never-to-be-kept-7\n")

    assert "sync 2: a password" in list(left_behind(tmp_path, GOOD))
