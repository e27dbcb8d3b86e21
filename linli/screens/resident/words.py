"""What residents read for the codes of cases, ready for translation."""

from __future__ import annotations

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from linli.cases.flow import RESIDENT_STEPS, Outcome, Stage
from linli.cases.models import PhotoKind

Words = dict[str, str | Promise]

OUTCOMES: Words = {
    Outcome.SOLVED: _("这件事已经办好。"),
    Outcome.NOT_OURS: _("这件事不属于本街道的职责，该找哪个单位写在下面。"),
    Outcome.CANNOT_BE_SOLVED: _("这件事目前还解决不了，原因写在下面。"),
    Outcome.DUPLICATE: _("这件事和另一件是同一件事，已合在一起办理。"),
    Outcome.NOT_SOLVED: _("这件事没有办好，已重新派单。"),
}
"""Four ends that differ, and the one that is none: each in its own words."""

DECLINED: Words = {
    "emergency": _("这是紧急事项，已马上转给 110、119、120 或 122。"),
    "statutory_channel": _("这件事要走法律规定的其他程序，具体找谁写在下面。"),
    "already_handled": _("同一件事正在办理，或者已经办结且没有新情况。"),
    "secret_privacy": _("这件事涉及国家秘密、商业秘密或个人隐私，不能在这里办理。"),
    "outside_duty": _("这件事不属于本辖区职责，该找哪个单位写在下面。"),
    "unlawful": _("所提要求违反法律法规或公序良俗，不能办理。"),
    "untrue": _("工作人员到现场看过，没有发现所说的情况。"),
}
"""Why a matter was not taken on, by reason code."""

PHOTOS: Words = {PhotoKind.BEFORE: _("办理前"), PhotoKind.AFTER: _("办理后")}
"""Pictures of the work that reporters see."""

STEPS: Words = {
    "已收到": _("已收到"),
    "已受理": _("已受理"),
    "已派单": _("已派单"),
    "处理中": _("处理中"),
    "待评价": _("待评价"),
    "已办结": _("已办结"),
}


def step_of(stage: Stage) -> str:
    """The step outsiders hear of for a stage; empty for matters that ended otherwise."""
    return next((str(STEPS[name]) for name, stages in RESIDENT_STEPS if stage in stages), "")
