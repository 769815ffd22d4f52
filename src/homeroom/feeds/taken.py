"""Is a drop new, or was it, or a later one, taken before?"""

from __future__ import annotations

from hashlib import sha256

from homeroom.feeds.models import Feed
from homeroom.sources.drops import Drop


def is_new(drop: Drop, feed: Feed, *, schools: str) -> bool:
    """Whether a night takes the drop: neither it nor a later one was taken before, unless other schools are onboarded
    since then. What lies in a drop box is always new, since it is removed when it is taken.
    schools: the digest of those that are onboarded.
    """
    return feed.is_drop_box or (not is_older(drop, feed) and mark_of(drop, schools) != feed.taken)


def is_older(drop: Drop, feed: Feed) -> bool:
    """Whether it was changed before the drop that was taken last."""
    return feed.taken_modified_at is not None and drop.modified_at < feed.taken_modified_at


def mark_of(drop: Drop, schools: str) -> str:
    """Tells the drop from all others, and the schools whose records are taken from it, too."""
    return sha256(f"{drop.mark}\n{schools}".encode()).hexdigest()
