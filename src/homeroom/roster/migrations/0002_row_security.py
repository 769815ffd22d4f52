"""Keeps the districts' records apart in the database itself."""

from typing import ClassVar

from django.db import migrations

from homeroom.districts.row_security import Protect


class Migration(migrations.Migration):
    dependencies: ClassVar = [("roster", "0001_initial")]
    operations: ClassVar = [
        Protect("roster_org"),
        Protect("roster_academicsession"),
        Protect("roster_course"),
        Protect("roster_person"),
        Protect("roster_personrole"),
        Protect("roster_demographics"),
        Protect("roster_class"),
        Protect("roster_enrollment"),
        Protect("roster_rosterstate"),
        Protect("roster_before"),
    ]
