"""Where in a zip archive does each entry's data lie, and do all parts of the archive tell the same story?

The directory at the end is read by the standard library's zipfile; every claim of it is then compared with the headers
that stand before the data, so that no two programs can read two different rosters from one archive.

Source: PKWARE APPNOTE.TXT 6.3, sections 4.3 (layout), 4.4 (fields) and 4.5.3 (64-bit sizes).
"""

import stat
import struct
import zipfile
from dataclasses import dataclass
from typing import BinaryIO

from homeroom.sources import RefusedError
from homeroom.sources.package import shown

_ENCRYPTED = 0x1 | 0x40 | 0x2000  # the data; strongly; the directory itself
_SIZES_FOLLOW = 0x8
_UTF8 = 0x800
_IN_64_BIT_FIELD = 0xFFFFFFFF
_METHODS = {
    1: "Shrink",
    6: "Implode",
    9: "Deflate64",
    12: "bzip2",
    14: "LZMA",
    93: "Zstandard",
    95: "xz",
    98: "PPMd",
}

_LOCAL = struct.Struct("<4s5H3L2H")
_END = struct.Struct("<4s4H2LH")
_END_64 = struct.Struct("<4sQ2H2L4Q")
_LOCATOR_64 = struct.Struct("<4sLQL")
_END_REACH_BYTES = _END.size + 0xFFFF  # the end may be followed by a comment of that length

_DIRECTORY_BYTES_PER_ENTRY = 4096
"""Generous: 46 bytes, a name of 255 characters, a note on the file's owner and times. 64 KB of each would be legal."""

_NOTE_AFTER_DATA_BYTES = 24
"""The longest note of checksum and sizes that may follow streamed data; too short to hide another entry in."""

_ANEW = "Make it anew and send it again."


@dataclass(frozen=True)
class Entry:
    """One entry whose header and directory record agree. `size_bytes` and `crc` are promises until the data is read."""

    name: str
    start: int
    packed_bytes: int
    size_bytes: int
    crc: int
    is_deflated: bool


@dataclass(frozen=True)
class _Header:
    """What stands right before an entry's data."""

    name: bytes
    flags: int
    method: int
    crc: int
    packed_bytes: int
    size_bytes: int
    start: int


@dataclass(frozen=True)
class _End:
    """The archive's last record."""

    entries: int
    directory_start: int
    directory_bytes: int
    place: int


def read(stream: BinaryIO, *, origin: str, most_entries: int) -> tuple[Entry, ...]:
    """All entries in the order of the directory, folders (names that end in a separator) included.

    Data of no two entries overlap, nothing lies between them, and all of it is deflated or stored. Raises RefusedError.
    """
    end = _end(stream, origin=origin)
    if end.entries > most_entries:
        raise RefusedError(
            f"{origin} holds {end.entries:,} entries; Homeroom opens at most {most_entries}. "
            "Put the roster's CSV files, and nothing else, into a new zip archive."
        )
    if end.directory_bytes > most_entries * _DIRECTORY_BYTES_PER_ENTRY:
        raise RefusedError(f"{origin} has a list of files that is far longer than any roster's. {_ANEW}")
    infos = _infos(stream, end, origin=origin)
    for info in infos:
        _refuse_unreadable(info, origin=origin)
        _refuse_special(info, origin=origin)
    headers = [_header(stream, info, end, origin=origin) for info in infos]
    _refuse_hidden_or_shared_bytes(infos, headers, end, origin=origin)
    return tuple(_entry(info, header, origin=origin) for info, header in zip(infos, headers, strict=True))


def _end(stream: BinaryIO, *, origin: str) -> _End:
    """The end record, in its 64-bit form if there is one. Read by ourselves first, because zipfile would hold a record
    of every entry in memory, however many the archive claims, before anybody could object.
    """
    size = stream.seek(0, 2)
    stream.seek(max(0, size - _END_REACH_BYTES))
    tail = stream.read()
    at = tail.rfind(b"PK\5\6")
    if at < 0 or len(tail) - at < _END.size:
        raise RefusedError(
            f"{origin} is incomplete: its end is missing. Send it again, and wait until all of it is sent."
        )
    place = size - len(tail) + at
    _, disk, _, _, entries, directory_bytes, directory_start, _ = _END.unpack_from(tail, at)
    if disk not in {0, 0xFFFF}:
        raise several_parts(origin)
    at -= _LOCATOR_64.size + _END_64.size
    if at >= 0 and tail[at : at + 4] == b"PK\6\6" and tail[at + _END_64.size :].startswith(b"PK\6\7"):
        *_, entries, directory_bytes, directory_start = _END_64.unpack_from(tail, at)
        place = size - len(tail) + at
    return _End(entries, directory_start, directory_bytes, place)


def several_parts(origin: str) -> RefusedError:
    return RefusedError(f"{origin} is one part of a zip archive in several parts. Make one zip archive of the whole.")


