"""The engine: from a delivery to what can be taken of it, what cannot and why, and what would change. Pure.

Imports polars, its hash plug-in and the standard library; touches no disk but the delivery it is given and a work
folder it is lent; knows no clock, no network, no chance.
"""

from homeroom.engine.delivery import Delivery, File, Oddity
from homeroom.engine.diff import Changes, apply, diff
from homeroom.engine.findings import Findings
from homeroom.engine.guard import Limits, Verdict, guard
from homeroom.engine.profile import Profile, ProfileError
from homeroom.engine.propose import propose
from homeroom.engine.reading import read
from homeroom.engine.report import Report, Status, summarise
from homeroom.engine.roster import Roster, trust
from homeroom.engine.snapshot import Snapshot
from homeroom.engine.validate import Checked, validate

__all__ = [
    "Changes",
    "Checked",
    "Delivery",
    "File",
    "Findings",
    "Limits",
    "Oddity",
    "Profile",
    "ProfileError",
    "Report",
    "Roster",
    "Snapshot",
    "Status",
    "Verdict",
    "apply",
    "diff",
    "guard",
    "propose",
    "read",
    "summarise",
    "trust",
    "validate",
]
