"""Secrets and keys that are made once are there as a whole, or not at all."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import pytest
from pytest_django import Settings

from homeroom.cli import installation
from homeroom.feeds.host_keys import own_host_key
from homeroom.own_files import write_once


def test_first_one_stays_and_is_for_its_user_alone(tmp_path: Path) -> None:
    for content in (b"first", b"second"):
        write_once(tmp_path / "key", content)

    assert (tmp_path / "key").read_bytes() == b"first"
    assert (tmp_path / "key").stat().st_mode & 0o777 == 0o600
    assert [path.name for path in tmp_path.iterdir()] == ["key"]


@pytest.mark.parametrize(
    ("name", "make"),
    [
        ("sftp-host-key", lambda _: own_host_key()),
        ("secret-key", lambda folder: installation._set_secrets(folder, make=True)),
    ],
)
def test_file_has_its_name_only_once_it_is_on_the_disk(
    tmp_path: Path, settings: Settings, monkeypatch: pytest.MonkeyPatch, name: str, make: Callable[[Path], object]
) -> None:
    settings.HOMEROOM_DATA = str(tmp_path)
    for variable in installation.SECRETS:
        monkeypatch.delenv(variable)
    named_before: list[bool] = []
    monkeypatch.setattr(os, "fsync", lambda _: named_before.append((tmp_path / name).exists()))

    make(tmp_path)

    assert named_before[0] is False
    assert (tmp_path / name).exists()
