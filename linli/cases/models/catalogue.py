"""What an office keeps before any case: channels, classes, standards, who answers for them, limits of the stages."""

from __future__ import annotations

from django.db import models
from django.db.models import Q


class Channel(models.TextChoices):
    PHONE = "phone", "电话"
    COUNTER = "counter", "窗口"
    DOORSTEP = "doorstep", "上门"
    PAPER = "paper", "纸质"
    WECHAT = "wechat", "微信"
    MINI_PROGRAM = "mini_program", "小程序"
    WEB = "web", "网页"
    PROXY = "proxy", "代办"
    HOTLINE = "hotline", "12345转办"
    IOT_ALARM = "iot_alarm", "物联告警"
    PATROL = "patrol", "网格员巡查"
    OPEN311 = "open311", "开放接口"


class CategoryKind(models.TextChoices):
    COMPONENT = "component", "部件"
    EVENT = "event", "事件"
    APPEAL = "appeal", "诉求"


class Category(models.Model):
    """A minor class (小类) under its major class. A class in use is retired, never deleted.

    `custom` marks a class the city added (自定义), numbered from 99 downwards.
    """

    code = models.CharField(max_length=16, unique=True)
    kind = models.CharField(max_length=12, choices=CategoryKind)
    major_code = models.CharField(max_length=8)
    major_name = models.CharField(max_length=40)
    name = models.CharField(max_length=60, db_index=True)
    urgent = models.BooleanField(default=False)
    public = models.BooleanField(default=True)
    custom = models.BooleanField(default=False)
    retired_at = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return self.name


class FilingStandard(models.Model):
    """One row of the 立案标准: when a matter is filed, how long handling may take, when it may be closed.

    `time_limit` is text such as 4工作时 or 2紧急工作日. A changed limit is a new row with a later `valid_from`;
    a case keeps the row it was registered under.
    """

    category = models.ForeignKey(Category, on_delete=models.PROTECT, related_name="+")
    filing_condition = models.CharField(max_length=200)
    time_limit = models.CharField(max_length=20)
    closing_condition = models.CharField(max_length=200)
    supervising_org = models.CharField(max_length=80, blank=True)
    responsible_org = models.CharField(max_length=80, blank=True)
    legal_basis = models.CharField(max_length=300, blank=True)
    legal_article = models.TextField(blank=True)
    evidence_required = models.CharField(max_length=300, blank=True)
    valid_from = models.DateField()
    valid_until = models.DateField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["category", "filing_condition"],
                condition=Q(valid_until=None),
                name="one_current_row_per_condition",
            )
        ]


class DutyEntry(models.Model):
    """Who is responsible for a class in an area (派单目录). Without an area it holds everywhere."""

    category = models.ForeignKey(Category, on_delete=models.PROTECT, related_name="+")
    area = models.ForeignKey("places.Area", null=True, on_delete=models.PROTECT, related_name="+")
    organization = models.ForeignKey(
        "organisations.Organization", on_delete=models.PROTECT, related_name="+"
    )
    valid_from = models.DateField()
    valid_until = models.DateField(null=True)
