from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("districts", "0005_expectation"),
    ]

    operations = [
        migrations.AddField("district", "is_becoming_self_serve", models.BooleanField(default=False)),
        migrations.AddField("district", "method_tries", models.PositiveSmallIntegerField(default=0)),
        migrations.AddField("district", "method_problem", models.CharField(blank=True, default="", max_length=500)),
    ]
