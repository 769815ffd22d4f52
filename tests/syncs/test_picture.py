"""The last nights as a small picture."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from homeroom.syncs.models import State, Sync
from homeroom.syncs.picture import HEIGHT, NIGHTS, picture_of


def sync(day: int, state: State, refused: int = 0) -> Sync:
    return Sync(
        state=state,
        created_at=datetime(2026, 1, 1, tzinfo=UTC) + timedelta(days=day),
        counts={"users": {"created": 1, "refused": refused}} if state != State.FAILED else {},
    )


def test_bars_go_from_the_oldest_to_the_newest_as_high_as_many_records_were_refused() -> None:
    picture = picture_of([sync(3, State.WITH_ERRORS, 10), sync(2, State.WITH_ERRORS, 5), sync(1, State.COMPLETED)])

    assert picture is not None
    assert [bar.kind for bar in picture.bars] == ["good", "attention", "attention"]
    heights = [bar.height for bar in picture.bars]
    assert heights == sorted(heights)
    assert heights[-1] == HEIGHT
    assert all(bar.y + bar.height == HEIGHT for bar in picture.bars)


def test_it_says_the_same_in_words() -> None:
    picture = picture_of([sync(2, State.WITH_ERRORS, 1_234), sync(1, State.FAILED)])

    assert picture is not None
    assert picture.says == (
        "The last 2 syncs of the days shown: 1 failed; at most 1,234 records were refused, in the last one 1,234."
    )
    assert "Failed" in picture.bars[0].says


def test_nights_without_a_refused_record_are_still_seen() -> None:
    picture = picture_of([sync(2, State.COMPLETED), sync(1, State.COMPLETED)])

    assert picture is not None
    assert min(bar.height for bar in picture.bars) > 0


def test_one_sync_makes_no_picture_and_many_make_one_of_thirty() -> None:
    assert picture_of([sync(1, State.COMPLETED)]) is None
    many = picture_of([sync(day, State.COMPLETED) for day in range(100, 0, -1)])
    assert many is not None
    assert len(many.bars) == NIGHTS
