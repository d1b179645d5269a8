"""The pages: what a supervisor does on them, what others may not, and what a stale or hostile form is told."""

from datetime import timedelta

import pytest
from django.utils.html import strip_tags

from ihala.cases.models import Access, Case
from ihala.core import clock
from ihala.core.acting import acting
from ihala.shelter import actions
from ihala.shelter.models import FAR, Absence, ClaimedBed, Hold, House, KeepApart, Maintenance, Stay, Unit
from tests import given

from .houses import a_family, a_house, tomorrow

ADDRESS = "شارع الواحة 7"


@pytest.fixture
def page(by):
    return given.signed_in("aman.supervisor")


@pytest.fixture
def reference(by):
    with acting(by):
        return Case.objects.get(pk=a_family(by)).reference


def url(reference, act=""):
    return f"/shelter/families/{reference}/" + (f"do/{act}/" if act else "")


def local(moment):
    return moment.astimezone(clock.DUBAI).strftime("%Y-%m-%dT%H:%M")


def test_a_house_is_set_up_unit_by_unit(by, page):
    form = {"code": "b", "name": "دار", "address": ADDRESS, "turnaround_hours": 3}
    house = page.post("/shelter/houses/new/", form)["Location"]
    assert ADDRESS in page.get(house).content.decode()
    assert ADDRESS not in page.get("/shelter/houses/").content.decode()
    layout = {
        "code": "1",
        "kind": "flat",
        "beds": 2,
        "cots": 1,
        "sexes": ["female", "male"],
        "boys_until": 12,
    }
    unit = page.post(f"{house}new/", layout)["Location"]
    assert "12" in page.get(unit).content.decode()
    assert page.post(f"{house}new/", layout).status_code == 422
    assert page.post(f"{house}edit/", {**form, "turnaround_hours": 5})["Location"] == house
    assert page.get(f"{house}edit/").status_code == 200
    assert page.post(f"{house}edit/", {"name": ""}).status_code == 422
    assert page.post("/shelter/houses/new/", form).status_code == 422
    with acting(by):
        assert House.objects.get().turnaround_hours == 5
        assert sorted(Unit.objects.get().beds.values_list("code", "kind")) == [
            ("1", "bed"),
            ("2", "bed"),
            ("C1", "cot"),
        ]


def test_a_unit_is_changed_by_the_version_it_was_read_in(place, by, page):
    unit = f"/shelter/units/{place.units['2'].key}/"
    assert 'name="version" value="1"' in page.get(f"{unit}edit/").content.decode()
    layout = {"kind": "single_room", "sexes": ["female"], "wheelchair": "on"}
    assert page.post(f"{unit}edit/", {**layout, "version": 1})["Location"] == unit
    assert page.post(f"{unit}edit/", {**layout, "version": 1}).status_code == 422
    assert page.post(f"{unit}edit/", {"version": "x"}).status_code == 422
    assert page.post(f"{unit}do/bed/", {"code": "9", "kind": "cot"}).status_code == 302
    assert page.post(f"{unit}do/bed/", {"code": "9", "kind": "cot"}).status_code == 422
    beds = [bed.pk for bed in _beds(place, by)]
    assert page.post(f"{unit}do/void/", {"beds": beds[:1], "reason": "maintenance"}).status_code == 302
    assert page.post(f"{unit}do/close/").status_code == 422
    assert page.post(f"{unit}do/other/").status_code == 404
    with acting(by):
        void = place.units["2"].claims.get().void
    assert page.post(f"/shelter/voids/{void.pk}/end/")["Location"] == unit
    assert page.post(f"{unit}do/close/").status_code == 302
    page.post(f"{unit}do/repair/", {"kind": "locks", "note": "قفل"})
    with acting(by):
        row = Maintenance.objects.get()
    assert page.post(f"/shelter/repairs/{row.pk}/done/")["Location"] == unit
    page.get(unit)


def _beds(place, by):
    with acting(by):
        return place.beds("2")


