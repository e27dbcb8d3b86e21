import numpy as np
import pytest

from linli.cases.classifier.alike import alike_groups
from linli.cases.classifier.errors import TooFewExamples
from linli.cases.classifier.features import Message, Space, Themes, shipped_themes, tally
from linli.cases.classifier.learning import (
    calibrate,
    learn_weights,
    stratified_folds,
)
from linli.cases.classifier.model import SURE_FROM, MessageClassifier, Suggestion
from linli.cases.classifier.reasons import telling_words
from linli.cases.classifier.tests.letters import LABELS, MESSAGES
from linli.cases.classifier.training import fit
from linli.cases.classifier.weights import Weights


@pytest.fixture(scope="module")
def model() -> MessageClassifier:
    return fit(MESSAGES, LABELS)


@pytest.mark.parametrize(
    ("title", "body", "label"),
    [
        ("路灯又坏了", "王奶奶家门前的路灯不亮，晚上不敢出门。", "市政"),
        ("", "楼下垃圾桶满了，没有人来清运。", "环卫"),
        ("入学", "孩子上小学，学校说没有学位。", "教育"),
    ],
)
def test_a_new_message_gets_the_class_of_its_words(
    model: MessageClassifier, title: str, body: str, label: str
) -> None:
    assert model.predict(title=title, body=body).label == label


def test_a_theme_carries_over_to_words_that_were_never_in_training(
    model: MessageClassifier,
) -> None:
    assert not any("窨井" in message.title + message.body for message in MESSAGES)

    assert model.predict(title="", body="窨井沥青坑洼").label == "市政"


def test_the_reason_names_the_words_that_spoke_for_the_class(model: MessageClassifier) -> None:
    suggestion = model.predict(title="路灯不亮", body="你好，李师傅请来看看。")

    assert suggestion.label == "市政"
    assert suggestion.reason.startswith("“路灯”")
    assert suggestion.reason.endswith("多见于“市政”类来件。")


def test_at_most_three_words_are_named_and_only_strong_ones() -> None:
    message = Message("", "公厕 保洁 苍蝇 清运")
    themes = Themes(("甲", "乙"), (("公厕", "保洁", "苍蝇", "清运"), ("巷口",)))
    space = Space.learn(tally([message], themes), themes)
    matrix = np.zeros((2, space.theme_column + 2), np.float32)
    matrix[0, space.theme_column] = 1
    matrix[0, space.grams.index("公厕")] = 9
    vector = space.vectors([message])

    def words() -> list[str]:
        return telling_words(message, vector, Weights(space, matrix, np.zeros(2, np.float32)), 0)

    assert words() == ["公厕"]
    matrix[0, space.grams.index("公厕")] = 0
    assert words() == ["保洁", "公厕", "清运"]


def test_no_named_word_contains_another_and_each_stands_in_the_message(
    model: MessageClassifier,
) -> None:
    message = Message("垃圾桶满了", "垃圾桶没有人清运，垃圾堆在巷口，臭味很大，公厕也脏。")

    vector = model.weights.space.vectors([message])
    words = telling_words(message, vector, model.weights, model.labels.index("环卫"))

    assert words
    assert all(word in message.title + message.body for word in words)
    assert not any(a != b and a in b for a in words for b in words)


def test_probabilities_sum_to_one_and_the_top_one_is_suggested(model: MessageClassifier) -> None:
    rows = model.probabilities(MESSAGES)
    suggestions = model.predict_many(MESSAGES)

    assert rows.shape == (18, 3)
    assert np.allclose(rows.sum(axis=1), 1)
    for row, suggestion in zip(rows, suggestions, strict=True):
        order = np.argsort(row)
        assert suggestion.label == model.labels[order[-1]]
        assert suggestion.runner_up == model.labels[order[-2]]
        assert suggestion.probability == pytest.approx(row.max())


def test_asking_one_by_one_or_together_gives_the_same(model: MessageClassifier) -> None:
    together = model.predict_many(MESSAGES)

    assert model.predict_many([]) == []
    for each, suggestion in zip(MESSAGES, together, strict=True):
        alone = model.predict(title=each.title, body=each.body)
        assert (alone.label, alone.reason) == (suggestion.label, suggestion.reason)
        assert alone.probability == pytest.approx(suggestion.probability, abs=1e-6)


