"""Legs get the place of their whistle; open whistles hold their cases; limits move to the common table."""

from django.db import migrations
from django.utils import timezone

RIGHTS = {
    "waiting": "whistle.answer", "responded": "whistle.answer", "working": "whistle.answer",
    "handled": "whistle.check", "checked": "whistle.score", "declined": "whistle.designate",
}
CLOCKS = ("respond", "arrive", "handle", "check", "score", "designate")


def fill(apps, schema_editor):
    of = apps.get_model
    for leg in of("whistles", "WhistleLeg").objects.select_related("whistle"):
        whistle = leg.whistle
        leg.district_id, leg.subdistrict_id = whistle.district_id, whistle.subdistrict_id
        leg.community_id, leg.grid_id = whistle.community_id, whistle.grid_id
        leg.open = leg.stage in RIGHTS
        leg.owner_id = leg.owner_id if leg.open else None
        leg.changed_at = leg.closed_at or leg.handled_at or leg.arrived_at or leg.responded_at or leg.opened_at
        leg.save()
        if leg.open:
            of("matters", "InboxEntry").objects.create(
                kind="leg", matter_id=leg.pk, stage=leg.stage, may=RIGHTS[leg.stage], owner_id=leg.owner_id,
                handling_org_id=leg.handling_org_id, district_id=leg.district_id,
                subdistrict_id=leg.subdistrict_id, community_id=leg.community_id, grid_id=leg.grid_id,
                due_at=leg.due_at,
            )
    open_ones = of("whistles", "WhistleCase").objects.filter(whistle__stage__in=["raised", "running"])
    for link in open_ones.select_related("whistle"):
        whistle = link.whistle
        number = f"CS{timezone.localtime(whistle.raised_at):%Y%m%d}{whistle.pk:06d}"
        of("matters", "Hold").objects.create(
            kind="case", matter_id=link.case_id, by_kind="whistle", by_id=whistle.pk,
            what=f"吹哨（{number} {whistle.title}）", since=whistle.raised_at,
        )
    for rule in of("whistles", "WhistleRule").objects.order_by("id"):
        for clock in CLOCKS:
            text = getattr(rule, f"{clock}_limit")
            if text:
                of("matters", "Limit").objects.update_or_create(
                    kind="leg", clock=clock, variant=rule.kind, valid_from=rule.valid_from,
                    defaults={"time_limit": text},
                )


class Migration(migrations.Migration):

    dependencies = [
        ("whistles", "0002_legs_are_matters"),
    ]

    operations = [migrations.RunPython(fill, migrations.RunPython.noop)]
