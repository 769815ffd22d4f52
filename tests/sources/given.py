"""What the tests of local.py put on the disk, and how they look at what was collected."""

from pathlib import Path

from homeroom.engine.delivery import Delivery
from homeroom.sources.local import collect


def put(folder: Path, **files: bytes) -> Path:
    """Writes files.csv named by the arguments: users=b"…" becomes users.csv."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, content in files.items():
        (folder / f"{name}.csv").write_bytes(content)
    return folder


def take(*paths: Path) -> Delivery:
    return collect(paths, work=paths[0].absolute().parent / "work")


def content(delivery: Delivery) -> dict[str, bytes]:
    return {file.name: file.path.read_bytes() for file in delivery.files}


def odd(delivery: Delivery) -> list[tuple[str, str]]:
    return [(oddity.rule, oddity.place) for oddity in delivery.oddities]


def denied(*_: object, **__: object) -> None:
    """Stands in for a file of somebody else; the tests may run as root, whom no file refuses."""
    raise PermissionError(13, "Permission denied")
