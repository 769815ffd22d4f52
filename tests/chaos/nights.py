"""What districts send, and the roster that each delivery makes, as the engine says without any server.

Every delivery is complete and none has a record that is refused, so that the roster afterwards depends on the delivery
alone, and not on what was there before.
"""

from __future__ import annotations

import hashlib
import io
import zipfile
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory

import polars as pl

from homeroom import engine
from homeroom.demo import district
from homeroom.engine.profile import shipped
from homeroom.roster.models import KINDS

Marks = Mapping[str, str]
"""By kind, one hash over the keys and contents of all active records."""

ORDINARY = 6
EMPTY: Marks = {}
PASSWORD = "Never-to-be-kept-7"


@dataclass(frozen=True)
class Night:
    """A delivery. roster: what it makes; null if it cannot be taken. It may be held because much would go."""

    name: str
    files: Mapping[str, bytes]
    roster: Marks | None


@dataclass(frozen=True)
class Made:
    """All that one district may send. onboarded: source ids of its schools."""

    onboarded: tuple[str, ...]
    nights: tuple[Night, ...] = field(repr=False)


def made(*, seed: int, users: int) -> Made:
    with TemporaryDirectory(prefix="homeroom-chaos-roster-") as folder:
        whole = district.make(Path(folder), users=users, enrollments_per_user=3, seed=seed)
        tables = {path.name: pl.read_csv(path, infer_schema=False) for path in sorted(whole.roster.glob("*.csv"))}
        tables["users.csv"] = tables["users.csv"].with_columns(password=pl.lit(PASSWORD))
        of = [(f"night {number}", _ordinary(tables, number)) for number in range(ORDINARY)]
        of.append(("half left", tables | {"enrollments.csv": _without(tables["enrollments.csv"], every=2, at=0)}))
        nights = [_night(name, frames, tuple(whole.onboarded), Path(folder)) for name, frames in of]
    no_users = {name: content for name, content in nights[0].files.items() if name != "users.csv"}
    return Made(tuple(whole.onboarded), (*nights, Night("no users", no_users, None)))


def _ordinary(tables: dict[str, pl.DataFrame], number: int) -> dict[str, pl.DataFrame]:
    """Some people have another middle name, and some pupils are not in one of their classes."""
    renamed = pl.int_range(pl.len()) % 17 == number
    users = tables["users.csv"].with_columns(
        middleName=pl.when(renamed).then(pl.lit(f"N{number}")).otherwise("middleName")
    )
    enrollments = _without(tables["enrollments.csv"], every=23, at=number)
    return tables | {"users.csv": users, "enrollments.csv": enrollments}


def _without(enrollments: pl.DataFrame, *, every: int, at: int) -> pl.DataFrame:
    return enrollments.filter((pl.int_range(pl.len()) % every != at) | (pl.col("role") != "student"))


def _night(name: str, frames: dict[str, pl.DataFrame], onboarded: tuple[str, ...], folder: Path) -> Night:
    files = {name: frame.write_csv().encode() for name, frame in frames.items()}
    with TemporaryDirectory(dir=folder) as work:
        return Night(name, files, _roster(files, frozenset(onboarded), Path(work)))


def _roster(files: Mapping[str, bytes], onboarded: frozenset[str], work: Path) -> Marks:
    for name, content in files.items():
        kept = content if name != "users.csv" else _without_passwords(content)
        (work / name).write_bytes(kept)
    delivered = tuple(engine.File(name, work / name, (work / name).stat().st_size) for name in files)
    snapshot = engine.read(engine.Delivery(delivered, origin="chaos"))
    checked = engine.validate(
        snapshot, profile=shipped("publisher"), onboarded=onboarded, known=engine.Roster(), work=work
    )
    report = engine.summarise(checked)
    assert report.status is engine.Status.COMPLETED, report.as_json()
    proposed = engine.propose(engine.Roster(), checked)
    return {kind: mark(records.index.collect()) for kind, records in proposed.tables.items() if kind in KINDS}


def _without_passwords(users: bytes) -> bytes:
    return pl.read_csv(users, infer_schema=False).with_columns(password=pl.lit("")).write_csv().encode()


def mark(index: pl.DataFrame) -> str:
    """As PostgreSQL is asked for it: see ``checks.MARK``."""
    signed = index.select(pl.col("key", "content").reinterpret(signed=True)).sort("key")
    return hashlib.md5(",".join(f"{key}:{content}" for key, content in signed.iter_rows()).encode()).hexdigest()


def packed(night: Night, *, nonce: str) -> tuple[bytes, str]:
    """The zip, unlike every other, and the digest by which its sync is known."""
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, text in night.files.items():
            archive.writestr(name, text)
        archive.comment = nonce.encode()
    return content.getvalue(), hashlib.sha256(content.getvalue()).hexdigest()
