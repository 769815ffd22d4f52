"""However a zip is damaged, what is read from it is what was put in, or nothing is."""

import io
import tempfile
import zipfile
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from homeroom.sources import RefusedError
from homeroom.sources.archive import unpack
from tests.sources import make_zips
from tests.sources.make_zips import ORGS, USERS

CONTENT = {"roster/users.csv": USERS * 3, "roster/orgs.csv": ORGS, "roster/readme.txt": b"Hello"}
RESULT = {"users.csv": USERS * 3, "orgs.csv": ORGS}


def honest_zip(method: int) -> bytes:
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", method) as archive:
        for name, plain in CONTENT.items():
            archive.writestr(zipfile.ZipInfo(name), plain)
    return target.getvalue()


HONEST = (honest_zip(zipfile.ZIP_DEFLATED), honest_zip(zipfile.ZIP_STORED), make_zips.by_python(stream=True))


@st.composite
def damaged_zips(draw: st.DrawFn) -> bytes:
    """An honest zip, then some bytes replaced, some cut out, some put in, and perhaps the end cut off."""
    archive = bytearray(draw(st.sampled_from(HONEST[:2])))
    for at, byte in draw(st.lists(st.tuples(st.integers(0, len(archive) - 1), st.integers(0, 255)), max_size=4)):
        archive[at] = byte
    start = draw(st.integers(0, len(archive)))
    archive[start : start + draw(st.integers(0, 3))] = draw(st.binary(max_size=3))
    return bytes(archive[: draw(st.integers(0, len(archive)))]) if draw(st.booleans()) else bytes(archive)


@settings(max_examples=400, deadline=None)
@given(damaged_zips())
def test_damaged_zip_gives_the_very_bytes_or_a_sentence(archive: bytes) -> None:
    with tempfile.TemporaryDirectory() as folder:
        (Path(folder) / "roster.zip").write_bytes(archive)
        into = Path(folder) / "into"
        try:
            files, _ = unpack(Path(folder) / "roster.zip", into=into)
        except RefusedError:
            assert list(into.glob("*")) == []
        else:
            assert {file.name: file.path.read_bytes() for file in files} == RESULT
        assert {path.name for path in Path(folder).iterdir()} <= {"roster.zip", "into"}


@pytest.mark.parametrize("honest", HONEST, ids=["deflated", "stored", "streamed"])
def test_no_single_flipped_byte_changes_what_is_read(honest: bytes, tmp_path: Path) -> None:
    """Exhaustive where hypothesis samples: each byte, three ways."""
    (tmp_path / "roster.zip").write_bytes(honest)
    good = contents(tmp_path)

    outcomes = []
    for at in range(len(honest)):
        for mask in (0x01, 0x80, 0xFF):
            (tmp_path / "roster.zip").write_bytes(honest[:at] + bytes([honest[at] ^ mask]) + honest[at + 1 :])
            outcomes.append(contents(tmp_path))

    assert all(outcome in (good, None) for outcome in outcomes)


@pytest.mark.parametrize("honest", HONEST, ids=["deflated", "stored", "streamed"])
def test_every_truncated_zip_is_refused(honest: bytes, tmp_path: Path) -> None:
    outcomes = set()
    for length in range(len(honest)):
        (tmp_path / "roster.zip").write_bytes(honest[:length])
        outcomes.add(contents(tmp_path) is None)

    assert outcomes == {True}


def contents(folder: Path) -> dict[str, bytes] | None:
    """What unpack reads from roster.zip in this folder; None if it refuses."""
    with tempfile.TemporaryDirectory(dir=folder) as into:
        try:
            files, _ = unpack(folder / "roster.zip", into=Path(into))
        except RefusedError:
            return None
        return {file.name: file.path.read_bytes() for file in files}
