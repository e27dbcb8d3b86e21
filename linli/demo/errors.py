"""DemoError
└── LinliError
    ├── PlaceTaken      there is a sub-district already that is not the demo's
    ├── OtherDemo       a demo with other figures is there already
    └── StillNeeded     something that is not demo data depends on the demo
"""

from __future__ import annotations

from linli.kernel.errors import LinliError


class DemoError(LinliError):
    """Root of the errors of this module."""

    status = 409


class PlaceTaken(DemoError):
    code = "place_taken"


class OtherDemo(DemoError):
    code = "other_demo"


class StillNeeded(DemoError):
    code = "still_needed"
