from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("districts", "0005_expectation"),
        ("feeds", "0004_sftp"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.RemoveConstraint(
            model_name="feed",
            name="feed_way_is_known",
        ),
        migrations.AlterField(
            model_name="feed",
            name="authentication",
            field=models.CharField(
                choices=[
                    ("oauth1-sha256", "OAuth 1.0a, HMAC-SHA256"),
                    ("oauth1-sha1", "OAuth 1.0a, HMAC-SHA1"),
                    ("oauth2-basic", "OAuth 2, client credentials in the header"),
                    ("oauth2-form", "OAuth 2, client credentials in the form"),
                    ("bearer", "A fixed bearer token"),
                    ("classlink-partner", "Chosen from ClassLink's list, with the publisher's partner key"),
                    ("sftp-password", "SFTP, with a password"),
                    ("sftp-key", "SFTP, with a private key"),
                ],
                max_length=20,
            ),
        ),
        migrations.AddConstraint(
            model_name="feed",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    (
                        "authentication__in",
                        [
                            "oauth1-sha256",
                            "oauth1-sha1",
                            "oauth2-basic",
                            "oauth2-form",
                            "bearer",
                            "classlink-partner",
                            "sftp-password",
                            "sftp-key",
                        ],
                    )
                ),
                name="feed_way_is_known",
            ),
        ),
    ]
