"""Give the seeded roles the rights that came with extensions, suspensions, appeals and disputes."""

from django.db import migrations

NEW = {
    "shift_supervisor": ["cases.review_appeal", "cases.decide_objection"],
    "dispatcher": ["cases.grant_extension", "cases.suspend", "cases.supervise", "cases.rule_dispute"],
    "leader": ["cases.grant_extension", "cases.suspend", "cases.supervise", "cases.rule_dispute"],
}


def give(apps, schema_editor):
    for role in apps.get_model("access", "Role").objects.filter(code__in=NEW):
        missing = [right for right in NEW[role.code] if right not in role.permissions]
        if missing:
            role.permissions = [*role.permissions, *missing]
            role.save(update_fields=["permissions"])


class Migration(migrations.Migration):
    dependencies = [("cases", "0005_time_and_dispatch"), ("access", "0001_initial")]
    operations = [migrations.RunPython(give, migrations.RunPython.noop)]
