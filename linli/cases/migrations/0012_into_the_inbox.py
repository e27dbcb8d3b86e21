"""Every open case gets its entry in the common inbox; limits and waiting events take their new names."""

from django.db import migrations
from django.db.models import Q

RIGHTS = {
    "received": "cases.accept", "verifying": "cases.verify", "accepted": "cases.register",
    "to_dispatch": "cases.dispatch", "to_sign": "cases.handle", "handling": "cases.handle",
    "to_check": "cases.check", "to_follow_up": "cases.close",
}
ENTRIES = """
INSERT INTO matters_inboxentry (
    kind, matter_id, stage, may, owner_id, handling_org_id, district_id, subdistrict_id, community_id, grid_id,
    pressing, due_at, yellow_at, suspended_until
)
SELECT 'case', id, stage, CASE stage {rights} END, owner_id, handling_org_id, district_id, subdistrict_id,
    community_id, grid_id, urgent, due_at, yellow_at, suspended_until
FROM cases_case WHERE open
"""
"""One statement, since a district has some ten thousand open cases among its millions."""


def fill(apps, schema_editor):
    rights = " ".join(f"WHEN '{stage}' THEN '{right}'" for stage, right in RIGHTS.items())
    schema_editor.execute(ENTRIES.format(rights=rights))
    limits = apps.get_model("matters", "Limit")
    for rule in apps.get_model("cases", "ClockRule").objects.order_by("valid_from", "id"):
        limits.objects.update_or_create(
            kind="case", clock=rule.clock, variant="", valid_from=rule.valid_from,
            defaults={"time_limit": rule.time_limit, "levels": rule.levels},
        )
    # What was announced and not yet delivered, or is still tried again, is heard under the new name.
    waiting = apps.get_model("events", "OutboxEntry").objects.filter(name="linli.cases.events.CaseMoved")
    tried = apps.get_model("events", "FailedDelivery").objects.filter(settled_at=None)
    for entry in waiting.filter(Q(delivered_at=None) | Q(pk__in=tried.values("entry_id"))):
        old = entry.payload
        entry.name = "linli.kernel.matters.events.MatterMoved"
        entry.payload = {
            "kind": "case", "matter_id": old["case_id"], "entry_id": old["move_id"], "code": old["code"],
            "from_stage": old["from_stage"], "to_stage": old["to_stage"],
        }
        entry.save()


class Migration(migrations.Migration):

    dependencies = [
        ("cases", "0011_whistles_leave"),
        ("matters", "0001_initial"),
        ("events", "0001_initial"),
    ]

    operations = [migrations.RunPython(fill, migrations.RunPython.noop)]
