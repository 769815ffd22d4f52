from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("roster", "0004_self_serve"),
    ]

    operations = [
        migrations.RemoveIndex(
            model_name="person",
            name="person_by_school",
        ),
        migrations.AddIndex(
            model_name="person",
            index=models.Index(models.F("district"), models.F("org_sourced_ids"), name="person_by_school"),
        ),
        migrations.AddIndex(
            model_name="personrole",
            index=models.Index(models.F("district"), models.F("org_sourced_id"), name="role_by_school"),
        ),
    ]
