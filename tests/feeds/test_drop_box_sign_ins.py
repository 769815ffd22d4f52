"""Who is let in to a drop box, and who is kept out."""

from __future__ import annotations

import asyncio
from pathlib import Path
from unittest.mock import Mock

import asyncssh
import pytest
from django.contrib.auth.hashers import MD5PasswordHasher
from django.db import OperationalError, connection

from homeroom.districts import actions as districts
from homeroom.districts import scope
from homeroom.districts.models import Method
from homeroom.feeds import drop_boxes, receiving
from homeroom.feeds.connections import box_of
from homeroom.feeds.host_keys import own_fingerprint, own_host_key
from homeroom.feeds.models import Feed
from tests.feeds.drop_box_server import connecting, do, drops, password, port, puts, receiving_here
from tests.people import Cast
from tests.sources.sftp_servers import District
from tests.syncs.conftest import data

__all__ = ["data", "password", "port"]  # fixtures are found where they are imported

pytestmark = pytest.mark.django_db(transaction=True)


def test_neither_shell_nor_command_nor_forwarding_is_given(cast: Cast, port: int, password: str) -> None:
    async def tried() -> None:
        async with connecting(port, password) as connection:
            for asked in (connection.run("id"), connection.run(), connection.open_connection("127.0.0.1", port)):
                with pytest.raises((asyncssh.ChannelOpenError, asyncssh.ProcessError)):
                    await asked
            with pytest.raises(asyncssh.ChannelListenError):
                await connection.forward_remote_port("", 0, "127.0.0.1", port)

    asyncio.run(tried())


@pytest.mark.parametrize("why", ["wrong password", "wrong user", "no box", "closed", "another method", "own server"])
def test_nobody_else_is_let_in(cast: Cast, port: int, password: str, why: str) -> None:
    user = {"wrong user": "nowhere", "no box": "lakeside"}.get(why, "ferndale")
    if why == "closed":
        districts.close_district(by=cast.operator, district=cast.ferndale)
    if why == "another method":
        districts.change_method(by=cast.operator, district=cast.ferndale, method=Method.CLASSLINK)
    if why == "own server":
        with scope.within(cast.ferndale.pk):
            Feed.objects.update(authentication="sftp-password")

    with pytest.raises((asyncssh.PermissionDenied, asyncssh.ConnectionLost)):
        do(port, "wrong" if why == "wrong password" else password, puts("x.zip", b"x"), user=user)
    assert not box_of(cast.ferndale.pk).files.exists()


@pytest.mark.parametrize("why", ["wrong password", "wrong user", "no box", "key only"])
def test_why_somebody_is_not_let_in_cannot_be_told_by_the_time_it_takes(
    cast: Cast, data: Path, monkeypatch: pytest.MonkeyPatch, why: str
) -> None:
    drop_boxes.open_box(by=cast.operator, district=cast.ferndale)
    if why == "key only":
        key = {"box_keys": District(data).host_key_line, "needs_key": True, "takes_at_once": False}
        drop_boxes.change_box(by=cast.operator, district=cast.ferndale, **key)
    hashed = Mock(side_effect=MD5PasswordHasher().encode)
    monkeypatch.setattr(MD5PasswordHasher, "encode", hashed)

    user = {"wrong user": "nowhere", "no box": "lakeside"}.get(why, "ferndale")
    assert drop_boxes.lets_in(user, password="wrong") is None

    assert hashed.call_count == 1


def test_failed_sign_ins_are_slowed_down_and_then_shut_out(cast: Cast, password: str) -> None:
    door = receiving.Door(first_wait_seconds=0.001)
    waits = [door.fail("10.0.0.7", "user ferndale") for _ in range(receiving.MOST_FAILURES)]

    assert waits[:4] == [0.001, 0.002, 0.004, 0.008]
    assert max(waits) == receiving.LONGEST_WAIT_SECONDS
    assert (door.is_shut_to("10.0.0.7"), door.is_shut_to("10.0.0.8")) == (True, False)
    assert door.fail("10.0.0.8", "user ferndale") == receiving.LONGEST_WAIT_SECONDS


def test_address_from_which_districts_sign_in_is_not_shut_for_what_others_do_there(cast: Cast, password: str) -> None:
    door = receiving.Door(first_wait_seconds=0.001)
    with receiving_here(door) as port:
        do(port, password, puts("roster.zip", b"x"))
        for address in ("127.0.0.1", "10.0.0.8"):
            for _ in range(receiving.MOST_FAILURES):
                door.fail(address)
        do(port, password, puts("roster.zip", b"y"))
    door.callers["127.0.0.1"] = receiving.MOST_OF_AN_ADDRESS

    assert (door.is_shut_to("127.0.0.1"), door.is_shut_to("10.0.0.8")) == (False, True)
    door.callers["127.0.0.1"] = receiving.MOST_CONNECTIONS
    assert door.is_shut_to("127.0.0.1")


def test_connection_ends_after_some_wrong_passwords(cast: Cast, port: int, password: str) -> None:
    tried: list[int] = []

    class Guessing(asyncssh.SSHClient):
        def password_auth_requested(self) -> str:
            tried.append(1)
            return "guess"

    with pytest.raises((asyncssh.ConnectionLost, asyncssh.PermissionDenied)):
        do(port, password, puts("x", b""), client_factory=Guessing, password=None)
    assert len(tried) <= receiving.MOST_TRIES + 1


