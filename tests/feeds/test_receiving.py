"""Our own SFTP server: a district signs in, sees its drop box and nothing else, and leaves files there."""

from __future__ import annotations

import asyncio
import os
import threading
from contextlib import suppress
from pathlib import Path

import asyncssh
import pytest
from pytest_django import Settings

from homeroom.districts import actions as districts
from homeroom.districts.models import District, Method
from homeroom.feeds import drop_boxes
from homeroom.feeds.connections import box_of
from tests.feeds.drop_box_server import Doing, connecting, do, drops, password, port, puts, receiving_here
from tests.people import Cast
from tests.syncs.conftest import data

__all__ = ["data", "password", "port"]  # fixtures are found where they are imported

pytestmark = pytest.mark.django_db(transaction=True)


def test_uploaded_zip_is_a_drop(cast: Cast, port: int, password: str) -> None:
    content = os.urandom(3_000_000)
    do(port, password, puts("roster.zip", content))

    assert drops(cast) == ["roster.zip"]
    path = box_of(cast.ferndale.pk).path("roster.zip")
    assert path.read_bytes() == content
    assert path.stat().st_mode & 0o777 == 0o600
    assert [parent.stat().st_mode & 0o777 for parent in (path.parent, path.parent.parent)] == [0o700, 0o700]


def test_upload_under_another_name_is_a_drop_once_it_is_renamed(cast: Cast, port: int, password: str) -> None:
    async def put(sftp: asyncssh.SFTPClient) -> None:
        await puts("roster.zip.filepart", b"x" * 10)(sftp)
        assert drops(cast) == []
        await sftp.rename("roster.zip.filepart", "roster.zip")

    do(port, password, put)
    assert drops(cast) == ["roster.zip"]


def test_upload_that_is_cut_off_is_no_drop_until_it_is_sent_again(cast: Cast, port: int, password: str) -> None:
    async def cut_off() -> None:
        connection = await connecting(port, password)
        sftp = await connection.start_sftp_client()
        file = await sftp.open("roster.zip", "wb")
        await file.write(b"x" * 100_000)
        connection.abort()
        await asyncio.sleep(0.3)

    asyncio.run(cut_off())
    assert box_of(cast.ferndale.pk).path("roster.zip").exists()
    assert drops(cast) == []

    do(port, password, puts("roster.zip", b"whole"))
    assert drops(cast) == ["roster.zip"]
    assert box_of(cast.ferndale.pk).path("roster.zip").read_bytes() == b"whole"


def goes_on_with(name: str, content: bytes, offset: int) -> Doing:
    async def put(sftp: asyncssh.SFTPClient) -> None:
        async with sftp.open(name, asyncssh.FXF_WRITE | asyncssh.FXF_CREAT, encoding=None) as file:
            await file.write(content, offset)
            await file.setstat(asyncssh.SFTPAttrs(size=offset + len(content)))

    return put


def test_upload_that_is_resumed_keeps_what_had_arrived_even_if_it_counted_as_finished(
    cast: Cast, port: int, password: str
) -> None:
    do(port, password, puts("roster.zip", b"abcdefghij"))
    do(port, password, goes_on_with("roster.zip", b"XY", 5))

    assert drops(cast) == ["roster.zip"]
    assert box_of(cast.ferndale.pk).path("roster.zip").read_bytes() == b"abcdeXY"


def test_file_that_is_being_collected_is_not_written_into(cast: Cast, port: int, password: str, tmp_path: Path) -> None:
    do(port, password, puts("roster.zip", b"abc"))
    collected = tmp_path / "roster.zip"
    collected.hardlink_to(box_of(cast.ferndale.pk).path("roster.zip"))

    with pytest.raises(asyncssh.SFTPFailure, match="is being collected"):
        do(port, password, goes_on_with("roster.zip", b"XY", 3))
    assert drops(cast) == ["roster.zip"]
    do(port, password, puts("roster.zip", b"anew"))

    assert collected.read_bytes() == b"abc"
    assert box_of(cast.ferndale.pk).path("roster.zip").read_bytes() == b"anew"


def test_upload_that_goes_on_is_no_drop_yet(cast: Cast, port: int, password: str) -> None:
    async def put(sftp: asyncssh.SFTPClient) -> None:
        async with sftp.open("roster.zip", "wb") as file:
            await file.write(b"x")
            assert drops(cast) == []

    do(port, password, put)
    assert drops(cast) == ["roster.zip"]


