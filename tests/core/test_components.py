"""Components render alone, escape what they are given, and a whole page keeps its promises."""

import gzip
import re
from datetime import timedelta
from pathlib import Path
from types import SimpleNamespace

import pytest
from django import forms
from django.http import HttpRequest
from django.template import Context, Template
from django.template.loader import render_to_string
from django.test import RequestFactory
from django.utils import translation

from ihala.core import clock, icons, looks, vocabulary
from ihala.core.gallery import STATE_WORDS, gallery
from ihala.core.refusal import Refusal, Status

ROOT = Path(__file__).parents[2]
KILOBYTE = 1024


def draw(source: str, **context: object) -> str:
    return Template("{% load ihala %}" + source).render(Context(context)).strip()


def request(path: str = "/gallery", **extra: object) -> HttpRequest:
    made = RequestFactory().get(path)
    made.actor = None  # type: ignore[attr-defined]
    for name, value in extra.items():
        setattr(made, name, value)
    return made


def page(language: str) -> str:
    with translation.override(language):
        return gallery(request()).content.decode()


def test_values_that_read_left_to_right_are_isolated():
    assert draw("{{ v|bdi }}", v="784-1990-1234567-1") == '<bdi dir="ltr">784-1990-1234567-1</bdi>'
    assert draw("{{ v|phone }}", v="0501234567") == '<bdi dir="ltr">+971 50 123 4567</bdi>'
    assert draw("{{ v|name }}", v="Aisha") == "<bdi>Aisha</bdi>"


@pytest.mark.parametrize(
    "mark",
    ["bdi", "name", "phone", "day", "both_dates", "full_day", "moment", "hour", "reltime", "duration"],
)
def test_nothing_shows_as_nothing(mark):
    assert draw("{{ v|MARK }}".replace("MARK", mark), v=None) == ""


@pytest.mark.parametrize("mark", ["bdi", "name", "phone"])
def test_values_are_escaped(mark):
    assert "<b>" not in draw("{{ v|MARK }}".replace("MARK", mark), v="<b>x</b>")


def test_moments_carry_their_machine_readable_form():
    at = clock.now()
    for mark in ("moment", "reltime"):
        assert f'datetime="{at.isoformat(timespec="seconds")}"' in draw(
            "{{ v|MARK }}".replace("MARK", mark), v=at
        )


def test_a_clock_says_late_soon_calm_paused_or_nothing():
    now = clock.now()
    assert 'class="clock late"' in draw("{% clock v %}", v=now - timedelta(minutes=3))
    assert 'class="clock soon"' in draw("{% clock v %}", v=now + timedelta(minutes=3))
    assert 'class="clock calm"' in draw("{% clock v %}", v=now + timedelta(hours=3))
    assert "data-relative" not in draw("{% clock v True %}", v=now + timedelta(hours=3))
    assert draw("{% clock v %}", v=None) == '<span class="clock none">—</span>'


def test_a_state_is_sign_word_and_tone():
    drawn = draw("{% state_badge 'under_review' 'قيد المراجعة' %}")
    assert 'class="badge amber"' in drawn and "<svg" in drawn and "قيد المراجعة" in drawn


def test_an_unknown_state_still_shows_its_word():
    assert 'class="badge quiet"' in draw("{% state_badge 'unheard_of' 'Unheard of' %}")


@pytest.mark.parametrize("urgency", vocabulary.Urgency.values)
def test_every_urgency_has_its_badge(urgency):
    assert str(vocabulary.Urgency(urgency).label) in draw("{% urgency_badge u %}", u=urgency)


def test_every_sign_in_use_is_drawn():
    used = {sign for sign, _ in [*looks.STATES.values(), *looks.URGENCIES.values(), looks.UNKNOWN] if sign}
    for path in (ROOT / "templates").rglob("*.html"):
        used |= set(re.findall(r'{% icon "([\w-]+)" %}', path.read_text()))
    assert used <= set(icons.PATHS)
    assert set(icons.PATHS) >= icons.FLIPPED
    assert len(STATE_WORDS) == len(looks.STATES)


def test_labels_of_codes():
    assert draw("{{ 'child_abuse'|category }}") == str(vocabulary.Category.CHILD_ABUSE.label)
    assert draw("{{ 'triage'|disclosure_class }}") == str(vocabulary.DisclosureClass.TRIAGE.label)
    assert draw("{% today as d %}{{ d|date:'Y' }}") == str(clock.today().year)


class Sample(forms.Form):
    name = forms.CharField(help_text="As on the document")
    number = forms.CharField(widget=forms.TextInput(attrs={"inputmode": "numeric"}), required=False)
    choice = forms.ChoiceField(choices=[("a", "A")], widget=forms.RadioSelect)
    agreed = forms.BooleanField()


def test_a_field_ties_hint_and_error_to_its_input():
    drawn = draw("{% field f %}", f=Sample({})["name"])
    assert 'aria-describedby="id_name_hint id_name_error"' in drawn
    assert 'aria-invalid="true"' in drawn
    assert 'id="id_name_hint"' in drawn and 'id="id_name_error"' in drawn


