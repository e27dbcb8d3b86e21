from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.functional import cached_property

from linli.cases.flow import CLOCK_NAMES, OPEN, OUTCOME_NAMES, STAGE_NAMES, Clock, Stage
from linli.kernel.people.queries import LOCAL
from linli.kernel.places.models import Placed


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


class ClockRule(models.Model):
    """How long a stage may take and who is told when. `levels` is a list of [share of the limit, whom].

    Whom is `owner`, `dispatcher` or `leader`; a share below 1 is a reminder, 1 and more an escalation.
    """

    clock = models.CharField(
        max_length=12, choices=[(clock.value, name) for clock, name in CLOCK_NAMES.items()]
    )
    time_limit = models.CharField(max_length=20, blank=True)
    levels = models.JSONField(default=list)
    valid_from = models.DateField()


class Case(Placed):
    """A matter that is being dealt with. `owner` is whoever must act next; an open case always has one."""

    stage = models.CharField(
        max_length=16, choices=[(stage.value, name) for stage, name in STAGE_NAMES.items()]
    )
    open = models.BooleanField(default=True)
    version = models.PositiveIntegerField(default=1)
    title = models.CharField(max_length=120)
    body = models.TextField(blank=True)
    address = models.CharField(max_length=200, blank=True)
    cell = models.BigIntegerField(null=True)
    intake_channel = models.CharField(max_length=16, choices=Channel)
    category = models.ForeignKey(Category, null=True, on_delete=models.PROTECT, related_name="+")
    standard = models.ForeignKey(
        FilingStandard, null=True, on_delete=models.PROTECT, related_name="+", db_index=False
    )
    urgent = models.BooleanField(default=False)
    confidential = models.BooleanField(default=False)
    public = models.BooleanField(default=False)
    suggestion = models.JSONField(default=dict)

    owner = models.ForeignKey(
        "people.Staff", null=True, on_delete=models.PROTECT, related_name="+", db_index=False
    )
    handling_org = models.ForeignKey(
        "organisations.Organization",
        null=True,
        on_delete=models.PROTECT,
        related_name="+",
        db_index=False,
    )
    handler = models.ForeignKey(
        "people.Staff", null=True, on_delete=models.PROTECT, related_name="+"
    )
    returned = models.PositiveSmallIntegerField(default=0)
    reworked = models.PositiveSmallIntegerField(default=0)
    reopened = models.PositiveSmallIntegerField(default=0)
    report_count = models.PositiveIntegerField(default=1)

    opened_at = models.DateTimeField()
    last_reported_at = models.DateTimeField()
    changed_at = models.DateTimeField()
    due_at = models.DateTimeField(null=True)
    yellow_at = models.DateTimeField(null=True)
    promised_at = models.DateTimeField(null=True)
    closed_at = models.DateTimeField(null=True)
    outcome = models.CharField(
        max_length=20,
        blank=True,
        choices=[(outcome.value, name) for outcome, name in OUTCOME_NAMES.items()],
    )
    public_reply = models.TextField(blank=True)
    merged_into = models.ForeignKey(
        "self", null=True, on_delete=models.PROTECT, related_name="+", db_index=False
    )
    redo_of = models.ForeignKey(
        "self", null=True, on_delete=models.PROTECT, related_name="+", db_index=False
    )
    alarm_key = models.CharField(max_length=120, blank=True)

    class Meta:
        constraints = [
            *Placed.Meta.constraints,
            models.CheckConstraint(
                condition=Q(open=True, stage__in=sorted(OPEN))
                | Q(open=False) & ~Q(stage__in=sorted(OPEN)),
                name="open_means_an_open_stage",
            ),
            models.UniqueConstraint(
                fields=["alarm_key"],
                condition=Q(open=True) & ~Q(alarm_key=""),
                name="one_open_case_per_alarm",
            ),
        ]
        indexes = [
            models.Index(fields=["district", "-id"], name="case_district"),
            models.Index(fields=["subdistrict", "-id"], name="case_subdistrict"),
            models.Index(fields=["subdistrict", "stage", "-id"], name="case_subdistrict_stage"),
            models.Index(fields=["community", "stage", "-id"], name="case_community_stage"),
            models.Index(fields=["grid", "stage", "-id"], name="case_grid_stage"),
            models.Index(fields=["handling_org", "stage", "-id"], name="case_org_stage"),
            models.Index(
                fields=["owner", "due_at"], name="case_owner_open", condition=Q(open=True)
            ),
            models.Index(fields=["due_at"], name="case_due_open", condition=Q(open=True)),
            models.Index(
                fields=["cell", "-opened_at"], name="case_cell_open", condition=Q(open=True)
            ),
            models.Index(fields=["opened_at"], name="case_opened"),
            models.Index(fields=["closed_at"], name="case_closed"),
            models.Index(fields=["changed_at"], name="case_changed"),
            models.Index(
                fields=["merged_into"], name="case_merged", condition=Q(merged_into__isnull=False)
            ),
            models.Index(fields=["redo_of"], name="case_redo", condition=Q(redo_of__isnull=False)),
        ]

    @cached_property
    def number(self) -> str:
        """The number people quote: the local day it was opened and the row's id, e.g. 20261121000042."""
        return f"{self.opened_at.astimezone(LOCAL):%Y%m%d}{self.pk:06d}"

    @property
    def stage_name(self) -> str:
        return STAGE_NAMES[Stage(self.stage)]

    def __str__(self) -> str:
        return self.number


