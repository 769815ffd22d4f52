"""Files that the server makes once for itself, such as its secrets and its host key."""

from __future__ import annotations

import os
import tempfile
from contextlib import suppress
from pathlib import Path


def write_once(path: Path, content: bytes) -> None:
    """The file is there, for its user alone, and never half, not even after a power cut. Of two who write at once, the
    first one's stays.
    """
    number, name = tempfile.mkstemp(dir=path.parent)  # mode 0600
    with os.fdopen(number, "wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    with suppress(FileExistsError):
        os.link(name, path)
    Path(name).unlink()
