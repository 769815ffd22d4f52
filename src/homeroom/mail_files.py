"""Where no mail server is set, e-mails become files: for nobody but who runs the server, since links in them let in."""

from __future__ import annotations

import time
from pathlib import Path
from typing import Any

from django.core.mail.backends import filebased

#: Longer than any link in them lets somebody in.
_KEPT_SECONDS = 30 * 24 * 60 * 60


class EmailBackend(filebased.EmailBackend):
    """As Django's, in a folder that its owner alone may enter. Old files go when a new one is begun."""

    def __init__(self, *arguments: Any, **named: Any) -> None:
        super().__init__(*arguments, **named)
        Path(self.file_path).chmod(0o700)  # type: ignore[attr-defined]  # the stubs do not know it

    def open(self) -> bool:
        is_new = bool(super().open())
        if is_new:
            self._remove_old()
        return is_new

    def _remove_old(self) -> None:
        before = time.time() - _KEPT_SECONDS
        for path in Path(self.file_path).glob("*.log"):  # type: ignore[attr-defined]
            try:
                if path.stat().st_mtime < before:
                    path.unlink()
            except FileNotFoundError:
                pass  # another process was quicker
