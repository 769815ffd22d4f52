"""Drops fetched from a district's SFTP server: whole, once, from the right server, or not at all."""

from __future__ import annotations

import errno
import os
import socket
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import asyncssh
import pytest

from homeroom.sources import RefusedError, SettingsError, SourceError, TryAgainLaterError
from homeroom.sources.drops import Drop
from homeroom.sources.sftp_connection import OtherHostKeyError, Password, PrivateKey, fingerprint, offered_host_key
from homeroom.sources.sftp_drop import collect, look
from tests.sources.sftp_servers import PASSWORD, District, serving


@pytest.fixture
def district(tmp_path: Path) -> Iterator[District]:
    (tmp_path / "server").mkdir()
    with serving(District(tmp_path / "server")) as district:
        yield district


def wanted(_: Drop) -> bool:
    return True


def fetched(district: District, into: Path, **more: Any) -> dict[str, bytes]:
    """What was fetched, by the names that the files have now."""
    found = collect(district.server(**more), into, wants=wanted)
    return {} if found.folder is None else {path.name: path.read_bytes() for path in found.folder.iterdir()}


def test_newest_finished_zip_is_fetched_byte_for_byte(district: District, tmp_path: Path) -> None:
    content = os.urandom(5_000_000)
    district.put("old.zip", b"old", seconds_ago=9_000)
    district.put("new.zip", content, seconds_ago=7_000)
    district.put("growing.zip", b"half", seconds_ago=1)

    assert fetched(district, tmp_path / "in") == {"00-new.zip": content}


def test_loose_files_are_fetched_together(district: District, tmp_path: Path) -> None:
    district.put("out/today/users.csv", b"sourcedId\n")
    district.put("out/today/orgs.csv", b"sourcedId,name\n")
    district.put("out/today/readme.txt", b"no")

    assert fetched(district, tmp_path / "in", folder="/out") == {
        "00-orgs.csv": b"sourcedId,name\n",
        "01-users.csv": b"sourcedId\n",
    }


def test_what_was_fetched_is_for_nobody_else(district: District, tmp_path: Path) -> None:
    district.put("roster.zip")
    found = collect(district.server(), tmp_path / "in", wants=wanted)

    assert found.folder is not None
    modes = [path.stat().st_mode & 0o777 for path in (tmp_path / "in", found.folder, *found.folder.iterdir())]
    assert modes == [0o700, 0o700, 0o600]


def test_drop_that_is_not_wanted_is_not_fetched(district: District, tmp_path: Path) -> None:
    district.put("roster.zip")

    found = collect(district.server(), tmp_path / "in", wants=lambda drop: drop.name != "roster.zip")

    assert ([drop.name for drop in found.seen], found.drop) == (["roster.zip"], None)
    assert district.read_bytes == 0


def test_file_that_grows_between_two_looks_is_left_alone(district: District, tmp_path: Path) -> None:
    path = district.put("roster.zip")
    grown = iter(range(100))

    def grow() -> None:
        path.write_bytes(b"x" * next(grown))
        os.utime(path, (1_700_000_000, 1_700_000_000))  # the clock of the server says nothing

    district.on_look = grow

    assert [drop.is_growing for drop in look(district.server())] == [True]
    assert fetched(district, tmp_path / "in") == {}


def test_connection_that_is_cut_is_told_and_goes_on_where_it_was(district: District, tmp_path: Path) -> None:
    content = os.urandom(20_000_000)
    district.put("roster.zip", content)
    district.cuts_after_bytes = 12_000_000

    with pytest.raises(TryAgainLaterError, match=r"The connection to 127\.0\.0\.1, port \d+ was cut off"):
        fetched(district, tmp_path / "in")

    before, district.read_bytes = district.read_bytes, 0
    assert fetched(district, tmp_path / "in") == {"00-roster.zip": content}
    assert before > 8_000_000
    assert district.read_bytes < 13_000_000


def test_what_was_cut_off_is_not_mixed_with_another_drop(district: District, tmp_path: Path) -> None:
    district.put("roster.zip", os.urandom(20_000_000))
    district.cuts_after_bytes = 12_000_000
    with pytest.raises(TryAgainLaterError):
        fetched(district, tmp_path / "in")
    content = os.urandom(20_000_000)
    district.put("roster.zip", content, seconds_ago=1_000)

    assert fetched(district, tmp_path / "in") == {"00-roster.zip": content}
    assert len(list((tmp_path / "in").iterdir())) == 1


