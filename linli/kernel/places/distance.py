"""How far two points lie apart."""

from __future__ import annotations

import math

EARTH_RADIUS_M = 6_371_008.8
"""Mean radius of the earth; metres."""


def distance_m(lon: float, lat: float, other_lon: float, other_lat: float) -> float:
    """Metres between two WGS-84 points given in degrees (haversine on a sphere; error below 0.6 %)."""
    phi, other_phi = math.radians(lat), math.radians(other_lat)
    half_lat = math.sin((other_phi - phi) / 2)
    half_lon = math.sin(math.radians(other_lon - lon) / 2)
    chord = half_lat**2 + math.cos(phi) * math.cos(other_phi) * half_lon**2
    return 2 * EARTH_RADIUS_M * math.asin(min(1.0, math.sqrt(chord)))
