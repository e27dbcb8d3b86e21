"""What an office says about dispatch beyond the duty catalogue: rules, their versions, and when one of them failed."""

from __future__ import annotations

from django.db import models

from linli.cases.models.loop import Case


class DispatchRule(models.Model):
    """A rule of dispatch (派遣规则) as it is now; the meaning of its columns is in `cases/catalogue/ruling/rules.py`.

    `conditions` holds lists by the names classes, areas, channels, sources and words, and true or false under urgent
    and working; what is left out is no condition. `position` is the order; rules are asked from the smallest up.
    """

    name = models.CharField(max_length=60, unique=True)
    position = models.PositiveIntegerField()
    version = models.PositiveIntegerField(default=1)
    active = models.BooleanField(default=True)
    conditions = models.JSONField(default=dict)
    organization = models.ForeignKey(
        "organisations.Organization", null=True, on_delete=models.PROTECT, related_name="+"
    )
    post = models.ForeignKey("access.Role", null=True, on_delete=models.PROTECT, related_name="+")
    makes_urgent = models.BooleanField(default=False)
    tag = models.CharField(max_length=20, blank=True)
    valid_from = models.DateField()
    valid_until = models.DateField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(organization=None) | models.Q(post=None),
                name="a_rule_names_a_unit_or_a_post",
            )
        ]


class DispatchRuleVersion(models.Model):
    """A rule as it was made by somebody for a reason. Appended, never edited; `content` is the whole rule."""

    class What(models.TextChoices):
        MADE = "made", "新建"
        CHANGED = "changed", "修改"
        MOVED = "moved", "调整顺序"
        STARTED = "started", "启用"
        STOPPED = "stopped", "停用"
        RESTORED = "restored", "恢复旧版"

    rule = models.ForeignKey(
        DispatchRule, on_delete=models.PROTECT, related_name="+", db_index=False
    )
    number = models.PositiveIntegerField()
    what = models.CharField(max_length=12, choices=What)
    content = models.JSONField()
    reason = models.CharField(max_length=300)
    by_name = models.CharField(max_length=40)
    by_staff = models.ForeignKey(
        "people.Staff", null=True, on_delete=models.PROTECT, related_name="+"
    )
    at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["rule", "number"], name="a_version_has_one_number")
        ]


class DispatchRuleAlarm(models.Model):
    """A rule failed within this hour; once per rule and hour, with the first case it failed on."""

    rule = models.ForeignKey(
        DispatchRule, on_delete=models.PROTECT, related_name="+", db_index=False
    )
    hour = models.DateTimeField()
    reason = models.CharField(max_length=300)
    case = models.ForeignKey(
        Case, null=True, on_delete=models.PROTECT, related_name="+", db_index=False
    )
    at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["rule", "hour"], name="one_alarm_per_rule_and_hour")
        ]
