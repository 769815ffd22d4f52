from typing import ClassVar

from django.db import migrations

from homeroom.roster.partitions import KeyFirst

KINDS = ("org", "academicsession", "course", "person", "personrole", "demographics", "class", "enrollment")


class Migration(migrations.Migration):
    dependencies: ClassVar = [("roster", "0007_without_sync")]
    operations: ClassVar = [KeyFirst(f"roster_{kind}") for kind in KINDS]
