"""Stores the districts' records apart, and keeps them apart."""

from typing import ClassVar

from django.db import migrations

from homeroom.districts.row_security import Protect
from homeroom.roster.partitions import PartByDistrict

KINDS = ("org", "academicsession", "course", "person", "personrole", "demographics", "class", "enrollment")


class Migration(migrations.Migration):
    dependencies: ClassVar = [("roster", "0001_initial")]
    operations: ClassVar = [
        *(PartByDistrict(f"roster_{kind}") for kind in KINDS),
        *(Protect(f"roster_{kind}") for kind in KINDS),
        Protect("roster_rosterstate"),
        Protect("roster_before"),
    ]
