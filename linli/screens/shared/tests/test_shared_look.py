"""What every screen may rely on: the content policy, the sprite, the words, the vendored files, the reading switch."""

from __future__ import annotations

import hashlib
import re
from pathlib import Path
from typing import cast

import pytest
from django.template import Context, Template
from django.test import RequestFactory
from django.utils import translation

from linli.cases.flow import STAGE_NAMES
from linli.screens.shared import context, labels, reading, samples, views
from linli.screens.shared.guard import PageRequest

HERE = Path(__file__).resolve().parents[1]
TEMPLATES = sorted((HERE / "templates").rglob("*.html"))
ELEMENTS = sorted((HERE / "static" / "elements").glob("*.js"))
STYLES = sorted((HERE / "static" / "css").glob("*.css"))
VENDOR = HERE / "static" / "vendor"
CHINESE = re.compile(r"[\u4e00-\u9fff]")


@pytest.mark.parametrize("file", TEMPLATES, ids=lambda file: file.name)
def test_a_template_needs_no_exception_from_the_content_policy(file: Path) -> None:
    text = file.read_text()
    assert not re.search(r"\sstyle=", text), "an inline style is dropped by default-src 'self'"
    assert not re.search(r"\son[a-z]+=|hx-on|href=\"javascript:", text)
    scripts = re.findall(r"<script(?![^>]*\bsrc=)[^>]*>", text)
    assert not scripts, "a script without src is blocked"
    assert "//cdn" not in text


@pytest.mark.parametrize("file", [*ELEMENTS, *STYLES], ids=lambda file: file.name)
def test_elements_and_styles_need_no_exception_from_the_content_policy(file: Path) -> None:
    text = file.read_text()
    assert not re.search(
        r"\beval\(|new Function|setAttribute\(\"style\"|url\(\"?data:|https?://(?!www\.w3\.org)",
        text,
    )


def test_templates_and_elements_stay_inside_their_budgets() -> None:
    long = [f.name for f in TEMPLATES if len(f.read_text().splitlines()) > 120]
    long += [f.name for f in ELEMENTS if len(f.read_text().splitlines()) > 200]
    assert long == []


def _symbols() -> set[str]:
    return set(re.findall(r'<symbol id="([\w-]+)"', (HERE / "static" / "icons.svg").read_text()))


def test_every_icon_that_any_screen_names_is_in_the_sprite() -> None:
    screens = HERE.parent
    named = {
        name
        for file in screens.rglob("*.html")
        for name in re.findall(r'\{% icon "([\w-]+)"', file.read_text())
    }
    named |= {
        name for file in ELEMENTS for name in re.findall(r'\bicon\("([\w-]+)"\)', file.read_text())
    }
    assert named - _symbols() == set()


def test_the_style_guide_shows_every_icon() -> None:
    assert set(samples.ICONS) == _symbols()


def test_vendored_files_are_the_ones_that_were_checked() -> None:
    rows = re.findall(
        r"^\| `([^`]+)` \|.*\| `([0-9a-f]{64})` \|$",
        (VENDOR / "VENDORED.md").read_text(),
        re.MULTILINE,
    )
    found = {name: hashlib.sha256((VENDOR / name).read_bytes()).hexdigest() for name, _ in rows}
    assert found == dict(rows)
    code = {
        str(f.relative_to(VENDOR)) for f in VENDOR.rglob("*") if f.suffix in {".js", ".mjs", ".css"}
    }
    assert code == set(found)


def test_elements_say_only_words_that_the_server_translates() -> None:
    text = "".join(file.read_text() for file in ELEMENTS)
    said = set(re.findall(r'\bsay\("(\w+)"', text))
    said |= {
        "overdue",
        "left",
        "live_on",
        "live_polling",
        "live_off",
        "chart_show_table",
        "chart_hide_table",
    }
    assert said == set(labels.ELEMENT_WORDS)
    code = re.sub(r"/\*.*?\*/|//.*", "", text, flags=re.DOTALL)
    assert not CHINESE.search(code), "words of an element come from labels.ELEMENT_WORDS"


def test_a_stage_is_called_on_every_screen_as_in_the_flow() -> None:
    assert {code: str(look.label) for code, look in labels.STAGES.items()} == STAGE_NAMES