def test_numbers_are_typed_left_to_right():
    assert 'dir="ltr"' in draw("{% field f %}", f=Sample()["number"])
    assert "dir=" not in draw("{% field f %}", f=Sample()["name"])


def test_choices_stand_in_a_fieldset_and_ticks_before_their_label():
    assert "<legend>" in draw("{% field f %}", f=Sample()["choice"])
    assert 'class="tick"' in draw("{% field f %}", f=Sample()["agreed"])


def test_a_field_can_wait_for_a_choice_and_take_the_focus():
    drawn = draw("{% field f show_when='choice=a' wide=True autofocus=True %}", f=Sample()["name"])
    assert 'data-show-when="choice=a"' in drawn and "autofocus" in drawn and "wide" in drawn


def test_an_empty_field_is_drawn_once_for_a_language_and_what_was_typed_each_time():
    class Note(forms.Form):
        text = forms.CharField(label="Note", widget=forms.Textarea)

    for language in ("ar", "en"):
        with translation.override(language):
            plain = draw("{% field form.text %}", form=Note())
            assert draw("{% empty_field form.text %}", form=Note()) == plain
            assert draw("{% empty_field form.text %}", form=Note()) == plain
            typed = draw("{% empty_field form.text %}", form=Note({"text": "<b>"}))
            assert "&lt;b&gt;" in typed and "&lt;b&gt;" not in draw(
                "{% empty_field form.text %}", form=Note()
            )


def test_the_error_summary_leads_to_each_field():
    drawn = render_to_string("components/form_errors.html", {"form": Sample({})})
    assert 'href="#id_name"' in drawn
    assert 'href="#id_choice_field"' in drawn or 'href="#id_choice_0"' in drawn


@pytest.mark.parametrize("language", ["ar", "en"])
def test_a_page_has_its_language_and_direction_and_neither_inline_style_nor_script(language):
    html = page(language)
    assert ('<html lang="ar-AE" dir="rtl">' if language == "ar" else '<html lang="en" dir="ltr">') in html
    assert " style=" not in html and "<style" not in html
    assert not re.search(r"<script(?![^>]*\ssrc=)", html) and not re.search(r"\son\w+=", html)


@pytest.mark.parametrize("language", ["ar", "en"])
def test_quick_exit_and_privacy_screen_are_on_every_page(language):
    for html in (
        page(language),
        render_to_string(
            "errors/error.html", {"title": "x", "text": "y", "error_id": "", "back": "", "typed": ()}
        ),
    ):
        assert "data-quick-exit" in html and "data-cover" in html


def test_titles_say_nothing():
    assert re.search(r"<title>(.*)</title>", page("en")).group(1) == "Ihala · Components"


def test_a_page_with_everything_stays_small():
    static = ROOT / "static"
    parts = [page("ar").encode(), *(path.read_bytes() for path in sorted(static.rglob("*.js")))]
    parts += [path.read_bytes() for path in static.rglob("*.css")]
    assert sum(len(gzip.compress(part)) for part in parts) < 60 * KILOBYTE


def test_the_sheet_knows_no_left_and_right():
    css = (ROOT / "static/css/ihala.css").read_text().replace("safe-area-inset-bottom", "")
    physical = (
        r"\b(?:margin|padding|border|inset)-(?:left|right|top|bottom)\b|text-align:\s*(?:left|right)|float:"
    )
    assert not re.findall(physical, css)
    assert not re.findall(r"[{;]\s*(?:left|right|top|bottom|width|height)\s*:", css)


def test_nothing_is_fetched_from_elsewhere():
    for path in [
        *(ROOT / "templates").rglob("*.html"),
        *(ROOT / "static/css").glob("*"),
        *(ROOT / "static/js").glob("*"),
    ]:
        assert not re.findall(r"(?:src|href|url)\s*[=(]\s*[\"']?(?:https?:)?//", path.read_text()), path


@pytest.mark.parametrize("status", list(Status))
def test_a_refusal_is_a_page_in_words(status):
    refusal = Refusal("somebody_was_faster", "What to do next", status)
    html = render_to_string("errors/refused.html", {"refusal": refusal}, request())
    assert 'data-refusal="somebody_was_faster"' in html and "What to do next" in html


def test_who_is_signed_in_is_shown_with_where_they_can_go():
    actor = SimpleNamespace(
        name="Aisha", organisation_name="Aman", roles=[SimpleNamespace(label="Caseworker")]
    )
    html = gallery(request(actor=actor)).content.decode()
    assert "<bdi>Aisha</bdi>" in html and "Aman" in html and "Caseworker" in html
    assert html.count('aria-current="page"') >= 2


def test_without_anyone_signed_in_there_is_no_menu():
    html = gallery(request("/gallery?bare")).content.decode()
    assert 'class="nav"' not in html
