"""隐患检查 in the demo: shops, rented flats and facilities with a past of visits, driven through the real moves."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, time, timedelta
from random import Random

from linli.demo.matters import Chronicle
from linli.demo.pictures import scene
from linli.inspections.actions import add_site, move_inspection, plan_inspection
from linli.inspections.models import Inspection, Site, SiteKind
from linli.inspections.queries import items_for
from linli.kernel.access.models import Account
from linli.kernel.access.queries import actor_for
from linli.kernel.acting import SYSTEM, Actor
from linli.kernel.calendar.errors import YearNotLoaded
from linli.kernel.calendar.local import LOCAL, local_day
from linli.kernel.files.actions import store_file
from linli.kernel.organisations.models import Organization
from linli.kernel.people.models import GridPosting
from linli.kernel.places.models import Area

PICTURE_CLASS = "E0110"
HOUR, DAY = timedelta(hours=1), timedelta(days=1)

NAMES = {
    "shop": ("陈记小吃", "顺风五金店", "老街理发店", "阳光文具店", "四季水果店", "邻家便利店"),
    "rented_flat": ("出租房（一梯三层东户）", "出租房（临街二层）", "出租房（合租套间）"),
    "facility": ("健身广场", "地下消防泵房", "配电间", "电动车充电棚"),
}
UNITS = {"shop": "CG", "rented_flat": "YJ", "facility": "YJ"}
"""Who sees to what is found, by code of the demo's units."""

STORIES = (
    "planned", "clean", "closed", "rectifying", "to_recheck", "planned", "failed", "handed_over", "clean", "late",
    "closed", "due",
)  # fmt: skip
"""How far the visit of each place has come, one place after the other."""


def inspect_places(chronicle: Chronicle) -> None:
    """Places in the grids of the shown grid workers and elsewhere, each with its story; nothing if there are any."""
    if Site.objects.exists():
        return
    play = _Play(chronicle.plan.now, Random(f"{chronicle.plan.seed}:inspections"))  # noqa: S311 - repeatable
    try:
        play.all()
    except YearNotLoaded:
        return  # the rest of the demo says which year to load


class _Play:
    """Plays the story of each place, at hours of the past."""

    def __init__(self, now: datetime, rng: Random) -> None:
        self._now = now
        self._rng = rng
        self._leader = self._who("lingdao1")

    def all(self) -> None:
        """Two places of each story, the first round where the shown grid worker looks after the grid."""
        workers = self._workers()
        kinds = list(SiteKind.objects.order_by("id"))
        for number, story in enumerate(STORIES * 2):
            account = workers[0 if number < len(STORIES) else number % len(workers)]
            self._place(kinds[number % len(kinds)], account, story, number)
        for number, story in enumerate(STORIES[:6]):
            self._place(kinds[number % 3], workers[number % len(workers)], story, number + 24)

    def _place(self, kind: SiteKind, account: Account, story: str, number: int) -> None:
        grid = _grid_of(account)
        names = NAMES[kind.code]
        unit = Organization.objects.filter(code=UNITS[kind.code]).first()
        early = self._at(100)
        site = add_site(
            names[number % len(names)], kind=kind.code, area=grid.pk, address=f"{number + 1} 号",
            unit=unit.pk if unit else None, by=self._leader, now=early,
        )  # fmt: skip
        if grid.west is not None and grid.east is not None:
            site.lon = (grid.west + grid.east) / 2
            site.lat = ((grid.south or 0) + (grid.north or 0)) / 2
            site.save(update_fields=["lon", "lat"])
        worker = actor_for(account, on=local_day(self._now))
        if number % 2:
            before = plan_inspection(site.pk, by=self._leader, now=self._at(95))
            then = self._at(94)
            seen = (self._photo(then),)
            move_inspection(before.pk, "inspect_clean", photo_visit=seen, by=worker, now=then)
        if story != "due":
            self._through(site, worker, story)

    def _through(self, site: Site, worker: Actor, story: str) -> None:
        start = self._at({"planned": 1, "late": 9, "rectifying": 2}.get(story, 12))
        one = plan_inspection(site.pk, by=self._leader, now=start)
        if story in ("planned", "late"):
            return
        visited = start + 2 * HOUR
        photo = (self._photo(visited),)
        if story == "clean":
            note = "逐项看过，没有发现隐患。"
            move_inspection(
                one.pk, "inspect_clean", note=note, photo_visit=photo, by=worker, now=visited
            )
            return
        pressing = story == "handed_over"
        items = [item for item in items_for(site.kind, now=visited) if item.cannot_wait is pressing]
        [found] = self._rng.sample(items, 1)
        chosen = (found.pk,)
        if pressing:
            move_inspection(
                one.pk, "hand_to_case", items=chosen, photo_finding=photo, by=worker, now=visited
            )
            return
        move_inspection(
            one.pk, "find", items=chosen, limit=found.limit, photo_finding=photo,
            note="已当面告知，限期整改。", by=worker, now=visited,
        )  # fmt: skip
        if story != "rectifying":
            self._put_right(one, visited + DAY, story)

    def _put_right(self, one: Inspection, at: datetime, story: str) -> None:
        one.refresh_from_db()
        account = Account.objects.filter(demo=True, staff=one.owner).first()
        if account is None:
            return
        unit, checker = actor_for(account, on=local_day(self._now)), self._who("hecha1")
        photo = (self._photo(at),)
        move_inspection(one.pk, "rectify", note="已整改。", photo_done=photo, by=unit, now=at)
        if story == "closed":
            seen = (self._photo(at + 3 * HOUR),)
            move_inspection(
                one.pk,
                "pass_recheck",
                note="已消除。",
                photo_recheck=seen,
                by=checker,
                now=at + 3 * HOUR,
            )
        elif story == "failed":
            note = "只清了一半，请继续整改。"
            move_inspection(one.pk, "fail_recheck", note=note, by=checker, now=at + 3 * HOUR)

    def _workers(self) -> Sequence[Account]:
        """Logins of grid workers, the shown one first."""
        return list(
            Account.objects.filter(demo=True, username__startswith="wangge").order_by("id")[:8]
        )

    def _at(self, days: int) -> datetime:
        """Nine o'clock so many days ago, on a weekday."""
        day = local_day(self._now) - timedelta(days=days)
        day -= timedelta(days=max(0, day.weekday() - 4))
        return datetime.combine(day, time(9), LOCAL)

    def _who(self, username: str) -> Actor:
        return actor_for(Account.objects.get(username=username), on=local_day(self._now))

    def _photo(self, at: datetime) -> int:
        picture = scene(PICTURE_CLASS, self._rng, mended=False)
        return store_file("现场.jpg", picture, by=SYSTEM, now=at).pk


def _grid_of(account: Account) -> Area:
    """The grid somebody of the demo looks after."""
    posting = (
        GridPosting.objects.filter(staff=account.staff).select_related("grid").order_by("id")[0]
    )
    return posting.grid
