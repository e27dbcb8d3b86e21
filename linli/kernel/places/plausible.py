"""Can a position be where the matter is? Asked wherever one is taken, before it is stored.

A telephone without reception answers 0, 0; a form filled in by a script −180, −90; somebody on a train the next
province. Such numbers are degrees, and yet no place of this office. Example: with grids around 120.0, 30.0 the answer
for 0, 0 is 「坐标（0.000000, 0.000000）不在中国境内」, for 121.5, 31.5 that it is more than 20 公里 away.
"""

from __future__ import annotations

from linli.kernel.places.coordinates import in_china
from linli.kernel.places.live_atlas import current_atlas

FAR_M = 20_000.0
"""How far from every grid a position may lie and still be believed; metres, 1,000–100,000.

Wider than a sub-district and its neighbours, so that the far bank of the river is not doubted."""


def doubt_about(lon: float, lat: float) -> str:
    """Why a position in stored degrees cannot be right, as half a sentence; empty when it may be."""
    where = f"坐标（{lon:.6f}, {lat:.6f}）"
    if not in_china(lon, lat):
        return f"{where}不在中国境内"
    atlas = current_atlas()
    if len(atlas) and not atlas.is_near(lon, lat, within_m=FAR_M):
        return f"{where}离辖区超过 {FAR_M / 1000:.0f} 公里"
    return ""
