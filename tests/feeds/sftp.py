"""A feed of Ferndale that fetches from a district's SFTP server on this machine."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from pytest_django import Settings

from homeroom.feeds import actions, connections
from homeroom.feeds.credentials import Credentials
from homeroom.feeds.models import Authentication, Feed
from tests.people import Cast
from tests.sources.sftp_servers import PASSWORD, USER, District, serving

CREDENTIALS = Credentials(USER, PASSWORD)


@pytest.fixture
def server(tmp_path: Path, settings: Settings, monkeypatch: pytest.MonkeyPatch) -> Iterator[District]:
    """The district's own, whose drops are looked at without much ado."""
    settings.HOMEROOM_LOOPBACK_SOURCES = True
    monkeypatch.setattr(connections, "BETWEEN_LOOKS_SECONDS", 0.05)
    (tmp_path / "server").mkdir()
    with serving(District(tmp_path / "server")) as serves:
        yield serves


@pytest.fixture
def unconfirmed(cast: Cast, server: District) -> Feed:
    """As it is before anybody has compared the host key."""
    return actions.connect(
        by=cast.operator,
        district=cast.ferndale,
        credentials=CREDENTIALS,
        base_url=connections.sftp_address("127.0.0.1", server.port, "/"),
        authentication=Authentication.SFTP_PASSWORD,
    )


@pytest.fixture
def feed(cast: Cast, server: District, unconfirmed: Feed) -> Feed:
    return actions.confirm_host_key(by=cast.operator, district=cast.ferndale, host_key=server.host_key_line)
