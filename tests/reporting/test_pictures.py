"""Pictures for managers: equal to the stays, drawn for the reading direction, and nothing small is told."""

import re
from datetime import timedelta

import pytest
from django.utils import translation

from ihala.core import clock
from ihala.core.acting import acting
from ihala.referrals.enums import State
from ihala.reporting import charts, pictures
from ihala.shelter import actions
from tests import given
from tests.shelter.houses import a_family, a_house


@pytest.fixture
def by(db):
    return given.actor("aman.supervisor")


def stayed(by, beds, days, ago, end=True):
    """A family that moved in so many days ago, for so many days."""
    with clock.at(clock.now() - timedelta(days=ago)):
        stay = actions.admit(beds, family=a_family(by), by=by)
    if end:
        with clock.at(clock.now() - timedelta(days=ago - days)):
            actions.depart(stay, departure="planned", destination="own_home", by=by)


def test_lengths_of_stay_are_told_from_five_on(by):
    with acting(by):
        with clock.at(clock.now() - timedelta(days=80)):
            place = a_house(by)
        for turn in range(6):
            stayed(by, place.beds("2"), 3, 79 - 4 * turn)
        stayed(by, place.beds("1", "1"), 40, 70)
        shown = dict(pictures.lengths(by).rows)
        with translation.override("en"):
            told = dict(pictures.lengths(by).rows)
    assert next(iter(shown.values())) == ["6"]
    assert list(told.values())[1:3] == [["0"], ["fewer than 5"]]


def test_occupancy_is_nights_lived_in_of_the_nights_there_were(by):
    begun = pictures.quarters()[-2][0]
    with acting(by):
        with clock.at(begun):
            place = a_house(by)
        for turn in range(9):
            with clock.at(begun + timedelta(days=10 * turn)):
                stay = actions.admit(place.beds("2"), family=a_family(by), by=by)
            with clock.at(begun + timedelta(days=10 * turn + 5)):
                actions.depart(stay, departure="planned", destination="own_home", by=by)
        with clock.at(begun + timedelta(days=1)):
            actions.admit(place.beds("1", "1"), family=a_family(by), by=by)
        picture = pictures.occupancy(by)
    rows = {label: cells[-2] for label, cells in picture.rows}
    with translation.override("ar"):
        single = rows["غرفة مفردة"]
        assert rows["شقة عائلية"] == "—"
    assert single in ("49%", "50%", "48%")
    assert picture.chart.count("<rect") == 1 + len(picture.rows) * pictures.QUARTERS


def test_refusals_say_for_want_of_which_place(by):
    receiver = given.actor("dfwac.supervisor")
    for _ in range(5):
        given.a_referral(State.DECLINED)
    with acting(receiver):
        numbers = [cells[0] for _label, cells in pictures.refusals(receiver).rows]
    assert "5" in numbers
    with acting(by):
        assert {cells[0] for _label, cells in pictures.refusals(by).rows} == {"0"}


def test_a_chart_is_mirrored_for_arabic_and_says_what_it_shows():
    bars = [charts.Bar("a", 1.0, "9"), charts.Bar("b", None, "<5")]
    drawn = {}
    for language in ("ar", "en"):
        with translation.override(language):
            drawn[language] = charts.lying("x", "title", "about", bars)
    first = {language: float(re.search(r'<rect x="([\d.]+)"', svg)[1]) for language, svg in drawn.items()}
    width = charts.WIDTH - charts.LABELS - 130
    assert first["en"] == charts.LABELS and first["ar"] == charts.WIDTH - charts.LABELS - width
    assert 'role="img"' in drawn["ar"] and "&lt;5" in drawn["ar"] and 'direction="ltr"' in drawn["ar"]


def test_managers_see_pictures_and_no_name_and_others_do_not(by):
    with acting(by):
        place = a_house(by)
        stayed(by, place.beds("2"), 3, 1, end=False)
    page = given.signed_in("aman.director").get("/reporting/pictures/")
    text = page.content.decode()
    assert page.status_code == 200 and not re.search(r"C-\w{4}-\w{4}", text) and "دار السكينة" not in text
    for name in ("aman.caseworker", "aman.admin", "aman.duty"):
        assert given.signed_in(name).get("/reporting/pictures/").status_code == 403
    assert given.signed_in("dfwac.director").get("/reporting/pictures/").status_code == 200
