"""From the pages of a pull to the tables of OneRoster CSV: every shape in which providers send a value.

The records are like those of an Ed-Fi adapter (1.2, nothing where there is nothing) and of a server that sends null
for everything it does not know (1.1).
"""

from __future__ import annotations

import gzip
import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import pytest

from homeroom import engine
from homeroom.engine import Delivery, File, Roster, Snapshot, read
from homeroom.engine.formats.rest_pages import PULL, Collection, NoRecordsError, Page, Pull, records_in
from homeroom.engine.profile import shipped
from homeroom.engine.sync_reports import write

PUBLISHER = shipped("publisher")
NAMES = ("orgs", "academicSessions", "courses", "classes", "users", "enrollments", "demographics")
Record = dict[str, Any]
Pages = Mapping[str, Sequence[bytes]]


def told(id: str, **more: Any) -> Record:
    return {"sourcedId": id, "status": "active", "dateLastModified": "2026-08-01T06:00:00.000Z", **more}


def to(kind: str, id: str) -> Record:
    return {"href": f"/{kind}s/{id}", "sourcedId": id, "type": kind}


def page(collection: str, *records: Any) -> bytes:
    return json.dumps({collection: list(records)}).encode()


def delivery(
    folder: Path,
    pages: Pages,
    *,
    version: str = "1.1",
    mode: str = "bulk",
    metadata: tuple[str, ...] = (),
    skips: Sequence[int] = (),
) -> Delivery:
    """A pull that brought these pages of each collection; skips: by page of every collection."""
    files, collections = [], {}
    for collection, bodies in pages.items():
        kept = []
        for number, body in enumerate(bodies):
            path = folder / f"{collection}-{number}.json.gz"
            path.write_bytes(gzip.compress(body))
            files.append(File(path.name, path, path.stat().st_size))
            kept.append(Page(path.name, len(records_in(json.loads(body), collection)), skips[number] if skips else 0))
        collections[collection] = Collection(tuple(kept), 0, 0, metadata if collection == "users" else ())
    told_by = folder / PULL
    told_by.write_text(Pull(version, mode, "sis.example", collections).as_json())
    return Delivery((File(PULL, told_by, told_by.stat().st_size), *files), "sis.example")


def rows(folder: Path, pages: Pages, table: str, **more: Any) -> list[Record]:
    """The rows of a table as they are judged, each without its empty cells."""
    work = folder / "work"
    work.mkdir()
    part = read(delivery(folder, pages, **more)).parts[table]
    text = part.text.measure([], work=work).scan().drop("row").collect()
    return [{name: cell for name, cell in row.items() if cell is not None} for row in text.to_dicts()]


def user(folder: Path, *, version: str = "1.1", **properties: Any) -> Record:
    """The cells of one user with these properties, without the source id."""
    (row,) = rows(folder, {"users": [page("users", told("u1", **properties))]}, "users", version=version)
    assert row.pop("sourcedId") == "u1"
    return row


def roster(folder: Path, pages: Pages, **more: Any) -> Roster:
    (folder / "work").mkdir()
    return engine.trust(read(delivery(folder, pages, **more)), profile=PUBLISHER, work=folder / "work")


def test_pull_is_recognised_and_comes_in_the_order_of_judgement(tmp_path: Path) -> None:
    found = read(delivery(tmp_path, {name: [page(name, told("x"))] for name in reversed(NAMES)}, version="1.2"))

    assert (found.format, found.version, found.remarks) == ("oneroster-rest", "1.2", ())
    assert list(found.parts) == [
        "orgs", "academicSessions", "courses", "users", "roles", "demographics", "classes", "enrollments",
    ]  # fmt: skip


