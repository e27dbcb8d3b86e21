from __future__ import annotations
from datetime import datetime
from tests.world import World

def add_old_cases(count: int, world: World, *, now: datetime) -> float:
    raise NotImplementedError
