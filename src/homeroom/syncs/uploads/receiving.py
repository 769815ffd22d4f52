"""A file that a browser sent: looked at as a whole, and, if nothing is wrong with it, queued.

It is in memory only. What is stored of it has no passwords; those are judged here, where they can be seen, and wait
encrypted for the worker.
"""

from __future__ import annotations

import hashlib
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import polars as pl

from homeroom import engine
from homeroom.accounts.models import User
from homeroom.audit.recording import Target, record
from homeroom.districts import Refused
from homeroom.districts.actions.acting import acting
from homeroom.districts.models import District, School, SchoolYear
from homeroom.districts.requirements import requirements_of
from homeroom.engine.corrections import original_rows
from homeroom.engine.formats import selfserve
from homeroom.engine.formats.csv_header import Unreadable, read_opening
from homeroom.engine.ledger import Page
from homeroom.engine.rules import RULES_BY_ID
from homeroom.engine.templates import PASSWORD
from homeroom.sources.in_memory import file_in_memory
from homeroom.sources.package import shown
from homeroom.syncs import storage, tasks
from homeroom.syncs.actions import SentBeforeError
from homeroom.syncs.models import Kind, State, Sync, Upload
from homeroom.syncs.uploads import passwords
from homeroom.syncs.uploads.correcting import corrected_by
from homeroom.syncs.uploads.remedies import AS_CSV, TEMPLATE, remedy_of


@dataclass(frozen=True)
class Fault:
    """What is wrong with a file as a whole, and what to do about it; sentences for a person."""

    says: str
    remedy: str


class FaultyFileError(Exception):
    """The file cannot be taken; nothing of it was stored."""

    def __init__(self, faults: list[Fault]) -> None:
        super().__init__(" ".join(fault.says for fault in faults))
        self.faults = faults


@dataclass(frozen=True)
class Arrived:
    """A file with which nothing is wrong as a whole. page: of its rows, which the file tells as long as it is there."""

    checked: engine.Checked
    page: Page

    @property
    def rows(self) -> int:
        return len(self.page.frame) - int(self.page.frame["blank"].sum()) + self.page.unreadable_rows

    @property
    def passwords(self) -> pl.DataFrame:
        """``line`` and ``password`` of the rows whose password is sound."""
        rows = self.page.measured.scan().select("row", PASSWORD).collect()
        rows = rows.with_columns(line=self.page.line_of(rows["row"])).select("line", PASSWORD).drop_nulls()
        return rows.filter(~pl.col("line").is_in(self.checked.of_passwords["line"].implode()))


def start(
    *,
    by: User,
    district: District,
    school: School,
    kind: Kind,
    school_year: SchoolYear | None,
    name: str,
    content: bytes,
    confirm: bool = False,
) -> Sync:
    """A queued upload of a file. name: as the browser gave it. school_year: for classes.

    Raises FaultyFileError with all that is wrong with the file, SentBeforeError for the very bytes of an earlier upload
    of this school and kind unless confirmed, Refused for who may not. Of a file that is not taken nothing is stored.
    """
    name = shown(name.replace("\\", "/").rsplit("/", 1)[-1])[:250] or "upload.csv"
    with _readable(content) as path, tempfile.TemporaryDirectory() as work:
        arrived = _look(district, kind, engine.File(name, path, len(content)), Path(work))
        with acting(by, district, "uploads.send") as rights:
            if not rights.schools().filter(pk=school.pk).exists():
                raise Refused("You can upload files for your own schools only.")
            digest = hashlib.sha256(content).hexdigest()
            if not confirm:
                _require_not_sent_before(school, kind, digest)
            sync = Sync.objects.create(
                district=district,
                method=district.method,
                started_by=by,
                delivery_name=name,
                delivery_digest=digest,
                delivery_bytes=len(content),
                format=selfserve.NAME,
                version=kind,
                steps=arrived.rows,
            )
            upload = Upload(
                district=district, sync=sync, kind=kind, school=school, school_year=school_year, rows=arrived.rows
            )
            originals = original_rows(arrived.page)
            upload.corrects = None if originals is None else corrected_by(upload, originals)
            upload.save()
            if kind != Kind.CLASSES:
                passwords.wait(sync, arrived.passwords.iter_rows())
            target = Target("upload", sync.pk, name)
            detail = {"school": school.name, "kind": kind, "rows": arrived.rows, "digest": digest}
            record(by=by, what="upload.sent", district_id=district.pk, target=target, detail=detail)
            tasks.enqueue(sync)
            withheld = None if kind == Kind.CLASSES else arrived.checked.of_passwords
            storage.keep_upload(sync, content, withheld=withheld)
    return sync


@contextmanager
def _readable(content: bytes) -> Iterator[Path]:
    """The file in memory. Rows of old Macs, which end in a carriage return alone, end in a line feed there: the engine
    would write a copy for itself otherwise, with the passwords in it.
    """
    with file_in_memory(content) as path:
        opening = read_opening(path)
        if isinstance(opening, Unreadable) or not opening.returns:
            yield path
            return
    with file_in_memory(content.replace(b"\r\n", b"\n").replace(b"\r", b"\n")) as path:
        yield path


def _look(district: District, kind: Kind, file: engine.File, work: Path) -> Arrived:
    """The file, if nothing is wrong with it as a whole (product.md 3.3). Raises FaultyFileError."""
    faults = []
    if not file.name.lower().endswith(".csv"):
        faults.append(Fault(f"The name of a CSV file ends in .csv; this file is called {file.name}.", AS_CSV))
    snapshot = engine.read(engine.Delivery((file,), origin=file.name))
    if snapshot.format == selfserve.NAME and snapshot.version != kind:
        faults.append(Fault(_other_template(Kind(snapshot.version), kind), TEMPLATE))
        raise FaultyFileError(faults)
    checked = engine.validate(snapshot, profile=requirements_of(district), work=work)
    if snapshot.format == selfserve.NAME:
        faults.extend(_faults_of(checked))
    elif unreadable := [fault for fault in _faults_of(checked) if fault.remedy in (AS_CSV, TEMPLATE)]:
        faults.extend(unreadable)
    else:
        columns = ", ".join(requirements_of(district).templates[kind].names)
        faults.append(Fault(f"The first row of this file is not that of the template, which is: {columns}.", TEMPLATE))
    if faults:
        raise FaultyFileError(faults)
    return Arrived(checked, checked.pages[kind])


def _faults_of(checked: engine.Checked) -> list[Fault]:
    stops = checked.findings.rows.filter(pl.col("consequence") == "stops the sync").select("rule", "message").collect()
    told = (Fault(message, remedy_of(rule, RULES_BY_ID[rule].remedy)) for rule, message in stops.iter_rows())
    return list(dict.fromkeys(told))


def _other_template(given: Kind, wanted: Kind) -> str:
    return f"This is the template for {given.label.lower()}, and here {wanted.label.lower()} are uploaded."


def _require_not_sent_before(school: School, kind: Kind, digest: str) -> None:
    same = Sync.objects.filter(delivery_digest=digest, upload__school=school, upload__kind=kind)
    before = same.exclude(state=State.FAILED).first()
    if before:
        raise SentBeforeError(before)