def test_user_of_an_adapter_that_sends_nothing_where_there_is_nothing(tmp_path: Path) -> None:
    sent = told(
        "u1",
        username="areyes2",
        userIds=[{"type": "LocalId", "identifier": "000100"}],
        enabledUser="true",
        givenName="Ale",
        familyName="Reyes",
        preferredFirstName="Al",
        roles=[{"roleType": "primary", "role": "student", "org": to("org", "sch-1")}],
        primaryOrg=to("org", "sch-1"),
        grades=["KG"],
        metadata={},
    )
    pages = {"users": [page("users", sent)]}
    cells = {"enabledUser": "true", "username": "areyes2", "userIds": "{LocalId:000100}", "givenName": "Ale"}

    assert rows(tmp_path, pages, "users", version="1.2") == [
        {"sourcedId": "u1", **cells, "familyName": "Reyes", "grades": "KG", "preferredGivenName": "Al",
         "primaryOrgSourcedId": "sch-1"}
    ]  # fmt: skip


def test_user_of_a_server_that_sends_null_for_what_it_does_not_know(tmp_path: Path) -> None:
    sent = {
        "agents": [], "email": None, "enabledUser": True, "grades": [], "metadata": None, "middleName": None,
        "orgs": [to("org", "a"), to("org", "b")], "password": None, "role": "teacher", "userIds": None, "username": "",
    }  # fmt: skip

    assert user(tmp_path, **sent) == {"enabledUser": "true", "orgSourcedIds": "a,b", "role": "teacher"}


@pytest.mark.parametrize(
    ("value", "cell"),
    [
        (True, "true"), (False, "false"), ("true", "true"), ("False", "false"), ("t", "true"), ("f", "false"),
        (1, "true"), (0, "false"), ("perhaps", "perhaps"),
    ],
)  # fmt: skip
def test_boolean_may_be_one_or_a_text(value: object, cell: str, tmp_path: Path) -> None:
    assert user(tmp_path, enabledUser=value) == {"enabledUser": cell}


@pytest.mark.parametrize(
    ("value", "cell"),
    [(["09", "10"], "09,10"), ("09", "09"), ("09,10", "09,10"), ([9], "9"), ([None, "", "09"], "09")],
)
def test_grades_may_be_a_list_or_a_text(value: object, cell: str, tmp_path: Path) -> None:
    assert user(tmp_path, grades=value) == {"grades": cell}


@pytest.mark.parametrize("value", [[], None, "", [None]])
def test_empty_list_is_an_empty_cell(value: object, tmp_path: Path) -> None:
    assert user(tmp_path, grades=value, orgs=value, userIds=value) == {}


@pytest.mark.parametrize(
    ("value", "cell"),
    [
        ([to("org", "a"), to("org", "b")], "a,b"), (to("org", "a"), "a"), (["a", "b"], "a,b"), ("a", "a"), (7, "7"),
        ([{"href": "/orgs/a", "sourcedId": None}, to("org", "b")], "b"),
    ],
)  # fmt: skip
def test_reference_is_the_source_id_in_whatever_it_is_wrapped(value: object, cell: str, tmp_path: Path) -> None:
    assert user(tmp_path, orgs=value) == {"orgSourcedIds": cell}


@pytest.mark.parametrize(
    ("value", "cell"),
    [
        ("0100", "0100"), (100, "100"), (1.0, "1"), (1.5, "1.5"), (12345678901234567890123, "12345678901234567890123"),
        ({"a": "ü"}, '{"a": "ü"}'), ('say "hi", please\nnow', 'say "hi", please\nnow'), ("\ud83d", "\ufffd"),
    ],
)  # fmt: skip
def test_text_stays_what_it_was_and_other_values_are_written_out(value: object, cell: str, tmp_path: Path) -> None:
    assert user(tmp_path, identifier=value) == {"identifier": cell}


@pytest.mark.parametrize(
    ("value", "cell"),
    [
        ([{"type": "FED", "identifier": "7"}, {"type": "SIS", "identifier": "8"}], "{FED:7},{SIS:8}"),
        ([{"identifier": "7"}], "{unknown:7}"),
        ([{"type": "FED", "identifier": ""}, "7", {"type": "SIS", "identifier": 8}], "{SIS:8}"),
        ("{FED:7}", "{FED:7}"),
    ],
)
def test_user_ids_become_pairs(value: object, cell: str, tmp_path: Path) -> None:
    assert user(tmp_path, userIds=value) == {"userIds": cell}


