"""What was decided before says so in the common columns: disputes by the unit they named, forced closings by their move."""

from django.db import migrations

DISPUTES = """
UPDATE cases_dispatchdispute SET granted = (designated_id <> organization_id) WHERE decided_at IS NOT NULL
"""
CLOSED = """
UPDATE cases_forcecloserequest SET granted = TRUE, decided_by_id = (
    SELECT MAX(m.by_staff_id) FROM cases_casemove m
    WHERE m.case_id = cases_forcecloserequest.case_id AND m.code = 'force_close'
      AND m.at = cases_forcecloserequest.decided_at
) WHERE decided_at IS NOT NULL
"""


def decide(apps, schema_editor):
    schema_editor.execute(DISPUTES)
    schema_editor.execute(CLOSED)


class Migration(migrations.Migration):
    dependencies = [("cases", "0015_requests")]

    operations = [migrations.RunPython(decide, migrations.RunPython.noop)]
