"""The pages of a pull lie in the folder that was lent, as they came, and can be read again."""

from __future__ import annotations

import gzip
import json
import threading
import time
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

import pytest

from homeroom.demo.provider import Manners, Provider, Reply
from homeroom.engine import read
from homeroom.sources import RefusedError, SettingsError
from homeroom.sources.oneroster_rest import collect, delivery_in
from tests.sources.oneroster_rest.pulling import PAGE, USERS, connected, district, left_in, pulled, record


def test_pages_are_kept_byte_for_byte(tmp_path: Path) -> None:
    provider = Provider(district(3))

    with connected(provider) as connection:
        collect(connection, tmp_path)

    texts = b",".join(text for _, text in provider.written("users"))
    assert gzip.decompress((tmp_path / "users-00001.json.gz").read_bytes()) == b'{"users":[%s]}' % texts


def test_no_password_is_written_to_a_disk(tmp_path: Path) -> None:
    provider = Provider(district(0) | {"users": [record("a", password="hush1234"), record("b", password="")]})

    with connected(provider) as connection:
        delivery = collect(connection, tmp_path)

    assert not [file.name for file in delivery.files if b"hush" in _content(file.path)]
    assert [user["password"] for user in pulled(delivery)["users"]] == ["", ""]


def _content(path: Path) -> bytes:
    return gzip.decompress(path.read_bytes()) if path.suffix == ".gz" else path.read_bytes()


def test_files_are_for_their_owner_alone(tmp_path: Path) -> None:
    folder = tmp_path / "pages"

    with connected(Provider(district(1))) as connection:
        collect(connection, folder)

    assert folder.stat().st_mode & 0o077 == 0
    assert {path.stat().st_mode & 0o777 for path in folder.iterdir()} == {0o600}


def test_pull_can_be_read_again_later(tmp_path: Path) -> None:
    with connected(Provider(district(), manners=Manners(most_records=PAGE))) as connection:
        delivery = collect(connection, tmp_path)

    again = delivery_in(tmp_path)

    assert again == delivery
    assert again.sha256() == delivery.sha256()
    assert pulled(again) == district()


def test_same_data_is_the_same_delivery(tmp_path: Path) -> None:
    with connected(Provider(district()), timeout_seconds=60.0) as connection:
        first, second = (collect(connection, tmp_path / name) for name in ("first", "second"))

    assert first.sha256() == second.sha256()


def test_pull_says_what_the_engine_must_know(tmp_path: Path) -> None:
    users = [
        record("a", metadata={"house": "red"}),
        record("b", metadata={"gm": {"additionalroles": "teacher"}}) | {"status": "tobedeleted"},
    ]

    with connected(Provider(district(0) | {"users": users})) as connection:
        found = read(collect(connection, tmp_path))

    told = json.loads((tmp_path / "pull.json").read_text())
    assert (told["version"], told["mode"], told["origin"]) == ("1.1", "bulk", "127.0.0.1")
    assert {name: told["collections"]["users"][name] for name in ("records", "ended")} == {"records": 2, "ended": 1}
    assert found.parts["users"].metadata == ("metadata.gm.additionalroles", "metadata.house")


def test_properties_by_the_hundred_are_refused(tmp_path: Path) -> None:
    users = [record("a", metadata={f"property {number}": 1 for number in range(501)})]

    with (
        connected(Provider(district(0) | {"users": users})) as connection,
        pytest.raises(RefusedError, match="“users” has more than 500 different names under “metadata”"),
    ):
        collect(connection, tmp_path)


@pytest.mark.parametrize("content", [None, "{}"])
def test_folder_without_a_finished_pull_is_no_delivery(content: str | None, tmp_path: Path) -> None:
    if content is not None:
        (tmp_path / "pull.json").write_text(content)

    with pytest.raises(SettingsError, match="no finished pull"):
        delivery_in(tmp_path)


def test_folder_from_which_a_page_is_gone_is_no_delivery(tmp_path: Path) -> None:
    with connected(Provider(district())) as connection:
        collect(connection, tmp_path)
    (tmp_path / "users-00002.json.gz").unlink()

    with pytest.raises(SettingsError, match="no finished pull"):
        delivery_in(tmp_path)


def test_folder_that_is_not_empty_is_not_taken(tmp_path: Path) -> None:
    (tmp_path / "notes.txt").write_text("mine")

    with connected(Provider(district())) as connection, pytest.raises(SettingsError, match="is not empty"):
        collect(connection, tmp_path)

    assert left_in(tmp_path) == ["notes.txt"]


def test_version_that_does_not_exist_is_a_setting_to_mend(tmp_path: Path) -> None:
    with connected(Provider(district())) as connection, pytest.raises(SettingsError, match=r"choose 1\.1 or 1\.2"):
        collect(replace(connection, version="2.0"), tmp_path)


class Counting(Provider):
    """Counts how many ask at the same time, and takes its time."""

    def answer(self, path: str, query: Mapping[str, str], url: str) -> Reply:
        with LOCK:
            BUSY.append(BUSY[-1] + 1)
        time.sleep(0.02)
        reply = super().answer(path, query, url)
        with LOCK:
            BUSY.append(BUSY[-1] - 1)
        return reply


LOCK = threading.Lock()
BUSY = [0]


@pytest.mark.parametrize("at_once", [1, 3])
def test_so_many_collections_are_read_at_once_as_was_set(at_once: int, tmp_path: Path) -> None:
    BUSY[:] = [0]

    with connected(Counting(district()), at_once=at_once) as connection:
        collect(connection, tmp_path)

    assert max(BUSY) == at_once


class NotWantedError(Exception):
    """Somebody else has taken over."""


def test_pull_that_is_not_wanted_any_more_ends(tmp_path: Path) -> None:
    def progress(_: str) -> None:
        raise NotWantedError

    with connected(Provider(district())) as connection, pytest.raises(NotWantedError):
        collect(connection, tmp_path, progress=progress)

    assert left_in(tmp_path) == []


def test_how_far_it_is_can_be_followed(tmp_path: Path) -> None:
    told: list[str] = []
    threads: set[int] = set()

    def progress(sentence: str) -> None:
        told.append(sentence)
        threads.add(threading.get_ident())

    with connected(Provider(district())) as connection:
        collect(connection, tmp_path, progress=progress)

    assert threads == {threading.get_ident()}
    assert [sentence for sentence in told if "users" in sentence] == [
        "Read 10 records of “users”",
        "Read 19 records of “users”",
        f"Read {USERS} records of “users”",
    ]
