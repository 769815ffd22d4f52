"""The system of the district that is synced every few minutes: what it has changes, and comes back."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from homeroom.demo.district import make
from homeroom.demo.provider import Provider
from homeroom.demo.provider_records import Record, records_of
from homeroom.demo.sources import Rows, _enrollments, _users


@pytest.fixture
def provider(tmp_path: Path) -> Provider:
    return Provider(records_of(make(tmp_path, users=250, enrollments_per_user=4, seed=3).roster, version="1.1"))


def without_email(rows: Rows) -> list[Record]:
    users = [json.loads(text) for _, text in rows]
    return [user for user in users if user["role"] == "teacher" and "email" not in user]


def test_every_night_a_few_are_changed_and_nobody_is_gone(provider: Provider) -> None:
    users = provider.written("users")

    tonight = _users(users, 1, is_mistaken=False)

    changed = set(tonight) - set(users)
    assert [id for id, _ in tonight] == [id for id, _ in users]
    assert 0 < len(changed) < len(users) / 20
    assert without_email(tonight) == []


def test_night_with_mistakes_has_some_and_the_next_has_none(provider: Provider) -> None:
    users, enrollments = provider.written("users"), provider.written("enrollments")

    assert without_email(_users(users, 1, is_mistaken=True)) != []
    assert without_email(_users(users, 2, is_mistaken=False)) == []
    assert any(b"left-last-year" in text for _, text in _enrollments(enrollments, 1, is_mistaken=True))
    assert not any(b"left-last-year" in text for _, text in _enrollments(enrollments, 2, is_mistaken=False))


def test_pupils_leave_a_class_and_teachers_stay(provider: Provider) -> None:
    enrollments = provider.written("enrollments")

    left = {id for id, _ in enrollments} - {id for id, _ in _enrollments(enrollments, 3, is_mistaken=False)}
    assert 0 < len(left) < len(enrollments) / 100
    assert all(b'"student"' in text for id, text in enrollments if id in left)
