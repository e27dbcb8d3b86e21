"""Every word of the console exists in English."""

from __future__ import annotations

import re
from pathlib import Path

from django.utils.translation import gettext, override

from linli.screens.console.tests.office import Enter
from tests.architecture.source import files, python_files
from tests.markup import markup
from tests.world import World

CONSOLE = Path(__file__).parents[1]
CHINESE = re.compile(r"[\u4e00-\u9fff]")
IN_TEMPLATES = re.compile(r'\{% translate "([^"]+)"|_\("([^"]+)"\)')
IN_BLOCKS = re.compile(r"\{% blocktranslate[^%]*%\}(.+?)\{% endblocktranslate %\}", re.DOTALL)
IN_CODE = re.compile(r'(?:\b_|gettext_lazy)\(\s*"([^"]+)"\s*\)')


def sentences() -> set[str]:
    """Every sentence that is marked for translation."""
    found: set[str] = set()
    for file in files(CONSOLE, "*.html"):
        text = file.read_text(encoding="utf-8")
        found.update(first or second for first, second in IN_TEMPLATES.findall(text))
        found.update(
            re.sub(r"\{\{ (\w+) \}\}", r"%(\1)s", " ".join(block.split()))
            for block in IN_BLOCKS.findall(text)
        )
    for file in python_files(CONSOLE):
        found.update(IN_CODE.findall(file.read_text(encoding="utf-8")))
    return {sentence for sentence in found if CHINESE.search(sentence)}


def test_every_sentence_has_its_english() -> None:
    with override("en"):
        missing = [
            sentence for sentence in sorted(sentences()) if CHINESE.search(english(sentence))
        ]

    assert missing == []
    assert len(sentences()) > 300


def english(sentence: str) -> str:
    """The translation; examples of limits stay as they are typed, in Chinese."""
    return re.sub(r"\d(工作日|工作时|紧急工作时|自然日|分钟)", "", gettext(sentence))


def test_no_chinese_stands_in_a_template_outside_a_translation() -> None:
    left = []
    for file in files(CONSOLE, "*.html"):
        text = re.sub(r"\{#.*?#\}", "", file.read_text(encoding="utf-8"))
        text = re.sub(r"\{%.*?%\}", "", IN_BLOCKS.sub("", IN_TEMPLATES.sub("", text)))
        left += [f"{file.name}: {hit}" for hit in re.findall(r"[\u4e00-\u9fff]+", text)]

    assert left == []


def test_a_page_in_english_keeps_no_chinese_of_its_own(world: World, enter: Enter) -> None:
    client = enter("acceptor")
    client.cookies["django_language"] = "en"

    with override("zh-hans"):  # a request leaves its language behind; the next test wants its own
        words = markup(client.get("/console/desk"))

    shown = re.sub(r"<script.*?</script>|<[^>]+>", " ", words, flags=re.DOTALL)
    names = {"槐荫街道", "受理员小钱", "受理员", "邻里", "中文", "榆林区"}
    assert set(re.findall(r"[\u4e00-\u9fff]+", shown)) <= names
    assert '<html lang="en"' in words
