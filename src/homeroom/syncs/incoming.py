"""Files on their way in: deliveries go to the disk piece by piece, into files that nobody else can open; uploads of
self-serve districts, which have passwords in them, stay in memory.

The files have no name, so that whatever happens (cut off, killed, too much) nothing of them stays. The size is looked
at while they arrive, and what is too much is read to its end without being kept: the browser then gets an answer
instead of a broken connection.
"""

from __future__ import annotations

import io
from collections.abc import Iterable
from contextlib import ExitStack, suppress
from pathlib import Path
from typing import Any

import structlog
from django.conf import settings
from django.core.files.uploadedfile import UploadedFile
from django.core.files.uploadhandler import FileUploadHandler, StopUpload
from django.http import HttpRequest, UnreadablePostError

from homeroom.districts import Refused
from homeroom.districts.models import District
from homeroom.syncs import storage
from homeroom.syncs.arriving import UnnamedFile
from homeroom.syncs.shown import in_words

MOST_FILES = 60
NO_ROOM = "There is not enough room on our server for this upload just now. Nothing of it was kept. Try again later."
_PIECE_BYTES = 1 << 20


class BoundedUploadHandler(FileUploadHandler):
    """Takes the files of one request, up to a limit for all of them together. refusal: why they were not taken, as a
    sentence; empty if they were.
    """

    chunk_size = _PIECE_BYTES

    def __init__(self, request: HttpRequest, *, most_bytes: int, too_much: str) -> None:
        """too_much: the sentence with which more is refused."""
        super().__init__(request)
        self.request: HttpRequest = request
        self.refusal = ""
        self._most_bytes, self._too_much = most_bytes, too_much
        self._announced_bytes = int(request.META.get("CONTENT_LENGTH") or 0)
        self._bytes = 0

    def new_file(self, *arguments: Any, **named: Any) -> None:
        super().new_file(*arguments, **named)
        if self._announced_bytes > self._most_bytes + _PIECE_BYTES:
            self.refuse(self._too_much)

    def receive_data_chunk(self, raw_data: bytes, start: int) -> bytes | None:  # noqa: ARG002  (Django's signature)
        self._bytes += len(raw_data)
        if self._bytes > self._most_bytes:
            self.refuse(self._too_much)
        return None

    def refuse(self, why: str) -> None:
        """By hand: Django would read the rest by lines, which the server ends too early."""
        self.refusal = why
        with suppress(UnreadablePostError):
            while self.request.read(_PIECE_BYTES):
                pass
        raise StopUpload(connection_reset=True)


class MemoryUploadHandler(BoundedUploadHandler):
    """Keeps the files in memory: they hold passwords, which no disk may see."""

    def __init__(self, request: HttpRequest, *, most_bytes: int, too_much: str) -> None:
        super().__init__(request, most_bytes=most_bytes, too_much=too_much)
        self._content = io.BytesIO()

    def new_file(self, *arguments: Any, **named: Any) -> None:
        super().new_file(*arguments, **named)
        self._content = io.BytesIO()

    def receive_data_chunk(self, raw_data: bytes, start: int) -> None:
        super().receive_data_chunk(raw_data, start)
        self._content.write(raw_data)

    def file_complete(self, file_size: int) -> UploadedFile:
        self._content.seek(0)
        return UploadedFile(self._content, self.file_name, self.content_type, file_size, self.charset)


class PrivateUploadHandler(BoundedUploadHandler):
    """Writes the files to the disk, where nobody else can open them."""

    def __init__(self, request: HttpRequest) -> None:
        super().__init__(request, most_bytes=settings.HOMEROOM_UPLOAD_LIMIT_BYTES, too_much=too_much())
        self.file: UnnamedFile
        self._files = 0
        self._until_closed = ExitStack()

    def new_file(self, *arguments: Any, **named: Any) -> None:
        self._files += 1
        if self._files > MOST_FILES:
            self.refuse(f"These are more than {MOST_FILES} files. Pack them into one zip and send that.")
        super().new_file(*arguments, **named)
        try:
            folder = Path(settings.HOMEROOM_DATA)
            folder.mkdir(parents=True, exist_ok=True)
            self.file = self._until_closed.enter_context(UnnamedFile(folder))
        except OSError as failure:
            self._refuse_for(failure)

    def receive_data_chunk(self, raw_data: bytes, start: int) -> None:
        super().receive_data_chunk(raw_data, start)
        try:
            self.file.add(raw_data)
        except OSError as failure:
            self._refuse_for(failure)

    def file_complete(self, file_size: int) -> UploadedFile:
        self.file.seek(0)
        return UploadedFile(self.file, self.file_name, self.content_type, file_size, self.charset)

    def close(self) -> None:
        """Gives the room on the disk back. Django closes only files that arrived whole."""
        self._until_closed.close()

    def _refuse_for(self, failure: OSError) -> None:
        _log(failure)
        self.refuse(NO_ROOM)


def keep(district: District, files: Iterable[UploadedFile]) -> storage.Received:
    """The files of one request, kept for a sync. Raises Refused where there is no room for them."""
    try:
        return storage.receive(district, files)
    except OSError as failure:
        _log(failure)
        raise Refused(NO_ROOM) from failure


def _log(failure: OSError) -> None:
    structlog.get_logger(__name__).error("upload_not_stored", errno=failure.errno)


def too_much() -> str:
    """What is said of a delivery beyond the limit."""
    return f"This is more than {in_words(settings.HOMEROOM_UPLOAD_LIMIT_BYTES)}, the most that one upload may have."
