"""What is in this zip? Opened as if it were hostile: names, count, nesting, size are judged before a byte is written.

What the archive says of itself is only a promise, and unpacking stops at the first byte that breaks it.
"""

import os
import shutil
import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from isal import isal_zlib

from homeroom.engine.delivery import File, Oddity
from homeroom.sources import (
    RefusedError,
    SettingsError,
    TryAgainLaterError,
    file_kinds,
    package,
    zip_directory,
)
from homeroom.sources.file_kinds import ARCHIVES, SAVE_AS_CSV, Kind
from homeroom.sources.package import shown
from homeroom.sources.zip_directory import Entry

# Measured: with smaller blocks it takes longer, and with larger ones, whose memory must be found anew each time, too:
# half as long again.
_READ_BYTES = 256 << 10
_BLOCK_BYTES = 1 << 20
"""The most that may come out at a time, so that memory stays small whatever is in there."""
_FILES_AT_A_TIME = 2


@dataclass(frozen=True)
class Limits:
    """How large an archive may be. Sizes are those of the unpacked files; what is not unpacked does not count."""

    files: int = package.MOST_FILES
    entries: int = 200
    """With junk and folders: a Mac doubles every file, and somebody leaves manuals in."""
    entry_bytes: int = 10_000_000_000
    """Six times the enrollments of a million users in eight million places (1.7 GB)."""
    total_bytes: int = 20_000_000_000
    """More than ten times such a district."""
    ratio: int = 200
    """Rosters shrink to a half or a quarter, the most monotonous ones tried to a thirtieth; bombs to a thousandth."""
    ratio_from_bytes: int = 50_000_000
    """Up to this size the ratio does not matter: a small file does no harm, and may well be monotonous."""


DEFAULT = Limits()


def unpack(
    path: Path, *, into: Path, limits: Limits = DEFAULT, whole: Callable[[Path], None] | None = None
) -> tuple[tuple[File, ...], tuple[Oddity, ...]]:
    """The archive's CSV files, written into the folder `into` under names of our own, and what was read around.

    whole: called with each file as soon as all of it is there, beside the unpacking of others, perhaps in vain.

    Files are in the order of the archive, readable by their owner only; `into` is made if it is missing, and belongs to
    the caller, who also clears it away. If anything is refused, nothing of the archive stays there.
    Raises RefusedError, SettingsError (cannot be read, or not written there) and TryAgainLaterError (no room).
    """
    origin = shown(path.name)
    try:
        with path.open("rb") as stream:
            _refuse_what_is_no_zip(path.name, stream.read(file_kinds.HEAD_BYTES), origin=origin)
            entries = zip_directory.read(stream, origin=origin, most_entries=limits.entries)
            contents, wanted = _judged(stream, entries, origin=origin, limits=limits)
        written = _unpacked(path, wanted, into=into, origin=origin, whole=whole)
    except OSError as error:
        raise SettingsError(f"{origin} cannot be read: {error.strerror}.") from error
    sizes = {entry.name: entry.size_bytes for entry in wanted}
    files = tuple(File(name, written[entry], sizes[entry]) for entry, name in contents.files.items())
    return files, contents.oddities


def _judged(
    stream: BinaryIO, entries: Sequence[Entry], *, origin: str, limits: Limits
) -> tuple[package.Contents, tuple[Entry, ...]]:
    """What the archive holds, and the entries to unpack: everything that can be refused before has been."""
    _refuse_office_file({entry.name for entry in entries}, origin=origin)
    contents = package.sort_out([entry.name for entry in entries], origin=origin, most_files=limits.files)
    wanted = tuple(entry for entry in entries if entry.name in contents.files)
    for entry in (*wanted, *(entry for entry in entries if entry.name in contents.junk)):
        _refuse_nested(stream, entry, origin=origin)
    package.refuse_without_csv(contents, origin=origin)
    _refuse_size(wanted, origin=origin, limits=limits)
    return contents, wanted


