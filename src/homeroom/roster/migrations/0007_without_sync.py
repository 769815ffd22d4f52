from django.db import migrations, models
from django.db.models import F, Q

KINDS = ("org", "academicsession", "course", "person", "personrole", "demographics", "class", "enrollment")


class Migration(migrations.Migration):
    dependencies = [
        ("districts", "0006_becoming_self_serve"),
        ("roster", "0006_login"),
    ]

    operations = [
        migrations.AddIndex(
            model_name=kind,
            index=models.Index(F("district"), F("key"), condition=Q(last_sync_id=None), name=f"{kind}_without_sync"),
        )
        for kind in KINDS
    ]