def _infos(stream: BinaryIO, end: _End, *, origin: str) -> list[zipfile.ZipInfo]:
    if end.directory_start + end.directory_bytes != end.place:
        raise RefusedError(f"{origin} is damaged: its list of files does not fit the archive. {_ANEW}")
    try:
        with zipfile.ZipFile(stream) as archive:
            infos = archive.infolist()
    except (
        zipfile.BadZipFile,
        NotImplementedError,
        ValueError,
        OverflowError,
        struct.error,
        EOFError,
        OSError,
    ) as error:
        raise RefusedError(f"{origin} is damaged: its list of files cannot be read. {_ANEW}") from error
    if len(infos) != end.entries:
        raise RefusedError(
            f"{origin} is damaged: its list of files has {len(infos)} lines instead of {end.entries}. {_ANEW}"
        )
    return infos


def _refuse_unreadable(info: zipfile.ZipInfo, *, origin: str) -> None:
    name = shown(info.orig_filename)
    if info.flag_bits & _ENCRYPTED:
        raise RefusedError(f"“{name}” in {origin} is locked with a password. Make the zip archive without a password.")
    if info.compress_type not in {zipfile.ZIP_DEFLATED, zipfile.ZIP_STORED}:
        method = _METHODS.get(info.compress_type, f"a method (number {info.compress_type}) that few programs know")
        # Windows takes Deflate64 by itself for a file of more than 2 GB, and offers no other choice.
        raise RefusedError(
            f"“{name}” in {origin} is compressed with {method}; rosters are compressed with Deflate. "
            "Choose that method in the program that makes the archive (7-Zip, for instance)."
        )


def _refuse_special(info: zipfile.ZipInfo, *, origin: str) -> None:
    """Refuses what an unpacking program would turn into anything but a file with bytes, or a folder without."""
    name = shown(info.orig_filename)
    kind = stat.S_IFMT(info.external_attr >> 16)
    is_folder = info.orig_filename.endswith(("/", "\\"))
    if kind == stat.S_IFLNK:
        raise RefusedError(f"“{name}” in {origin} is a link to another place, not a file. Put the file itself in.")
    if kind not in ({0, stat.S_IFDIR, stat.S_IFREG} if is_folder else {0, stat.S_IFREG}) or (
        is_folder and info.file_size
    ):
        raise RefusedError(f"“{name}” in {origin} is not an ordinary file. Put nothing but the CSV files in.")


def _header(stream: BinaryIO, info: zipfile.ZipInfo, end: _End, *, origin: str) -> _Header:
    if info.header_offset > end.directory_start:  # may be too large even to look there
        raise _does_not_fit(info, origin=origin)
    stream.seek(info.header_offset)
    fixed = stream.read(_LOCAL.size)
    if len(fixed) < _LOCAL.size or not fixed.startswith(b"PK\3\4"):
        raise _does_not_fit(info, origin=origin)
    _, _, flags, method, _, _, crc, packed_bytes, size_bytes, name_bytes, extra_bytes = _LOCAL.unpack(fixed)
    start = info.header_offset + _LOCAL.size + name_bytes + extra_bytes
    return _Header(stream.read(name_bytes), flags, method, crc, packed_bytes, size_bytes, start)


def _refuse_hidden_or_shared_bytes(
    infos: list[zipfile.ZipInfo], headers: list[_Header], end: _End, *, origin: str
) -> None:
    """Refuses bytes that two entries claim (how the densest bombs are made), and bytes that no entry claims, in which
    another program might find files that we do not see.
    """
    previous, reached = "", 0
    for info, header in sorted(zip(infos, headers, strict=True), key=lambda pair: pair[0].header_offset):
        name = shown(info.orig_filename)
        if info.header_offset < reached:
            raise RefusedError(f"“{previous}” and “{name}” in {origin} share the same bytes. {_ANEW}")
        if info.header_offset > reached + _NOTE_AFTER_DATA_BYTES:
            raise RefusedError(
                f"{origin} is damaged: before “{name}” there is something that it does not list. {_ANEW}"
            )
        previous, reached = name, header.start + info.compress_size
    if reached > end.directory_start:
        raise RefusedError(f"{origin} is damaged: “{previous}” reaches into the archive's list of files. {_ANEW}")
    if previous and reached + _NOTE_AFTER_DATA_BYTES < end.directory_start:
        raise RefusedError(f"{origin} is damaged: after “{previous}” there is something that it does not list. {_ANEW}")


def _entry(info: zipfile.ZipInfo, header: _Header, *, origin: str) -> Entry:
    said = [header.crc, header.packed_bytes, header.size_bytes]
    listed = [info.CRC, info.compress_size, info.file_size]
    if header.flags & _SIZES_FOLLOW:  # written before they were known; the directory is right
        said = listed
    same_numbers = all(a in {b, _IN_64_BIT_FIELD} for a, b in zip(said, listed, strict=True))
    listed_name = info.orig_filename.encode("utf-8" if info.flag_bits & _UTF8 else "cp437")
    if header.name != listed_name or header.method != info.compress_type or not same_numbers:
        raise _does_not_fit(info, origin=origin)
    return Entry(
        name=info.orig_filename,
        start=header.start,
        packed_bytes=info.compress_size,
        size_bytes=info.file_size,
        crc=info.CRC,
        is_deflated=info.compress_type == zipfile.ZIP_DEFLATED,
    )


def _does_not_fit(info: zipfile.ZipInfo, *, origin: str) -> RefusedError:
    name = shown(info.orig_filename)
    return RefusedError(f"{origin} is damaged: its list of files does not fit “{name}”, which it names. {_ANEW}")
