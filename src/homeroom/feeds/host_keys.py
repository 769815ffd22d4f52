"""The host key of our own SFTP server, by which districts know it: made once, and kept among our files."""

from __future__ import annotations

from pathlib import Path

import asyncssh
from django.conf import settings

from homeroom.own_files import write_once

_NAME = "sftp-host-key"


def own_host_key() -> Path:
    """The file of the private key, for the server's own user alone. Of two that are made at once, the first stays."""
    path = Path(settings.HOMEROOM_DATA) / _NAME
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        write_once(path, asyncssh.generate_private_key("ssh-ed25519").export_private_key())
    return path


def own_fingerprint() -> str:
    """SHA256:…, as districts see it when they connect for the first time."""
    return asyncssh.read_private_key(own_host_key()).get_fingerprint()
