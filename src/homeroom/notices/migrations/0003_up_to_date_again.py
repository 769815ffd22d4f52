from django.db import migrations, models


class Migration(migrations.Migration):
    """The words of an occasion; nothing in the database."""

    dependencies = [("notices", "0002_row_security")]

    operations = [
        migrations.AlterField(
            model_name="notice",
            name="occasion",
            field=models.CharField(
                choices=[
                    ("failed", "A sync failed"),
                    ("held", "A sync is held for review"),
                    ("errors", "A sync completed with errors"),
                    ("nothing-came", "No delivery came"),
                    ("well", "The roster is up to date again after a failure"),
                ],
                max_length=20,
            ),
        ),
    ]
