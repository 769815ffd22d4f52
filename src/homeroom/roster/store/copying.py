"""Tables into PostgreSQL and out of it, by COPY: the only way in which many records pass.

All on Django's own connection, so in its transaction and its scope.
"""

from __future__ import annotations

import os
import socket
from collections import deque
from collections.abc import Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path
from threading import Lock
from typing import Any, cast

import polars as pl
import psycopg
from django.db import connection
from psycopg import sql

from homeroom.roster.store import binary_rows

_BATCH_ROWS = 10_000
_BATCHES_AT_A_TIME = 2  # one is packed while another is on its way
# A thread that waits for room to write comes to its turn late, among those that make the next rows: with little room
# PostgreSQL waits a third of the time. Where the system allows no more, it gives less, or leaves it as it was.
_ROOM_BYTES = 2 << 20


def cursor() -> psycopg.Cursor[Any]:
    """The driver's own cursor, which can copy. In a transaction of Django's, it is in it."""
    connection.ensure_connection()
    return cast("psycopg.Connection[Any]", connection.connection).cursor()


def statement(text: str) -> sql.SQL:
    """A statement put together from names of our own tables and columns; values are never part of it."""
    return sql.SQL(text)


def asked(query: str, values: Sequence[object] | Mapping[str, object]) -> Any:
    """The one value that a query answers."""
    with cursor() as asking:
        row = asking.execute(statement(query), values).fetchone()
    assert row is not None  # each of our queries for one value has one
    return row[0]


def copy_in(target: str, table: pl.LazyFrame, *, json: Sequence[str] = ()) -> None:
    """The rows of ``table`` into columns of the same order and type: text, bigint or boolean. Null is null, an empty
    text is empty.

    target: a table with its columns, "incoming (key, name)". json: columns of text that go into jsonb, if they are
    there. While PostgreSQL takes some rows in, the next are made.
    """
    _make_room()
    table = binary_rows.measured(table, json=json)
    with (
        cursor() as copying,
        copying.copy(statement(f"copy {target} from stdin (format binary)")) as rows,
        ThreadPoolExecutor(_BATCHES_AT_A_TIME) as beside,
    ):
        rows.write(binary_rows.BEGINNING)
        begun, turn = deque[Future[None]](), Lock()

        def send(batch: pl.DataFrame) -> None:
            packed = binary_rows.packed(batch)
            with turn:
                rows.write(packed)

        def begin(batch: pl.DataFrame) -> None:
            while len(begun) > _BATCHES_AT_A_TIME:
                begun.popleft().result()
            begun.append(beside.submit(send, batch))

        table.sink_batches(begin, chunk_size=_BATCH_ROWS, maintain_order=False, engine="streaming")
        for one in begun:
            one.result()
        rows.write(binary_rows.END)


def _make_room() -> None:
    """Lets more wait on the way to a PostgreSQL on this machine. The network finds out by itself how much it takes."""
    with socket.socket(fileno=os.dup(cursor().connection.fileno())) as way, suppress(OSError):
        if way.family == socket.AF_UNIX:
            way.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, _ROOM_BYTES)


def copy_out(query: str, path: Path, *, values: Sequence[object], header: Sequence[str] = ()) -> None:
    """The answer of a query as a CSV file, under this header if there is one; null is an empty cell."""
    with cursor() as copying, path.open("wb") as file:
        file.write(pl.DataFrame(schema=header).write_csv().encode() if header else b"")
        with copying.copy(statement(f"copy ({query}) to stdout (format csv)"), values) as rows:
            for block in rows:
                file.write(block)
