"""A key belongs to its sender: whoever entered an old report, or the platform that sent it, is its sender."""

from typing import Any

from django.db import migrations, models
from django.db.models import CharField, F, Value
from django.db.models.functions import Cast, Concat


def name_senders(apps: Any, schema_editor: Any) -> None:
    keyed = apps.get_model("cases", "Report").objects.exclude(client_key=None)
    entered = keyed.exclude(entered_by=None)
    entered.update(sender=Concat(Value("staff:"), Cast(F("entered_by_id"), CharField())))
    ordered = keyed.filter(entered_by=None, intake_channel="hotline").exclude(source_system="")
    ordered.update(sender=Concat(Value("client:"), F("source_system")))


class Migration(migrations.Migration):
    dependencies = [
        ("cases", "0017_papers_leave"),
        ("people", "0001_initial"),
    ]

    operations = [
        migrations.AddField("report", "said_key", models.CharField(blank=True, max_length=32, default=""), preserve_default=False),
        migrations.AddField("report", "sender", models.CharField(blank=True, max_length=60, default=""), preserve_default=False),
        migrations.AlterField("report", "client_key", models.CharField(max_length=121, null=True)),
        migrations.RunPython(name_senders, migrations.RunPython.noop),
        migrations.AddIndex(
            "report",
            models.Index(
                condition=models.Q(("said_key", ""), _negated=True), fields=["said_key"], name="report_said"
            ),
        ),
        migrations.AddConstraint(
            "report",
            models.UniqueConstraint(fields=("client_key", "sender"), name="report_key_of_sender"),
        ),
    ]
