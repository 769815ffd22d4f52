"""Our own SFTP server in a thread of the test, and what programs of a district do there."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any

import asyncssh
import pytest
from django.utils import timezone

from homeroom.feeds import drop_boxes, receiving
from homeroom.feeds.connections import box_of
from homeroom.feeds.host_keys import own_host_key
from tests.people import Cast

Doing = Callable[[asyncssh.SFTPClient], Awaitable[Any]]


@pytest.fixture
def password(cast: Cast, data: Path) -> str:
    """Of Ferndale's drop box."""
    return drop_boxes.open_box(by=cast.operator, district=cast.ferndale)


@pytest.fixture
def port(password: str) -> Iterator[int]:
    with receiving_here() as port:
        yield port


@contextmanager
def receiving_here(door: receiving.Door | None = None) -> Iterator[int]:
    """The server, in a thread of its own, at this port."""
    ready, loop, ended = threading.Event(), asyncio.new_event_loop(), asyncio.Event()
    ports: list[int] = []

    async def serve() -> None:
        shared = door or receiving.Door(first_wait_seconds=0.01)
        accepting = await receiving.listen("127.0.0.1", 0, host_key=str(own_host_key()), door=shared)
        ports.append(accepting.get_port())
        ready.set()
        await ended.wait()
        accepting.close()
        others = asyncio.all_tasks() - {asyncio.current_task()}
        for task in others:
            task.cancel()
        await asyncio.gather(*others, return_exceptions=True)
        await loop.shutdown_default_executor()

    thread = threading.Thread(target=lambda: loop.run_until_complete(serve()), daemon=True)
    thread.start()
    assert ready.wait(10)
    try:
        yield ports[0]
    finally:
        loop.call_soon_threadsafe(ended.set)
        thread.join(10)
        loop.close()


def connecting(port: int, secret: str, user: str = "ferndale", **more: Any) -> Any:
    known = asyncssh.read_private_key(own_host_key()).convert_to_public()
    given: dict[str, Any] = {"password": secret, "client_keys": None, **more}
    return asyncssh.connect(
        "127.0.0.1", port, username=user, known_hosts=([known], [], []), config=None, agent_path=None, **given
    )


def do(port: int, secret: str, doing: Doing, user: str = "ferndale", **more: Any) -> Any:
    """What a program of the district does while it is connected."""

    async def done() -> Any:
        async with connecting(port, secret, user, **more) as connection, connection.start_sftp_client() as sftp:
            return await doing(sftp)

    return asyncio.run(done())


def puts(name: str, content: bytes) -> Doing:
    async def put(sftp: asyncssh.SFTPClient) -> None:
        async with sftp.open(name, "wb") as file:
            await file.write(content)

    return put


def drops(cast: Cast) -> list[str]:
    found = box_of(cast.ferndale.pk).drops(at=timezone.now(), settled_after=timedelta())
    return [drop.name for drop in found if not drop.is_growing]
