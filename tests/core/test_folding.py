"""What is the same for all stands in a template as text, once per language; everything else is asked for each page."""

from typing import Any

import pytest
from django.template import Context, Engine, Template, TemplateDoesNotExist
from django.template.base import TextNode
from django.utils import translation

LIBRARIES = {"i18n": "django.templatetags.i18n", "static": "django.templatetags.static"}
LIBRARIES["ihala"] = "ihala.core.templatetags.ihala"


def engine_of(text: str) -> Engine:
    loader: tuple[Any, ...] = ("django.template.loaders.locmem.Loader", {"page.html": text})
    return Engine(loaders=[("ihala.core.folding.Loader", [loader])], libraries=LIBRARIES)


def read(text: str, language: str = "ar") -> Template:
    with translation.override(language):
        return engine_of(text).get_template("page.html")


def shown(text: str, language: str = "ar", **context: Any) -> str:
    with translation.override(language):
        return read(text, language).render(Context(context))


WORDS = '{% load i18n ihala %}<b>{% translate "Work" %}</b> {% icon "bell" %} {% badge _("Refused") "red" %}'


def test_words_and_signs_become_one_piece_of_text() -> None:
    (node,) = read(WORDS).nodelist
    assert isinstance(node, TextNode)
    assert node.s.count("<svg") == 1


@pytest.mark.parametrize("language", ["ar", "en"])
def test_folded_text_is_what_django_shows(language: str) -> None:
    text = (
        WORDS
        + '{% url "desk:inbox" %}{% translate "Search" as s %}{{ s }}{% blocktranslate %}Work{% endblocktranslate %}'
    )
    with translation.override(language):
        plain = Engine(libraries=LIBRARIES).from_string("{# #}" + text).render(Context())
    assert shown(text, language) == plain


def test_each_language_has_its_own() -> None:
    engine = engine_of('{% load i18n %}{% translate "Search" %}')
    said = {}
    for language in ("ar", "en", "ar"):
        with translation.override(language):
            said[language] = engine.get_template("page.html").render(Context())
    assert said["en"] == "Search"
    assert said["ar"] != "Search"


def test_what_depends_on_the_request_is_asked_each_time() -> None:
    template = read(
        '{% load i18n ihala %}{% translate words %}{% icon sign %}{% url "desk:rows" kind %}{{ words }}'
    )
    assert not any(isinstance(node, TextNode) and node.s for node in template.nodelist)
    for kind in ("inbox", "work"):
        assert f"/rows/{kind}/" in template.render(Context({"words": "Work", "sign": "bell", "kind": kind}))


def test_another_language_within_a_page_stays_as_it_is() -> None:
    text = '{% load i18n %}{% language "en" %}{% translate "Search" %}{% endlanguage %}'
    assert shown(text, "ar") == "Search"
    assert all(isinstance(node, TextNode) for node in read(text, "ar").nodelist)
    for of in ("words", '"en"'):
        text = f"{{% load i18n %}}{{% language {of} %}}{{% translate words %}}{{% endlanguage %}}"
        assert shown(text, "ar", words="en") == "en"


def test_a_condition_keeps_its_branches() -> None:
    text = '{% load i18n %}{% if yes %}{% translate "Search" %}{% else %}{% translate "Work" %}{% endif %}'
    assert shown(text, "en", yes=True) == "Search"
    assert shown(text, "en", yes=False) == "Work"


def test_only_tags_that_say_so_are_folded() -> None:
    template = read("{% load ihala %}{% now_iso %}")
    assert not any(isinstance(node, TextNode) and node.s for node in template.nodelist)


def test_a_missing_template_is_missing_in_every_language() -> None:
    with pytest.raises(TemplateDoesNotExist):
        engine_of("").get_template("elsewhere.html")
