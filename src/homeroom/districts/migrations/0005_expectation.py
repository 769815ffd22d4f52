from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("districts", "0004_due"),
    ]

    operations = [
        migrations.AddField("district", "expected_every_days", models.PositiveSmallIntegerField(null=True)),
        migrations.AddField("district", "expected_since", models.DateTimeField(null=True)),
        migrations.AddConstraint(
            "district",
            models.CheckConstraint(
                condition=models.Q(("expected_every_days__isnull", True), ("expected_since__isnull", True))
                | models.Q(("expected_every_days__gt", 0), ("expected_since__isnull", False)),
                name="district_expects_since_some_time",
            ),
        ),
    ]
