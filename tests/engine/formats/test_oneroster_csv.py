"""From the files of a delivery to its tables: told by their headers, taken as the manifest says."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import pytest

from homeroom.engine import Delivery, File, Oddity, Snapshot, read
from homeroom.engine.oneroster import VERSIONS, tables_of

ORGS = "sourcedId,status,dateLastModified,name,type,identifier,parentSourcedId\n"
MISSING = ("manifest-missing", None)

Remarks = list[tuple[str, str | None]]


def header(table: str, version: str, *, without: str = "") -> str:
    return ",".join(name for name in tables_of(version)[table].names if name != without) + "\n"


def manifest(version: str, **modes: str) -> str:
    rows = [f"file.{name},{modes.get(name, 'absent')}" for name in tables_of(version)]
    return "\n".join(["propertyName,value", "manifest.version,1.0", f"oneroster.version,{version}", *rows])


def snapshot(folder: Path, files: Mapping[str, str | bytes], *, oddities: tuple[Oddity, ...] = ()) -> Snapshot:
    for name, content in files.items():
        (folder / name).write_bytes(content if isinstance(content, bytes) else content.encode())
    delivered = tuple(File(name, folder / name, (folder / name).stat().st_size) for name in files)
    return read(Delivery(delivered, "roster.zip", oddities))


def told(found: Snapshot) -> Remarks:
    return [(remark.rule, remark.file) for remark in found.remarks]


@pytest.mark.parametrize("version", VERSIONS)
def test_all_tables_are_found_by_their_headers_and_come_in_the_order_of_judgement(tmp_path: Path, version: str) -> None:
    tables = list(tables_of(version))
    files = {f"file {number}.csv": header(name, version) for number, name in enumerate(reversed(tables))}

    found = snapshot(tmp_path, files)

    assert found.version == version
    assert list(found.parts) == tables
    assert told(found) == [MISSING, *(("file-name", name) for name in files)]


@pytest.mark.parametrize("version", VERSIONS)
def test_right_delivery_is_read_without_a_remark(tmp_path: Path, version: str) -> None:
    names = ["orgs", "users", *(["roles"] if version == "1.2" else [])]
    files = {f"{name}.csv": header(name, version, without="resourceSourcedIds") for name in names}
    modes = dict.fromkeys(names, "bulk") | {"users": "delta"}

    found = snapshot(tmp_path, files | {"manifest.csv": manifest(version, **modes)})

    assert found.format == "oneroster"
    assert found.remarks == ()
    assert {name: part.mode for name, part in found.parts.items()} == modes
    assert {name: part.file for name, part in found.parts.items()} == {name: f"{name}.csv" for name in names}


def test_first_layout_of_users_in_1_2_has_its_column(tmp_path: Path) -> None:
    found = snapshot(tmp_path, {"users.csv": header("users", "1.2")})

    assert "resourceSourcedIds" in found.parts["users"].table
    assert told(found) == [MISSING]


def test_second_layout_of_users_in_1_2_has_no_such_column_and_misses_none(tmp_path: Path) -> None:
    found = snapshot(tmp_path, {"users.csv": header("users", "1.2", without="resourceSourcedIds")})

    assert "resourceSourcedIds" not in found.parts["users"].table
    assert told(found) == [MISSING]


@pytest.mark.parametrize(("users", "version"), [("1.1", "1.1"), ("1.2", "1.2")])
def test_version_is_told_by_the_columns_where_there_is_no_manifest(tmp_path: Path, users: str, version: str) -> None:
    assert snapshot(tmp_path, {"orgs.csv": ORGS, "users.csv": header("users", users)}).version == version


def test_version_is_told_by_required_columns_where_the_optional_ones_are_left_out(tmp_path: Path) -> None:
    lean = "sourcedId,enabledUser,username,givenName,familyName\n"

    assert snapshot(tmp_path, {"users.csv": lean}).version == "1.2"
    assert snapshot(tmp_path, {"users.csv": lean.replace("username", "orgSourcedIds,role,username")}).version == "1.1"


@pytest.mark.parametrize("version", VERSIONS)
def test_manifest_decides_where_the_columns_leave_the_version_open(tmp_path: Path, version: str) -> None:
    files = {"orgs.csv": ORGS, "categories.csv": "sourcedId,status,dateLastModified,title\n"}

    found = snapshot(tmp_path, files | {"manifest.csv": manifest(version, orgs="bulk", categories="bulk")})

    assert found.version == version


def test_columns_prevail_over_a_manifest_of_another_version(tmp_path: Path) -> None:
    files = {"manifest.csv": manifest("1.1", users="bulk", roles="bulk"), "users.csv": header("users", "1.2")}

    found = snapshot(tmp_path, files | {"roles.csv": header("roles", "1.2")})

    assert found.version == "1.2"
    assert [remark.detail for remark in found.remarks if remark.rule == "manifest-property"][-1] == (
        "oneroster.version is 1.1, but the columns of the files are those of 1.2"
    )


def test_file_of_another_name_is_told_what_it_should_be_called(tmp_path: Path) -> None:
    (_, remark) = snapshot(tmp_path, {"Schools 2027.csv": ORGS}).remarks

    assert (remark.rule, remark.table, remark.value) == ("file-name", "orgs", "Schools 2027.csv")
    assert (remark.detail, remark.expected) == ("orgs", "orgs.csv")


def test_name_in_other_capitals_is_remarked_once_though_the_package_noticed_it_too(tmp_path: Path) -> None:
    noticed = Oddity("file-name", "Orgs.csv", "“Orgs.csv” is read, but its name should be “orgs.csv”.")

    found = snapshot(tmp_path, {"Orgs.csv": ORGS}, oddities=(noticed,))

    assert told(found) == [MISSING, ("file-name", "Orgs.csv")]


def test_oddities_of_the_package_come_first_with_their_place(tmp_path: Path) -> None:
    junk = Oddity("package-junk", "__MACOSX/._orgs.csv", "…")

    found = snapshot(tmp_path, {"orgs.csv": ORGS}, oddities=(junk,))

    assert told(found) == [("package-junk", "__MACOSX/._orgs.csv"), MISSING]


def test_second_file_of_a_table_is_remarked_and_the_first_kept(tmp_path: Path) -> None:
    found = snapshot(tmp_path, {"orgs.csv": ORGS, "schools.csv": ORGS})

    assert told(found) == [MISSING, ("file-twice", "schools.csv")]
    assert found.parts["orgs"].file == "orgs.csv"


def test_second_manifest_leaves_nothing_to_go_by(tmp_path: Path) -> None:
    both = manifest("1.1", orgs="bulk")

    found = snapshot(tmp_path, {"orgs.csv": ORGS, "manifest.csv": both, "copy of manifest.csv": both})

    assert told(found) == [("file-twice", "copy of manifest.csv")]
    assert found.parts == {}


def test_manifest_is_known_by_its_header_whatever_it_is_called(tmp_path: Path) -> None:
    found = snapshot(tmp_path, {"orgs.csv": ORGS, "info.csv": manifest("1.1", orgs="delta")})

    assert found.parts["orgs"].mode == "delta"


@pytest.mark.parametrize(
    ("content", "detail"),
    [
        ("property,text\nfile.orgs,delta\n", "its header row is not propertyName,value"),
        (b"%PDF-1.7", "it is a PDF"),
        ("propertyName;value\nfile.orgs;delta\n", "its cells are separated by semicolons"),
        ("", "it is a file with nothing in it"),
        ("propertyName,value\n".encode("utf-16"), "it is UTF-16 text"),
    ],
)
def test_manifest_that_cannot_be_understood_is_not_taken_for_none(
    tmp_path: Path, content: str | bytes, detail: str
) -> None:
    found = snapshot(tmp_path, {"orgs.csv": ORGS, "manifest.csv": content})

    assert [(remark.rule, remark.detail) for remark in found.remarks] == [("manifest-unreadable", detail)]


def test_table_that_is_called_manifest_is_a_table(tmp_path: Path) -> None:
    found = snapshot(tmp_path, {"manifest.csv": ORGS})

    assert list(found.parts) == ["orgs"]
    assert told(found) == [MISSING, ("file-name", "manifest.csv")]


def test_file_marked_absent_is_passed_over_and_not_missed(tmp_path: Path) -> None:
    found = snapshot(tmp_path, {"orgs.csv": ORGS, "manifest.csv": manifest("1.1")})

    assert told(found) == [("manifest-file-marked-absent", "orgs.csv")]
    assert found.parts == {}


def test_announced_file_that_is_not_there_is_remarked(tmp_path: Path) -> None:
    found = snapshot(tmp_path, {"orgs.csv": ORGS, "manifest.csv": manifest("1.1", orgs="bulk", users="delta")})

    (remark,) = found.remarks
    assert (remark.rule, remark.table, remark.value, remark.detail) == (
        "manifest-file-missing",
        "users",
        "users.csv",
        "delta",
    )


def test_announced_file_that_cannot_be_read_is_told_once(tmp_path: Path) -> None:
    found = snapshot(tmp_path, {"orgs.csv": b"%PDF-1.7", "manifest.csv": manifest("1.1", orgs="bulk")})

    assert told(found) == [("file-not-csv", "orgs.csv")]


def test_manifest_alone_is_a_delivery_in_which_nothing_has_changed(tmp_path: Path) -> None:
    found = snapshot(tmp_path, {"manifest.csv": manifest("1.2")})

    assert (found.version, found.parts, found.remarks) == ("1.2", {}, ())


def test_file_that_fits_no_table_is_told_which_it_resembles(tmp_path: Path) -> None:
    odd = "sourcedId,name,street,city,type,country,fax\n"

    found = snapshot(tmp_path, {"orgs.csv": ORGS, "places.csv": odd})

    (_, remark) = found.remarks
    assert (remark.rule, remark.file, remark.detail) == (
        "file-unknown",
        "places.csv",
        " It resembles orgs.csv most.",
    )


@pytest.mark.parametrize("files", [{}, {"lunches.csv": "day,dish\n"}], ids=["nothing", "something else"])
def test_delivery_without_a_roster_file_is_unknown(tmp_path: Path, files: dict[str, str]) -> None:
    found = snapshot(tmp_path, files)

    assert [(remark.rule, remark.value) for remark in found.remarks] == [("delivery-unknown", "roster.zip")]


def test_delivery_in_which_nothing_can_be_read_says_only_why(tmp_path: Path) -> None:
    found = snapshot(tmp_path, {"orgs.csv": b"%PDF-1.7", "users.csv": ""})

    assert told(found) == [("file-not-csv", "orgs.csv"), ("file-empty", "users.csv")]


@pytest.mark.parametrize(
    ("template", "columns"),
    [
        ("students", "studentId,firstName,middleName,lastName,email,grade,username,password"),
        ("staff", "staffId,firstName,middleName,lastName,email,role,username,password"),
        ("classes", "className,primaryTeacher,grade,subject"),
    ],
)
def test_templates_are_told_by_their_headers_in_any_order(tmp_path: Path, template: str, columns: str) -> None:
    backwards = ",".join(reversed(columns.split(",")))

    found = snapshot(tmp_path, {"upload (1).csv": backwards + "\n"})

    assert (found.format, found.version, list(found.parts)) == ("selfserve", template, [template])
    assert found.remarks == ()


def test_classes_of_oneroster_are_not_taken_for_the_template(tmp_path: Path) -> None:
    assert snapshot(tmp_path, {"classes.csv": header("classes", "1.1")}).format == "oneroster"


def test_text_is_called_by_the_names_of_the_standard(tmp_path: Path) -> None:
    found = snapshot(tmp_path, {"orgs.csv": "SourcedId,Name,type,extra,metadata.color\n"})

    part = found.parts["orgs"]
    assert part.columns == part.text.columns == ("sourcedId", "name", "type", "column 4: extra", "metadata.color")
    assert part.present == {"sourcedId", "name", "type", "metadata.color"}
    assert part.content == ("sourcedId", "name", "type", "identifier", "parentSourcedId", "metadata.color")
