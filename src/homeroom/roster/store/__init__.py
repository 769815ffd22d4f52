"""The stored roster, as the engine sees it: load it, apply changes to it, and undo the last ones.

Set by set, never record by record: text goes through COPY, and each kind of record takes one statement for what comes
and one for what goes.
"""

from homeroom.roster.store.apply import apply
from homeroom.roster.store.load import generation, keeping, load
from homeroom.roster.store.owning import own
from homeroom.roster.store.snapshots import snapshot_beside
from homeroom.roster.store.undo import Undo, changed_since, undo

__all__ = ["Undo", "apply", "changed_since", "generation", "keeping", "load", "own", "snapshot_beside", "undo"]