def test_public_key_lets_in_and_the_password_no_longer_if_it_is_not_wanted(
    cast: Cast, port: int, password: str
) -> None:
    key = asyncssh.generate_private_key("ssh-ed25519")
    line = key.export_public_key("openssh").decode().strip() + " sis@ferndale"
    drop_boxes.change_box(by=cast.operator, district=cast.ferndale, box_keys=line, takes_at_once=False, needs_key=True)

    do(port, "", puts("roster.zip", b"x"), password=None, client_keys=[key])
    assert drops(cast) == ["roster.zip"]
    with pytest.raises((asyncssh.PermissionDenied, asyncssh.ConnectionLost)):
        do(port, password, puts("x.zip", b"x"))
    with pytest.raises((asyncssh.PermissionDenied, asyncssh.ConnectionLost)):
        do(port, "", puts("x", b""), password=None, client_keys=[asyncssh.generate_private_key("ssh-ed25519")])


def test_key_that_is_offered_and_not_signed_with_takes_no_place_inside(
    cast: Cast, password: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Public keys are public: whoever knows a district's could keep it out."""
    monkeypatch.setattr(receiving, "MOST_OF_A_DISTRICT", 1)
    key = asyncssh.generate_private_key("ssh-ed25519")
    line = key.export_public_key("openssh").decode().strip()
    drop_boxes.change_box(by=cast.operator, district=cast.ferndale, box_keys=line, takes_at_once=False, needs_key=False)
    door, offered = receiving.Door(first_wait_seconds=0.01), asyncssh.load_keypairs([key])[0]

    async def tried(port: int) -> None:
        is_asked, is_over = asyncio.Event(), asyncio.Event()

        async def sign(_data: bytes) -> bytes:
            is_asked.set()
            await is_over.wait()
            return b""

        monkeypatch.setattr(offered, "sign_async", sign, raising=False)
        offering = asyncio.create_task(connecting(port, "", password=None, client_keys=[offered]).__aenter__())
        await asyncio.wait_for(is_asked.wait(), 10)
        assert not door.inside
        async with connecting(port, password) as connection, connection.start_sftp_client() as sftp:
            await puts("roster.zip", b"x")(sftp)
        is_over.set()
        with pytest.raises((asyncssh.PermissionDenied, asyncssh.ConnectionLost)):
            await offering

    with receiving_here(door) as port:
        asyncio.run(tried(port))
    assert drops(cast) == ["roster.zip"]


def test_new_password_ends_the_old_one(cast: Cast, port: int, password: str) -> None:
    new = drop_boxes.open_box(by=cast.operator, district=cast.ferndale)

    do(port, new, puts("roster.zip", b"x"))
    with pytest.raises((asyncssh.PermissionDenied, asyncssh.ConnectionLost)):
        do(port, password, puts("x.zip", b"x"))


@pytest.mark.parametrize("why", ["password", "key needed", "key", "closed", "method", "own server"])
def test_who_is_signed_in_is_sent_away_once_the_sign_in_holds_no_more(
    cast: Cast, password: str, monkeypatch: pytest.MonkeyPatch, why: str
) -> None:
    """In the midst of an upload, too, which then counts for nothing."""
    monkeypatch.setattr(receiving, "LOOK_AGAIN_SECONDS", 0.05)
    key, other = (asyncssh.generate_private_key("ssh-ed25519") for _ in range(2))
    with_keys(cast, key, other)
    who = {"password": None, "client_keys": [key]} if why == "key" else {}

    async def signed_in(port: int) -> None:
        async with connecting(port, password, **who) as connection, connection.start_sftp_client() as sftp:
            begun = await sftp.open("roster.zip", "wb")
            await begun.write(b"x")
            await asyncio.sleep(0.2)  # while nothing changes, nobody is sent away
            await begun.write(b"x")
            await asyncio.to_thread(end_sign_in, cast, other, why)
            await asyncio.wait_for(connection.wait_closed(), 10)

    with receiving_here() as port:
        asyncio.run(signed_in(port))
    assert drops(cast) == []


def with_keys(cast: Cast, *keys: asyncssh.SSHKey, needs_key: bool = False) -> None:
    lines = "\n".join(key.export_public_key("openssh").decode().strip() for key in keys)
    drop_boxes.change_box(
        by=cast.operator, district=cast.ferndale, box_keys=lines, takes_at_once=False, needs_key=needs_key
    )


def end_sign_in(cast: Cast, other: asyncssh.SSHKey, why: str) -> None:
    try:
        if why == "password":
            drop_boxes.open_box(by=cast.operator, district=cast.ferndale)
        elif why in ("key", "key needed"):
            with_keys(cast, other, needs_key=why == "key needed")
        elif why == "closed":
            districts.close_district(by=cast.operator, district=cast.ferndale)
        elif why == "method":
            districts.change_method(by=cast.operator, district=cast.ferndale, method=Method.CLASSLINK)
        else:
            with scope.within(cast.ferndale.pk):
                Feed.objects.update(authentication="sftp-password")
    finally:
        connection.close()


def test_who_is_signed_in_stays_while_the_database_is_away(
    cast: Cast, password: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[object] = []

    def away(_: object) -> bool:
        asked.append(1)
        raise OperationalError

    monkeypatch.setattr(receiving, "LOOK_AGAIN_SECONDS", 0.05)
    monkeypatch.setattr(drop_boxes, "still_lets_in", away)

    async def doing(sftp: asyncssh.SFTPClient) -> None:
        for _ in range(500):
            if len(asked) > 1:
                break
            await asyncio.sleep(0.02)
        assert len(asked) > 1
        await puts("roster.zip", b"x")(sftp)

    with receiving_here() as port:
        do(port, password, doing)
    assert drops(cast) == ["roster.zip"]


def test_host_key_stays_and_is_for_nobody_else(data: Path) -> None:
    told = own_fingerprint()

    assert told == own_fingerprint()
    assert told.startswith("SHA256:")
    assert own_host_key().stat().st_mode & 0o777 == 0o600
