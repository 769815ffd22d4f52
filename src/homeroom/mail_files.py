"""Where no mail server is set, e-mails become files: for nobody but who runs the server, since links in them let in."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from django.core.mail.backends import filebased


class EmailBackend(filebased.EmailBackend):
    """As Django's, in a folder that its owner alone may enter."""

    def __init__(self, *arguments: Any, **named: Any) -> None:
        super().__init__(*arguments, **named)
        Path(self.file_path).chmod(0o700)  # type: ignore[attr-defined]  # the stubs do not know it