def test_an_empty_message_is_answered_without_words_and_without_being_sure(
    model: MessageClassifier,
) -> None:
    suggestion = model.predict(title="", body=" …… ")

    assert suggestion.reason.startswith("没有特别突出的词语")
    assert suggestion.probability == pytest.approx(1 / 3)
    assert not suggestion.sure


def test_sure_begins_exactly_at_the_threshold() -> None:
    assert Suggestion("市政", SURE_FROM, "环卫", "").sure
    assert not Suggestion("市政", SURE_FROM - 1e-9, "环卫", "").sure


def test_the_same_letters_give_the_same_model(model: MessageClassifier) -> None:
    again = fit(MESSAGES, LABELS)

    assert again.calibration == model.calibration
    assert np.array_equal(again.weights.matrix, model.weights.matrix)


def test_any_label_strings_with_five_messages_each_will_do() -> None:
    few = [place for place in range(18) if place % 6 < 5]
    names = {"市政": "A-01", "环卫": "B 02", "教育": "第三类"}

    model = fit([MESSAGES[i] for i in few], [names[LABELS[i]] for i in few])

    assert model.labels == ("A-01", "B 02", "第三类")
    assert model.predict(title="", body="垃圾桶满了没人清运").label == "B 02"


def test_two_classes_are_enough() -> None:
    model = fit(MESSAGES[:12], LABELS[:12])

    assert model.predict(title="", body="路灯坏了").runner_up == "环卫"


@pytest.mark.parametrize(
    ("labels", "named"),
    [(["市政"] * 18, "两个不同的类别"), (["市政"] * 17 + ["环卫"], "“环卫”的来件不足 2 条")],
)
def test_too_few_labels_or_messages_are_refused_by_name(labels: list[str], named: str) -> None:
    with pytest.raises(TooFewExamples) as refused:
        fit(MESSAGES, labels)

    assert named in refused.value.message
    assert refused.value.field == "label"


def test_calibration_makes_the_mean_probability_as_high_as_the_share_that_is_right() -> None:
    scores = np.zeros((1_000, 2))
    scores[:, 0] = 1.0
    targets = np.array([0] * 800 + [1] * 200)

    chances = calibrate(scores, targets).probabilities(scores)

    assert chances[0, 0] == pytest.approx(0.8, abs=1e-3)


def test_one_letter_in_twenty_filed_wrongly_leaves_a_doubt_no_score_can_remove() -> None:
    # Weak scores are right in 80 of 100 cases, strong ones in 95, however strong.
    heights = np.repeat([1.0, 6.0], 1_000)
    scores = np.stack([heights, -heights], axis=1)
    targets = np.concatenate([np.arange(1_000) >= 800, np.arange(1_000) >= 950]).astype(np.intp)

    chances = calibrate(scores, targets).probabilities(np.array([[1.0, -1.0], [60.0, -60.0]]))

    assert chances[:, 0] == pytest.approx([0.8, 0.95], abs=0.005)


def test_eighteen_letters_without_a_mistake_do_not_make_it_certain() -> None:
    scores = np.array([[1.0, -1.0]] * 9 + [[-1.0, 1.0]] * 9)
    targets = np.array([0] * 9 + [1] * 9)

    chances = calibrate(scores, targets).probabilities(scores)

    assert chances[0, 0] == pytest.approx(0.95, abs=1e-3)


def test_a_label_that_was_not_taught_never_wins() -> None:
    counted = tally(MESSAGES, shipped_themes())
    targets = np.array([0] * 6 + [2] * 12)

    weights = learn_weights(counted, targets, 3, shipped_themes())

    assert set(weights.scores(weights.space.vectors(MESSAGES)).argmax(axis=1)) == {0, 2}


def test_a_letter_and_its_copy_are_one_group_and_never_on_both_sides() -> None:
    copied = Message("又来反映", MESSAGES[0].body + "谢谢！")
    groups = alike_groups([*MESSAGES, copied])
    targets = np.array([0] * 6 + [1] * 6 + [2] * 6 + [0])

    assert groups[18] == groups[0]
    assert len(set(groups)) == 18
    for seed in range(5):
        for taught, held_back in stratified_folds(targets, groups, folds=5, seed=seed):
            assert not set(groups[taught]) & set(groups[held_back])