def test_file_that_changes_while_it_is_fetched_is_told(district: District, tmp_path: Path) -> None:
    path = district.put("roster.zip", b"x" * 100)

    def change(_: Drop) -> bool:
        path.write_bytes(b"y" * 100)
        return True

    with pytest.raises(TryAgainLaterError, match=r"was changed while it was fetched \(“roster\.zip”\)"):
        collect(district.server(), tmp_path / "in", wants=change)
    assert not list((tmp_path / "in").rglob("*.zip"))


@pytest.mark.parametrize("is_gone", [True, False])
def test_file_that_cannot_be_read_any_more_is_told_and_tried_again(
    district: District, tmp_path: Path, is_gone: bool
) -> None:
    path = district.put("roster.zip", b"x" * 100)

    def change(_: Drop) -> bool:
        if is_gone:
            path.rename(path.with_name("done"))
        else:
            district.keeps_to_itself = "roster.zip"
        return True

    with pytest.raises(TryAgainLaterError, match=r"(was changed while|cannot be read).* \(“roster\.zip”\)"):
        collect(district.server(), tmp_path / "in", wants=change)


def test_server_with_another_host_key_is_shown_no_credentials(district: District, tmp_path: Path) -> None:
    other = District(tmp_path).host_key_line
    district.put("roster.zip")

    with pytest.raises(OtherHostKeyError, match="shows one with the fingerprint") as told:
        fetched(district, tmp_path / "in", host_key=other)

    assert told.value.offered == district.host_key_line
    assert fingerprint(other) in str(told.value)
    assert fingerprint(district.host_key_line) in str(told.value)
    assert district.logins == []


def test_host_key_of_another_kind_is_shown_to_be_confirmed(tmp_path: Path) -> None:
    """As where a server with ed25519 was replaced by one that has RSA alone."""
    known = District(tmp_path).host_key_line
    with serving(District(tmp_path, host_key=rsa())) as district:
        with pytest.raises(OtherHostKeyError, match="shows one with the fingerprint") as told:
            look(district.server(host_key=known))

        assert told.value.offered == district.host_key_line
        assert district.logins == []


def test_of_several_host_keys_the_one_that_districts_read_is_shown_first(tmp_path: Path) -> None:
    """And whoever has confirmed another one of them goes on with that."""
    ed25519 = asyncssh.generate_private_key("ssh-ed25519")
    ecdsa = asyncssh.generate_private_key("ecdsa-sha2-nistp256")
    district = District(tmp_path, host_key=rsa(), further_host_keys=(ecdsa, ed25519))
    with serving(district):
        offered = offered_host_key(district.server(host_key=""))
        assert offered == " ".join(ed25519.export_public_key().decode().split()[:2])
        assert look(district.server()) == ()


def rsa() -> asyncssh.SSHKey:
    return asyncssh.generate_private_key("ssh-rsa", key_size=2_048)


def test_server_whose_host_key_nobody_confirmed_is_not_asked(district: District) -> None:
    with pytest.raises(SettingsError, match="Nobody has confirmed yet that 127"):
        look(district.server(host_key=""))

    assert offered_host_key(district.server(host_key="")) == district.host_key_line
    assert district.logins == []


def test_wrong_password_is_told(district: District) -> None:
    with pytest.raises(SettingsError, match="did not let the user “homeroom” in with this password") as told:
        look(district.server(way=Password("wrong")))

    assert "wrong" not in str(told.value)
    assert PASSWORD not in district.logins


def test_private_key_lets_in(district: District, tmp_path: Path) -> None:
    district.user_key = asyncssh.generate_private_key("ssh-ed25519").export_private_key().decode()
    district.put("roster.zip", b"x")

    assert fetched(district, tmp_path / "in", way=PrivateKey(district.user_key)) == {"00-roster.zip": b"x"}
    other = asyncssh.generate_private_key("ssh-ed25519").export_private_key().decode()
    with pytest.raises(SettingsError, match="with this private key"):
        look(district.server(way=PrivateKey(other)))


def test_drop_that_is_too_large_is_refused_before_it_is_fetched(district: District, tmp_path: Path) -> None:
    district.put("roster.zip", bytes(2_000_000))

    with pytest.raises(RefusedError, match=r"has 2\.0 MB \(“roster.zip”\)\. Homeroom takes at most 1\.0 MB"):
        fetched(district, tmp_path / "in", most_bytes=1_000_000)
    assert district.read_bytes == 0


@pytest.mark.parametrize(
    "name", ["../../users.csv", "/etc/roster.zip", "..\\users.csv", "roster\n.zip", "a\x00.zip", "a" * 300 + ".zip"]
)
def test_name_that_leads_elsewhere_is_refused(district: District, tmp_path: Path, name: str) -> None:
    district.put("good.zip")
    district.lists = (name,)

    with pytest.raises(RefusedError, match=r"lists a file whose name no file of a roster can have \(“"):
        fetched(district, tmp_path / "in")
    assert not list(tmp_path.rglob("*-*.zip"))


