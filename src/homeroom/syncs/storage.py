"""What a sync keeps as files: the delivery without its passwords, reports, findings, examples and the list of changes.

    HOMEROOM_DATA/syncs/<district>/<sync>/incoming/   as it arrived, until a worker has read it; .unfinished: a drop
                                          delivery/   as it is kept, under numbers of ours; delivery.json has the names
                                          results/    of the last run
                                          pages/      of a collected delivery, as the provider gave them
                                          work/       of the run at hand
    HOMEROOM_DATA/syncs/<district>/received-<ticket>/ arrived, and no sync yet

All of it is for the server's own user alone. A folder under its own name is whole: it was renamed when it was finished.
"""

from __future__ import annotations

import hashlib
import json
import secrets
import shutil
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any
from zipfile import ZIP_DEFLATED, ZipFile

import polars as pl
from django.conf import settings

from homeroom import engine
from homeroom.districts import Refused
from homeroom.districts.models import District
from homeroom.engine import sync_reports
from homeroom.engine.formats.rest_pages import PULL
from homeroom.engine.report import examples
from homeroom.sources.in_memory import file_in_memory
from homeroom.sources.local import collect
from homeroom.sources.oneroster_rest import delivery_in
from homeroom.sources.package import shown
from homeroom.syncs.arriving import Upload, write
from homeroom.syncs.models import Sync
from homeroom.syncs.passwords import copy_without

FINDINGS = "findings.csv"
CHANGES = "changes.parquet"
CORRECTIONS = "corrections.csv"
STANDING = "standing.parquet"
WITHHELD = "withheld.parquet"
UNFINISHED = "incoming.unfinished"
RECEIVED_FOR_SECONDS = 24 * 60 * 60
GONE = "The files are no longer there. Please upload them again."


@dataclass(frozen=True)
class Received:
    """Files that arrived and wait to become a sync. ticket: by which they are found again; digest: of their bytes."""

    ticket: str
    name: str
    digest: str
    size_bytes: int


def receive(district: District, uploads: Iterable[Upload]) -> Received:
    """The files, written down as they arrive, readable by nobody else. Raises Refused for none, and for too much."""
    ticket = secrets.token_hex(16)
    folder = _received(district, ticket)
    incoming = _made(folder / "incoming")
    try:
        given = write(uploads, incoming)
        name = shown(given[0][0]) + (f" and {len(given) - 1} more" if len(given) > 1 else "")
        received = Received(ticket, name, digest_of(given), sum(size for _, _, size in given))
        _write_json(folder / "received.json", asdict(received))
    except BaseException:
        shutil.rmtree(folder, ignore_errors=True)
        raise
    return received


def received(district: District, ticket: str) -> Received:
    """What ``receive`` gave for this ticket. Raises Refused where it is no longer there."""
    path = _received(district, ticket if ticket.isalnum() else "-") / "received.json"
    if not path.exists():
        raise Refused(GONE)
    return Received(**json.loads(path.read_text(encoding="utf-8")))


def forget(district: District, received: Received) -> None:
    """The files are gone, and with them the ticket."""
    shutil.rmtree(_received(district, received.ticket), ignore_errors=True)


def take(received: Received, sync: Sync) -> None:
    """The received files belong to the sync from now on. In the transaction that makes it, at its very end.

    A transaction that was lost leaves its folder, and a database that crashed may give the same number once more.
    """
    remove(sync)
    (_received(sync.district, received.ticket) / "incoming").rename(_made(_folder(sync)) / "incoming")
    forget(sync.district, received)


def keep_upload(sync: Sync, content: bytes, *, withheld: pl.DataFrame | None) -> None:
    """The file of a self-serve upload becomes the sync's delivery, without its passwords. At the very end of the
    transaction that makes the sync. withheld: what was found about its passwords; null for a file that has none.
    """
    remove(sync)
    work = _made(_folder(sync) / "delivery.unfinished")
    if withheld is None:
        (work / "00.csv").write_bytes(content)
    else:
        withheld.write_parquet(work / WITHHELD)
        with file_in_memory(content) as path:
            copy_without(path, work / "00.csv")
    (work / "00.csv").chmod(0o600)
    told = {"files": [[sync.delivery_name, "00.csv"]], "origin": sync.delivery_name, "oddities": []}
    _write_json(work / "delivery.json", told)
    work.rename(_folder(sync) / "delivery")


def withheld(sync: Sync) -> pl.DataFrame | None:
    """What was found about an upload's passwords before they were taken out; null if its file has none."""
    path = _folder(sync) / "delivery" / WITHHELD
    return pl.read_parquet(path) if path.exists() else None


def uploaded_file(sync: Sync) -> Path | None:
    """The file of a self-serve upload without its passwords; null if it is no longer kept."""
    path = _folder(sync) / "delivery" / "00.csv"
    return path if path.exists() else None


