"""Every table of the module, by subject: catalogue, loop, timing, dispatching, results."""

from linli.cases.models.assessment import AssessmentRule, Exclusion, FollowUp, WorkOrder
from linli.cases.models.catalogue import (
    Category,
    CategoryKind,
    Channel,
    DutyEntry,
    FilingStandard,
)
from linli.cases.models.dispatching import (
    Assistance,
    CommunityListEntry,
    DispatchDispute,
    Objection,
    Supervision,
)
from linli.cases.models.loop import Case, CaseMove, Report
from linli.cases.models.results import (
    CasePhoto,
    FieldCommand,
    ForceCloseRequest,
    Merge,
    PhotoKind,
    Rating,
    Satisfaction,
    Solved,
    TextKey,
)
from linli.cases.models.rules import DispatchRule, DispatchRuleAlarm, DispatchRuleVersion
from linli.cases.models.timing import Deadline, Escalation, Extension, OvertimeAppeal, Suspension

__all__ = [
    "AssessmentRule",
    "Assistance",
    "Case",
    "CaseMove",
    "CasePhoto",
    "Category",
    "CategoryKind",
    "Channel",
    "CommunityListEntry",
    "Deadline",
    "DispatchDispute",
    "DispatchRule",
    "DispatchRuleAlarm",
    "DispatchRuleVersion",
    "DutyEntry",
    "Escalation",
    "Exclusion",
    "Extension",
    "FieldCommand",
    "FilingStandard",
    "FollowUp",
    "ForceCloseRequest",
    "Merge",
    "Objection",
    "OvertimeAppeal",
    "PhotoKind",
    "Rating",
    "Report",
    "Satisfaction",
    "Solved",
    "Supervision",
    "Suspension",
    "TextKey",
    "WorkOrder",
]