def _refuse_what_is_no_zip(name: str, head: bytes, *, origin: str) -> None:
    if head.startswith(b"PK\7\x08"):
        raise zip_directory.several_parts(origin)
    if head.startswith((b"PK\3\4", b"PK\5\6")):
        return
    if not head:
        raise RefusedError(f"{origin} is empty (0 bytes). Send it again, and wait until all of it is sent.")
    kind = file_kinds.kind(name, head)
    but = f", but {kind}" if kind else ""
    raise RefusedError(
        f"{origin} is not a zip archive{but}. Put the roster's CSV files into a zip archive and send that."
    )


def _refuse_office_file(names: set[str], *, origin: str) -> None:
    kind = file_kinds.kind_of_office_zip(names)
    if kind in SAVE_AS_CSV:
        raise refused_spreadsheet(origin, kind)
    if kind is not None:
        raise RefusedError(f"{origin} is {kind}, not a roster. Send the roster's CSV files in a zip archive.")


def refused_spreadsheet(name: str, kind: Kind) -> RefusedError:
    """The refusal of a spreadsheet (a kind of SAVE_AS_CSV) that was sent in place of a roster."""
    return RefusedError(f"{name} is {kind}. {SAVE_AS_CSV[kind]}, and give us that file.")


def _refuse_nested(stream: BinaryIO, entry: Entry, *, origin: str) -> None:
    """Refuses archives in the archive, by bytes and by name, and workbooks: the roster itself may be in there."""
    try:
        head = next(_blocks(stream, entry), b"")
    except _DamagedError:
        head = b""  # if it is a roster's file, unpacking will find the same and say it
    kind = file_kinds.kind(entry.name, head)
    by_name = file_kinds.kind_by_name(entry.name)
    if kind in SAVE_AS_CSV:
        raise RefusedError(
            f"“{entry.name}” in {origin} is {kind}. {SAVE_AS_CSV[kind]}, and put that file into the zip instead."
        )
    if kind in ARCHIVES or by_name in ARCHIVES:
        raise RefusedError(
            f"“{entry.name}” in {origin} is itself {kind or by_name}. Put the CSV files directly into one zip archive."
        )


def _refuse_size(entries: Sequence[Entry], *, origin: str, limits: Limits) -> None:
    """Judges the sizes that the archive promises; that no entry breaks its promise is seen to while it is unpacked."""
    for entry in entries:
        if entry.size_bytes > limits.entry_bytes:
            most = _amount(limits.entry_bytes)
            raise RefusedError(f"“{entry.name}” in {origin} unpacks to more than {most}, which no roster needs.")
        if entry.size_bytes > max(limits.ratio_from_bytes, limits.ratio * entry.packed_bytes):
            raise RefusedError(
                f"“{entry.name}” in {origin} grows to more than {limits.ratio} times its size when it is unpacked, "
                "as no roster does. Look into that file: a roster's rows are not all the same."
            )
    if sum(entry.size_bytes for entry in entries) > limits.total_bytes:
        raise RefusedError(f"{origin} unpacks to more than {_amount(limits.total_bytes)}, which no roster needs.")


def _unpacked(
    path: Path, entries: Sequence[Entry], *, into: Path, origin: str, whole: Callable[[Path], None] | None
) -> Mapping[str, Path]:
    """Entry name to the file now holding its bytes: all of them, or none and an error. The largest is begun first."""

    def write(entry: Entry, target: Path) -> None:
        _copy(path, entry, target)
        if whole is not None:
            whole(target)

    with ExitStack() as undo:
        try:
            into.mkdir(mode=0o700, parents=True, exist_ok=True)
            _need_room(sum(entry.size_bytes for entry in entries), into=into, origin=origin)
            written = {entry.name: _new_file(into) for entry in entries}
            for file in written.values():
                undo.callback(file.unlink, missing_ok=True)
            by_size = sorted(entries, key=lambda entry: entry.size_bytes, reverse=True)
            with ThreadPoolExecutor(_FILES_AT_A_TIME) as unpacking:
                begun = [unpacking.submit(write, entry, written[entry.name]) for entry in by_size]
                try:
                    for one in begun:
                        one.result()
                finally:
                    unpacking.shutdown(cancel_futures=True)
        except _DamagedError as error:
            name = shown(error.entry.name)
            raise RefusedError(
                f"“{name}” in {origin} is damaged: {error}. Make the zip anew and send it again."
            ) from error
        except PermissionError as error:
            raise SettingsError(f"{origin} could not be unpacked into {into}: {error.strerror}.") from error
        except OSError as error:
            raise TryAgainLaterError(f"{origin} could not be unpacked into {into}: {error.strerror}.") from error
        undo.pop_all()
    return written


