"""`linli evaluate classify` and `linli train classify`: measure and make the model that suggests a class.

linli evaluate classify --train a.csv --train b.csv --test c.csv --json
linli evaluate classify --train a.csv --folds 5 --repeats 3
linli train classify --train a.csv --train b.csv

What learns is imported inside the commands: it loads libraries for two seconds that no other command should wait for.
"""

from __future__ import annotations

import time
from pathlib import Path
from typing import Annotated, Any

import typer
from django.conf import settings
from django.utils import timezone
from django.utils.module_loading import import_string
from rich.table import Table

from linli.cases.classifier.corpus import LABEL_COLUMN, Corpus, read_corpus
from linli.cases.classifier.storage import StoredModel, save
from linli.doors.terminal.output import console, print_json, progress

SHOWN_REMARKS = 10
"""Remarks on rows left out that are printed; their number is always said."""

NAMES = {
    "macro_f1": "宏平均 F1",
    "accuracy": "准确率",
    "ece": "期望校准误差",
    "accuracy_at_80": "最有把握的八成的准确率",
    "coverage_when_sure": "可自动预选的比例",
    "accuracy_when_sure": "预选的准确率",
    "seconds_per_message": "每条耗时（秒）",
}

Train = Annotated[
    list[Path], typer.Option("--train", help="有类别的来件，CSV 或 Excel；可以写多次。")
]
LabelColumn = Annotated[str, typer.Option("--label-column", help="类别所在的列。")]
Json = Annotated[bool, typer.Option("--json", help="只输出一个 JSON 对象。")]


def register(evaluate: typer.Typer, train: typer.Typer) -> None:
    """Add the command `classify` to both groups."""
    evaluate.command(name="classify")(evaluate_classify)
    train.command(name="classify")(train_classify)


def evaluate_classify(
    train: Train,
    test: Annotated[
        list[Path] | None,
        typer.Option("--test", help="未参与训练的来件；可以写多次，不写就做交叉验证。"),
    ] = None,
    folds: Annotated[int, typer.Option(min=2, max=20, help="交叉验证的折数。")] = 5,
    repeats: Annotated[int, typer.Option(min=1, max=50, help="交叉验证重复的次数。")] = 3,
    *,
    label_column: LabelColumn = LABEL_COLUMN,
    as_json: Json = False,
) -> None:
    """检验来件分类：准确率、各类表现、把握是否可信、每条耗时。"""
    from linli.cases.classifier.evaluate import cross_validate

    corpus = _read(train, label_column)
    if test:
        answer = _evaluate_on(corpus, _read(test, label_column))
    else:
        with progress("交叉验证", repeats) as done:
            answer = cross_validate(corpus, folds=folds, repeats=repeats, advance=done)
        answer["rows_left_out"] = corpus.left_out
    if as_json:
        print_json(answer)
    else:
        _show(answer)


def train_classify(
    train: Train,
    out: Annotated[
        Path | None,
        typer.Option("--out", help="模型文件；不写就存为 LINLI_HOME/models/classifier.model。"),
    ] = None,
    *,
    label_column: LabelColumn = LABEL_COLUMN,
    as_json: Json = False,
) -> None:
    """训练来件分类模型并保存；正在运行的服务会自动换用新模型。"""
    from linli.cases.classifier.evaluate import figures_of
    from linli.cases.classifier.training import fit_and_try

    corpus = _read(train, label_column)
    path = out or Path(settings.LINLI_HOME) / "models" / "classifier.model"
    began = time.monotonic()
    model, held_back = fit_and_try(corpus.messages, corpus.labels)
    figures = figures_of(held_back)
    stored = StoredModel(
        model,
        training_sha256=corpus.fingerprint(),
        trained_on=timezone.localdate(import_string(settings.LINLI_CLOCK)()),
        figures=figures,
    )
    save(stored, path)
    answer = figures | {
        "out": str(path),
        "training_sha256": stored.training_sha256,
        "trained_on": stored.trained_on.isoformat(),
        "rows_left_out": corpus.left_out,
        "seconds": round(time.monotonic() - began, 1),
    }
    if as_json:
        print_json(answer)
    else:
        _show(answer)
        console.print(f"模型已保存到“{path}”，训练用时 {answer['seconds']} 秒。")


def _evaluate_on(corpus: Corpus, test: Corpus) -> dict[str, Any]:
    from linli.cases.classifier.evaluate import evaluate_on
    from linli.cases.classifier.training import fit

    began = time.monotonic()
    model = fit(corpus.messages, corpus.labels)
    seconds = round(time.monotonic() - began, 1)
    return evaluate_on(model, corpus, test) | {
        "training_messages": len(corpus.labels),
        "training_seconds": seconds,
        "rows_left_out": corpus.left_out + test.left_out,
    }


def _read(paths: list[Path], label_column: str) -> Corpus:
    corpus = read_corpus(paths, label_column=label_column)
    for remark in corpus.remarks[:SHOWN_REMARKS]:
        console.print(remark, style="yellow", markup=False, highlight=False)
    if corpus.left_out:
        console.print(f"共略过 {corpus.left_out} 行，可用 {len(corpus.labels)} 行。")
    return corpus


def _show(answer: dict[str, Any]) -> None:
    spread = answer.get("spread", {})
    for key, name in NAMES.items():
        if answer.get(key) is not None:
            give_or_take = f" ± {spread[key]:.4f}" if key in spread else ""
            console.print(f"{name}：{answer[key]:.4f}{give_or_take}", highlight=False)
    table = Table("类别", "条数", "精确率", "召回率", "F1")
    for label, figures in answer["per_class"].items():
        rates = (f"{figures[key]:.3f}" for key in ("precision", "recall", "f1"))
        table.add_row(label, str(figures["messages"]), *rates)
    console.print(table)
