"""Keeps the districts' notices apart in the database itself (docs/adr/0009-tenancy-by-scope-and-row-level-security.md)."""

from typing import ClassVar

from django.db import migrations

from homeroom.districts.row_security import Protect, SameDistrict


class Migration(migrations.Migration):
    dependencies: ClassVar = [("notices", "0001_initial"), ("districts", "0002_row_security")]
    operations: ClassVar = [
        Protect("notices_wish"),
        Protect("notices_webhook"),
        Protect("notices_notice"),
        Protect("notices_sending"),
        SameDistrict("notices_sending", "notice_id", "notices_notice"),
        SameDistrict("notices_sending", "webhook_id", "notices_webhook"),
    ]
