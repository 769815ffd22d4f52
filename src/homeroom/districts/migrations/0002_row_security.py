"""Keeps the districts' rows apart in the database itself (docs/adr/0009-tenancy-by-scope-and-row-level-security.md)."""

from typing import ClassVar

from django.db import migrations

from homeroom.districts.row_security import Protect, SameDistrict


class Migration(migrations.Migration):
    dependencies: ClassVar = [("districts", "0001_initial"), ("audit", "0001_initial")]
    operations: ClassVar = [
        # The audit lies below districts and cannot name this operation itself.
        Protect("audit_event", or_of_no_district=True, append_only=True),
        Protect("districts_school"),
        Protect("districts_schoolyear"),
        Protect("districts_membership", own_rows_by="user_id"),
        Protect("districts_membershipschool"),
        Protect("districts_invitation"),
        Protect("districts_invitationschool"),
        SameDistrict("districts_membershipschool", "membership_id", "districts_membership"),
        SameDistrict("districts_membershipschool", "school_id", "districts_school"),
        SameDistrict("districts_invitationschool", "invitation_id", "districts_invitation"),
        SameDistrict("districts_invitationschool", "school_id", "districts_school"),
    ]