def test_other_odd_names_are_nobodys_business(district: District, tmp_path: Path) -> None:
    district.put("good.zip", b"x")
    district.lists = ("../notes.txt", "..", "\x07", os.fsdecode(b"a\xf1o.txt"))

    assert fetched(district, tmp_path / "in") == {"00-good.zip": b"x"}


@pytest.mark.parametrize("name", ["Screens 1.00\u202fPM", os.fsdecode(b"a\xf1o"), "archive"])
def test_folder_that_cannot_be_looked_into_hides_no_other(district: District, tmp_path: Path, name: str) -> None:
    district.put("good.zip", b"x")
    district.put(f"{name}/other.zip", b"y")
    district.keeps_to_itself = "archive"

    assert fetched(district, tmp_path / "in") == {"00-good.zip": b"x"}


def test_roster_whose_name_is_no_utf8_is_to_be_renamed(district: District, tmp_path: Path) -> None:
    district.put(os.fsdecode(b"a\xf1o.zip"))

    with pytest.raises(RefusedError, match=r"lists a file whose name .*“a.*o\.zip”"):
        fetched(district, tmp_path / "in")


def test_links_are_followed_on_the_server(district: District, tmp_path: Path) -> None:
    district.put("archive/nested/roster.zip", b"x")
    (district.folder / "latest.zip").symlink_to(district.folder / "archive/nested/roster.zip")
    (district.folder / "broken.zip").symlink_to(district.folder / "gone.zip")

    assert fetched(district, tmp_path / "in") == {"00-latest.zip": b"x"}


def test_folder_of_the_drops_that_may_not_be_read_is_told(district: District) -> None:
    district.put("outgoing/roster.zip")
    district.keeps_to_itself = "outgoing"

    with pytest.raises(SettingsError, match=r"The user “homeroom” may not read “/outgoing”"):
        look(district.server(folder="/outgoing"))


def test_folder_that_is_not_there_is_told(district: District) -> None:
    with pytest.raises(SettingsError, match=r"“/outgoing” on 127.* is not there, or no folder"):
        look(district.server(folder="/outgoing"))


def test_server_that_is_down_may_come_back(district: District) -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        with pytest.raises(TryAgainLaterError, match="Nothing answers at 127"):
            look(district.server(port=free.getsockname()[1]))


def test_server_to_which_no_way_leads_may_be_reached_later(district: District, monkeypatch: pytest.MonkeyPatch) -> None:
    def no_route(*_: object) -> None:
        raise OSError(errno.EHOSTUNREACH, "No route to host")

    monkeypatch.setattr(socket, "create_connection", no_route)

    with pytest.raises(TryAgainLaterError, match=r"No way leads from here to 127.*No route to host"):
        look(district.server())


def test_server_that_says_nothing_is_not_waited_for_forever(district: District) -> None:
    with socket.socket() as silent:
        silent.bind(("127.0.0.1", 0))
        silent.listen()
        server = district.server(port=silent.getsockname()[1], timeout_seconds=0.3)
        with pytest.raises(TryAgainLaterError, match=r"did not answer within 0\.3 seconds"):
            look(server)
        with pytest.raises(TryAgainLaterError, match="did not answer"):
            offered_host_key(server)


def test_what_is_no_sftp_server_is_told(district: District) -> None:
    with socket.create_server(("127.0.0.1", 0)) as other:

        def answer() -> None:
            talking, _ = other.accept()
            with talking:
                talking.sendall(b"HTTP/1.1 400 Bad Request\r\n\r\n" * 1_000)
                talking.recv(1)

        threading.Thread(target=answer, daemon=True).start()
        with pytest.raises(SourceError, match=r"is no SFTP server|was cut off"):
            look(district.server(port=other.getsockname()[1]))


@pytest.mark.parametrize("more", [{"allows_loopback": False}, {"allows_loopback": False, "allows_private": True}])
def test_addresses_inside_a_network_are_not_asked(district: District, more: dict[str, bool]) -> None:
    with pytest.raises(SettingsError, match=r"leads to 127\.0\.0\.1, an address inside a private network"):
        offered_host_key(district.server(**more))


def test_name_service_that_hangs_is_not_waited_for(district: District, monkeypatch: pytest.MonkeyPatch) -> None:
    answered = threading.Event()
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_, **__: [answered.wait(5)][:0])

    with pytest.raises(TryAgainLaterError, match=r"name service did not find sftp\.example within 0 seconds"):
        offered_host_key(district.server(host="sftp.example", host_key="", timeout_seconds=0.2))
    answered.set()