def corrections_file(sync: Sync) -> Path | None:
    """The file to correct; null if there is none, or no longer."""
    path = _folder(sync) / "results" / CORRECTIONS
    return path if path.exists() else None


@contextmanager
def work_folder(sync: Sync) -> Iterator[Path]:
    """A folder for this run alone; what an earlier one left there is gone."""
    work = _folder(sync) / "work"
    shutil.rmtree(work, ignore_errors=True)
    try:
        yield _made(work)
    finally:
        shutil.rmtree(work, ignore_errors=True)


def delivery(sync: Sync, *, work: Path) -> engine.Delivery:
    """What was delivered, as it is kept. The first call opens what arrived, takes the passwords out, and then removes
    it as it was. Raises SourceError if it cannot be opened, and Refused if it is no longer kept.
    """
    if has_pages(sync):
        return delivery_in(_folder(sync) / "pages")
    kept, incoming = _folder(sync) / "delivery", _folder(sync) / "incoming"
    if not kept.exists() and incoming.exists():
        _keep_delivery(sync, _as_named(incoming, work), unpacked=work / "unpacked", work=_made(work / "delivery"))
    if not kept.exists():
        raise Refused("The delivery is no longer kept.")
    shutil.rmtree(incoming, ignore_errors=True)
    told = json.loads((kept / "delivery.json").read_text(encoding="utf-8"))
    return engine.Delivery(
        files=tuple(engine.File(name, kept / path, (kept / path).stat().st_size) for name, path in told["files"]),
        origin=told["origin"],
        oddities=tuple(engine.Oddity(**oddity) for oddity in told["oddities"]),
    )


def has_pages(sync: Sync) -> bool:
    """Whether a collected delivery is there, all of it."""
    return (_folder(sync) / "pages" / PULL).exists()


def empty_folder_for_pages(sync: Sync) -> Path:
    """Where a delivery is collected; what an earlier run left there unfinished is gone."""
    drop_pages(sync)
    return _made(_folder(sync) / "pages")


def drop_pages(sync: Sync) -> None:
    """Removes a collected delivery: it is collected anew when the sync runs again."""
    shutil.rmtree(_folder(sync) / "pages", ignore_errors=True)


def has_delivery(sync: Sync) -> bool:
    """Whether the sync could run once more."""
    return sync.is_collected or has_files(sync)


def has_files(sync: Sync) -> bool:
    """Whether a delivery of files is there, all of it."""
    return any((_folder(sync) / name).exists() for name in ("delivery", "incoming"))


def folder_for_drop(sync: Sync) -> Path:
    """Where a drop is fetched; what an earlier run has fetched is still there."""
    return _made(_folder(sync) / UNFINISHED)


def keep_drop(sync: Sync, folder: Path) -> None:
    """The files that were fetched into this folder are the sync's delivery from now on."""
    folder.rename(_folder(sync) / "incoming")
    drop_unfinished(sync)


def drop_incoming(sync: Sync) -> None:
    """Removes what arrived, of a sync that will never open it."""
    shutil.rmtree(_folder(sync) / "incoming", ignore_errors=True)
    drop_unfinished(sync)


def drop_unfinished(sync: Sync) -> None:
    """Removes what was fetched of a drop, passwords and all, of a sync that will not go on with it."""
    shutil.rmtree(_folder(sync) / UNFINISHED, ignore_errors=True)


def keep_findings(checked: engine.Checked, folder: Path, *, format: str) -> None:
    """Reports, all findings, and an example for each cause, into the folder."""
    sync_reports.write(checked.findings, _made(folder / "reports"), format=format)
    sync_reports.write_findings(checked.findings, folder / FINDINGS)
    told = [[cause, consequence, *place] for (cause, consequence), place in examples(checked).items()]
    _write_json(folder / "examples.json", told)


def keep_results(sync: Sync, folder: Path) -> None:
    """The folder becomes the sync's results, in place of those of an earlier run."""
    results = _folder(sync) / "results"
    shutil.rmtree(results, ignore_errors=True)
    folder.rename(results)


def drop_work(sync: Sync) -> None:
    """Removes what a run that died was working with. With the district locked."""
    shutil.rmtree(_folder(sync) / "work", ignore_errors=True)


def report_files(sync: Sync) -> list[Path]:
    """The sync reports: one file per kind of record that had an error; users_sync_report.csv and so on."""
    return sorted((_folder(sync) / "results" / "reports").glob(f"*{sync_reports.SUFFIX}"))


def report_file(sync: Sync, name: str) -> Path | None:
    """The sync report of this name; null if there is none."""
    return next((path for path in report_files(sync) if path.name == name), None)


def findings_file(sync: Sync) -> Path | None:
    """Everything that was noticed, notes included, as CSV; null if there is nothing any more."""
    path = _folder(sync) / "results" / FINDINGS
    return path if path.exists() else None


