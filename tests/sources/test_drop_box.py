"""A drop box: which files of it are drops, and which names are none."""

from __future__ import annotations

import os
from contextlib import AbstractContextManager, nullcontext, suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path
from unittest.mock import Mock

import pytest

from homeroom.sources.drop_box import MOST_FILES, Box
from homeroom.sources.drops import newest_finished

NOW = datetime(2026, 11, 22, 2, 0, tzinfo=UTC)


@pytest.fixture
def box(tmp_path: Path) -> Box:
    box = Box(tmp_path / "drops" / "7", most_bytes=1_000)
    box.make()
    return box


def put(box: Box, name: str, *, seconds_ago: float = 600, is_finished: bool = True) -> None:
    box.begin(name)
    box.path(name).write_bytes(b"x" * 10)
    at = NOW.timestamp() - seconds_ago
    os.utime(box.path(name), (at, at))
    os.utime(box.folder / "unfinished" / name, (at, at))
    if is_finished:
        box.finish(name)


def taken(box: Box) -> str | None:
    drop = newest_finished(box.drops(at=NOW, settled_after=timedelta(minutes=1)))
    return drop.name if drop else None


def test_zip_is_a_drop_as_soon_as_its_upload_has_ended(box: Box) -> None:
    put(box, "roster.zip", seconds_ago=0)

    assert taken(box) == "roster.zip"


def test_loose_files_wait_for_those_that_follow(box: Box) -> None:
    put(box, "orgs.csv", seconds_ago=90)
    put(box, "users.csv", seconds_ago=30)
    assert taken(box) is None

    put(box, "users.csv", seconds_ago=60)
    assert taken(box) == "users.csv and 1 more"


@pytest.mark.parametrize("name", ["roster.zip", "users.csv"])
def test_upload_that_has_not_ended_is_no_drop_however_old(box: Box, name: str) -> None:
    put(box, name, seconds_ago=90_000, is_finished=False)

    assert taken(box) is None


@pytest.mark.parametrize("is_finished", [True, False])
def test_renamed_file_is_as_finished_as_it_was(box: Box, is_finished: bool) -> None:
    put(box, "roster.zip.filepart", is_finished=is_finished)
    box.rename("roster.zip.filepart", "roster.zip")

    assert taken(box) == ("roster.zip" if is_finished else None)


def test_box_that_nobody_has_used_is_empty(tmp_path: Path) -> None:
    assert Box(tmp_path / "none", most_bytes=1).drops(at=NOW, settled_after=timedelta()) == ()


@pytest.mark.parametrize("name", ["", ".", "..", "../x.zip", "a/b.zip", "a\\b.zip", "a\x00.zip", "x\n.zip", "é" * 120])
def test_name_that_leads_elsewhere_is_none(box: Box, name: str) -> None:
    with pytest.raises(ValueError, match="No file here can be called that"):
        box.path(name)


def test_link_is_no_drop(box: Box, tmp_path: Path) -> None:
    (tmp_path / "secret.zip").write_bytes(b"x")
    box.path("roster.zip").symlink_to(tmp_path / "secret.zip")

    assert taken(box) is None


def test_box_has_room_for_so_many_files(box: Box) -> None:
    for number in range(MOST_FILES):
        put(box, f"{number}.csv")

    assert (box.has_room("one-more.csv"), box.has_room("7.csv")) == (False, True)
    assert box.used_bytes() == 10 * MOST_FILES


def test_what_nobody_took_expires(box: Box, tmp_path: Path) -> None:
    put(box, "cut-off.zip", seconds_ago=90_000, is_finished=False)
    put(box, "roster.zip", seconds_ago=80_000)

    box.expire(before=NOW - timedelta(days=1))
    Box(tmp_path / "none", most_bytes=1).expire(before=NOW)

    assert [path.name for path in box.files.iterdir()] == ["roster.zip"]
    assert not list((box.folder / "unfinished").iterdir())


