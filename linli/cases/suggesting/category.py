"""Which class is it? The model in the data folder answers with a probability and a reason.

Below the threshold of the classifier nothing is decided: the acceptor chooses. Without a model the step says so.
"""

from __future__ import annotations

import logging
from dataclasses import dataclass
from pathlib import Path

from django.conf import settings
from django.db.models import Q

from linli.cases.classifier.errors import ClassifierError
from linli.cases.classifier.model import MessageClassifier
from linli.cases.classifier.storage import load
from linli.cases.models import Category
from linli.kernel.engine.remembered import Remembered
from linli.kernel.privacy.words import Said, plain

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Guess:
    """A proposed class. `category_id` is empty when there is no model or no such class here."""

    category_id: int | None
    code: str
    major: str
    probability: float
    sure: bool
    sentence: str


NOTHING = Guess(None, "", "", 0.0, sure=False, sentence="尚未安装分类模型，请人工选择类别。")


def suggest_category(title: Said | str, body: Said | str) -> Guess:
    """The most likely class of a message."""
    model = _model()
    if model is None:
        return NOTHING
    suggestion = model.predict(title=plain(title), body=plain(body))
    category = category_named(suggestion.label)
    if category is None:
        return Guess(
            None,
            "",
            "",
            suggestion.probability,
            sure=False,
            sentence=f"模型认为是“{suggestion.label}”，但本地没有这个类别。",
        )
    sure = suggestion.sure
    advice = "" if sure else "把握不足，请人工选择。"
    return Guess(
        category.pk,
        category.code,
        major_of(category),
        suggestion.probability,
        sure=sure,
        sentence=f"{category.name}（{suggestion.probability:.0%}）：{suggestion.reason}{advice}",
    )


def load_model() -> None:
    """Read the model now, so that the first report does not wait for it inside its transaction."""
    _model()


def major_of(category: Category) -> str:
    """What two classes of one major class have in common."""
    return f"{category.kind}{category.major_code}"


def category_named(label: str) -> Category | None:
    """The active class with this code, else with this name."""
    return _category(label)


def _read_category(label: str) -> Category | None:
    rows = list(
        Category.objects.filter(Q(code=label) | Q(name=label), retired_at=None).order_by("id")
    )
    return next((row for row in rows if row.code == label), rows[0] if rows else None)


_category = Remembered(_read_category, seconds=10.0)


def model_file() -> Path:
    return Path(settings.LINLI_HOME) / "models" / "classifier.model"


def _read_model() -> MessageClassifier | None:
    """The model; None without one, or while its file cannot be read. A bad file must not hold up a report."""
    file = model_file()
    if not file.exists():
        return None
    try:
        return _loaded(str(file), file.stat().st_mtime_ns)
    except ClassifierError as problem:
        log.error("no class is suggested: %s", problem)
        return None


_model = Remembered(_read_model, seconds=5.0)
_loaded = Remembered(lambda path, _changed: load(Path(path)).model, seconds=10**9)
"""Loading takes a second; a new file is noticed by its time of change."""