@pytest.mark.parametrize(
    ("value", "cell"),
    [("2026-08-15", "2026-08-15"), ("2026-08-15T00:00:00.000Z", "2026-08-15"), ("15 August 2026", "15 August 2026")],
)
def test_date_is_the_day_even_if_a_time_of_day_stands_with_it(value: str, cell: str, tmp_path: Path) -> None:
    pages = {"academicSessions": [page("academicSessions", told("s", startDate=value, schoolYear=2027))]}

    assert rows(tmp_path, pages, "academicSessions") == [{"sourcedId": "s", "startDate": cell, "schoolYear": "2027"}]


def test_older_name_of_a_property_is_known(tmp_path: Path) -> None:
    pages = {
        "demographics": [page("demographics", told("a", birthDate="2016-01-02"), told("b", birthdate="2016-01-03"))]
    }

    assert [row["birthDate"] for row in rows(tmp_path, pages, "demographics")] == ["2016-01-02", "2016-01-03"]


def test_references_of_classes_and_enrollments_become_columns(tmp_path: Path) -> None:
    sent = told(
        "c", title="Art", course=to("course", "k"), school=to("org", "s"), terms=[to("term", "t1"), to("term", "t2")],
        subjects=["Art"], subjectCodes=["01"], periods="1", resources=[],
    )  # fmt: skip

    assert rows(tmp_path, {"classes": [page("classes", sent)]}, "classes") == [
        {"sourcedId": "c", "title": "Art", "courseSourcedId": "k", "schoolSourcedId": "s", "termSourcedIds": "t1,t2",
         "subjects": "Art", "subjectCodes": "01", "periods": "1"}
    ]  # fmt: skip


def test_password_is_never_read(tmp_path: Path) -> None:
    assert user(tmp_path, password="hush", username="ana") == {"username": "ana"}


def test_property_that_no_column_is_for_is_passed_over(tmp_path: Path) -> None:
    assert user(tmp_path, shoeSize=42, username="ana") == {"username": "ana"}


def test_metadata_become_columns_nested_ones_joined_by_dots(tmp_path: Path) -> None:
    sent = told("u1", metadata={"house": "red", "gm": {"additionalroles": ["teacher", "school_admin"], "": 1}})
    pages = {"users": [page("users", sent, told("u2", metadata={"house": None}), told("u3", metadata="none"))]}

    assert rows(tmp_path, pages, "users", metadata=("gm.additionalroles", "house")) == [
        {"sourcedId": "u1", "metadata.gm.additionalroles": "teacher,school_admin", "metadata.house": "red"},
        {"sourcedId": "u2"},
        {"sourcedId": "u3"},
    ]


def test_roles_of_a_user_become_rows_with_ids_that_stay_the_same(tmp_path: Path) -> None:
    def role(kind: str, org: str, **more: str) -> Record:
        return {"roleType": "secondary", "role": kind, "org": to("org", org), "userProfile": "urn:x", **more}

    sent = told(
        "u1", roles=[role("teacher", "s"), role("teacher", "s", beginDate="2026-08-01"), role("ext:coach", "s")]
    )
    pages = {"users": [page("users", sent, told("u2", roles=role("aide", "s")), told("u3", roles=None), told("u4"))]}

    found = rows(tmp_path, pages, "roles", version="1.2")

    assert [row["sourcedId"] for row in found] == ["u1/teacher/s", "u1/teacher/s/2", "u1/ext-coach/s", "u2/aide/s"]
    assert found[1] == {
        "sourcedId": "u1/teacher/s/2", "userSourcedId": "u1", "roleType": "secondary", "role": "teacher",
        "beginDate": "2026-08-01", "orgSourcedId": "s",
    }  # fmt: skip


