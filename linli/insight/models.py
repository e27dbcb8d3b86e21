"""The tables of this module, each beside what it is for."""

from linli.insight.monthly.models import MonthlyTopic, MonthlyTopicCase, MonthlyTopicNote

__all__ = ["MonthlyTopic", "MonthlyTopicCase", "MonthlyTopicNote"]
