"""One file per model, which anybody can check and no reader executes.

    LINLI-CLASSIFIER 1
    <SHA-256, hex, of every byte after this line>
    {"labels": […], "temperature": …, "doubt": …, "training_sha256": …, "trained_on": "2026-03-01", "figures": {…}, …}
    <NumPy .npz: matrix, offset, gram_rarity, theme_rarity>

The third line is JSON; arrays are read without pickle, so a file from elsewhere can be wrong but cannot run code. The
theme list travels with the model: a later list must not shift the columns of an older model.
"""

from __future__ import annotations

import hashlib
import io
import json
import os
import tempfile
import zipfile
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np

from linli.cases.classifier.errors import ModelDamaged, ModelUnreadable
from linli.cases.classifier.features import Space, Themes
from linli.cases.classifier.model import MessageClassifier
from linli.cases.classifier.weights import Calibration, Weights

MAGIC = b"LINLI-CLASSIFIER"
FORMAT = 1
"""Raised whenever an older program could misread the file; also when counting in `features` changes."""

LARGEST_BYTES = 2_000_000_000
"""Bytes of the largest file that is read; a model of 400 classes has about 30 million. Guards the memory."""


@dataclass(frozen=True)
class StoredModel:
    """A model and where it comes from; `figures` as measured when it was trained."""

    model: MessageClassifier
    training_sha256: str
    trained_on: date
    figures: Mapping[str, Any]


def save(stored: StoredModel, path: Path) -> None:
    """Write the file as a whole or not at all; folders are made."""
    path.parent.mkdir(parents=True, exist_ok=True)
    content = _content(stored)
    checksum = hashlib.sha256(content).hexdigest().encode()
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(b"%s %d\n%s\n" % (MAGIC, FORMAT, checksum))
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        # mkstemp makes it private; the web process may run as another user than the one who trained.
        Path(name).chmod(0o644)
        Path(name).replace(path)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise


def load(path: Path) -> StoredModel:
    """Read a model file.

    Raises:
        ModelUnreadable: not there, not a model, or of a format this version does not know.
        ModelDamaged: the content does not match its checksum.
    """
    content = _verified(path, _bytes(path))
    line, _, arrays = content.partition(b"\n")
    try:
        return _restored(json.loads(line), np.load(io.BytesIO(arrays), allow_pickle=False))
    except (KeyError, ValueError, TypeError, zipfile.BadZipFile) as problem:
        raise ModelUnreadable(
            f"模型文件“{path}”的内容不完整（{problem}），请重新训练。", field="file"
        ) from problem


def _bytes(path: Path) -> bytes:
    try:
        if path.stat().st_size > LARGEST_BYTES:
            raise ModelUnreadable(f"模型文件“{path}”过大，请核对是否选错了文件。", field="file")
        return path.read_bytes()
    except OSError as problem:
        raise ModelUnreadable(
            f"模型文件“{path}”无法打开（{problem.strerror}），请先训练：bin/linli train classify。",
            field="file",
        ) from problem


def _verified(path: Path, whole: bytes) -> bytes:
    first, _, rest = whole.partition(b"\n")
    magic, _, number = first.partition(b" ")
    if magic != MAGIC or not number.isdigit():
        raise ModelUnreadable(f"“{path}”不是分类模型文件，请核对路径。", field="file")
    if int(number) != FORMAT:
        raise ModelUnreadable(
            f"模型文件“{path}”的格式版本是 {int(number)}，本程序只认识 {FORMAT}，请用本版本重新训练。",
            field="file",
        )
    checksum, _, content = rest.partition(b"\n")
    if hashlib.sha256(content).hexdigest().encode() != checksum:
        raise ModelDamaged(
            f"模型文件“{path}”与其校验值不符，可能损坏或被改动，请从备份恢复或重新训练。",
            field="file",
        )
    return content


def _content(stored: StoredModel) -> bytes:
    model, space = stored.model, stored.model.weights.space
    head = {
        "labels": model.labels,
        "temperature": model.calibration.temperature,
        "doubt": model.calibration.doubt,
        "training_sha256": stored.training_sha256,
        "trained_on": stored.trained_on.isoformat(),
        "figures": dict(stored.figures),
        "grams": space.grams,
        "theme_names": space.themes.names,
        "theme_words": space.themes.words,
    }
    arrays = io.BytesIO()
    np.savez_compressed(
        arrays,
        matrix=model.weights.matrix,
        offset=model.weights.offset,
        gram_rarity=space.gram_rarity,
        theme_rarity=space.theme_rarity,
    )
    return json.dumps(head, ensure_ascii=False).encode() + b"\n" + arrays.getvalue()


def _restored(head: Mapping[str, Any], arrays: Any) -> StoredModel:
    themes = Themes(
        tuple(head["theme_names"]), tuple(tuple(words) for words in head["theme_words"])
    )
    space = Space(tuple(head["grams"]), arrays["gram_rarity"], themes, arrays["theme_rarity"])
    weights = Weights(space, arrays["matrix"], arrays["offset"])
    expected = (len(head["labels"]), len(space.grams) + len(themes.names))
    if weights.matrix.shape != expected:
        raise ValueError(f"matrix {weights.matrix.shape}, expected {expected}")
    calibration = Calibration(float(head["temperature"]), float(head["doubt"]))
    return StoredModel(
        MessageClassifier(tuple(head["labels"]), weights, calibration),
        head["training_sha256"],
        date.fromisoformat(head["trained_on"]),
        head["figures"],
    )
