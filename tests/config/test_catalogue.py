"""The check of the Arabic catalogue finds what it must; the catalogue itself is complete."""

import gettext

import polib
import pytest

from config import catalogue
from config.catalogue_html import untranslated

HEADER = 'msgid ""\nmsgstr ""\n"Content-Type: text/plain; charset=UTF-8\\n"\n\n'


@pytest.fixture
def tree(tmp_path):
    """A tiny project with three texts."""
    (tmp_path / "ihala").mkdir()
    (tmp_path / "config").mkdir()
    (tmp_path / "templates").mkdir()
    (tmp_path / "locale" / "ar" / "parts").mkdir(parents=True)
    (tmp_path / "ihala" / "a.py").write_text(
        "from django.utils.translation import gettext as _, ngettext, pgettext\n"
        '_("Send to %(name)s")\nngettext("%(n)s case", "%(n)s cases", 2)\npgettext("verb", "Close")\n'
    )
    (tmp_path / "templates" / "a.html").write_text(
        '{% load i18n %}<p title="{% translate "Title" %}">'
        "{% blocktranslate with a=b %}Dear {{ a }}{% endblocktranslate %}"
    )
    return tmp_path


FORMS = ["لا قضايا", "قضية", "قضيتان", "%(n)s قضايا", "%(n)s قضية", "%(n)s قضية"]
GOOD = [
    polib.POEntry(msgid="Send to %(name)s", msgstr="إرسال إلى %(name)s"),
    polib.POEntry(msgid="%(n)s case", msgid_plural="%(n)s cases", msgstr_plural=dict(enumerate(FORMS))),
    polib.POEntry(msgctxt="verb", msgid="Close", msgstr="إغلاق"),
    polib.POEntry(msgid="Title", msgstr="عنوان"),
    polib.POEntry(msgid="Dear %(a)s", msgstr="عزيزي %(a)s"),
]


def write(tree, entries, name="a.po"):
    file = polib.POFile()
    file.metadata = catalogue.METADATA
    file.extend(entries)
    file.save(str(tree / "locale" / "ar" / "parts" / name))


def test_a_complete_catalogue_has_no_problems(tree):
    write(tree, GOOD)
    assert catalogue.problems(tree) == []


@pytest.mark.parametrize(
    ("entry", "problem"),
    [
        (None, "no Arabic for 'Title'"),
        (polib.POEntry(msgid="Title", msgstr=" "), "no translation"),
        (polib.POEntry(msgid="Title", msgstr="عنوان", flags=["fuzzy"]), "fuzzy"),
        (polib.POEntry(msgid="Title", msgstr="عنوان Title"), "Latin words"),
        (polib.POEntry(msgid="Title", msgstr="عنوان %(x)s"), "placeholders differ"),
        (polib.POEntry(msgid="Title", msgstr="عنوان\n"), "line breaks"),
        (polib.POEntry(msgid="Gone", msgstr="ذهب"), "no longer used: 'Gone'"),
    ],
)
def test_each_kind_of_problem_is_found(tree, entry, problem):
    write(tree, [one for one in GOOD if one.msgid != "Title"] + ([entry] if entry else []))
    assert any(problem in one for one in catalogue.problems(tree))


def test_plurals_need_six_forms_and_two_translations_of_one_text_are_found(tree):
    write(tree, [one for one in GOOD if not one.msgid_plural])
    short = polib.POEntry(
        msgid="%(n)s case", msgid_plural="%(n)s cases", msgstr_plural={0: "قضية", 1: "قضايا"}
    )
    write(tree, [short, polib.POEntry(msgid="Title", msgstr="اسم")], "b.po")
    found = catalogue.problems(tree)
    assert any("2 plural forms" in one for one in found)
    assert any("two translations of 'Title'" in one for one in found)


def test_a_text_once_with_and_once_without_plural_is_found(tree):
    (tree / "ihala" / "b.py").write_text('_("%(n)s case")\n')
    write(tree, GOOD)
    assert any("once with and once without" in one for one in catalogue.problems(tree))


def test_english_outside_the_tags_is_found(tree):
    (tree / "templates" / "b.html").write_text("<p>\nWelcome</p>")
    write(tree, GOOD)
    assert "templates/b.html:2: not translated: 'Welcome'" in catalogue.problems(tree)


@pytest.mark.parametrize(
    "source",
    [
        '<input type="submit" value="Send">', '<img alt="A house">', "<p>Hello</p>",
        '<meta name="description" content="Hi">', '<br title="Line">', "{% if x %}Yes{% endif %}",
    ],
)  # fmt: skip
def test_visible_english_is_seen(source):
    assert len(untranslated(source)) == 1


@pytest.mark.parametrize(
    "source",
    [
        "<p>{% translate \"Hello\" %}</p>", "{# Hello #}<p>12</p>", "{% comment %}Hello{% endcomment %}",
        "<b>مرحبا</b>",
        "<script>let hello</script>", '<button value="en">English</button>', '<p class="lead">{{ text }}</p>',
        "<svg><title>Hi</title></svg>", "{% blocktranslate %}Hello{% endblocktranslate %}",
    ],
)  # fmt: skip
def test_what_is_no_visible_english_is_left_alone(source):
    assert untranslated(source) == []


def test_parts_are_merged_into_one_and_compiled(tree):
    write(tree, GOOD[:3])
    write(tree, GOOD[3:], "b.po")
    language = tree / "locale" / "ar"
    assert catalogue.merge(language) == 5
    assert list(language.glob("parts/*.po")) == []
    assert catalogue.problems(tree) == []
    assert catalogue.compile_if_stale(language)
    assert not catalogue.compile_if_stale(language)
    with (language / "LC_MESSAGES" / "django.mo").open("rb") as file:
        arabic = gettext.GNUTranslations(file)
    assert arabic.gettext("Title") == "عنوان"
    assert arabic.ngettext("%(n)s case", "%(n)s cases", 2) == "قضيتان"
    assert arabic.ngettext("%(n)s case", "%(n)s cases", 5) == "%(n)s قضايا"


def test_the_command_says_what_it_did(monkeypatch):
    said = []
    monkeypatch.setattr(catalogue, "problems", lambda: ["something"])
    assert catalogue.run("check", said.append) == 1
    monkeypatch.setattr(catalogue, "problems", list)
    assert catalogue.run("check", said.append) == 0
    monkeypatch.setattr(catalogue, "compile_if_stale", lambda: False)
    assert catalogue.run("compile", said.append) == 0
    monkeypatch.setattr(catalogue, "merge", lambda: 3)
    assert catalogue.run("merge", said.append) == 0
    assert said == [
        "something",
        "1 problem(s) in the catalogue",
        "The catalogue is complete.",
        "up to date",
        "3 entries",
    ]


def test_the_catalogue_of_the_product_is_complete():
    assert catalogue.problems() == []
