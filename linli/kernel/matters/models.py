"""What every matter is made of, and the few tables that hold something of all kinds.

The abstract ones are subclassed by each module, with real foreign keys: `Matter`, `ClockRun`, `TimelineEntry`,
`Reminder`, `EntryPhoto`, `Request`. Of the concrete ones there is one table: `InboxEntry`, `Limit`, `Hold`, `Link`,
`Deputy`. They name a matter by the code of its flow and its row id.
"""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from linli.kernel.places.models import Area, Placed
from linli.kernel.privacy.words import Sight, WordsField


class Matter(Placed):
    """A matter. `owner` is whoever must act next; an open one always has one. `handler` did the work last.
    `due_provisional`: the due was counted over a year whose notice of holidays has not been entered.

    Its stages and words are in its flow; areas and stage stay on the module's own row, where its indexes are.
    """

    stage = models.CharField(max_length=16)
    open = models.BooleanField(default=True)
    version = models.PositiveIntegerField(default=1)
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
    opened_at = models.DateTimeField()
    changed_at = models.DateTimeField()
    due_at = models.DateTimeField(null=True)
    due_provisional = models.BooleanField(default=False)
    yellow_at = models.DateTimeField(null=True)
    suspended_until = models.DateTimeField(null=True)
    closed_at = models.DateTimeField(null=True)

    class Meta:
        abstract = True
        constraints = Placed.Meta.constraints

    @property
    def number(self) -> str:
        """The number people quote."""
        raise NotImplementedError

    @property
    def headline(self) -> str:
        """Number and title, as a notice names the matter."""
        raise NotImplementedError

    @property
    def topic(self) -> str:
        """What it is about, in one line of a list."""
        raise NotImplementedError

    @property
    def link(self) -> str:
        """Address of its page."""
        raise NotImplementedError

    @property
    def variant(self) -> str:
        """Which of the flow's limits hold for it; empty where there is one set only."""
        return ""

    @property
    def pressing(self) -> bool:
        """Whether it comes before others that are due at the same time."""
        return False

    def own_limit(self, clock: str) -> str:
        """The limit this very matter has for a clock, e.g. that of its filing standard; empty for the usual one."""
        return ""

    def note_owner(self, sentence: str) -> None:
        """Keep why somebody has to act now; kinds that show it override this."""

    def note_deadline_problem(self, sentence: str) -> None:
        """Keep why no due could be computed; kinds that show it override this."""


class ClockRun(models.Model):
    """One run of one clock. Everything needed to compute `due_at` again is here.

    `pauses` are [start, until] in ISO form; `derivation` has the calendar's version; `next_at` is the next instant at
    which somebody has to be told, empty when nobody.
    """

    clock = models.CharField(max_length=12)
    limit = models.CharField(max_length=20)
    starts_at = models.DateTimeField()
    due_at = models.DateTimeField()
    derivation = models.JSONField(default=dict)
    stopped_at = models.DateTimeField(null=True)
    levels = models.JSONField(default=list)
    next_level = models.PositiveSmallIntegerField(default=0)
    next_at = models.DateTimeField(null=True)
    extensions = models.PositiveSmallIntegerField(default=0)
    pauses = models.JSONField(default=list)

    class Meta:
        abstract = True


class TimelineEntry(models.Model):
    """One line of the timeline: a move, or a line beside the stages. Appended, never edited.

    A subclass has a foreign key to its matter. `facts` are the figures a replay needs and what the page shows.
    """

    code = models.CharField(max_length=20)
    from_stage = models.CharField(max_length=16, blank=True)
    to_stage = models.CharField(max_length=16, blank=True)
    at = models.DateTimeField()
    by_kind = models.CharField(max_length=12)
    by_name = models.CharField(max_length=50)
    by_staff = models.ForeignKey(
        "people.Staff", null=True, on_delete=models.PROTECT, related_name="+"
    )
    note = WordsField(blank=True)
    public_text = WordsField(blank=True)
    facts = models.JSONField(default=dict)

    sight = Sight.HOMES
    """Most kinds are told to the staff alone, who have to go there; cases hide more."""

    class Meta:
        abstract = True


