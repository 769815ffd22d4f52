from django.db import migrations

from homeroom.roster.partitions import LoadDefaults


class Migration(migrations.Migration):
    dependencies = [("roster", "0007_without_sync")]

    operations = [LoadDefaults()]
