from __future__ import annotations

from django.db import models
from django.db.models import Q


class Staff(models.Model):
    """Somebody who works: a grid worker, an acceptor, a department's handler."""

    name = models.CharField(max_length=40)
    employee_no = models.CharField(max_length=24, unique=True)
    phone = models.CharField(max_length=32, blank=True)
    organization = models.ForeignKey(
        "organisations.Organization", on_delete=models.PROTECT, related_name="+"
    )
    home_lon = models.FloatField(null=True)
    home_lat = models.FloatField(null=True)
    capacity = models.PositiveSmallIntegerField(default=20)
    left_at = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return self.name


class GridPosting(models.Model):
    """Who looks after a grid. A grid has exactly one leader at a time."""

    class Duty(models.TextChoices):
        LEADER = "grid_leader", "网格长"
        FULL_TIME = "full_time", "专职网格员"
        PART_TIME = "part_time", "兼职网格员"

    staff = models.ForeignKey(Staff, on_delete=models.PROTECT, related_name="+")
    grid = models.ForeignKey("places.Area", on_delete=models.PROTECT, related_name="+")
    duty = models.CharField(max_length=16, choices=Duty)
    valid_from = models.DateField()
    valid_until = models.DateField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["grid"],
                condition=Q(duty="grid_leader", valid_until=None),
                name="one_leader_per_grid",
                violation_error_message="该网格已有网格长，请先结束原任职。",
            ),
        ]


class Shift(models.Model):
    """Hours on duty, half-open. `weekdays` repeats it: a string of ISO weekday digits, e.g. "12345"."""

    staff = models.ForeignKey(Staff, on_delete=models.CASCADE, related_name="+")
    weekdays = models.CharField(max_length=7)
    starts = models.TimeField()
    ends = models.TimeField()
    valid_from = models.DateField()
    valid_until = models.DateField(null=True)


class Skill(models.Model):
    """Category codes (by prefix) that somebody is able to handle."""

    staff = models.ForeignKey(Staff, on_delete=models.CASCADE, related_name="+")
    category_prefix = models.CharField(max_length=16)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["staff", "category_prefix"], name="skill_once")
        ]


class Contact(models.Model):
    """How to reach whoever reported something. Class C3: shown masked, in full only with a right and a purpose."""

    name = models.CharField(max_length=40, blank=True)
    phone = models.CharField(max_length=32, blank=True)
    phone_tail = models.CharField(max_length=4, blank=True)
    publish_consent = models.BooleanField(default=False)
    sms_consent = models.BooleanField(default=True)
    given_at = models.DateTimeField()
    retention_until = models.DateField(null=True)

    class Meta:
        indexes = [
            models.Index(fields=["phone"], name="contact_phone", condition=~models.Q(phone=""))
        ]
