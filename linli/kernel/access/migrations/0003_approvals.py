"""Another administrator agrees to what would let one person be two."""

from typing import Any

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

ADMINISTRATORS = ("system_admin", "security_admin", "audit_admin")


def give_right(apps: Any, schema_editor: Any) -> None:
    for role in apps.get_model("access", "Role").objects.filter(code__in=ADMINISTRATORS):
        if "access.approve" not in role.permissions:
            role.permissions = [*role.permissions, "access.approve"]
            role.save(update_fields=["permissions"])


def account(**more: Any) -> models.ForeignKey[Any, Any]:
    return models.ForeignKey(related_name="+", to=settings.AUTH_USER_MODEL, **more)


class Migration(migrations.Migration):
    dependencies = [("access", "0002_attempts")]

    operations = [
        migrations.CreateModel(
            "Approval",
            [
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("subject", models.CharField(max_length=120)),
                ("words", models.CharField(max_length=200)),
                ("asked_at", models.DateTimeField()),
                ("decided_at", models.DateTimeField(null=True)),
                ("agreed", models.BooleanField(default=False)),
                ("used_at", models.DateTimeField(null=True)),
                ("asked_by", account(on_delete=django.db.models.deletion.CASCADE)),
                (
                    "decided_by",
                    account(
                        null=True, on_delete=django.db.models.deletion.CASCADE, db_index=False
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        fields=["subject", "asked_by"],
                        condition=models.Q(decided_at=None),
                        name="approval_asked_once",
                    )
                ]
            },
        ),
        migrations.RunPython(give_right, migrations.RunPython.noop),
    ]
