import hashlib
import os
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from linli.cases.classifier.corpus import Corpus, read_corpus
from linli.cases.classifier.errors import (
    ColumnMissing,
    ModelDamaged,
    ModelUnreadable,
    NoMessages,
)
from linli.cases.classifier.features import Message
from linli.cases.classifier.storage import StoredModel, load, save
from linli.cases.classifier.tests.letters import LABELS, MESSAGES, as_csv
from linli.cases.classifier.training import fit
from linli.kernel.errors import LinliError
from linli.kernel.tables.sheets import UnreadableTable


def written(folder: Path, text: str, *, encoding: str = "utf-8") -> Path:
    file = folder / "来件.csv"
    file.write_bytes(text.encode(encoding))
    return file


def test_files_with_and_without_title_are_read_together(tmp_path: Path) -> None:
    titled = written(tmp_path, "title,body,label_level1\n路灯,不亮,市政\n")
    body_only = tmp_path / "正文.csv"
    body_only.write_text("body,label_level1\n垃圾没人收,环卫\n", encoding="utf-8-sig")

    corpus = read_corpus([titled, body_only])

    assert corpus == Corpus((Message("路灯", "不亮"), Message("", "垃圾没人收")), ("市政", "环卫"))


def test_gb18030_is_read_and_said(tmp_path: Path) -> None:
    corpus = read_corpus(
        [written(tmp_path, "body,label_level1\n路灯不亮,市政\n", encoding="gb18030")]
    )

    assert corpus.messages == (Message("", "路灯不亮"),)
    assert "GB18030" in corpus.remarks[0]


def test_bad_rows_are_left_out_and_named_by_file_row_and_column(tmp_path: Path) -> None:
    text = "title,body,label_level1\n路灯,不亮,市政\n井盖,松动,\n……,,环卫\n"
    file = written(tmp_path, text)

    corpus = read_corpus([file])

    assert corpus.labels == ("市政",)
    assert corpus.left_out == 2
    assert corpus.remarks == (
        f"文件“{file}”第 3 行：列“label_level1”为空，已略过。",
        f"文件“{file}”第 4 行：列“title”和“body”都没有文字，已略过。",
    )


@pytest.mark.parametrize(
    ("text", "error", "named"),
    [
        ("title,body\n路灯,不亮\n", ColumnMissing, "缺少类别列“label_level1”"),
        ("subject,label_level1\n路灯,市政\n", ColumnMissing, "既没有列“title”也没有列“body”"),
        ("body,label_level1\n", NoMessages, "没有可用的行"),
        ("body,label_level1\n路灯,\n", NoMessages, "第 2 行：列“label_level1”为空"),
        ("", UnreadableTable, "是空的"),
    ],
)
def test_an_unusable_file_is_refused_with_its_name(
    tmp_path: Path, text: str, error: type[LinliError], named: str
) -> None:
    with pytest.raises(error) as refused:
        read_corpus([written(tmp_path, text)])

    assert named in refused.value.message
    assert "来件.csv" in refused.value.message


def test_a_file_that_is_not_there_is_refused_with_its_name(tmp_path: Path) -> None:
    with pytest.raises(UnreadableTable, match=r"没有[.]csv”无法打开"):
        read_corpus([tmp_path / "没有.csv"])


def test_another_label_column_can_be_named(tmp_path: Path) -> None:
    corpus = read_corpus([written(tmp_path, "body,类别\n路灯,市政\n")], label_column="类别")

    assert corpus.labels == ("市政",)


def test_the_fingerprint_changes_with_every_label_and_letter() -> None:
    letters = Corpus(tuple(MESSAGES), tuple(LABELS))
    prints = {
        letters.fingerprint(),
        Corpus(letters.messages, ("环卫", *LABELS[1:])).fingerprint(),
        Corpus(
            (Message("路灯不亮了", MESSAGES[0].body), *MESSAGES[1:]), letters.labels
        ).fingerprint(),
    }

    assert len(prints) == 3
    assert all(len(each) == 64 for each in prints)


@pytest.fixture(scope="module")
def stored() -> StoredModel:
    return StoredModel(
        fit(MESSAGES, LABELS),
        training_sha256="a" * 64,
        trained_on=date(2026, 3, 1),
        figures={"macro_f1": 0.9},
    )


@pytest.fixture
def file(stored: StoredModel, tmp_path: Path) -> Path:
    path = tmp_path / "models" / "classifier.model"
    save(stored, path)
    return path


def test_a_saved_model_answers_as_before_and_knows_where_it_came_from(
    stored: StoredModel, file: Path
) -> None:
    again = load(file)

    assert again.model.predict_many(MESSAGES) == stored.model.predict_many(MESSAGES)
    assert again.model.labels == ("市政", "教育", "环卫")
    assert again.training_sha256 == "a" * 64
    assert again.trained_on == date(2026, 3, 1)
    assert again.figures == {"macro_f1": 0.9}
    assert [each.name for each in file.parent.iterdir()] == ["classifier.model"]


def test_a_single_changed_byte_is_noticed(file: Path) -> None:
    content = bytearray(file.read_bytes())
    content[-100] ^= 1
    file.write_bytes(content)

    with pytest.raises(ModelDamaged, match="与其校验值不符"):
        load(file)


def test_a_file_cut_off_is_noticed(file: Path) -> None:
    file.write_bytes(file.read_bytes()[:-1])

    with pytest.raises(ModelDamaged):
        load(file)


def test_another_format_is_refused_with_both_numbers(file: Path) -> None:
    file.write_bytes(file.read_bytes().replace(b"LINLI-CLASSIFIER 1\n", b"LINLI-CLASSIFIER 2\n", 1))

    with pytest.raises(ModelUnreadable, match="格式版本是 2，本程序只认识 1"):
        load(file)


@pytest.mark.parametrize("content", [b"", b"PK\x03\x04 something", b"LINLI-CLASSIFIER one\n"])
def test_a_file_that_is_no_model_is_refused(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "classifier.model"
    path.write_bytes(content)

    with pytest.raises(ModelUnreadable, match="不是分类模型文件"):
        load(path)


def test_a_true_checksum_over_nonsense_is_refused_too(tmp_path: Path) -> None:
    content = b'{"labels": ["a"]}\nno arrays'
    path = tmp_path / "classifier.model"
    checksum = hashlib.sha256(content).hexdigest().encode()
    path.write_bytes(b"LINLI-CLASSIFIER 1\n" + checksum + b"\n" + content)

    with pytest.raises(ModelUnreadable, match="内容不完整"):
        load(path)


def test_a_missing_model_says_how_to_make_one(tmp_path: Path) -> None:
    with pytest.raises(ModelUnreadable, match="bin/linli train classify"):
        load(tmp_path / "classifier.model")


def test_a_full_disk_leaves_the_old_model_and_no_scrap(
    stored: StoredModel, file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = file.read_bytes()

    def full(descriptor: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(OSError, match="No space left"):
        save(replace(stored, training_sha256="b" * 64), file)

    assert file.read_bytes() == before
    assert [each.name for each in file.parent.iterdir()] == ["classifier.model"]


def test_letters_survive_the_way_through_a_table(tmp_path: Path) -> None:
    corpus = read_corpus([written(tmp_path, as_csv(MESSAGES, LABELS))])

    assert corpus.messages == tuple(MESSAGES)
    assert corpus.labels == tuple(LABELS)
