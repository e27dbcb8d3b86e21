"""Words of 隐患检查, ready for translation."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from linli.inspections.flow import INSPECTION
from linli.screens.console.labels import Words

STAGES: Words = {stage.code: _(stage.name) for stage in INSPECTION.stages}
TONES = {
    "planned": "yellow",
    "rectifying": "accent",
    "to_recheck": "blue",
    "closed": "green",
    "no_findings": "green",
    "handed_over": "red",
}
CLOCKS: Words = {clock.code: _(clock.name) for clock in INSPECTION.clocks}
LINES: Words = {code: _(line.name) for code, line in INSPECTION.lines.items()}
