"""Does the connection to a district's SFTP server work, and what lies there?"""

from __future__ import annotations

from dataclasses import dataclass

from homeroom.districts.actions.schools import onboarded_digest
from homeroom.feeds.connections import server_of
from homeroom.feeds.credentials import Credentials
from homeroom.feeds.drop_boxes import drops_in_box
from homeroom.feeds.models import Feed
from homeroom.feeds.taken import is_new
from homeroom.sources import SourceError
from homeroom.sources.drops import Drop, newest_finished
from homeroom.sources.sftp_connection import OtherHostKeyError, fingerprint, offered_host_key
from homeroom.sources.sftp_drop import look

_MOST_SHOWN = 10


@dataclass(frozen=True)
class SftpTrial:
    """What a look at the server showed. problem: why there was none, as a sentence; empty if there was one. host_key:
    which a person has to confirm first, as one line. drops: the newest first. is_new: the newest finished one is taken
    the next night.
    """

    problem: str = ""
    host_key: str = ""
    drops: tuple[Drop, ...] = ()
    is_new: bool = True

    @property
    def fingerprint(self) -> str:
        return fingerprint(self.host_key)

    @property
    def shown(self) -> tuple[Drop, ...]:
        return self.drops[:_MOST_SHOWN]

    @property
    def further(self) -> int:
        return len(self.drops) - len(self.shown)

    @property
    def newest_finished(self) -> Drop | None:
        return newest_finished(self.drops)


def try_sftp(feed: Feed, given: Credentials | None = None) -> SftpTrial:
    """given: credentials to be tried; null: those that are stored. Never raises SourceError."""
    if feed.is_drop_box:
        return SftpTrial(drops=drops_in_box(feed))
    try:
        server = server_of(feed, given)
        if not server.host_key:
            return SftpTrial(host_key=offered_host_key(server))
        drops = look(server)
        newest = newest_finished(drops)
        return SftpTrial(
            drops=drops, is_new=newest is None or is_new(newest, feed, schools=onboarded_digest(feed.district))
        )
    except OtherHostKeyError as error:
        return SftpTrial(problem=str(error), host_key=error.offered)
    except SourceError as error:
        return SftpTrial(problem=str(error))
