"""Files on their way in: written once, readable by nobody else, and gone with the process until they have a name."""

from __future__ import annotations

import hashlib
import io
import os
import tempfile
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path
from typing import Protocol

from django.conf import settings

from homeroom.districts import Refused
from homeroom.sources.package import shown

_NAME_LENGTH = 120
_NOT_HERE = (AttributeError, OSError)


class Upload(Protocol):
    """A file on its way in, as Django's UploadedFile is one."""

    @property
    def name(self) -> str | None: ...
    def chunks(self) -> Iterable[bytes]: ...


class UnnamedFile(io.BufferedRandom):
    """A new file in this folder, for its own user alone. size_bytes, digest: of what was written, one piece after the
    other.
    """

    def __init__(self, folder: Path) -> None:
        super().__init__(_opened(folder))
        self.size_bytes = 0
        self._whole = hashlib.sha256()

    @property
    def digest(self) -> str:
        return self._whole.hexdigest()

    def add(self, piece: bytes) -> None:
        self.write(piece)
        self._whole.update(piece)
        self.size_bytes += len(piece)

    def give_name(self, path: Path) -> None:
        """It stays, under this name, on the file system that it is on. Raises OSError where that cannot be."""
        self.flush()
        # With a folder's descriptor, which an absolute path does not ask for, Python follows the link to the file.
        os.link(f"/proc/self/fd/{self.fileno()}", path, src_dir_fd=self.fileno())


def _opened(folder: Path) -> io.FileIO:
    try:
        # tempfile's own have no name either, but can never be given one.
        return io.FileIO(os.open(folder, os.O_TMPFILE | os.O_RDWR | os.O_CLOEXEC, 0o600), "w+b")
    except _NOT_HERE:
        return tempfile.TemporaryFile(dir=folder, buffering=0)


def write(uploads: Iterable[Upload], folder: Path) -> list[tuple[str, str, int]]:
    """Name, digest and size of each file, once it lies in the folder. Raises Refused for none, and for too much."""
    given: list[tuple[str, str, int]] = []
    for place, upload in enumerate(uploads):
        left_bytes = settings.HOMEROOM_UPLOAD_LIMIT_BYTES - sum(size for _, _, size in given)
        given.append(_write(upload, folder, place, most_bytes=left_bytes))
    if not given:
        raise Refused("Please choose the roster's zip archive, or its CSV files.")
    return given


def _write(upload: Upload, folder: Path, place: int, *, most_bytes: int) -> tuple[str, str, int]:
    name = (upload.name or "delivery").replace("\\", "/").rsplit("/", 1)[-1]
    safe = shown(name).replace("/", "_").encode()[-_NAME_LENGTH:].decode(errors="ignore")
    path = folder / f"{place:02}-{safe}"
    file = getattr(upload, "file", None)  # of an upload of Django's: where it lies by now
    if isinstance(file, UnnamedFile) and file.size_bytes <= most_bytes:
        with suppress(OSError):  # of another file system, it is copied
            file.give_name(path)
            return name, file.digest, file.size_bytes
    return name, *_copied(upload, path, most_bytes=most_bytes)


def _copied(upload: Upload, path: Path, *, most_bytes: int) -> tuple[str, int]:
    """Digest and size of what is written. Raises Refused for too much."""
    whole, size = hashlib.sha256(), 0
    with path.open("xb") as file:
        path.chmod(0o600)
        for chunk in upload.chunks():
            size += len(chunk)
            if size > most_bytes:
                limit = settings.HOMEROOM_UPLOAD_LIMIT_BYTES / 10**6
                raise Refused(f"This is too much: an upload may have {limit:,.0f} MB at most.")
            whole.update(chunk)
            file.write(chunk)
    return whole.hexdigest(), size
