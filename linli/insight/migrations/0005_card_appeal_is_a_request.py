"""An appeal of a card has the columns every request has."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("insight", "0004_right_to_score"), ("people", "0001_initial")]

    operations = [
        migrations.AddField("cardappeal", "endorsed_at", models.DateTimeField(null=True)),
        migrations.AddField(
            "cardappeal",
            "endorsed_by",
            models.ForeignKey(
                null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="people.staff"
            ),
        ),
    ]
