"""Gives a matter its story: who does what about it, and when.

Most matters take the plain way 受理 → 立案 → 派遣 → 签收 → 处置 → 核查 → 结案. Some are verified first, settled by the
grid worker on the spot, declined, returned, sent to the wrong unit, done badly at first, forced closed, redone or
reopened: every path the flow allows happens, about as often as offices report it.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from random import Random

from linli.cases.flow import Outcome
from linli.cases.models import Satisfaction, Solved
from linli.demo.cast import Cast
from linli.demo.content import reply_for
from linli.demo.pace import at_share, desk_time, share_of_limit, soon
from linli.demo.story import Grade, Matter, Step, Story
from linli.kernel.calendar.rules import WorkingTime
from linli.kernel.organisations.models import Organization
from linli.kernel.people.models import Staff

# Shares of the matters that could take each by-way.
SETTLED_ON_THE_SPOT, VERIFIED, UNTRUE = 0.30, 0.16, 0.10
DECLINED, DECLINED_APPEALS, CANCELLED = 0.012, 0.05, 0.006
RETURNED, REASSIGNED, REWORKED = 0.035, 0.02, 0.055
FORCED, REDONE, NOT_FIXABLE = 0.003, 0.014, 0.02
RATED, URGED, ON_SITE_IN_TIME = 0.44, 0.03, 0.88

DISPLEASED = ("等得太久了", "处理得不彻底，过两天又这样", "没人回电话", "只处理了表面")
PLEASED = ("", "", "", "处理很快", "谢谢网格员", "解决了，满意", "态度很好")
VERIFIED_NOTES = ("到现场看过，情况属实。", "与反映人电话确认，情况存在。", "现场拍照核实，属实。")
CHECK_NOTES = (
    "到现场核查，已恢复。",
    "对照处置前后照片，符合结案条件。",
    "走访周边住户，确认解决。",
)
REWORK_NOTES = (
    "现场仍有残留，请重新处理。",
    "照片角度不对，看不出是否完成，请补做。",
    "只处理了一半，请继续。",
)
RETURN_NOTES = (
    "经核对不属本单位职责，建议由街道明确责任单位。",
    "现场属其他单位管养范围，申请退回。",
)


@dataclass
class Teller:
    """Tells one story at a time; `rng` decides, `cast` acts, `working_time` is the calendar of the limits."""

    cast: Cast
    working_time: WorkingTime
    rng: Random

    def tell(self, matter: Matter) -> Story:
        """The whole story of a new matter, to its end, whenever that is."""
        story = Story(matter, matter.voice.at + timedelta(seconds=self.rng.randint(1, 20)))
        if self._settled_on_the_spot(story) or self._verified(story) or self._declined(story):
            return story
        at = story.ends_at
        if not any(step.code == "confirm" for step in story.steps):
            at = soon(at, self.rng, minutes=7, urgent=self._urgent(story))
            story.add("accept", at, self.cast.one("acceptor", self.rng))
        if self._chance(CANCELLED):
            story.add(
                "cancel",
                soon(at, self.rng, minutes=20),
                self._supervisor(),
                note="反映人来电撤回。",
            )
            return story
        at = soon(story.ends_at, self.rng, minutes=6, urgent=self._urgent(story))
        story.add("register", at, self._supervisor())
        self._worked_on(story, round_=0)
        return story

    def _settled_on_the_spot(self, story: Story) -> bool:
        matter = story.matter
        if (
            matter.by_resident
            or matter.category.kind == "appeal"
            or not self._chance(SETTLED_ON_THE_SPOT)
        ):
            return False
        worker = matter.voice.entered_by
        reply = reply_for(matter.category.code, matter.voice.spot.name)
        at = story.opened_at + timedelta(minutes=self.rng.uniform(4, 45))
        story.add(
            "self_handle", at, worker, note=reply.handling_note, public_reply=reply.public_reply
        )
        self._checked(story, handler=worker)
        self._closed(story)
        return True

    def _verified(self, story: Story) -> bool:
        """Sent to somebody on the ground first; True when it turned out to be nothing."""
        matter = story.matter
        if not matter.by_resident or matter.category.kind == "appeal" or not self._chance(VERIFIED):
            return False
        at = soon(story.opened_at, self.rng, minutes=8)
        story.add("ask_verify", at, self.cast.one("acceptor", self.rng))
        verifier = self._on_the_ground(story)
        at = self._soon_on_site(at)
        if self._chance(UNTRUE):
            story.add(
                "refute", at, verifier, note="到现场未发现所反映的情况。",
                public_reply="工作人员到现场查看，未发现您反映的情况；如仍存在，请拍照再次告诉我们。",
            )  # fmt: skip
            return True
        story.add("confirm", at, verifier, note=self.rng.choice(VERIFIED_NOTES))
        return False

    def _declined(self, story: Story) -> bool:
        share = DECLINED_APPEALS if story.matter.category.kind == "appeal" else DECLINED
        if not story.matter.by_resident or story.steps or not self._chance(share):
            return False
        reason = self.rng.choice(("already_handled", "outside_duty", "statutory_channel"))
        replies = {
            "already_handled": "您反映的事项正在办理，进展会及时告诉您。",
            "outside_duty": "此事不属本街道职责，已把主管单位的联系方式告诉您。",
            "statutory_channel": "此事需通过其他法定程序办理，窗口可以帮您了解怎样申请。",
        }
        story.add(
            "decline", soon(story.opened_at, self.rng, minutes=10), self.cast.one("acceptor", self.rng),
            reason_code=reason, public_reply=replies[reason],
        )  # fmt: skip
        return True

    def _worked_on(self, story: Story, *, round_: int) -> None:
        """From 待派遣 to the end: dispatch, work, check, close."""
        at = soon(story.ends_at, self.rng, minutes=6, urgent=self._urgent(story))
        unit = story.matter.unit
        sent = story.add("dispatch", at, self.cast.one("dispatcher", self.rng), unit=unit)
        if round_ == 0:
            sent, unit = self._sent_again(story, sent, unit)
        worker = self.cast.handler(unit, self.rng)
        done_at = at_share(
            sent.at, story.matter.standard.time_limit, share_of_limit(unit.code, self.rng),
            working_time=self.working_time,
        )  # fmt: skip
        signed_at = soon(sent.at, self.rng, minutes=35, urgent=self._urgent(story))
        story.add("sign_for", min(signed_at, sent.at + (done_at - sent.at) / 2), worker)
        self._urged(story, done_at)
        if self._chance(FORCED):
            self._forced(story)
            return
        self._fed_back(story, worker, done_at)
        self._checked(story, handler=worker)
        self._finished(story, round_=round_)

    def _sent_again(
        self, story: Story, sent: Step, unit: Organization
    ) -> tuple[Step, Organization]:
        """The unit gives it back, or the dispatcher sends it to another one; (last sending, unit that has it)."""
        units = sorted(set(self.cast.units.values()), key=lambda one: one.pk)
        other = self.rng.choice(units)
        dispatcher = self.cast.one("dispatcher", self.rng)
        if self._chance(RETURNED):
            worker = self.cast.handler(unit, self.rng)
            back = soon(sent.at, self.rng, minutes=50)
            story.add("return_back", back, worker, note=self.rng.choice(RETURN_NOTES))
            return story.add(
                "dispatch", soon(back, self.rng, minutes=15), dispatcher, unit=unit
            ), unit
        if other != unit and self._chance(REASSIGNED):
            note = f"经与{unit.name}核对，改由{other.name}办理。"
            at = soon(sent.at, self.rng, minutes=40)
            story.add("reassign", at, dispatcher, unit=other, note=note)
            return sent, other
        return sent, unit

    def _urged(self, story: Story, until: datetime) -> None:
        if story.matter.by_resident and not story.is_redo and self._chance(URGED):
            story.add(
                "urge", story.ends_at + max(timedelta(), until - story.ends_at) * self.rng.random()
            )

    def _forced(self, story: Story) -> None:
        at = desk_time(story.ends_at + timedelta(days=self.rng.uniform(2, 6)), self.rng)
        asker, approver = self._two("leader")
        story.add("ask_force_close", at, asker, note="多次协调仍不具备条件，申请强制结案。")
        at = desk_time(at + timedelta(hours=self.rng.uniform(1, 6)), self.rng)
        story.add(
            "force_close", at, approver, asked_by=asker, outcome=Outcome.CANNOT_BE_SOLVED,
            note="需列入改造计划，现阶段无法解决，已向反映人说明。",
            public_reply="您反映的问题需列入改造计划，我们已登记，实施时会告诉您。",
        )  # fmt: skip

    def _fed_back(self, story: Story, worker: Staff, at: datetime) -> None:
        reply = reply_for(story.matter.category.code, story.matter.voice.spot.name)
        outcome = Outcome.CANNOT_BE_SOLVED if self._chance(NOT_FIXABLE) else Outcome.SOLVED
        story.add(
            "feedback",
            at,
            worker,
            outcome=outcome,
            note=reply.handling_note,
            public_reply=reply.public_reply,
        )

    def _checked(self, story: Story, *, handler: Staff | None) -> None:
        """核查; the first time it may fail and go back to the handler."""
        checker = self._on_the_ground(story, but=handler)
        at = self._soon_on_site(story.ends_at)
        if story.steps[-1].code == "feedback" and self._chance(REWORKED):
            story.add("rework", at, checker, note=self.rng.choice(REWORK_NOTES))
            again = desk_time(at + timedelta(hours=self.rng.uniform(1, 20)), self.rng)
            first = next(step for step in reversed(story.steps) if step.code == "feedback")
            story.add(
                "feedback", again, handler, outcome=Outcome.SOLVED, note="已按要求重新处理。",
                public_reply=first.public_reply,
            )  # fmt: skip
            at = self._soon_on_site(again)
        story.add("pass_check", at, checker, note=self.rng.choice(CHECK_NOTES))

    def _finished(self, story: Story, *, round_: int) -> None:
        """结案 and rating; or redone as a new order; or reopened by the reporter."""
        if story.matter.by_resident and round_ == 0 and self._chance(REDONE):
            self._redone(story)
            return
        self._closed(story)
        if story.matter.by_resident and not story.is_redo and self._chance(RATED):
            self._rated(story, round_)

    def _closed(self, story: Story) -> None:
        note = "已电话回访，反映人知晓结果。" if story.matter.by_resident else "核查通过，归档。"
        at = desk_time(story.ends_at + timedelta(hours=self.rng.expovariate(1 / 3.0)), self.rng)
        story.add("close", at, self._supervisor(), note=note)

    def _redone(self, story: Story) -> None:
        at = desk_time(story.ends_at + timedelta(hours=self.rng.uniform(1, 8)), self.rng)
        story.add(
            "redo", at, self.cast.one("follow_up", self.rng), note=self.rng.choice(DISPLEASED)
        )
        story.redo = Story(story.matter, at, is_redo=True)
        self._worked_on(story.redo, round_=1)

    def _rated(self, story: Story, round_: int) -> None:
        at = story.ends_at + timedelta(hours=self.rng.uniform(0.2, 60))
        late = any(step.code == "rework" for step in story.steps)
        pleased = self.rng.random() - (0.25 if late else 0.0)
        if pleased > 0.26:
            story.grades.append(
                Grade(at, Satisfaction.SATISFIED, Solved.SOLVED, self.rng.choice(PLEASED), round_)
            )
        elif pleased > 0.09:
            story.grades.append(
                Grade(at, Satisfaction.BASICALLY_SATISFIED, Solved.SOLVED, "", round_)
            )
        elif pleased > 0.02 or round_:
            words = self.rng.choice(DISPLEASED)
            story.grades.append(
                Grade(at, Satisfaction.DISSATISFIED, Solved.PARTLY_SOLVED, words, round_)
            )
        else:
            words = self.rng.choice(DISPLEASED)
            story.grades.append(
                Grade(at, Satisfaction.DISSATISFIED, Solved.NOT_SOLVED, words, round_)
            )
            story.add("reopen", at, note=f"上报人评价“未解决”：{words}")
            self._worked_on(story, round_=1)

    def _on_the_ground(self, story: Story, *, but: Staff | None = None) -> Staff:
        """Whoever looks after the grid, else a checker; never the person who did the work."""
        staff = [
            one for one in self.cast.grid_staff.get(story.matter.voice.spot.grid, ()) if one != but
        ]
        return (
            self.rng.choice(staff)
            if staff and self._chance(0.7)
            else self.cast.one("checker", self.rng)
        )

    def _soon_on_site(self, at: datetime) -> datetime:
        """When somebody has been there to look; the limit for it is thirty working minutes."""
        minutes = (
            self.rng.uniform(5, 28) if self._chance(ON_SITE_IN_TIME) else self.rng.uniform(35, 200)
        )
        return desk_time(at + timedelta(minutes=minutes), self.rng)

    def _supervisor(self) -> Staff:
        return self.cast.one("shift_supervisor", self.rng)

    def _two(self, role: str) -> tuple[Staff, Staff]:
        first, second = self.rng.sample(list(self.cast.by_role[role]), 2)
        return first, second

    def _urgent(self, story: Story) -> bool:
        return story.matter.category.urgent

    def _chance(self, share: float) -> bool:
        return self.rng.random() < share