class Report(models.Model):
    """What somebody said or sent, as it came; stored before it is acknowledged and never changed.

    `content_key` is a hash over what was said, by whom and on which day; `client_key` is the sender's own key.
    Either one makes a replay find this row again.
    """

    receipt = models.CharField(max_length=16, unique=True)
    client_key = models.CharField(max_length=120, unique=True, null=True)
    content_key = models.CharField(max_length=64, unique=True)
    case = models.ForeignKey(
        Case, null=True, on_delete=models.PROTECT, related_name="+", db_index=False
    )
    intake_channel = models.CharField(max_length=16, choices=Channel)
    source_system = models.CharField(max_length=40, blank=True)
    external_no = models.CharField(max_length=60, blank=True)
    title = models.CharField(max_length=120)
    body = models.TextField(blank=True)
    address = models.CharField(max_length=200, blank=True)
    lon = models.FloatField(null=True)
    lat = models.FloatField(null=True)
    raw_place = models.JSONField(default=dict)
    category = models.ForeignKey(Category, null=True, on_delete=models.PROTECT, related_name="+")
    contact = models.ForeignKey(
        "people.Contact", null=True, on_delete=models.PROTECT, related_name="+"
    )
    confidential = models.BooleanField(default=False)
    publish_consent = models.BooleanField(default=False)
    entered_by = models.ForeignKey(
        "people.Staff", null=True, on_delete=models.PROTECT, related_name="+"
    )
    occurred_at = models.DateTimeField(null=True)
    received_at = models.DateTimeField()
    answers = models.JSONField(default=dict)
    alarm_key = models.CharField(max_length=120, blank=True)
    joined_because = models.CharField(max_length=300, blank=True)

    class Meta:
        indexes = [
            models.Index(fields=["case"], name="report_case"),
            models.Index(fields=["received_at"], name="report_received"),
            models.Index(fields=["id"], name="report_waiting", condition=Q(case=None)),
        ]


class CaseMove(models.Model):
    """One line of the timeline: a move, or a remark (`code` remark). Appended, never edited."""

    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="+", db_index=False)
    code = models.CharField(max_length=20)
    from_stage = models.CharField(max_length=16, blank=True)
    to_stage = models.CharField(max_length=16)
    at = models.DateTimeField()
    by_kind = models.CharField(max_length=12)
    by_name = models.CharField(max_length=40)
    by_staff = models.ForeignKey(
        "people.Staff", null=True, on_delete=models.PROTECT, related_name="+"
    )
    note = models.TextField(blank=True)
    public_text = models.TextField(blank=True)
    facts = models.JSONField(default=dict)

    class Meta:
        indexes = [
            models.Index(fields=["case", "id"], name="move_case"),
            models.Index(fields=["at"], name="move_at"),
        ]


class Deadline(models.Model):
    """One run of one clock. `next_at` is the next instant at which somebody has to be told; empty when nobody.

    Everything needed to compute `due_at` again is here: start, limit, calendar version (in `derivation`).
    """

    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="+", db_index=False)
    clock = models.CharField(max_length=12)
    limit = models.CharField(max_length=20)
    starts_at = models.DateTimeField()
    due_at = models.DateTimeField()
    derivation = models.JSONField(default=dict)
    stopped_at = models.DateTimeField(null=True)
    levels = models.JSONField(default=list)
    next_level = models.PositiveSmallIntegerField(default=0)
    next_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["case"], condition=Q(stopped_at=None), name="one_running_clock"
            ),
        ]
        indexes = [
            models.Index(
                fields=["next_at", "id"],
                name="deadline_next",
                condition=Q(stopped_at=None, next_at__isnull=False),
            ),
            models.Index(fields=["case", "id"], name="deadline_case"),
        ]

    @property
    def clock_name(self) -> str:
        return CLOCK_NAMES[Clock(self.clock)]