def standing_file(sync: Sync) -> Path | None:
    """How the sync's errors stand against those of the one before (``engine.standing``); null if it is not kept."""
    path = _folder(sync) / "results" / STANDING
    return path if path.exists() else None


def examples_of(sync: Sync) -> dict[tuple[str, str], tuple[str | None, int | None, str]]:
    """For each cause and consequence the first place where it was found: file, line and message. May show a value."""
    path = _folder(sync) / "results" / "examples.json"
    told = json.loads(path.read_text(encoding="utf-8")) if path.exists() else []
    return {(cause, consequence): (file, line, message) for cause, consequence, file, line, message in told}


def changes_path(sync: Sync) -> Path | None:
    """The list of changes of the last run, for ``changes``; null if there is none any more."""
    path = _folder(sync) / "results" / CHANGES
    return path if path.exists() else None


def scratch_folder(sync: Sync) -> Path:
    """A folder for what is made for one download."""
    return _made(_folder(sync) / "downloads")


def delivery_as_zip(sync: Sync) -> Path | None:
    """The delivery without its passwords, as one archive with the files' own names; null if it is no longer kept."""
    kept, packed = _folder(sync) / "delivery", _folder(sync) / "delivery.zip"
    if not kept.exists():
        return None
    if not packed.exists():
        unfinished = packed.with_suffix(f".{secrets.token_hex(4)}")
        told = json.loads((kept / "delivery.json").read_text(encoding="utf-8"))
        with ZipFile(unfinished, "w", ZIP_DEFLATED, compresslevel=1) as archive:
            for name, path in told["files"]:
                archive.write(kept / path, name)
        unfinished.chmod(0o600)
        unfinished.rename(packed)
    return packed


def remove(sync: Sync) -> None:
    """Removes all files of the sync."""
    shutil.rmtree(_folder(sync), ignore_errors=True)


def remove_leftovers(district: District, *, syncs: Iterable[int]) -> None:
    """Removes what no sync will come for: uploads that nobody confirmed, and folders of none of these syncs."""
    known = {str(sync_id) for sync_id in syncs}
    folder = _of_district(district)
    for path in folder.iterdir() if folder.exists() else ():
        is_old = path.stat().st_mtime < time.time() - RECEIVED_FOR_SECONDS
        if is_old and path.name not in known:
            shutil.rmtree(path, ignore_errors=True)


def _keep_delivery(sync: Sync, arrived: list[Path], *, unpacked: Path, work: Path) -> None:
    """What arrived becomes the sync's delivery, without passwords. unpacked, work: folders lent for what is on its way;
    passwords are taken out of some files of an archive while others are unpacked.
    """
    bare = {}

    def take_passwords_out(path: Path) -> None:
        bare[path] = work / f"{path.parent.name}-{path.name}"  # loose files may be called the same
        copy_without(path, bare[path])

    delivery = collect(arrived, work=unpacked, unpacked=take_passwords_out)
    files = []
    for place, file in enumerate(delivery.files):
        if file.path not in bare:
            take_passwords_out(file.path)
        kept = bare[file.path].rename(work / f"{place:02}.csv")
        kept.chmod(0o600)
        files.append([file.name, kept.name])
    oddities = [asdict(oddity) for oddity in delivery.oddities]
    _write_json(work / "delivery.json", {"files": files, "origin": sync.delivery_name, "oddities": oddities})
    work.rename(_folder(sync) / "delivery")


def _as_named(incoming: Path, work: Path) -> list[Path]:
    """The incoming files under the names that they had, each in a folder of its own: two may be called the same."""
    paths = []
    for path in sorted(incoming.iterdir()):
        place, _, name = path.name.partition("-")
        link = _made(work / "incoming" / place) / name
        link.hardlink_to(path)
        paths.append(link)
    return paths


def digest_of(given: list[tuple[str, str, int]]) -> str:
    """Of one file its SHA-256; of several one over their names and theirs, whatever their order."""
    if len(given) == 1:
        return given[0][1]
    whole = hashlib.sha256()
    for name, digest, _ in sorted(given):
        whole.update(hashlib.sha256(name.encode()).digest() + bytes.fromhex(digest))
    return whole.hexdigest()


def _write_json(path: Path, content: Any) -> None:
    path.write_text(json.dumps(content), encoding="utf-8")


def _made(folder: Path) -> Path:
    """The folder; it and those above it that were missing are for the server's own user alone."""
    missing = [folder, *folder.parents]
    for path in reversed(missing[: next(at for at, path in enumerate(missing) if path.exists())]):
        path.mkdir(mode=0o700, exist_ok=True)
    return folder


def _of_district(district: District) -> Path:
    return Path(settings.HOMEROOM_DATA) / "syncs" / str(district.pk)


def _received(district: District, ticket: str) -> Path:
    return _of_district(district) / f"received-{ticket}"


def _folder(sync: Sync) -> Path:
    return Path(settings.HOMEROOM_DATA) / "syncs" / str(sync.district_id) / str(sync.pk)
