"""Tries are counted for whatever can be tried, and kept as long as they count."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("access", "0001_initial")]

    operations = [
        migrations.DeleteModel("FailedLookup"),  # a day of wrong receipts; nothing that is missed
        migrations.CreateModel(
            "Attempt",
            [
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("what", models.CharField(max_length=64)),
                ("at", models.DateTimeField()),
                ("kept_until", models.DateTimeField(db_index=True)),
            ],
            options={"indexes": [models.Index(fields=["what", "at"], name="attempt_what")]},
        ),
        migrations.AddField(
            "account", "sessions_ended", models.PositiveIntegerField(default=0)
        ),
    ]