class Escalation(models.Model):
    """Somebody was told that a deadline is near or past; once per level, whatever crashes."""

    deadline = models.ForeignKey(Deadline, on_delete=models.PROTECT, related_name="+")
    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="+")
    level = models.PositiveSmallIntegerField()
    overdue = models.BooleanField()
    told = models.ForeignKey("people.Staff", null=True, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["deadline", "level"], name="once_per_level")]


class Merge(models.Model):
    """A case was found to be the same matter as another. Undoing it restores the stage it had."""

    survivor = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="+")
    merged = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="+")
    stage_before = models.CharField(max_length=16)
    at = models.DateTimeField()
    undone_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["merged"], condition=Q(undone_at=None), name="merged_into_one"
            ),
            models.CheckConstraint(
                condition=~Q(survivor=models.F("merged")), name="not_into_itself"
            ),
        ]


class Satisfaction(models.TextChoices):
    SATISFIED = "satisfied", "满意"
    BASICALLY_SATISFIED = "basically_satisfied", "基本满意"
    DISSATISFIED = "dissatisfied", "不满意"


class Solved(models.TextChoices):
    SOLVED = "solved", "已解决"
    PARTLY_SOLVED = "partly_solved", "部分解决"
    NOT_SOLVED = "not_solved", "未解决"


class Rating(models.Model):
    """What a reporter says of the result; one per report and round (`round` is how often the case was reopened)."""

    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="+")
    report = models.ForeignKey(Report, on_delete=models.PROTECT, related_name="+")
    satisfaction = models.CharField(max_length=20, choices=Satisfaction)
    solved = models.CharField(max_length=16, choices=Solved)
    words = models.TextField(blank=True)
    intake_channel = models.CharField(max_length=16, choices=Channel)
    round = models.PositiveSmallIntegerField(default=0)
    at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["report", "round"], name="one_rating_per_round")
        ]
        indexes = [
            models.Index(fields=["case"], name="rating_case"),
            models.Index(fields=["at"], name="rating_at"),
        ]


class PhotoKind(models.TextChoices):
    REPORT = "report", "上报照片"
    BEFORE = "before", "处置前"
    AFTER = "after", "处置后"
    CHECK = "check", "核查照片"


class CasePhoto(models.Model):
    """A picture that belongs to a report, and through it or directly to a case."""

    report = models.ForeignKey(Report, null=True, on_delete=models.PROTECT, related_name="+")
    case = models.ForeignKey(Case, null=True, on_delete=models.PROTECT, related_name="+")
    file = models.ForeignKey("files.StoredFile", on_delete=models.PROTECT, related_name="+")
    kind = models.CharField(max_length=12, choices=PhotoKind)
    at = models.DateTimeField()

    class Meta:
        indexes = [
            models.Index(fields=["case"], name="photo_case"),
            models.Index(fields=["report"], name="photo_report"),
        ]


class ForceCloseRequest(models.Model):
    """Somebody asks that a case be closed by force; somebody else has to do it."""

    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="+")
    asked_by = models.ForeignKey("people.Staff", on_delete=models.PROTECT, related_name="+")
    reason = models.CharField(max_length=300)
    asked_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["case"], condition=Q(used_at=None), name="one_open_request_per_case"
            )
        ]


class TextKey(models.Model):
    """A few hashes of a case's text, so that near-identical texts find each other among millions."""

    key = models.BigIntegerField()
    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="+")

    class Meta:
        indexes = [models.Index(fields=["key", "-case"], name="text_key")]


class FieldCommand(models.Model):
    """A command made on a phone, perhaps without signal. The phone gives the id, so that it is carried out once.

    `result` is {"done": bool, "message": str, "link": str}; a refusal is kept like a success.
    """

    id = models.UUIDField(primary_key=True)
    account = models.ForeignKey("access.Account", on_delete=models.PROTECT, related_name="+")
    action = models.CharField(max_length=24)
    made_at = models.DateTimeField()
    received_at = models.DateTimeField()
    result = models.JSONField(default=dict)