def test_beds_are_held_and_she_arrives_moves_and_departs(place, by, page, reference):
    with acting(by):
        single, flat = place.beds("2"), place.beds("1", "1", "2", "C")
    empty = page.get(url(reference)).content.decode()
    assert f'value="{single[0].pk}"' in empty and ADDRESS not in empty
    assert page.post(url(reference, "hold"), {"hold-until": local(tomorrow())}).status_code == 422
    held = {"hold-beds": [single[0].pk], "hold-until": local(tomorrow())}
    assert page.post(url(reference, "hold"), held).status_code == 302
    assert page.post(url(reference, "hold"), held).status_code == 409
    later = {"extend_hold-until": local(tomorrow() + timedelta(hours=3)), "extend_hold-reason": "transport"}
    assert page.post(url(reference, "extend_hold"), later).status_code == 302
    assert page.post(url(reference, "arrive"), {}).status_code == 302
    moved = {"move-beds": [bed.pk for bed in flat], "move-reason": "larger"}
    assert page.post(url(reference, "move"), moved).status_code == 302
    for item, language in (("health", ""), ("rules", "am"), ("rules", "")):
        done = page.post(url(reference, "check"), {"check-item": item, "check-language": language})
        assert done.status_code == (302 if language or item == "health" else 422)
    assert page.post(url(reference, "belongings"), {"belongings-items": "خاتم"}).status_code == 302
    assert "خاتم" in page.get(f"{url(reference)}receipt/").content.decode()
    assert "خاتم" not in page.get(url(reference)).content.decode()
    assert page.post(url(reference, "belongings_back")).status_code == 302
    page.post(url(reference, "absence"), {"absence-kind": "hospital"})
    with acting(by):
        away = Absence.objects.get()
    assert page.post(f"{url(reference)}back/{away.pk}/").status_code == 302
    planned = {
        "extend_stay-planned_until": (clock.today() + timedelta(days=9)).isoformat(),
        "extend_stay-reason": "care",
    }
    assert page.post(url(reference, "extend_stay"), planned).status_code == 302
    page.post(url(reference, "depart"), {"depart-departure": "planned", "depart-destination": "own_home"})
    with acting(by):
        assert Stay.objects.get().departed_at and not ClaimedBed.objects.filter(ends_at=FAR).exists()
    lived_in = "الدار\u00a0A، الوحدة\u00a02 — الدار\u00a0A، الوحدة\u00a01"
    assert lived_in in strip_tags(page.get(url(reference)).content.decode())
    assert page.post(url(reference, "other")).status_code == 404


def test_who_sleeps_where_is_said_without_a_name(by, page, place):
    case = given.helens_case()
    with acting(given.actor("aman.caseworker")):
        Access.objects.create(
            case=case, membership_id=by.membership_id, reason="supervises", opened_at=clock.now()
        )
    with acting(by):
        stay = actions.admit(place.beds("1", "1", "2", "3"), family=case.pk, by=by)
        people = list(case.people.exclude(role="person_of_concern").values_list("pk", flat=True))
        beds = [bed.pk for bed in place.beds("1", "1", "2", "3")]
    shown = page.get(url(case.reference)).content.decode()
    assert "هيلين" not in shown and "المستفيدة" in shown
    unit = f"الدار\u00a0{place.house.code}، الوحدة\u00a01"
    for listed in (shown, page.get("/shelter/").content.decode()):
        assert f"{unit}: سرير\u00a01 · سرير\u00a02 · سرير\u00a03" in strip_tags(listed)
    assert unit in strip_tags(page.get(f"/shelter/units/{place.units['1'].key}/").content.decode())
    same = {f"sleep-bed-{beds[0]}": people[0], f"sleep-bed-{beds[1]}": people[0]}
    assert page.post(url(case.reference, "sleep"), same).status_code == 422
    given_out = {f"sleep-bed-{bed}": person for bed, person in zip(beds, people, strict=True)}
    assert page.post(url(case.reference, "sleep"), given_out).status_code == 302
    page.post(url(case.reference, "absence"), {"absence-kind": "court", "absence-person": people[1]})
    page.get(url(case.reference))
    with acting(by):
        assert Absence.objects.get(stay=stay).person == people[1]
        assert set(ClaimedBed.objects.filter(claim__stay=stay).values_list("person", flat=True)) == set(
            people
        )


