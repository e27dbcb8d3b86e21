"""A matter, what was said of it, and its timeline."""

from __future__ import annotations

from datetime import datetime

from django.db import models
from django.db.models import Q
from django.utils.functional import cached_property

from linli.cases.flow import OPEN, OUTCOME_NAMES, STAGE_NAMES, Clock, Stage
from linli.cases.models.catalogue import Category, Channel, FilingStandard
from linli.cases.promise import Promise, Promised
from linli.cases.proposal import Proposal
from linli.cases.sight import CaseRows
from linli.kernel.calendar.local import LOCAL
from linli.kernel.engine.rows import known
from linli.kernel.matters.models import Matter, TimelineEntry
from linli.kernel.privacy.words import LineField, Sight, WordsField


def number_of(case_id: int, opened_at: datetime) -> str:
    """The number people quote: the local day it was opened and the row's id, e.g. 20261121000042."""
    return f"{opened_at.astimezone(LOCAL):%Y%m%d}{case_id:06d}"


class Case(Matter):
    """A matter that is being dealt with, in the words of its first report.

    `order_limit` is that of its kind of order (咨询, 投诉 …) on the day it was registered, where the office has one.
    `designated` is set when a dispute was decided: the unit named then cannot return the case.
    """

    sight = Sight.NOTHING
    objects = CaseRows.as_manager()

    stage = models.CharField(
        max_length=16, choices=[(stage.value, name) for stage, name in STAGE_NAMES.items()]
    )
    title = LineField(max_length=120)
    body = WordsField(blank=True)
    address = LineField(max_length=200, blank=True, place=True)
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

    order_limit = models.CharField(max_length=20, blank=True)
    designated = models.BooleanField(default=False)
    returned = models.PositiveSmallIntegerField(default=0)
    reworked = models.PositiveSmallIntegerField(default=0)
    reopened = models.PositiveSmallIntegerField(default=0)
    report_count = models.PositiveIntegerField(default=1)

    last_reported_at = models.DateTimeField()
    promised_at = models.DateTimeField(null=True)
    promised_for = models.CharField(max_length=8, blank=True)
    promise_provisional = models.BooleanField(default=False)
    outcome = models.CharField(
        max_length=20,
        blank=True,
        choices=[(outcome.value, name) for outcome, name in OUTCOME_NAMES.items()],
    )
    public_reply = WordsField(blank=True)
    merged_into = models.ForeignKey(
        "self", null=True, on_delete=models.PROTECT, related_name="+", db_index=False
    )
    redo_of = models.ForeignKey(
        "self", null=True, on_delete=models.PROTECT, related_name="+", db_index=False
    )
    alarm_key = models.CharField(max_length=120, blank=True)

    class Meta:
        constraints = [
            *Matter.Meta.constraints,
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
        return number_of(self.pk, self.opened_at)

    @property
    def proposal(self) -> Proposal:
        """What the system proposed when it opened the case; `suggestion` is how it is stored."""
        return Proposal.read(self.suggestion)

    @proposal.setter
    def proposal(self, proposal: Proposal) -> None:
        self.suggestion = proposal.written()

    @property
    def promise(self) -> Promise | None:
        """What the reporters are promised now; `promise.py` decides it, and everybody who says it says this."""
        if self.promised_at is None or not self.promised_for:
            return None
        return Promise(Promised(self.promised_for), self.promised_at, self.promise_provisional)

    @promise.setter
    def promise(self, promise: Promise | None) -> None:
        self.promised_at = promise.at if promise else None
        self.promised_for = promise.what.value if promise else ""
        self.promise_provisional = bool(promise and promise.provisional)

    @property
    def headline(self) -> str:
        return f"{self.number} {self.title}"

    @property
    def topic(self) -> str:
        return str(self.title)

    @property
    def link(self) -> str:
        return f"/cases/{self.number}"

    @property
    def pressing(self) -> bool:
        return self.urgent

    @property
    def stage_name(self) -> str:
        return STAGE_NAMES[Stage(self.stage)]

    def own_limit(self, clock: str) -> str:
        """Handling takes as long as the kind of its order says, else its filing standard."""
        if clock == Clock.HANDLE and self.order_limit:
            return self.order_limit
        standard = known(FilingStandard, self.standard_id) if clock == Clock.HANDLE else None
        return standard.time_limit if standard else ""

    def note_owner(self, sentence: str) -> None:
        self.suggestion = {**self.suggestion, "owner": sentence}

    def note_deadline_problem(self, sentence: str) -> None:
        self.suggestion = {**self.suggestion, "deadline_problem": sentence}

    def __str__(self) -> str:
        return self.number


class Report(models.Model):
    """What somebody said or sent, as it came; stored before it is acknowledged and never changed, but for secrecy.

    `client_key` is the key that its `sender` gave it, `content_key` a hash over what was said, by whom and on which
    day: either one makes a replay find this row again. `said_key` is the same for one person's words at any door; see
    `senders.py`.
    """

    sight = Sight.NOTHING

    receipt = models.CharField(max_length=16, unique=True)
    sender = models.CharField(max_length=60, blank=True)
    client_key = models.CharField(max_length=121, null=True)
    content_key = models.CharField(max_length=64, unique=True)
    said_key = models.CharField(max_length=32, blank=True)
    case = models.ForeignKey(
        Case, null=True, on_delete=models.PROTECT, related_name="+", db_index=False
    )
    intake_channel = models.CharField(max_length=16, choices=Channel)
    source_system = models.CharField(max_length=40, blank=True)
    external_no = models.CharField(max_length=60, blank=True)
    title = LineField(max_length=120)
    body = WordsField(blank=True)
    address = LineField(max_length=200, blank=True, place=True)
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
            models.Index(fields=["said_key"], name="report_said", condition=~Q(said_key="")),
        ]
        constraints = [
            models.UniqueConstraint(fields=["client_key", "sender"], name="report_key_of_sender"),
        ]


class CaseMove(TimelineEntry):
    """One line of the timeline of a case."""

    sight = Sight.NOTHING

    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="+", db_index=False)

    class Meta:
        indexes = [
            models.Index(fields=["case", "id"], name="move_case"),
            models.Index(fields=["at"], name="move_at"),
        ]
