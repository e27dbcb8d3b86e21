"""Give the seeded roles that score and those that decide appeals their rights; they never are one role."""

from django.db import migrations

RIGHTS = {
    "evaluator": "insight.scoring",
    "leader": "insight.decide_card_appeals",
    "shift_supervisor": "insight.decide_card_appeals",
}


def give(apps, schema_editor):
    for role in apps.get_model("access", "Role").objects.filter(code__in=RIGHTS):
        right = RIGHTS[role.code]
        if right not in role.permissions:
            role.permissions = [*role.permissions, right]
            role.save(update_fields=["permissions"])


class Migration(migrations.Migration):
    dependencies = [("insight", "0003_scorecards"), ("access", "0001_initial")]
    operations = [migrations.RunPython(give, migrations.RunPython.noop)]
