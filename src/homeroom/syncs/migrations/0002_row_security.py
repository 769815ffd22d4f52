"""Keeps the districts' syncs apart in the database itself (docs/adr/0009-tenancy-by-scope-and-row-level-security.md)."""

from typing import ClassVar

from django.db import migrations

from homeroom.districts.row_security import Protect


class Migration(migrations.Migration):
    dependencies: ClassVar = [("syncs", "0001_initial"), ("districts", "0002_row_security")]
    operations: ClassVar = [Protect("syncs_sync")]
