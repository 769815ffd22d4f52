from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("feeds", "0002_who_and_when")]

    operations = [
        migrations.AddField("feed", "onboarded_digest", models.CharField(max_length=64, blank=True, default="")),
    ]