def test_files_are_listed_renamed_and_removed(cast: Cast, port: int, password: str) -> None:
    async def doing(sftp: asyncssh.SFTPClient) -> list[str]:
        for name in ("a.zip", "b.zip"):
            await puts(name, b"x" * 7)(sftp)
        await sftp.rename("a.zip", "c.zip")
        await sftp.remove("b.zip")
        assert (await sftp.stat("c.zip")).size == 7
        assert await sftp.realpath(".") == "/"
        await sftp.setstat("c.zip", asyncssh.SFTPAttrs(mtime=1, atime=1, permissions=0o777))
        return [str(name) for name in await sftp.listdir("/")]

    assert sorted(do(port, password, doing)) == [".", "..", "c.zip"]
    status = box_of(cast.ferndale.pk).path("c.zip").stat()
    assert (status.st_mode & 0o777, status.st_mtime > 1_000) == (0o600, True)


REFUSED: dict[str, Doing] = {
    "reading": lambda sftp: sftp.get("roster.zip", os.devnull),
    "opening to read": lambda sftp: sftp.open("roster.zip", "rb"),
    "a folder": lambda sftp: sftp.mkdir("folder"),
    "a file in a folder": lambda sftp: sftp.open("folder/roster.zip", "wb"),
    "a link": lambda sftp: sftp.symlink("/etc/passwd", "roster2.zip"),
    "a hard link": lambda sftp: sftp.link("roster.zip", "roster2.zip"),
    "reading a link": lambda sftp: sftp.readlink("roster.zip"),
    "above": lambda sftp: sftp.open("../../unfinished/roster.zip", "wb"),
    "another place": lambda sftp: sftp.open("/etc/homeroom.zip", "wb"),
    "a name with a backslash": lambda sftp: sftp.open("..\\roster.zip", "wb"),
    "a name that hides": lambda sftp: sftp.open("a\nb.zip", "wb"),
    "renaming to above": lambda sftp: sftp.rename("roster.zip", "../roster2/x.zip"),
    "removing the box": lambda sftp: sftp.rmdir("/"),
    "removing above": lambda sftp: sftp.remove("../sftp-host-key/x"),
    "listing a folder": lambda sftp: sftp.listdir("/etc/x"),
    "the disk": lambda sftp: sftp.statvfs("/"),
}


def test_everything_else_is_refused(cast: Cast, port: int, password: str) -> None:
    done: list[str] = []

    async def doing(sftp: asyncssh.SFTPClient) -> None:
        await puts("roster.zip", b"x")(sftp)
        for what, tried in REFUSED.items():
            with suppress(asyncssh.SFTPError):
                await tried(sftp)
                done.append(what)

    do(port, password, doing)
    assert done == []
    assert drops(cast) == ["roster.zip"]


def test_way_up_leads_to_the_box_itself(cast: Cast, port: int, password: str) -> None:
    async def doing(sftp: asyncssh.SFTPClient) -> list[str]:
        return [str(name) for name in await sftp.listdir("../../..")]

    assert sorted(do(port, password, doing)) == [".", ".."]


def test_one_district_never_sees_the_box_of_another(cast: Cast, port: int, password: str) -> None:
    other = drop_boxes.open_box(by=cast.operator, district=cast.lakeside)
    box = box_of(cast.lakeside.pk)
    box.make()
    do(port, other, puts("secret.zip", b"x"), user="lakeside")
    link = box_of(cast.ferndale.pk).files
    link.mkdir(parents=True, exist_ok=True)
    (link / "way.zip").symlink_to(box.path("secret.zip"))  # as nobody can make one from outside
    (link / "door").symlink_to(box.files)
    ways = [
        f"../../{cast.lakeside.pk}/files/secret.zip", str(box.path("secret.zip")), "door/secret.zip",
        f"/../{cast.lakeside.pk}/files/secret.zip",
    ]  # fmt: skip

    async def doing(sftp: asyncssh.SFTPClient) -> None:
        for way in ways:
            for mode in ("rb", "wb", "ab"):
                with pytest.raises(asyncssh.SFTPError):
                    await sftp.open(way, mode)
            with pytest.raises(asyncssh.SFTPError):
                await sftp.rename(way, "mine/x.zip")
        for folder in ("door", f"../../{cast.lakeside.pk}/files"):
            with pytest.raises(asyncssh.SFTPError):
                await sftp.listdir(folder)
        await puts("way.zip", b"mine")(sftp)

    do(port, password, doing)
    assert box.path("secret.zip").read_bytes() == b"x"
    for user, given in (("ferndale", other), ("lakeside", password)):
        with pytest.raises((asyncssh.PermissionDenied, asyncssh.ConnectionLost)):
            do(port, given, puts("x.zip", b"x"), user=user)