def test_id_of_a_role_is_never_too_long(tmp_path: Path) -> None:
    sent = [told("u" * 250, roles=[{"role": "aide", "org": org}]) for org in ("a", "b")]

    first, second = rows(tmp_path, {"users": [page("users", *sent)]}, "roles", version="1.2")

    assert first["sourcedId"] != second["sourcedId"]
    assert {len(row["sourcedId"]) for row in (first, second)} == {len("role/") + 16}


def test_users_of_1_1_have_no_rows_for_roles(tmp_path: Path) -> None:
    assert set(read(delivery(tmp_path, {"users": [page("users", told("u1"))]})).parts) == {"users"}


def test_record_that_was_asked_for_once_more_counts_once(tmp_path: Path) -> None:
    pages = {"orgs": [page("orgs", told("a"), told("b")), page("orgs", told("b"), told("c"))]}

    assert [row["sourcedId"] for row in rows(tmp_path, pages, "orgs", skips=(0, 1))] == ["a", "b", "c"]


@pytest.mark.parametrize("status", ["tobedeleted", "ToBeDeleted", "inactive"])
def test_deleted_record_of_a_complete_pull_is_no_row(status: str, tmp_path: Path) -> None:
    pages = {"orgs": [page("orgs", told("a"), told("b") | {"status": status}, told("c") | {"status": ""})]}

    assert [row["sourcedId"] for row in rows(tmp_path, pages, "orgs")] == ["a", "c"]


def test_deleted_record_of_a_delta_is_a_row_that_ends_it(tmp_path: Path) -> None:
    unsaid = {"sourcedId": "c", "dateLastModified": "2026-08-01T06:00:00.000Z"}
    pages = {"orgs": [page("orgs", told("a"), told("b") | {"status": "inactive"}, unsaid)]}

    found = rows(tmp_path, pages, "orgs", mode="delta")

    assert [row["status"] for row in found] == ["active", "tobedeleted", "active"]
    assert {row["dateLastModified"] for row in found} == {"2026-08-01T06:00:00.000Z"}


def test_mode_of_a_pull_is_that_of_its_tables(tmp_path: Path) -> None:
    assert read(delivery(tmp_path, {"orgs": [page("orgs", told("a"))]}, mode="delta")).parts["orgs"].mode == "delta"


def test_collection_without_records_is_a_table_without_rows(tmp_path: Path) -> None:
    assert rows(tmp_path, {"orgs": []}, "orgs") == []


def test_same_pull_read_twice_in_one_folder_is_the_same(tmp_path: Path) -> None:
    given = delivery(tmp_path, {"orgs": [page("orgs", told("a"))]})
    texts = [read(given).parts["orgs"].text for _ in range(2)]

    frames = [text.measure([], work=tmp_path).scan().collect() for text in (*texts, texts[0])]

    assert frames[0].equals(frames[1])
    assert frames[0].equals(frames[2])


def test_roster_of_a_pull_is_that_of_the_same_records_as_csv(tmp_path: Path) -> None:
    sent = told("east", name="East", type="school", identifier=None, parent=to("org", "d"))
    (tmp_path / "orgs.csv").write_text("sourcedId,name,type,identifier,parentSourcedId\neast,East,school,,d\n")
    path = tmp_path / "orgs.csv"
    as_csv = read(Delivery((File("orgs.csv", path, path.stat().st_size),), "csv"))

    ours = roster(tmp_path, {"orgs": [page("orgs", sent)]})

    theirs = engine.trust(as_csv, profile=PUBLISHER, work=tmp_path)
    assert ours.tables["orgs"].index.collect().equals(theirs.tables["orgs"].index.collect())
    assert engine.diff(ours, theirs).is_empty


def stopped(found: Snapshot) -> list[tuple[str, str | None]]:
    assert found.parts == {}
    return [(remark.rule, remark.value) for remark in found.remarks]


def test_page_that_is_not_there_stops_the_sync(tmp_path: Path) -> None:
    whole = delivery(tmp_path, {"orgs": [page("orgs", told("a")), page("orgs", told("b"))]})

    found = read(Delivery(whole.files[:-1], whole.origin))

    assert stopped(found) == [("manifest-file-missing", "orgs-1.json.gz")]