def test_file_that_goes_while_one_looks_is_left_out(box: Box, monkeypatch: pytest.MonkeyPatch) -> None:
    put(box, "roster.zip")
    scandir = os.scandir

    def renamed_meanwhile(folder: Path) -> AbstractContextManager[list[os.DirEntry[str]]]:
        with scandir(folder) as found:
            entries = list(found)
        box.rename("roster.zip", "old.zip")
        return nullcontext(entries)

    monkeypatch.setattr(os, "scandir", renamed_meanwhile)

    assert box.used_bytes() == 0


@pytest.mark.parametrize("size_bytes", [0, 2, 10])
@pytest.mark.parametrize("is_finished", [True, False])
def test_file_that_is_begun_anew_after_it_was_listed_is_not_taken(
    box: Box, tmp_path: Path, size_bytes: int, is_finished: bool
) -> None:
    put(box, "roster.zip")
    listed = box.drops(at=NOW, settled_after=timedelta())[0]
    box.begin("roster.zip")
    box.path("roster.zip").unlink()
    box.path("roster.zip").write_bytes(b"y" * size_bytes)
    if is_finished:
        box.finish("roster.zip")

    with pytest.raises(FileNotFoundError):
        box.link(listed, tmp_path / "in")
    assert not list((tmp_path / "in").iterdir())


def test_upload_that_begins_while_the_file_before_it_is_removed_is_kept(
    box: Box, monkeypatch: pytest.MonkeyPatch
) -> None:
    put(box, "roster.zip")
    listed, rename = box.drops(at=NOW, settled_after=timedelta()), Path.rename

    def begun_anew(path: Path, target: Path) -> Path:
        path.unlink()
        path.write_bytes(b"anew")
        return rename(path, target)

    monkeypatch.setattr(Path, "rename", begun_anew)
    box.clear(listed)

    assert box.path("roster.zip").read_bytes() == b"anew"
    assert sorted(path.name for path in box.folder.iterdir()) == ["files", "unfinished"]


class KilledError(BaseException):
    """The process was killed here."""


def test_what_one_was_killed_over_while_another_removed_does_not_come_back_under_another_name(
    box: Box, monkeypatch: pytest.MonkeyPatch
) -> None:
    put(box, "a.zip")
    put(box, "b.zip", seconds_ago=900)
    a, b = box.drops(at=NOW, settled_after=timedelta())
    rename = Path.rename

    def removed_at_the_same_time(path: Path, target: Path) -> Path:
        moved = rename(path, target)
        if path.name == "b.zip":
            raise KilledError
        with suppress(KilledError):
            box.clear([b])
        return moved

    monkeypatch.setattr(Path, "rename", removed_at_the_same_time)
    box.clear([a])

    assert not list(box.files.iterdir())


def test_what_was_put_aside_by_one_who_was_killed_expires(box: Box) -> None:
    put(box, "roster.zip", seconds_ago=90_000)
    with pytest.MonkeyPatch.context() as killing, suppress(KilledError):
        killing.setattr(Path, "unlink", Mock(side_effect=KilledError))
        box.clear(box.drops(at=NOW, settled_after=timedelta()))
    (left,) = (path for path in box.folder.iterdir() if path.is_file())

    box.expire(before=datetime.now(UTC) - timedelta(hours=1))
    assert left.exists()  # somebody may just be removing it

    box.expire(before=datetime.now(UTC) + timedelta(hours=1))
    assert not left.exists()


def test_what_was_taken_is_cleared_unless_it_came_anew(box: Box, tmp_path: Path) -> None:
    put(box, "old.zip", seconds_ago=900)
    put(box, "roster.zip")
    found = box.drops(at=NOW, settled_after=timedelta())
    box.link(found[0], tmp_path / "in")
    put(box, "roster.zip", seconds_ago=0)

    box.clear(found)

    assert [path.name for path in box.files.iterdir()] == ["roster.zip"]
    assert [path.name for path in (tmp_path / "in").iterdir()] == ["00-roster.zip"]
