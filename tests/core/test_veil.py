"""Values in addresses: the same ones always alike, unreadable without the installation's key."""

from ihala.core.veil import unveil, veil
from ihala.core.vocabulary import Category


def test_a_value_is_written_the_same_and_read_back(settings):
    codes = {veil(value) for value in Category.values}
    assert len(codes) == len(Category.values) and all(len(code) == 6 for code in codes)
    assert [unveil(veil(value), Category.values) for value in Category.values] == Category.values
    before = veil(Category.CHILD_ABUSE)
    settings.INSTALLATION_KEY = "another"
    assert veil(Category.CHILD_ABUSE) != before


def test_nothing_and_nonsense_mean_nothing():
    assert veil("") == "" and unveil("", Category.values) == ""
    for nonsense in ("child_abuse", "x" * 500, "%00", "aaaaaa"):
        assert unveil(nonsense, Category.values) == ""