def test_every_word_of_a_table_has_an_english_twin() -> None:
    tables: list[object] = [look.label for look in labels.STAGES.values()]
    tables += [*labels.LIGHT_WORDS.values(), *labels.ELEMENT_WORDS.values()]
    tables += [word for _code, word in (*labels.RESIDENT_STEPS, *labels.RATINGS, *labels.SOLVED)]
    tables += [word for pair in views.ERROR_WORDS.values() for word in pair]
    with translation.override("en"):
        assert [str(word) for word in tables if CHINESE.search(str(word))] == []


def _bare_chinese(file: Path) -> str:
    """A template's own text without what is translated and without its comments."""
    text = re.sub(r"\{#.*?#\}", "", file.read_text())
    text = re.sub(r"\{% blocktranslate.*?endblocktranslate %\}", "", text, flags=re.DOTALL)
    text = re.sub(r'\{% translate "[^"]*" %\}|_\("[^"]*"\)', "", text)
    return text.replace("中文", "")


def test_frames_and_partials_hold_no_untranslated_chinese() -> None:
    frames = [file for file in TEMPLATES if "guide" not in file.name]
    wrong = {file.name for file in frames if CHINESE.search(_bare_chinese(file))}
    assert wrong == set()


# reading ------------------------------------------------------------------------------------------


@pytest.mark.parametrize("cookie", [None, "", "elder", "elder.99", "elder.x", "x.18", "elder.²²"])
def test_a_broken_cookie_is_read_without_an_error(cookie: str | None) -> None:
    assert reading.read_cookie(cookie).size == 18


def test_the_switch_keeps_what_was_not_pressed() -> None:
    before = reading.Reading(elder=True, size=26)
    assert reading.from_form(None, "30", before=before) == reading.Reading(elder=True, size=30)
    assert reading.from_form("standard", None, before=before) == reading.Reading(
        elder=False, size=26
    )
    assert reading.from_form("huge", "500", before=before) == before


def pressed(following: str) -> PageRequest:
    form = {"mode": "elder", "next": following}
    return cast(PageRequest, RequestFactory().post("/reading", form))


def test_pressing_senior_version_sets_the_cookie_and_goes_back() -> None:
    answer = views.set_reading(pressed("/report?step=2"))
    assert (answer.status_code, answer["Location"]) == (302, "/report?step=2")
    assert answer.cookies[reading.COOKIE].value == "elder.18"


@pytest.mark.parametrize(
    "forged", ["https://example.org/", "//example.org", "javascript:alert(1)", ""]
)
def test_the_switch_never_leads_to_another_site(forged: str) -> None:
    answer = views.set_reading(pressed(forged))
    assert answer["Location"] == "/"


# tags ---------------------------------------------------------------------------------------------


def _render(source: str, **values: object) -> str:
    return Template("{% load linli %}" + source).render(Context(values)).strip()


def test_a_changed_condition_drops_the_page_cursor() -> None:
    request = RequestFactory().get("/cases?stage=handling&after=120&grid=3")
    assert (
        _render("{% querystring_with stage='closed' %}", request=request)
        == "?stage=closed&amp;grid=3"
    )
    assert (
        _render("{% querystring_with grid=None after=7 %}", request=request)
        == "?stage=handling&amp;after=7"
    )


def test_names_and_telephones_are_masked_on_the_server() -> None:
    assert (
        _render("{{ n|mask_name }} {{ p|mask_phone }}", n="王桂兰", p="199 0000 1234")
        == "王** 199****1234"
    )


def test_an_unknown_stage_shows_its_code_instead_of_breaking_the_page() -> None:
    assert _render("{{ s|stage_label }} {{ s|stage_tone }}", s="paused") == "paused off"


def test_five_steps_tell_a_resident_where_the_matter_stands() -> None:
    html = _render("{% resident_steps 2 %}")
    assert html.count('class="is-done"') == 2
    assert html.count('aria-current="step"') == 1
    assert re.search(r'aria-current="step"\s*>\s*处理中', html)


@pytest.mark.urls("linli.screens.shared.urls")
@pytest.mark.parametrize("status", [400, 403, 404, 409, 429, 500, 418])
def test_an_error_page_says_what_happened_and_what_to_do(status: int) -> None:
    request = RequestFactory().get("/cases/7")
    words = views.ERROR_WORDS.get(status, views.ERROR_WORDS[500])
    answer = views.error_page(request, status)
    assert answer.status_code == status
    assert all(str(word) in answer.content.decode() for word in words)


def test_the_frame_knows_how_a_person_reads() -> None:
    request = RequestFactory().get("/")
    request.COOKIES[reading.COOKIE] = "elder.26"
    found = context.page(request)
    assert (found["elder_mode"], found["font_size"]) == (True, 26)
