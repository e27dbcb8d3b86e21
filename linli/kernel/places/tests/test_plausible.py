"""A position is believed when it is in the country and not far from every grid."""

from __future__ import annotations

import pytest

from linli.kernel.places.live_atlas import forget_atlas
from linli.kernel.places.plausible import doubt_about
from tests.world import World


@pytest.mark.parametrize(
    ("lon", "lat", "why"),
    [
        (120.005, 30.005, ""),
        (120.1, 30.05, ""),
        (0.0, 0.0, "坐标（0.000000, 0.000000）不在中国境内"),
        (-180.0, -90.0, "坐标（-180.000000, -90.000000）不在中国境内"),
        (30.005, 120.005, "坐标（30.005000, 120.005000）不在中国境内"),
        (121.5, 31.5, "坐标（121.500000, 31.500000）离辖区超过 20 公里"),
    ],
)
def test_a_position_abroad_or_far_away_is_doubted(
    world: World, lon: float, lat: float, why: str
) -> None:
    assert doubt_about(lon, lat) == why


def test_before_a_grid_is_drawn_only_the_country_counts(db: None) -> None:
    forget_atlas()
    assert doubt_about(121.5, 31.5) == ""
    assert doubt_about(0.0, 0.0) != ""
