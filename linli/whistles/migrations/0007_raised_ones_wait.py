"""Whistles that were raised and not yet decided wait in the inbox of the leader."""

from django.db import migrations
from django.db.models import Q
from django.utils import timezone


def fill(apps, schema_editor):
    of = apps.get_model
    for whistle in of("whistles", "Whistle").objects.filter(stage="raised"):
        where = {
            name: getattr(whistle, name)
            for name in ("district_id", "subdistrict_id", "community_id", "grid_id")
        }
        owner_id = _who_may_blow(apps, whistle)
        raised = of("whistles", "RaisedWhistle").objects.create(
            whistle=whistle, stage="waiting", owner_id=owner_id, opened_at=whistle.raised_at,
            changed_at=whistle.raised_at, **where,
        )
        of("matters", "InboxEntry").objects.create(
            kind="raised", matter_id=raised.pk, stage="waiting", may="whistle.waive",
            owner_id=owner_id, **where,
        )


def _who_may_blow(apps, whistle):
    """The leader over the place, else whoever may blow; without a clock, since nobody promised one then."""
    holdings = apps.get_model("access", "PostHolding").objects.select_related("role", "account")
    here = holdings.filter(
        Q(valid_until=None) | Q(valid_until__gte=timezone.localdate()),
        area_id__in=[whistle.subdistrict_id, whistle.district_id],
        account__is_active=True,
        account__staff__left_at=None,
    )
    posts = list(here.exclude(account__staff=None).order_by("-area__level", "id"))
    for right in ("whistle.waive", "whistle.blow"):
        for holding in posts:
            if right in holding.role.permissions:
                return holding.account.staff_id
    return None


class Migration(migrations.Migration):

    dependencies = [
        ("access", "0001_initial"),
        ("matters", "0001_initial"),
        ("whistles", "0006_raised_whistles"),
    ]

    operations = [migrations.RunPython(fill, migrations.RunPython.noop)]
