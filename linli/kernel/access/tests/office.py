"""Short ways to give posts in the tests of access: `Office(world).give("clerk", "acceptor", area="C1")`."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from linli.kernel.access.actions import end_post, give_post
from linli.kernel.access.models import Account, PostHolding, Role
from linli.kernel.access.queries import actor_for
from linli.kernel.acting import Actor, Scope
from tests.world import DAY, MONDAY, World


@dataclass
class Office:
    """The world with a second security administrator, so that the first can be talked about."""

    world: World

    @property
    def security(self) -> Actor:
        return self.world.actors["security_admin"]

    def account(self, who: str) -> Account:
        return Account.objects.get(username=who)

    def role(self, code: str) -> int:
        return Role.objects.get(code=code).pk

    def give(self, who: str, role: str, *, area: str = "", **changes: Any) -> PostHolding:
        given: dict[str, Any] = {
            "role_id": self.role(role), "data_scope": "below" if area else "all", "valid_from": DAY,
            "area_id": self.world.areas.get(area), "by": self.security, "now": MONDAY, **changes,
        }  # fmt: skip
        return give_post(self.account(who).pk, **given)

    def end(self, post: PostHolding, last: date, **changes: Any) -> PostHolding:
        return end_post(post.pk, **{"last": last, "by": self.security, "now": MONDAY, **changes})

    def post_of(self, who: str) -> PostHolding:
        return PostHolding.objects.get(account__username=who)

    def may(self, who: str, right: str, *, on: date = DAY) -> bool:
        return actor_for(self.account(who), on=on).may(right)

    def narrow(self, area: str, level: str = "community") -> Actor:
        """A security administrator of one area."""
        scope = Scope(
            areas=frozenset({(level, self.world.areas[area])}),
            organizations=frozenset({self.world.organizations["CG"].pk}),
        )
        return Actor(kind="staff", name="社区安全员", account_id=0, grants={"access.manage": scope})
