"""吹哨报到 becomes an app of its own; its tables are renamed by `whistles.0001`."""

from django.db import migrations

MODELS = (
    "LegTelling", "WhistlePhoto", "WhistleLine", "LegDeadline", "WhistleCase", "Resolution", "MeetingUnit",
    "JointMeeting", "WhistleLeg", "Whistle", "WhistleRule",
)


class Migration(migrations.Migration):

    dependencies = [
        ("cases", "0010_hotline"),
    ]

    operations = [
        migrations.SeparateDatabaseAndState(
            state_operations=[migrations.DeleteModel(name) for name in MODELS],
        ),
    ]