def test_families_are_kept_apart_and_the_reason_is_opened_on_record(by, page, place, reference):
    with acting(by):
        other = a_family(by)
        other_reference = Case.objects.get(pk=other).reference
        actions.admit(place.beds("2"), family=other, by=by)
    wrong = {"apart-other": "C-0000-0000", "apart-reason": "سبب"}
    assert page.post(url(reference, "apart"), wrong).status_code == 422
    page.post(url(reference, "apart"), {"apart-other": other_reference.lower(), "apart-reason": "هو عمها"})
    with acting(by):
        mark = KeepApart.objects.get()
    assert "هو عمها" not in page.get(url(reference)).content.decode()
    assert "notice warning" in page.get(url(reference)).content.decode()
    assert "هو عمها" in page.get(f"/shelter/apart/{mark.pk}/").content.decode()
    assert page.post(f"/shelter/apart/{mark.pk}/lift/").status_code == 302
    page.get(f"/shelter/apart/{mark.pk}/")


def test_today_lists_who_comes_who_goes_and_what_is_unfinished(by, page, place, reference):
    with acting(by):
        one, other = a_family(by), a_family(by)
        actions.hold(place.beds("1", "1"), family=one, until=tomorrow(), by=by)
        with clock.at(clock.now() - timedelta(days=3)):
            stay = actions.admit(place.beds("2"), family=other, planned_until=clock.today(), by=by)
            actions.go_away(stay, kind="hospital", expected_on=clock.today() + timedelta(days=1), by=by)
        names = [Case.objects.get(pk=key).reference for key in (one, other)]
    shown = page.get("/shelter/").content.decode()
    assert all(name in shown for name in names)
    worker = given.signed_in("aman.caseworker").get("/shelter/").content.decode()
    assert not any(name in worker for name in names)
    assert reference not in shown


def test_a_family_that_somebody_else_works_with_is_not_to_be_found(by, place, reference):
    worker = given.signed_in("aman.caseworker")
    assert worker.get(url(reference)).status_code == 404
    assert worker.post(url(reference, "hold"), {}).status_code == 404
    assert given.signed_in("dfwac.supervisor").get(url(reference)).status_code == 404


@pytest.mark.parametrize("name", ["aman.director", "aman.dpo", "aman.admin"])
def test_who_sees_counts_or_settings_sees_no_bed_and_no_house(by, place, name):
    client = given.signed_in(name)
    for path in ("/shelter/", "/shelter/board/", "/shelter/houses/", f"/shelter/houses/{place.house.pk}/"):
        assert client.get(path).status_code == 403


def test_another_organisation_finds_no_house_unit_or_mark(by, place):
    client = given.signed_in("dfwac.supervisor")
    for path in (f"houses/{place.house.pk}/", f"units/{place.units['1'].key}/", f"apart/{place.house.pk}/"):
        assert client.get(f"/shelter/{path}").status_code == 404
    assert "/shelter/units/" not in client.get("/shelter/board/").content.decode()


def test_a_nothing_kept_has_no_receipt(by, page, place, reference):
    assert page.get(f"{url(reference)}receipt/").status_code == 422
    with acting(by):
        actions.admit(place.beds("2"), family=Case.objects.get(reference=reference).pk, by=by)
    assert page.get(f"{url(reference)}receipt/").status_code == 422


def test_a_stale_tab_is_told_that_beds_have_changed_meanwhile(by, page, place, reference):
    """Two tabs: in one she was held beds; the other still shows the form to hold."""
    with acting(by):
        family = Case.objects.get(reference=reference).pk
        (bed,) = place.beds("2")
        other = a_family(by)
        actions.hold([bed], family=other, until=tomorrow(), by=by)
    form = {"hold-beds": [bed.pk], "hold-until": local(tomorrow())}
    answer = page.post(url(reference, "hold"), form)
    assert answer.status_code == 422 and "error-summary" in answer.content.decode()
    with acting(by):
        assert Hold.objects.get().family == other != family


def test_a_practitioner_sees_where_beds_are_free_but_not_where_the_house_is(by, place):
    client = given.signed_in("dfwac.practitioner")
    supervisor = given.actor("dfwac.supervisor")
    with acting(supervisor):
        house = a_house(supervisor, "Z").house
    listed = client.get("/shelter/houses/").content.decode()
    assert "Z" in listed and f"/shelter/houses/{house.pk}/" not in listed
    assert client.get(f"/shelter/houses/{house.pk}/").status_code == 403
