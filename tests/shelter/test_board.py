"""The board: a cell for every stretch of days, today as the house is now, quick and small, and equal to the claims."""

import re
from datetime import timedelta

import pytest

from ihala.core import clock
from ihala.core.acting import acting
from ihala.shelter import actions, board
from ihala.shelter.models import ClaimedBed
from tests import given

from .houses import a_family, tomorrow


def cells(html):
    return [
        (int(span), look) for span, look in re.findall(r'<td colspan="(\d+)" class="(\w+)(?: short)?"', html)
    ]


@pytest.fixture
def page(by):
    return given.signed_in("aman.supervisor")


def test_every_bed_has_a_cell_for_every_day(by, page, place):
    with acting(by):
        actions.hold(place.beds("2"), family=a_family(by), until=clock.now() + timedelta(days=3), by=by)
        stay = actions.admit(
            place.beds("1", "1"), family=a_family(by), planned_until=clock.today() + timedelta(days=5), by=by
        )
        actions.admit(place.beds("3", "1"), family=a_family(by), by=by)
        actions.take_out_of_use(place.beds("3", "2"), reason="maintenance", by=by)
        actions.move(stay, place.beds("1", "1", "2"), reason="larger", by=by)
    for length in (7, 14, 30, 60):
        shown = page.get(f"/shelter/board/?days={length}").content.decode()
        assert sum(span for span, _look in cells(shown)) == 9 * length
    looks = {look for _span, look in cells(shown)}
    assert looks == {"hold", "stay", "open", "void", "free"}
    assert (5, "stay") in cells(shown) and (55, "open") in cells(shown)
    assert (3, "hold") in cells(shown) or (4, "hold") in cells(shown)


def test_today_is_the_house_as_it_is_and_yesterday_stays_what_it_was(by, page, place):
    with acting(by):
        family = a_family(by)
        with clock.at(clock.now() - timedelta(days=3)):
            stay = actions.admit(place.beds("2"), family=family, planned_until=clock.today(), by=by)
        actions.depart(stay, departure="planned", destination="own_home", by=by)
    first = clock.today() - timedelta(days=4)
    shown = page.get(f"/shelter/board/?days=7&from={first}&house={place.house.pk}").content.decode()
    row = shown.partition(str(place.units["2"].key))[2].partition("</tbody>")[0]
    assert sum(span for span, look in cells(row) if look == "free") == 1 + 3
    assert sum(span for span, look in cells(row) if look in ("stay", "open")) == 3


def test_what_cannot_be_asked_for_is_left_out(by, page, place):
    for asked in ("from=x&days=9&house=y", "from=0001-01-01", "from=9999-12-31", "days=60&from=2199-12-31"):
        assert page.get(f"/shelter/board/?{asked}").status_code == 200


def test_a_family_is_named_by_its_reference_only_to_who_has_access(by, page, place):
    from ihala.cases.models import Case

    with acting(by):
        family = a_family(by)
        reference = Case.objects.get(pk=family).reference
        actions.admit(place.beds("2"), family=family, by=by)
    assert reference in page.get("/shelter/board/").content.decode()
    practitioner = given.signed_in("aman.caseworker").get("/shelter/board/").content.decode()
    assert reference not in practitioner and 'class="open"' in practitioner


def test_an_organisation_without_houses_is_told_where_to_begin(by):
    assert "/shelter/houses/" in given.signed_in("dfwac.supervisor").get("/shelter/board/").content.decode()
    assert given.signed_in("dfwac.supervisor").get("/shelter/houses/").status_code == 200


def test_the_board_asks_the_same_few_questions_however_many_beds_there_are(
    by, place, django_assert_num_queries
):
    with acting(by):
        for bed in place.beds("3"):
            actions.admit([bed], family=a_family(by), by=by)
        with django_assert_num_queries(3):
            shown = board.board(by, clock.today(), 60)
        assert shown.beds == 9
        live = ClaimedBed.objects.filter(ends_at__gt=clock.now()).values_list("bed_id", flat=True)
        assert len(live) == 3
        held = actions.hold(place.beds("2"), family=a_family(by), until=tomorrow(), by=by)
        assert held.pk
