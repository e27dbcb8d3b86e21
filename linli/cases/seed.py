"""What every installation begins with: classes with their standards, clocks, roles, the calendar.

Loading it again adds what is new and changes nothing that is there; the data are files beside the modules, and each
city replaces them with its own.
"""

from __future__ import annotations

import csv
import json
from datetime import date, datetime
from pathlib import Path

from django.db import transaction

from linli.cases.flow import CASE
from linli.cases.models import AssessmentRule, Category, DutyEntry, FilingStandard
from linli.cases.promise import ANSWER_CLOCK, USUAL_ANSWER
from linli.kernel.access import models as access
from linli.kernel.acting import SYSTEM
from linli.kernel.calendar.actions import load_default_calendar
from linli.kernel.matters.clocks import USUAL_LEVELS
from linli.kernel.matters.models import Limit
from linli.kernel.organisations.models import Organization

CLASSES = Path(__file__).parent / "data" / "classes.csv"
ROLES = Path(access.__file__).parent / "data" / "roles.json"
FROM_THE_BEGINNING = date(2000, 1, 1)
FIRST_WEIGHTS = {"response": 100, "solution": 500, "satisfaction": 400, "basic": 900}
"""Practice of one city for the three rates; every office sets its own, with a date."""


def load_defaults(*, now: datetime) -> None:
    """Roles, calendar, classes, standards and clock rules; in one transaction, as often as you like."""
    with transaction.atomic():
        load_roles()
        load_default_calendar(by=SYSTEM, now=now)
        load_classes()
        AssessmentRule.objects.get_or_create(valid_from=FROM_THE_BEGINNING, defaults=FIRST_WEIGHTS)
        for clock in CASE.clocks:
            Limit.objects.get_or_create(
                kind=CASE.code,
                clock=clock.code,
                variant="",
                valid_from=FROM_THE_BEGINNING,
                defaults={"time_limit": clock.usual_limit(""), "levels": USUAL_LEVELS},
            )
        Limit.objects.get_or_create(
            kind=CASE.code,
            clock=ANSWER_CLOCK,
            variant="",
            valid_from=FROM_THE_BEGINNING,
            defaults={"time_limit": USUAL_ANSWER, "source": "系统自带，请按本地规定设定"},
        )


def load_roles() -> None:
    """The roles of `access/data/roles.json`; a role that exists keeps what the office made of it."""
    for row in json.loads(ROLES.read_text(encoding="utf-8")):
        fields = {"name": row["name"], "axis": row["axis"], "permissions": row["permissions"]}
        access.Role.objects.get_or_create(code=row["code"], defaults=fields)


def load_classes() -> None:
    """Classes and their standards."""
    with CLASSES.open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            category, _ = Category.objects.get_or_create(
                code=row["code"],
                defaults={
                    "kind": row["kind"],
                    "major_code": row["major_code"],
                    "major_name": row["major_name"],
                    "name": row["name"],
                    "urgent": row["urgent"] == "1",
                },
            )
            condition = {"category": category, "filing_condition": row["filing_condition"]}
            # Whatever its end: a row the city ended does not come back with the next start.
            if not FilingStandard.objects.filter(**condition).exists():
                FilingStandard.objects.create(
                    **condition,
                    time_limit=row["time_limit"],
                    closing_condition=row["closing_condition"],
                    valid_from=FROM_THE_BEGINNING,
                )


def load_duties() -> None:
    """Duty entries for the departments that exist, by the department codes of the class file."""
    organizations = {one.code: one for one in Organization.objects.filter(retired_at=None)}
    categories = {one.code: one for one in Category.objects.all()}
    with CLASSES.open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            organization = organizations.get(row["department_code"])
            if organization is not None:
                DutyEntry.objects.get_or_create(
                    category=categories[row["code"]],
                    area=None,
                    organization=organization,
                    defaults={"valid_from": FROM_THE_BEGINNING},
                )