def _new_file(folder: Path) -> Path:
    handle, path = tempfile.mkstemp(prefix="unpacked-", suffix=".csv", dir=folder)
    os.close(handle)
    return Path(path)


def _need_room(size_bytes: int, *, into: Path, origin: str) -> None:
    free_bytes = shutil.disk_usage(into)[2]
    if size_bytes > free_bytes:
        raise TryAgainLaterError(
            f"{origin} needs {_amount(size_bytes)} to be unpacked, but in {into} only {_amount(free_bytes)} are free. "
            "Make room there and try again."
        )


class _DamagedError(Exception):
    """An entry's data is not what the archive promised; says in which way."""

    def __init__(self, entry: Entry, how: str) -> None:
        super().__init__(how)
        self.entry = entry


def _copy(path: Path, entry: Entry, into: Path) -> None:
    """Raises _DamagedError as soon as the data is longer than promised, or at its end if it is shorter or another."""
    size = crc = 0
    with path.open("rb") as stream, into.open("wb") as target:
        for block in _blocks(stream, entry):
            size += len(block)
            if size > entry.size_bytes:
                raise _DamagedError(
                    entry, f"it holds more than the {entry.size_bytes:,} bytes that the archive promises"
                )
            crc = isal_zlib.crc32(block, crc)
            target.write(block)
    if size < entry.size_bytes:
        raise _DamagedError(entry, f"it holds {size:,} of the {entry.size_bytes:,} bytes that the archive promises")
    if crc != entry.crc:
        raise _DamagedError(entry, "its checksum does not fit its content")


def _blocks(stream: BinaryIO, entry: Entry) -> Iterator[bytes]:
    """The entry's bytes in blocks of at most _BLOCK_BYTES, none of them empty. Raises _DamagedError."""
    stream.seek(entry.start)
    left = entry.packed_bytes
    if not entry.is_deflated:
        while left and (block := stream.read(min(_BLOCK_BYTES, left))):
            left -= len(block)
            yield block
        return
    inflater = isal_zlib.decompressobj(-isal_zlib.MAX_WBITS)
    waiting = b""
    while not inflater.eof:
        if not waiting:
            waiting = stream.read(min(_READ_BYTES, left))
            left -= len(waiting)
        block, is_fed = _inflated(inflater, waiting, entry), bool(waiting)
        waiting = inflater.unconsumed_tail
        if block:
            yield block
        elif not is_fed:
            raise _DamagedError(entry, "it breaks off in the middle")
    if left or inflater.unused_data:
        raise _DamagedError(entry, "something follows its end")


def _inflated(inflater: isal_zlib.Decompress, packed: bytes, entry: Entry) -> bytes:
    try:
        return inflater.decompress(packed, _BLOCK_BYTES)
    except isal_zlib.error as error:  # type: ignore[misc]  # isal's stubs declare the class as an instance
        raise _DamagedError(entry, "its compressed data cannot be read") from error


def _amount(size_bytes: int) -> str:
    for unit, factor in (("GB", 10**9), ("MB", 10**6), ("KB", 10**3)):
        if size_bytes >= factor:
            return f"{size_bytes / factor:.4g} {unit}"
    return f"{size_bytes} bytes"
