"""How a district's first records come in. Whoever changes the functions says so in a migration of its own."""

from typing import ClassVar

from django.db import migrations

from homeroom.roster.partitions import LoadFunctions


class Migration(migrations.Migration):
    dependencies: ClassVar = [("roster", "0008_key_first")]
    operations: ClassVar = [LoadFunctions()]
