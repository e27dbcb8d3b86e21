"""Teaches the demo classifier from the demo's own sentences, so that a fresh installation suggests classes at once.

The sentences are few (some nine a class); a city that has real messages trains its own model in their place with
`bin/linli train classify`, which this never overwrites.
"""

from __future__ import annotations

from datetime import datetime
from random import Random

from linli.cases.classifier.corpus import Corpus
from linli.cases.classifier.features import Message
from linli.cases.classifier.model import MessageClassifier
from linli.cases.classifier.storage import StoredModel, save
from linli.cases.models import Category
from linli.cases.suggesting.category import model_file
from linli.demo.content import phrases
from linli.kernel.people.queries import LOCAL

VARIANTS = 3
"""Times each sentence is shown with another place; without this the words of places would count for classes."""

PLACES = (
    "", "这里", "春晓苑3幢楼下", "5幢2单元门口", "槐荫路与墨香路口", "农贸市场门口", "公交站旁边", "清河步道", "小广场",
    "党群服务中心东门", "便利店对面", "幼儿园旁", "水果店门口", "宠物店旁边", "拂云街明月居旁", "商务楼南侧", "公园西门",
    "药店门口", "饭馆旁边", "小学步道",
)  # fmt: skip


def train_demo_classifier(*, now: datetime) -> bool:
    """Train and store the model unless there is one already; whether it was trained."""
    file = model_file()
    if file.exists():
        return False
    corpus = demo_corpus()
    model = MessageClassifier.fit(corpus.messages, corpus.labels)
    save(StoredModel(model, corpus.fingerprint(), now.astimezone(LOCAL).date(), {"sentences": "demo"}), file)
    return True


def demo_corpus() -> Corpus:
    """The sentences, each with several places, labelled with the names of their classes.

    Names and not codes: the reason that a person reads quotes the label.
    """
    names = dict(Category.objects.filter(retired_at=None).values_list("code", "name"))
    rng = Random("demo classifier")  # noqa: S311 - repeatable, not secret
    pairs = [
        (Message("", sentence.format(place=place)), names[code])
        for code, sentences in sorted(phrases().items())
        if code in names
        for sentence in sentences
        for place in rng.sample(PLACES, VARIANTS)
    ]
    return Corpus(tuple(message for message, _ in pairs), tuple(label for _, label in pairs))
