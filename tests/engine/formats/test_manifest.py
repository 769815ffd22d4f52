"""What is read from manifest.csv, the odd ones of real exports included (OneRoster CSV binding, manifest.csv)."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import pytest

from homeroom.engine.delivery import File
from homeroom.engine.formats.manifest import Manifest, is_manifest, read_manifest
from homeroom.engine.oneroster import tables_of

Pairs = Sequence[tuple[str, str]]


def properties(version: str = "1.1", **changes: str) -> dict[str, str]:
    """A right manifest in which users are bulk and enrollments delta; changes: by table, other modes."""
    modes = dict.fromkeys(tables_of(version), "absent") | {"users": "bulk", "enrollments": "delta"} | changes
    return {"manifest.version": "1.0", "oneroster.version": version} | {f"file.{k}": v for k, v in modes.items()}


def text(pairs: Pairs, *, header: str = "propertyName,value", line_end: str = "\r\n") -> bytes:
    return line_end.join([header, *(f"{name},{value}" for name, value in pairs), ""]).encode()


def read(content: bytes, folder: Path) -> Manifest:
    path = folder / "manifest.csv"
    path.write_bytes(content)
    return read_manifest(File("manifest.csv", path, len(content)))


def told(manifest: Manifest) -> list[tuple[str, str]]:
    return [(remark.rule, remark.detail) for remark in manifest.remarks]


@pytest.mark.parametrize("version", ["1.1", "1.2"])
def test_right_manifest_is_read_without_a_remark(tmp_path: Path, version: str) -> None:
    manifest = read(text([*properties(version).items()]), tmp_path)

    assert manifest.version == version
    assert manifest.modes["users"] == "bulk"
    assert manifest.modes["enrollments"] == "delta"
    assert manifest.modes["orgs"] == "absent"
    assert set(manifest.modes) == set(tables_of(version))
    assert manifest.remarks == ()


def test_order_of_the_properties_does_not_matter(tmp_path: Path) -> None:
    forwards = read(text([*properties().items()]), tmp_path)

    assert read(text([*reversed(properties().items())]), tmp_path) == forwards


@pytest.mark.parametrize(
    "content",
    [
        text([*properties().items()], line_end="\n"),
        text([*properties().items()], line_end="\r"),
        b"\xef\xbb\xbf" + text([*properties().items()]),
        text([*properties().items()]).replace(b"file.users", b"\r\n,\r\nfile.users"),
        text([(f'"{name}"', f'"{value}"') for name, value in properties().items()]),
        text([(f" {name} ", f" {value} ") for name, value in properties().items()]),
    ],
    ids=["line feeds", "carriage returns", "byte order mark", "blank lines", "quotes", "spaces"],
)
def test_ways_of_writing_csv_make_no_difference(tmp_path: Path, content: bytes) -> None:
    assert read(content, tmp_path) == read(text([*properties().items()]), tmp_path)


def test_source_system_may_be_named(tmp_path: Path) -> None:
    named = properties() | {"source.systemName": "Lantern SIS", "source.systemCode": "7"}

    assert read(text([*named.items()]), tmp_path).remarks == ()


@pytest.mark.parametrize(
    ("stated", "version"),
    [("1.1.1", "1.1"), ("1.2.0", "1.2"), ("1.2.1", "1.2"), ("1.10", None), ("1", None), ("", None), ("v1.1", None)],
)
def test_version_that_is_written_otherwise_is_noted_and_read_where_it_is_beyond_doubt(
    tmp_path: Path, stated: str, version: str | None
) -> None:
    manifest = read(text([*(properties("1.2") | {"oneroster.version": stated}).items()]), tmp_path)

    assert manifest.version == version
    assert ("manifest-property", f"oneroster.version is {stated} and must be 1.1 or 1.2") in told(manifest)


def test_version_of_the_manifest_itself_is_noted_as_excel_leaves_it(tmp_path: Path) -> None:
    manifest = read(text([*(properties() | {"manifest.version": "1"}).items()]), tmp_path)

    assert told(manifest) == [("manifest-property", "manifest.version is 1 and must be 1.0")]


def test_missing_rows_are_noted(tmp_path: Path) -> None:
    fewer = {name: value for name, value in properties().items() if name not in ("manifest.version", "file.users")}

    manifest = read(text([*fewer.items()]), tmp_path)

    assert told(manifest) == [
        ("manifest-property", "manifest.version is missing and must be 1.0"),
        ("manifest-property", "the row file.users is missing; the file counts as complete if it is there"),
    ]
    assert "users" not in manifest.modes


def test_set_of_1_2_with_the_rows_of_1_1_is_noted_row_by_row(tmp_path: Path) -> None:
    manifest = read(text([*(properties("1.1") | {"oneroster.version": "1.2"}).items()]), tmp_path)

    assert len(manifest.remarks) == len(tables_of("1.2")) - len(tables_of("1.1"))
    assert {rule for rule, _ in told(manifest)} == {"manifest-property"}


@pytest.mark.parametrize("mode", ["full", "", "yes", "bulk,delta", "Absent "])
def test_mode_that_is_none_is_told_with_its_value(tmp_path: Path, mode: str) -> None:
    manifest = read(text([*properties(users=f'"{mode}"').items()]), tmp_path)

    if mode.strip().lower() == "absent":
        assert told(manifest) == [("manifest-property", "file.users is Absent and must be written absent")]
    else:
        (remark,) = manifest.remarks
        assert (remark.rule, remark.value, remark.detail) == ("manifest-value", f"“{mode}”", "file.users")


@pytest.mark.parametrize("mode", ["Bulk", "DELTA", "Absent"])
def test_capitals_in_a_mode_are_noted_and_read(tmp_path: Path, mode: str) -> None:
    manifest = read(text([*properties(users=mode).items()]), tmp_path)

    assert manifest.modes["users"] == mode.lower()
    assert told(manifest) == [("manifest-property", f"file.users is {mode} and must be written {mode.lower()}")]


def test_footnote_mark_of_the_standard_is_taken_off(tmp_path: Path) -> None:
    starred = [(f"{name}*" if name == "file.users" else name, value) for name, value in properties().items()]

    manifest = read(text(starred), tmp_path)

    assert manifest.modes["users"] == "bulk"
    assert told(manifest) == [("manifest-property", "file.users* was read as file.users")]


def test_property_that_the_standard_does_not_know_is_noted(tmp_path: Path) -> None:
    manifest = read(text([*properties().items(), ("file.systemName", "Lantern SIS")]), tmp_path)

    assert told(manifest) == [
        ("manifest-property", "file.systemName is no property of the standard and was passed over")
    ]


def test_property_that_stands_twice_with_one_value_is_one(tmp_path: Path) -> None:
    assert read(text([*properties().items(), ("file.users", "bulk")]), tmp_path).remarks == ()


def test_mode_that_stands_twice_with_two_values_cannot_be_told(tmp_path: Path) -> None:
    manifest = read(text([*properties().items(), ("file.users", "delta")]), tmp_path)

    (remark,) = manifest.remarks
    assert (remark.rule, remark.value, remark.detail) == ("manifest-value", "“delta”", "file.users, beside “bulk”")


def test_other_property_that_stands_twice_with_two_values_is_noted(tmp_path: Path) -> None:
    twice = [*properties().items(), ("source.systemName", "A"), ("source.systemName", "B")]

    assert told(read(text(twice), tmp_path)) == [
        ("manifest-property", "source.systemName stands twice, with different values")
    ]


@pytest.mark.parametrize("header", ["propertyName,propertyValue", "PropertyName,Value", "propertyName,value,note"])
def test_header_row_with_other_words_is_noted(tmp_path: Path, header: str) -> None:
    manifest = read(text([*properties().items()], header=header), tmp_path)

    assert manifest.modes["users"] == "bulk"
    assert told(manifest) == [("manifest-property", "its header row is not propertyName,value")]


def test_properties_that_stand_side_by_side_are_read(tmp_path: Path) -> None:
    across = f"{','.join(properties())}\n{','.join(properties().values())}\n".encode()

    manifest = read(across, tmp_path)

    assert (manifest.version, manifest.modes["enrollments"]) == ("1.1", "delta")
    assert told(manifest) == [("manifest-property", "its properties stand side by side instead of one below the other")]


def test_manifest_that_is_no_text_cannot_be_read(tmp_path: Path) -> None:
    (remark,) = read(b"propertyName,value\n\xff\xfe,\n", tmp_path).remarks

    assert (remark.rule, remark.value) == ("manifest-unreadable", "manifest.csv")
    assert remark.detail == "it is not CSV text in UTF-8"


def test_manifest_of_a_megabyte_and_more_is_not_read(tmp_path: Path) -> None:
    (remark,) = read(text([("source.systemName", "x" * 1_000_001)]), tmp_path).remarks

    assert (remark.rule, remark.detail) == ("manifest-unreadable", "it is larger than a manifest can be")


@pytest.mark.parametrize("content", [b"propertyName,value\n", b"propertyName\n", b"propertyName,value\nfile.users\n"])
def test_manifest_that_says_nothing_leaves_everything_open(tmp_path: Path, content: bytes) -> None:
    manifest = read(content, tmp_path)

    assert (manifest.version, manifest.modes) == (None, {})
    assert {rule for rule, _ in told(manifest)} == {"manifest-property"}


@pytest.mark.parametrize(
    ("header", "is_one"),
    [
        (("propertyName", "value"), True),
        ((" PropertyName", "anything"), True),
        (("manifest.version", "oneroster.version", "file.users"), True),
        (("property", "value"), False),
        (("manifest.version",), False),
        (("sourcedId", "name", "type"), False),
        ((), False),
    ],
)
def test_manifest_is_told_by_its_header(header: tuple[str, ...], is_one: bool) -> None:
    assert is_manifest(header) == is_one
