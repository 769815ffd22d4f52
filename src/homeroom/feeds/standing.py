"""How does it stand with a district's next nightly sync?"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from homeroom.districts.models import District
from homeroom.districts.permissions import COLLECTED
from homeroom.feeds.models import Feed


@dataclass(frozen=True)
class Standing:
    """feed: null where no source is connected yet. due_at: when its next sync is to begin; null: never by itself."""

    feed: Feed | None
    due_at: datetime | None

    @property
    def is_another_try(self) -> bool:
        """The next sync is the one that has failed to reach the provider, once more."""
        return self.feed is not None and self.feed.tries > 0


def standing_of(district: District) -> Standing | None:
    """Null for a district whose roster is not collected, and need not be. In its scope."""
    feed = Feed.of(district)
    if feed is None and district.method not in COLLECTED:
        return None
    return Standing(feed, None if feed is None or feed.is_paused else district.due_at)
