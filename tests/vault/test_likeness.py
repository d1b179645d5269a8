"""Who counts as the same person when people are compared: the same name, telephone or document once normalised."""

import pytest

from ihala.vault.likeness import Traits, document, exact, likeness, name, phone, traits_of

SAME = [
    ("names", "دانيال كيبيدي", "دانيال  كيبيدى"),
    ("names", "أحمد عليّ", "احمد علي"),
    ("names", "Daniel Kebede", "DANIEL  KEBEDE"),
    ("names", "José María", "Jose Maria"),
    ("phones", "+971 55 000 1188", "055 000 1188"),
    ("phones", "٠٥٥ ٠٠٠ ١١٨٨", "00971550001188"),
    ("documents", "784-1990-1234567-1", "784199012345671"),
    ("documents", "ep 4471203", "EP4471203"),
]
DIFFERENT = [
    ("names", "دانيال", "دانيال"),
    ("names", "Daniel Kebede", "Daniel Kebedo"),
    ("names", "", ""),
    ("phones", "999", "999"),
    ("phones", "055 000 1188", "055 000 1189"),
    ("documents", "12", "12"),
]


@pytest.mark.parametrize(("kind", "one", "other"), SAME)
def test_the_same_person_is_found_however_it_was_written(kind: str, one: str, other: str) -> None:
    assert exact([Traits(**{kind: (one,)})], [Traits(**{kind: (other,)})])


@pytest.mark.parametrize(("kind", "one", "other"), DIFFERENT)
def test_what_says_too_little_or_differs_is_nobody(kind: str, one: str, other: str) -> None:
    assert not exact([Traits(**{kind: (one,)})], [Traits(**{kind: (other,)})])


def test_a_number_is_never_compared_with_a_name_or_a_telephone_with_a_document() -> None:
    assert not exact([Traits(phones=("550001188",))], [Traits(documents=("550001188",))])
    assert (name("one"), phone("12345"), document("12345")) == ("", "", "")


def test_of_sealed_values_only_what_tells_who_somebody_is_is_read() -> None:
    person = {
        "name": "دانيال كيبيدي", "name_latin": {"absent": "unknown"}, "relation": "husband", "nationality": "ET",
        "phones": [{"number": "+971 55 000 1188"}, {"safe": True}, "no row"], "documents": "none",
        "birth": {"date": "1984-05-01", "approximate": True, "given": "about 40", "calendar": "gregorian"},
    }  # fmt: skip
    assert traits_of(person) == Traits(("دانيال كيبيدي",), ("+971 55 000 1188",), (), 1984, nationality="ET")
    assert traits_of({"birth": {"date": None}, "sex": {"absent": "unknown"}}) == Traits()


def test_which_comparison_is_used_is_a_setting(settings) -> None:
    likeness.cache_clear()
    settings.IHALA_LIKENESS = "ihala.vault.likeness.name"
    assert likeness() is name
    likeness.cache_clear()
    settings.IHALA_LIKENESS = "ihala.vault.likeness.exact"
    assert likeness() is exact