class Reminder(models.Model):
    """Somebody was told that a due is near or past; once per level, whatever crashes.

    A subclass has a foreign key `deadline` to its run of a clock, unique together with `level`.
    """

    level = models.PositiveSmallIntegerField()
    overdue = models.BooleanField()
    told = models.ForeignKey("people.Staff", null=True, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        abstract = True


class EntryPhoto(models.Model):
    """A picture that came with a line of the timeline; a subclass has a foreign key `entry` to it."""

    file = models.ForeignKey("files.StoredFile", on_delete=models.PROTECT, related_name="+")
    kind = models.CharField(max_length=16, blank=True)

    class Meta:
        abstract = True


class InboxEntry(models.Model):
    """One row per open matter of any kind: who has to act, with which right, where, and until when.

    It is written by the same transaction as the move and can be made again from the matters at any time. No title
    stands here: what a person may read of a matter is asked of its own module.
    """

    kind = models.CharField(max_length=16)
    matter_id = models.BigIntegerField()
    stage = models.CharField(max_length=16)
    may = models.CharField(max_length=40)
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
    district = models.ForeignKey(Area, on_delete=models.PROTECT, related_name="+", db_index=False)
    subdistrict = models.ForeignKey(
        Area, on_delete=models.PROTECT, related_name="+", db_index=False
    )
    community = models.ForeignKey(
        Area, null=True, on_delete=models.PROTECT, related_name="+", db_index=False
    )
    grid = models.ForeignKey(
        Area, null=True, on_delete=models.PROTECT, related_name="+", db_index=False
    )
    pressing = models.BooleanField(default=False)
    due_at = models.DateTimeField(null=True)
    yellow_at = models.DateTimeField(null=True)
    suspended_until = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["kind", "matter_id"], name="one_inbox_entry_a_matter")
        ]
        indexes = [
            models.Index(fields=["owner", "due_at"], name="inbox_owner"),
            models.Index(fields=["handling_org", "may"], name="inbox_unit"),
        ]


class Limit(models.Model):
    """The limit of a clock from a day on, and whom to tell at which share of it, e.g. [[0.8, "owner"], [1, "leader"]].

    An empty `time_limit` leaves the usual one, empty `levels` the usual ones. `source` is where the figure comes from:
    a rule with its date, or the office's own decision.
    """

    kind = models.CharField(max_length=16)
    clock = models.CharField(max_length=12)
    variant = models.CharField(max_length=16, blank=True)
    time_limit = models.CharField(max_length=20, blank=True)
    levels = models.JSONField(default=list)
    valid_from = models.DateField()
    source = models.CharField(max_length=200, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["kind", "clock", "variant", "valid_from"], name="one_limit_a_day"
            )
        ]


class Hold(models.Model):
    """Another matter has to end before this one may. `what` names it to whoever tries, e.g. 吹哨 CS20261121000042 …"""

    kind = models.CharField(max_length=16)
    matter_id = models.BigIntegerField()
    by_kind = models.CharField(max_length=16)
    by_id = models.BigIntegerField()
    what = models.CharField(max_length=200)
    since = models.DateTimeField()
    released_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["kind", "matter_id", "by_kind", "by_id"],
                condition=Q(released_at=None),
                name="held_once_by_a_matter",
            )
        ]
        indexes = [
            models.Index(
                fields=["by_kind", "by_id"],
                name="hold_by",
                condition=Q(released_at=None),
            )
        ]


class Link(models.Model):
    """What came of what: a finding became a case, a need was answered by a project."""

    from_kind = models.CharField(max_length=16)
    from_id = models.BigIntegerField()
    to_kind = models.CharField(max_length=16)
    to_id = models.BigIntegerField()
    at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["from_kind", "from_id", "to_kind", "to_id"], name="linked_once"
            )
        ]
        indexes = [models.Index(fields=["to_kind", "to_id"], name="link_to")]


class Deputy(models.Model):
    """Somebody stands in for a colleague for some days (代班): what waits for the one waits for the other too.

    Whoever is away counts as not on duty when new work is given out. The deputy acts with the rights of the own
    posts; standing in gives nobody a right.
    """

    staff = models.ForeignKey("people.Staff", on_delete=models.PROTECT, related_name="+")
    deputy = models.ForeignKey("people.Staff", on_delete=models.PROTECT, related_name="+")
    valid_from = models.DateField()
    valid_until = models.DateField()
    reason = models.CharField(max_length=100, blank=True)
    named_by = models.ForeignKey("people.Staff", on_delete=models.PROTECT, related_name="+")
    named_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=~Q(staff=models.F("deputy")), name="nobody_is_the_own_deputy"
            ),
            models.CheckConstraint(
                condition=Q(valid_until__gte=models.F("valid_from")), name="a_deputy_has_days"
            ),
        ]
        indexes = [models.Index(fields=["deputy", "valid_until"], name="deputy_days")]


class Request(models.Model):
    """Somebody asks, somebody may endorse, somebody else decides; `granted` is empty while it waits.

    A subclass has a foreign key to its matter and whatever the decision changes.
    """

    reason = models.CharField(max_length=300)
    asked_by = models.ForeignKey("people.Staff", on_delete=models.PROTECT, related_name="+")
    asked_at = models.DateTimeField()
    endorsed_by = models.ForeignKey(
        "people.Staff", null=True, on_delete=models.PROTECT, related_name="+"
    )
    endorsed_at = models.DateTimeField(null=True)
    granted = models.BooleanField(null=True)
    opinion = models.CharField(max_length=300, blank=True)
    decided_by = models.ForeignKey(
        "people.Staff", null=True, on_delete=models.PROTECT, related_name="+"
    )
    decided_at = models.DateTimeField(null=True)

    class Meta:
        abstract = True
