"""What did a source hand over? A delivery: raw files on disk, named, never changed once made.

Part of the pure engine: imports the standard library only.
"""

import hashlib
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class File:
    """One file of a delivery, as it lies on disk."""

    name: str
    """As delivered, folders removed: "users.csv". No two files of a delivery share a name, in whatever case."""
    path: Path
    """Where its bytes can be read; its last part need not resemble the name."""
    size_bytes: int


@dataclass(frozen=True)
class Oddity:
    """Something about the package itself that was read around; the engine turns it into a finding."""

    rule: str
    """Id of a rule: package-junk, package-folder, package-backslash or file-name."""
    place: str
    """The entry's name, exactly as delivered."""
    detail: str
    """One sentence for a person."""


@dataclass(frozen=True)
class Delivery:
    """The raw files of one attempt to bring a roster up to date, and what was odd about their packaging."""

    files: tuple[File, ...]
    origin: str
    """What the person gave: "roster.zip"."""
    oddities: tuple[Oddity, ...] = ()

    def sha256(self) -> str:
        """The digest of what was delivered, as 64 hexadecimal digits; reads every file.

        Over name and bytes of every file in the order of their names, each first hashed by itself so that the end of
        one and the beginning of the next cannot be confused. Order of arrival, packaging and origin do not matter.
        """
        whole = hashlib.sha256()
        for file in sorted(self.files, key=lambda file: file.name):
            whole.update(hashlib.sha256(file.name.encode()).digest())
            with file.path.open("rb") as stream:
                whole.update(hashlib.file_digest(stream, "sha256").digest())
        return whole.hexdigest()