@pytest.mark.parametrize("text", ["", "{}", "[]", '{"format": "other"}', '{"format": "homeroom-oneroster-rest-1"}'])
def test_description_that_cannot_be_read_stops_the_sync(text: str, tmp_path: Path) -> None:
    whole = delivery(tmp_path, {"orgs": [page("orgs", told("a"))]})
    (tmp_path / PULL).write_text(text)

    assert stopped(read(whole)) == [("manifest-unreadable", PULL)]


def test_page_with_fewer_records_than_were_kept_is_not_read(tmp_path: Path) -> None:
    whole = delivery(tmp_path, {"orgs": [page("orgs", told("a"), told("b"))]})
    (tmp_path / "orgs-0.json.gz").write_bytes(gzip.compress(page("orgs", told("a"))))

    with pytest.raises(ValueError, match=r"orgs-0.json.gz holds 1 records instead of 2"):
        read(whole).parts["orgs"].text.measure([], work=tmp_path)


@pytest.mark.parametrize(
    "document",
    [
        {"users": [{"sourcedId": "a"}]},
        {"statusInfoSet": [{"imsx_codeMajor": "success"}], "users": [{"sourcedId": "a"}]},
        {"students": [{"sourcedId": "a"}]},
        {"students": [{"sourcedId": "a"}], "warnings": []},
        [{"sourcedId": "a"}],
        {"users": {"sourcedId": "a"}},
    ],
)
def test_list_of_records_is_found_under_its_name_or_where_it_can_only_be(document: object) -> None:
    assert records_in(document, "users") == [{"sourcedId": "a"}]


@pytest.mark.parametrize("document", [{"users": []}, []])
def test_list_may_be_empty(document: object) -> None:
    assert records_in(document, "users") == []


@pytest.mark.parametrize(
    "document",
    [
        {"imsx_codeMajor": "failure", "imsx_severity": "error", "imsx_description": "no"},
        {"CodeMajor": "failure", "details": [{"a": 1}]},
        {"statusInfoSet": [{"imsx_codeMajor": "failure"}]},
        {"imsx_StatusInfo": {"imsx_codeMajor": "failure"}},
        {"errors": [{"codeMajor": "failure"}]},
        {"error": "invalid_token"},
        {},
        {"students": []},
        {"one": [{"a": 1}], "two": [{"a": 1}]},
        {"users": None},
        {"users": "none"},
        {"users": [{"sourcedId": "a"}, None]},
        {"users": ["a"]},
        None,
        "users",
        7,
    ],
)
def test_anything_else_is_never_taken_for_an_empty_list(document: object) -> None:
    with pytest.raises(NoRecordsError):
        records_in(document, "users")


def test_reports_have_no_row_numbers_and_are_ordered_by_source_id_then_column(tmp_path: Path) -> None:
    def staff(id: str, **more: str) -> Record:
        usual = {"enabledUser": "true", "givenName": "A", "familyName": "B", "username": id, "role": "teacher"}
        return told(id, **usual | {"orgs": [to("org", "east")]} | more)

    sent = [staff("u3"), staff("u1", familyName=""), staff("u2", email="u2@lantern.example")]
    pages = {"orgs": [page("orgs", told("east", name="East", type="school"))], "users": [page("users", *sent)]}
    checked = engine.validate(read(delivery(tmp_path, pages)), profile=PUBLISHER, work=tmp_path, known=Roster())

    (path,) = write(checked.findings, tmp_path / "reports", format="oneroster-rest")

    needed = "email is required for users with “teacher” or “administrator” roles"
    assert path.name == "users_sync_report.csv"
    assert path.read_bytes().decode("utf-8-sig") == (
        "SourcedId,Field,Status,Error Message\r\n"
        "u1,familyName,Failure,familyName is empty; every user needs one.\r\n"
        f"u1,email,Failure,{needed}\r\n"
        f"u3,email,Failure,{needed}\r\n"
    )
