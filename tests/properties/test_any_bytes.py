"""Whatever the bytes: the engine says what is wrong, and never raises."""

import io
import zipfile
from dataclasses import dataclass

import pytest
from hypothesis import given
from hypothesis import strategies as st

from homeroom import engine
from tests.properties.damages import Case, cases
from tests.properties.runs import FEW, PUBLISHER, SOME, desk

TEMPLATES = {
    "students.csv": b"studentId,firstName,middleName,lastName,email,grade,username,password\ns1,Ana,,Lopez,,KG,ana.lopez,secret12\n",
    "staff.csv": b"staffId,firstName,middleName,lastName,email,role,username,password\nt1,Bo,,Li,bo@school.example,teacher,bo.li,secret12\n",
    "classes.csv": b"className,primaryTeacher,grade,subject\nMaths 1,bo@school.example,KG,Mathematics\n",
}
PIECES = (
    *(
        b"",
        b'"',
        b'""',
        b",",
        b",,,,",
        b"\n",
        b"\r",
        b"\r\n",
        b"\x00",
        b"\xff",
        b"\xef\xbb\xbf",
        b"\xe6\x97",
        b"\xff\xfe",
        b"'",
        b";",
        b"\t",
        b"{}",
    ),
    *(
        b"sourcedId",
        b"metadata.",
        b"metadata.{}",
        b"metadata.a b",
        b"column 1",
        b"row",
        b"key",
        b"0000-00-00",
        b"ext:",
        b"tobedeleted",
        b"delta",
    ),
    *(
        b"absent",
        b"bulk",
        b"1.2",
        b"x" * 5_000,
        b"\n" * 100,
        b"PK\x03\x04",
        b"%PDF-1.7",
        b"<html>",
        b"9" * 40,
        "ß\u0130\u1e9e".encode(),
    ),
)
NAMES = (
    "users.csv",
    "manifest.csv",
    "USERS.CSV",
    "orgs.csv",
    "notes.txt",
    "a b*[x].csv",
    "ü.csv",
    "enrollments.csv",
    "x",
)


@dataclass(frozen=True)
class Cut:
    """Replaces some bytes of one file; start and length are shares of it in thousandths."""

    file: int
    start: int
    length: int
    piece: bytes

    def apply(self, files: dict[str, bytes]) -> None:
        name = sorted(files)[self.file % len(files)]
        text = files[name]
        start = self.start * len(text) // 1_000
        files[name] = text[:start] + self.piece + text[start + self.length * len(text) // 1_000 :]


pieces = st.sampled_from(PIECES) | st.binary(max_size=12)
lengths = st.sampled_from([0, 0, 0, 1, 2, 20, 300, 1_000])
cuts = st.builds(Cut, file=st.integers(0, 30), start=st.integers(0, 1_000), length=lengths, piece=pieces)


@st.composite
def spoilt_files(draw: st.DrawFn, case: Case) -> dict[str, bytes]:
    """The files of a delivery with some of their bytes cut out, put in or written over, and some of them under other names."""
    files = dict(
        draw(
            st.sampled_from(
                [case.files, case.files, case.files, TEMPLATES, {"students.csv": TEMPLATES["students.csv"]}]
            )
        )
    )
    for cut in draw(st.lists(cuts, min_size=1, max_size=6)):
        cut.apply(files)
    for number, name in draw(st.lists(st.tuples(st.integers(0, 30), st.sampled_from(NAMES)), max_size=2)):
        old = sorted(files)[number % len(files)]
        if name.lower() not in {there.lower() for there in files}:
            files[name] = files.pop(old)
    return files


@SOME
@given(st.data(), cases())
def test_the_engine_never_raises(data: st.DataObject, case: Case) -> None:
    files = data.draw(spoilt_files(case))
    with desk() as at:
        known = at.trust(case.known.files, case.profile) if case.known else engine.Roster()
        snapshot = engine.read(at.deliver(files))
        before = known if case.known else None
        checked = engine.validate(
            snapshot, profile=case.profile, work=at.folder, onboarded=case.onboarded, known=before
        )
        changes = engine.diff(known, engine.propose(known, checked)) if case.known else None
        verdict = engine.guard(changes, known) if changes else None
        _is_whole(engine.summarise(checked, changes, verdict))


@FEW
@given(st.data(), cases(known=True))
def test_a_roster_can_be_made_of_anything(data: st.DataObject, case: Case) -> None:
    """Also of files that were never checked, and of another version than what is compared with it."""
    spoilt = data.draw(spoilt_files(case))
    with desk() as at:
        strange = at.trust(spoilt, case.profile)
        checked = at.judge(case, known=strange)
        changes = engine.diff(strange, engine.propose(strange, checked))
        _is_whole(engine.summarise(checked, changes, engine.guard(changes, strange)))


@given(st.dictionaries(st.sampled_from(NAMES), st.binary(max_size=400), max_size=3))
def test_the_engine_never_raises_for_noise(files: dict[str, bytes]) -> None:
    with desk() as at:
        checked = engine.validate(engine.read(at.deliver(files)), profile=PUBLISHER, work=at.folder)
        _is_whole(engine.summarise(checked))


@pytest.mark.parametrize("compression", [zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED])
def test_a_zip_inside_a_delivery_is_named_as_what_it_is(compression: int) -> None:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", compression) as archive:
        archive.writestr("users.csv", TEMPLATES["students.csv"])
    with desk() as at:
        checked = engine.validate(
            engine.read(at.deliver({"users.csv": packed.getvalue()})), profile=PUBLISHER, work=at.folder
        )
        assert engine.summarise(checked).reasons == ("users.csv is not a CSV file but a zip archive.",)


def _is_whole(report: engine.Report) -> None:
    """Whether the report accounts for every row, and says why if nothing was taken."""
    for table in report.tables:
        assert table.rows == table.accepted + table.refused + table.left_out
        assert min(table.rows, table.accepted, table.refused, table.left_out) >= 0
    assert (report.status == engine.Status.FAILED) == bool(report.reasons)
