"""Figures of a period read the runs of a clock that fall into it; without these they walked over every run there is."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("cases", "0013_matters")]

    operations = [
        migrations.AddIndex(
            model_name="deadline",
            index=models.Index(fields=["clock", "due_at"], name="deadline_due"),
        ),
        migrations.AddIndex(
            model_name="deadline",
            index=models.Index(fields=["clock", "stopped_at"], name="deadline_stopped"),
        ),
    ]
