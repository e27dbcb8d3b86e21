"""Give the seeded roles that plan the work of a sub-district the right to manage monthly topics."""

from django.db import migrations

RIGHT = "insight.topics"
ROLES = ("leader", "shift_supervisor")


def give(apps, schema_editor):
    for role in apps.get_model("access", "Role").objects.filter(code__in=ROLES):
        if RIGHT not in role.permissions:
            role.permissions = [*role.permissions, RIGHT]
            role.save(update_fields=["permissions"])


class Migration(migrations.Migration):
    dependencies = [("insight", "0001_initial"), ("access", "0001_initial")]
    operations = [migrations.RunPython(give, migrations.RunPython.noop)]
