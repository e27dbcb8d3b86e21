"""What is looked at, how often, and who may do it: the first checklist, and the rights of the seeded roles."""

from datetime import date

from django.db import migrations

FROM = date(2020, 1, 1)
KINDS = {
    ("shop", "沿街商铺", 60): (
        ("没有灭火器，或已过期", "3工作日", False),
        ("电线私拉乱接", "3工作日", False),
        ("占道堆物，影响通行", "1工作日", False),
        ("油烟管道积油未清洗", "7工作日", False),
        ("安全出口锁闭或堵塞", "4紧急工作时", True),
        ("燃气软管老化漏气", "2紧急工作时", True),
    ),
    ("rented_flat", "出租房", 90): (
        ("没有独立式烟感报警器", "7工作日", False),
        ("使用不合格插座或电器", "3工作日", False),
        ("隔断住人，间距不足", "15工作日", False),
        ("电动自行车或电池在室内充电", "4紧急工作时", True),
        ("燃气热水器装在卧室", "2紧急工作时", True),
    ),
    ("facility", "公共设施", 30): (
        ("消防栓无水或缺件", "3工作日", False),
        ("健身器材松动或破损", "7工作日", False),
        ("消防通道被占用", "1工作日", False),
        ("井盖缺失或塌陷", "2紧急工作时", True),
        ("电线外露", "2紧急工作时", True),
    ),
}
"""After 九小场所 and 出租房屋 self-check lists; an office keeps its own."""

RIGHTS = {
    "shift_supervisor": ("view", "plan"),
    "leader": ("view", "plan"),
    "dispatcher": ("view",),
    "checker": ("view", "recheck"),
    "grid_worker": ("view", "inspect"),
    "grid_leader": ("view", "inspect", "recheck"),
    "handler": ("view", "rectify"),
    "unit_leader": ("view", "rectify"),
    "community_clerk": ("view",),
}


def fill(apps, schema_editor):
    for (code, name, days), items in KINDS.items():
        kind = apps.get_model("inspections", "SiteKind").objects.create(code=code, name=name, every_days=days)
        for number, (text, limit, cannot_wait) in enumerate(items, 1):
            apps.get_model("inspections", "ChecklistItem").objects.create(
                code=f"{code}_{number:02d}", kind=kind, text=text, limit=limit, cannot_wait=cannot_wait,
                valid_from=FROM,
            )


def give(apps, schema_editor):
    """Roles that exist get their part; those of a new office come from the file."""
    for role in apps.get_model("access", "Role").objects.filter(code__in=RIGHTS):
        wanted = [f"inspections.{right}" for right in RIGHTS[role.code]]
        role.permissions = [*role.permissions, *(one for one in wanted if one not in role.permissions)]
        role.save(update_fields=["permissions"])


class Migration(migrations.Migration):

    dependencies = [
        ("inspections", "0001_initial"),
        ("access", "0001_initial"),
    ]

    operations = [
        migrations.RunPython(fill, migrations.RunPython.noop),
        migrations.RunPython(give, migrations.RunPython.noop),
    ]
