"""Orders of hotline platforms, what is told to them, and what was found when lists were compared."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from linli.cases.models import Case, Solved


class UpstreamOrder(models.Model):
    """A work order as an upstream platform knows it: one row per (system, external_no), however often it is pushed.

    `version` is the highest one received. `case` is where the matter lived when `told_line`, the last line of its
    timeline that was put into words for the platform, was read; both are empty until the report has its case.
    `digests` are hashes of what was last said (title, body, …), so that a change can be named without keeping
    the caller's data a second time. `due_at` is the platform's own limit (办结时限).
    """

    system = models.CharField(max_length=32)
    external_no = models.CharField(max_length=32)
    version = models.PositiveIntegerField()
    report = models.ForeignKey("cases.Report", on_delete=models.PROTECT, related_name="+")
    case = models.ForeignKey("cases.Case", null=True, on_delete=models.PROTECT, related_name="+")
    told_line = models.BigIntegerField(default=0)
    next_seq = models.PositiveIntegerField(default=1)
    kind = models.CharField(max_length=12)
    assessment_scope = models.CharField(max_length=16)
    tags = models.JSONField(default=list)
    digests = models.JSONField(default=dict)
    ordered_at = models.DateTimeField()
    due_at = models.DateTimeField(null=True)
    first_seen_at = models.DateTimeField()
    changed_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["system", "external_no"], name="one_order_per_number")
        ]
        indexes = [models.Index(fields=["system", "ordered_at"], name="order_of_a_day")]

    def __str__(self) -> str:
        return f"{self.system}/{self.external_no}"


class OutboundMessage(models.Model):
    """One thing to be told to a platform about one of its orders, until it has said that it knows.

    Messages of one order leave in the order of `seq`: a later one waits until the earlier ones are sent or left out.
    `key` is the idempotency key: a repeated message carries the same. `facts` is exactly what is sent.
    """

    class State(models.TextChoices):
        WAITING = "waiting", "待发送"
        SENT = "sent", "已送达"
        UNMAPPED = "unmapped", "状态没有对照"
        REFUSED = "refused", "上游拒收"
        LEFT_OUT = "left_out", "不再发送"

    order = models.ForeignKey(UpstreamOrder, on_delete=models.PROTECT, related_name="+")
    seq = models.PositiveIntegerField()
    about = models.CharField(max_length=40)
    key = models.CharField(max_length=100, unique=True)
    event = models.CharField(max_length=20)
    status = models.CharField(max_length=32, blank=True)
    facts = models.JSONField(default=dict)
    state = models.CharField(max_length=12, choices=State, default=State.WAITING)
    made_at = models.DateTimeField()
    next_try_at = models.DateTimeField()
    claimed_until = models.DateTimeField(null=True)
    tries = models.PositiveIntegerField(default=0)
    error = models.CharField(max_length=500, blank=True)
    sent_at = models.DateTimeField(null=True)
    left_out_because = models.CharField(max_length=200, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["order", "seq"], name="one_message_per_place"),
            models.UniqueConstraint(fields=["order", "about"], name="told_once"),
        ]
        indexes = [
            models.Index(
                fields=["next_try_at", "id"], name="message_to_send", condition=Q(state="waiting")
            ),
            models.Index(
                fields=["order", "seq"],
                name="message_unfinished",
                condition=Q(state__in=("waiting", "unmapped", "refused")),
            ),
        ]

    @property
    def unfinished(self) -> bool:
        return self.state in UNFINISHED


UNFINISHED = frozenset(
    {
        OutboundMessage.State.WAITING,
        OutboundMessage.State.UNMAPPED,
        OutboundMessage.State.REFUSED,
    }
)
"""States in which a message holds up the later ones of its order."""


class Nonce(models.Model):
    """A nonce that was used; the same one again is a replay. Rows older than a day are removed."""

    system = models.CharField(max_length=32)
    nonce = models.CharField(max_length=64)
    at = models.DateTimeField(db_index=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["system", "nonce"], name="nonce_once")]


class UpstreamState(models.Model):
    """How the exchange with a platform stands: until when it rests, where the pulling goes on."""

    system = models.CharField(max_length=32, unique=True)
    failures = models.PositiveIntegerField(default=0)
    error = models.CharField(max_length=300, blank=True)
    resting_until = models.DateTimeField(null=True)
    reached_at = models.DateTimeField(null=True)
    pulled_at = models.DateTimeField(null=True)
    cursor = models.CharField(max_length=200, blank=True)


class RefusedOrder(models.Model):
    """An order that could not be taken, by number, until a better version of it comes. No words of it are kept."""

    system = models.CharField(max_length=32)
    external_no = models.CharField(max_length=32)
    field = models.CharField(max_length=60)
    reason = models.CharField(max_length=300)
    times = models.PositiveIntegerField(default=1)
    at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["system", "external_no"], name="one_refusal_per_number")
        ]


class Reconciliation(models.Model):
    """Both lists of one day compared (对账). `differences` is a list of {number, kind, ours, theirs}."""

    system = models.CharField(max_length=32)
    day = models.DateField()
    at = models.DateTimeField()
    by_name = models.CharField(max_length=40)
    ours = models.PositiveIntegerField()
    theirs = models.PositiveIntegerField()
    differences = models.JSONField(default=list)

    class Meta:
        indexes = [models.Index(fields=["system", "day", "-id"], name="reconciled_day")]


class HandlingMethod(models.TextChoices):
    PHONE = "phone", "电话"
    ON_SITE = "on_site", "现场"
    FORWARDED = "forwarded", "系统转派"
    JOINT = "joint", "联合办理"


class OrderHandling(models.Model):
    """How the unit dealt with a hotline order; filled in as the work goes on, no move and no clock depends on it.

    `contact_number` is the number under which the caller was reached: personal, and masked like the caller's own.
    """

    case = models.OneToOneField(Case, on_delete=models.PROTECT, related_name="+")
    is_true = models.BooleanField(null=True)
    beyond_duty = models.BooleanField(null=True)
    contacted = models.BooleanField(null=True)
    contact_number = models.CharField(max_length=20, blank=True)
    contacted_at = models.DateTimeField(null=True)
    solved = models.CharField(max_length=16, choices=Solved, blank=True)
    unresolved_reason = models.CharField(max_length=500, blank=True)
    method = models.CharField(max_length=12, choices=HandlingMethod, blank=True)
    by = models.ForeignKey("people.Staff", on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(contacted=True) | Q(contact_number="", contacted_at=None),
                name="a_contact_has_its_number_and_time",
            ),
            models.CheckConstraint(
                condition=Q(solved__in=("partly_solved", "not_solved")) | Q(unresolved_reason=""),
                name="only_what_is_not_solved_has_a_reason",
            ),
        ]


class OrderFileKind(models.TextChoices):
    IDENTITY = "identity", "证件附件"
    CONTACT = "contact", "联系证据"
    HANDLING = "handling", "办理附件"


class OrderFile(models.Model):
    """A paper of a hotline order; each kind has a reading right of its own (`papers.py`)."""

    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="+")
    file = models.ForeignKey("files.StoredFile", on_delete=models.PROTECT, related_name="+")
    kind = models.CharField(max_length=12, choices=OrderFileKind)
    by = models.ForeignKey("people.Staff", on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["case", "file", "kind"], name="one_paper_once")
        ]
