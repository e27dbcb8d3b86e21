"""The tables of this module, each beside what it is for."""

from linli.insight.monthly.models import MonthlyTopic, MonthlyTopicCase, MonthlyTopicNote
from linli.insight.scorecards.models import CardAppeal, ScoreFormula

__all__ = ["CardAppeal", "MonthlyTopic", "MonthlyTopicCase", "MonthlyTopicNote", "ScoreFormula"]
