"""Every request on a case has the same columns: asked, endorsed, decided; what was called otherwise is renamed."""

import django.db.models.deletion
from django.db import migrations, models

RENAMED = (
    ("dispatchdispute", "raised_by", "asked_by"),
    ("dispatchdispute", "raised_at", "asked_at"),
    ("dispatchdispute", "ruling", "opinion"),
    ("objection", "raised_by", "asked_by"),
    ("objection", "raised_at", "asked_at"),
    ("objection", "upheld", "granted"),
    ("overtimeappeal", "first_by", "endorsed_by"),
    ("overtimeappeal", "first_at", "endorsed_at"),
    ("forcecloserequest", "used_at", "decided_at"),
)


def somebody():
    return models.ForeignKey(
        null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="people.staff"
    )


ADDED = (
    *((model, "endorsed_by", somebody()) for model in ("dispatchdispute", "exclusion", "forcecloserequest", "objection")),
    *(
        (model, "endorsed_at", models.DateTimeField(null=True))
        for model in ("dispatchdispute", "exclusion", "forcecloserequest", "objection")
    ),
    ("dispatchdispute", "granted", models.BooleanField(null=True)),
    ("forcecloserequest", "granted", models.BooleanField(null=True)),
    ("forcecloserequest", "decided_by", somebody()),
    ("forcecloserequest", "opinion", models.CharField(blank=True, default="", max_length=300)),
)
ONE_AT_A_TIME = (("dispatchdispute", "one_open_dispute"), ("forcecloserequest", "one_open_request_per_case"))


class Migration(migrations.Migration):
    dependencies = [("cases", "0014_deadlines_by_clock"), ("people", "0001_initial")]

    operations = [
        # Their conditions name columns that are renamed.
        *(migrations.RemoveConstraint(model_name=model, name=name) for model, name in ONE_AT_A_TIME),
        *(migrations.RenameField(model_name=model, old_name=old, new_name=new) for model, old, new in RENAMED),
        *(
            migrations.AddField(model_name=model, name=name, field=field, preserve_default=name != "opinion")
            for model, name, field in ADDED
        ),
        *(
            migrations.AddConstraint(
                model_name=model,
                constraint=models.UniqueConstraint(
                    fields=["case"], condition=models.Q(decided_at=None), name=name
                ),
            )
            for model, name in ONE_AT_A_TIME
        ),
    ]