def test_quota_holds_whatever_is_said_of_the_offset(cast: Cast, password: str, settings: Settings) -> None:
    settings.HOMEROOM_UPLOAD_LIMIT_BYTES = 1_000_000

    async def too_much(sftp: asyncssh.SFTPClient) -> None:
        await puts("a.zip", b"x" * 600_000)(sftp)
        with pytest.raises(asyncssh.SFTPFailure, match="The drop box is full"):
            await puts("b.zip", b"x" * 600_000)(sftp)
        with pytest.raises(asyncssh.SFTPFailure, match="The drop box is full"):
            async with sftp.open("c.zip", "wb") as file:
                await file.write(b"x", 10**12)

    with receiving_here() as port:
        do(port, password, too_much)
    assert box_of(cast.ferndale.pk).used_bytes() <= 1_000_000


def test_part_that_lies_far_behind_is_written_where_there_is_room(cast: Cast, port: int, password: str) -> None:
    """Some programs send a file's parts side by side."""

    async def put(sftp: asyncssh.SFTPClient) -> None:
        async with sftp.open("roster.zip", "wb") as file:
            await file.write(b"end", 17 << 20)
            await file.write(b"beginning", 0)

    do(port, password, put)
    assert box_of(cast.ferndale.pk).used_bytes() == (17 << 20) + 3


def test_number_of_files_is_limited(cast: Cast, port: int, password: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("homeroom.sources.drop_box.MOST_FILES", 2)

    async def too_many(sftp: asyncssh.SFTPClient) -> None:
        for name in ("a.zip", "b.zip", "b.zip"):
            await puts(name, b"x")(sftp)
        with pytest.raises(asyncssh.SFTPFailure, match="The drop box is full"):
            await puts("c.zip", b"x")(sftp)

    do(port, password, too_many)


def test_who_is_still_signed_in_sends_nothing_into_a_box_that_was_left(cast: Cast, port: int, password: str) -> None:
    async def doing(sftp: asyncssh.SFTPClient) -> None:
        await puts("roster.zip", b"x")(sftp)
        async with sftp.open("begun.zip", "wb") as begun:
            box_of(cast.ferndale.pk).empty()
            with pytest.raises(asyncssh.SFTPError):
                await begun.write(b"x")
        with pytest.raises(asyncssh.SFTPError):
            await puts("late.zip", b"x")(sftp)

    do(port, password, doing)
    assert not box_of(cast.ferndale.pk).folder.exists()


@pytest.mark.parametrize("takes_at_once", [True, False])
def test_drop_is_due_as_soon_as_it_is_whole_if_that_is_wanted(
    cast: Cast, port: int, password: str, takes_at_once: bool
) -> None:
    drop_boxes.change_box(
        by=cast.operator, district=cast.ferndale, box_keys="", takes_at_once=takes_at_once, needs_key=False
    )
    before = District.objects.get(pk=cast.ferndale.pk).due_at

    do(port, password, puts("roster.zip.part", b"x"))
    assert District.objects.get(pk=cast.ferndale.pk).due_at == before
    do(port, password, lambda sftp: sftp.rename("roster.zip.part", "roster.zip"))

    after = before
    for _ in range(100):
        after = District.objects.get(pk=cast.ferndale.pk).due_at
        if (after != before) == takes_at_once:
            break
        threading.Event().wait(0.02)
    assert before is not None
    assert after is not None
    assert (after < before) == takes_at_once


@pytest.mark.parametrize("now", ["another method", "closed"])
def test_drop_is_not_due_in_a_district_that_has_its_drop_box_no_more(cast: Cast, password: str, now: str) -> None:
    """As one whose upload ends in the moment after."""
    drop_boxes.change_box(by=cast.operator, district=cast.ferndale, box_keys="", takes_at_once=True, needs_key=False)
    if now == "closed":
        districts.close_district(by=cast.operator, district=cast.ferndale)
    else:
        districts.change_method(by=cast.operator, district=cast.ferndale, method=Method.CLASSLINK)
    before = District.objects.get(pk=cast.ferndale.pk).due_at

    drop_boxes.note_arrival(cast.ferndale.pk, "roster.zip")

    assert District.objects.get(pk=cast.ferndale.pk).due_at == before
