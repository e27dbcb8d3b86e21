"""Give the seeded roles the rights that came with the exchange with hotline platforms."""

from django.db import migrations

NEW = {
    "acceptor": ["hotline.view", "hotline.exchange"],
    "shift_supervisor": ["hotline.view", "hotline.exchange"],
    "dispatcher": ["hotline.view"],
    "system_admin": ["hotline.view", "hotline.exchange"],
}


def give(apps, schema_editor):
    for role in apps.get_model("access", "Role").objects.filter(code__in=NEW):
        missing = [right for right in NEW[role.code] if right not in role.permissions]
        if missing:
            role.permissions = [*role.permissions, *missing]
            role.save(update_fields=["permissions"])


class Migration(migrations.Migration):
    dependencies = [("hotline", "0001_initial"), ("access", "0001_initial")]
    operations = [migrations.RunPython(give, migrations.RunPython.noop)]
