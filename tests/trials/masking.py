"""python -m tests.trials.masking FILE [--column 内容 --column 标题] [--show N]

What the mask of free text hides in a file of real messages (CSV or Excel): counted by kind, how long it took, and with
`--show` the first N places of each kind with the words around them, so that somebody can judge which are wrong. The
file stays where it is. `LINLI_MESSAGES` names it as well.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
import time
from collections import Counter, defaultdict
from pathlib import Path

from linli.kernel.privacy.free_text import personal_in
from linli.kernel.tables.columns import Layout
from linli.kernel.tables.reading import read_table

AROUND = 14
COLUMNS = (
    "title",
    "body",
    "content",
    "reply",
    "标题",
    "内容",
    "主题",
    "留言主题",
    "留言详情",
    "答复意见",
)


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.trials.masking")
    parser.add_argument("file", nargs="?", default=os.environ.get("LINLI_MESSAGES", ""))
    parser.add_argument("--column", action="append", default=[])
    parser.add_argument("--show", type=int, default=0)
    options = parser.parse_args()
    if not options.file:
        parser.error("a file of messages is needed")
    texts = _texts(Path(options.file), options.column or list(COLUMNS))
    started = time.process_time()
    found = [personal_in(text) for text in texts]
    seconds = time.process_time() - started
    kinds = Counter(one.kind for each in found for one in each)
    figures = {
        "messages": len(texts),
        "characters": sum(map(len, texts)),
        "cpu_seconds": round(seconds, 3),
        "messages_with_something_hidden": sum(map(bool, found)),
        "hidden": dict(kinds),
    }
    sys.stdout.write(json.dumps(figures, ensure_ascii=False) + "\n")
    shown: dict[str, int] = defaultdict(int)
    for number, (text, each) in enumerate(zip(texts, found, strict=True), start=1):
        for one in each:
            shown[one.kind] += 1
            if shown[one.kind] <= options.show:
                before, after = (
                    text[max(0, one.start - AROUND) : one.start],
                    text[one.end : one.end + AROUND],
                )
                words = f"{before}【{text[one.start : one.end]}】{after}".replace("\n", " ")
                sys.stdout.write(f"{number}\t{one.kind}\t{words}\n")
    return 0


def _texts(file: Path, columns: list[str]) -> list[str]:
    """The words of every row, of the named columns."""
    layout = Layout("留言", {name: (name,) for name in columns}, needed=(columns,))
    table = read_table(file.name, file.read_bytes(), layout)
    named = [name for name in columns if name in table.header.places]
    return ["\n".join(row.text(name) for name in named) for row in table.rows]


if __name__ == "__main__":
    sys.exit(main())
