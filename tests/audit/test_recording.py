"""What was done is written down once, and stays."""

from __future__ import annotations

import pytest

from homeroom.audit.models import Event
from homeroom.audit.recording import Target, record
from homeroom.audit.words import WORDS
from homeroom.districts import scope
from tests.people import Cast


def test_event_says_who_did_what_to_what(cast: Cast) -> None:
    with scope.within(cast.ferndale.pk):
        event = record(
            by=cast.district_admin,
            what="sync.approved",
            district_id=cast.ferndale.pk,
            target=Target("sync", 7, "night of 12 May"),
            detail={"digest": "abc"},
        )
        stored = Event.objects.get(pk=event.pk)

    assert (stored.actor_id, stored.actor_name) == (cast.district_admin.pk, "Dana District")
    assert (stored.target_kind, stored.target_id, stored.target_name) == ("sync", "7", "night of 12 May")
    assert stored.detail == {"digest": "abc"}
    assert stored.sentence == "approved a held sync: night of 12 May"


def test_event_outlives_the_person(cast: Cast) -> None:
    """Names, not foreign keys."""
    assert not any(field.is_relation for field in Event._meta.get_fields())


def test_event_of_homeroom_itself_has_no_actor(cast: Cast) -> None:
    with scope.within(cast.ferndale.pk):
        event = record(by=None, what="sync.applied", district_id=cast.ferndale.pk)

    assert (event.actor_id, event.actor_name, event.sentence) == (None, "", "applied a sync")


def test_what_has_no_words_is_not_recorded(db: None) -> None:
    with pytest.raises(ValueError, match=r"homeroom\.audit\.words"):
        record(by=None, what="sync.frobnicated", district_id=None)


@pytest.mark.parametrize("what", WORDS)
def test_words_fit_into_their_columns(what: str) -> None:
    assert len(what) <= 60
    assert WORDS[what] == WORDS[what].strip()
    assert not WORDS[what].endswith(".")
