"""What may be handed to a residents' committee: the 社区准入清单.

A class that is not on the list cannot be sent to a committee, and the refusal quotes the article. A city that has not
loaded a list has not decided the question, so nothing is refused. Example: the list holds 政策宣传 and 邻里纠纷;
违法建设 is sent to a committee → refused, with the article that stands beside the entries of the list.
"""

from __future__ import annotations

from collections import Counter
from datetime import date

from django.db.models import Q

from linli.cases.models import Case, CommunityListEntry
from linli.kernel.engine.remembered import Remembered
from linli.kernel.organisations.models import Organization, OrganizationKind


def refused_by_list(case: Case, organization: Organization, *, on: date) -> str:
    """The sentence that refuses the order, or nothing. It names the class, the list and the article."""
    if organization.kind != OrganizationKind.RESIDENTS_COMMITTEE:
        return ""
    articles = _listed(on)
    if not articles or case.category_id in articles:
        return ""
    name = case.category.name if case.category else "类别未定的事项"
    article = Counter(articles.values()).most_common(1)[0][0]
    return f"“{name}”不在社区准入清单上，不能派给{organization.name}。依据：{article}。请改派职能部门或街道。"


def _read_list(day: date) -> dict[int, str]:
    """The article by the class that it lets through."""
    entries = CommunityListEntry.objects.filter(valid_from__lte=day).filter(
        Q(valid_until=None) | Q(valid_until__gte=day)
    )
    return dict(entries.values_list("category_id", "article"))


_listed = Remembered(_read_list, seconds=3.0)
