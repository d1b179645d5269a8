"""One class, one person: each has a salt of its own, and erasing it leaves everything else readable."""

from uuid import uuid4

import pytest

from ihala.audit import actions as audit
from ihala.audit.models import Event
from ihala.core.acting import acting
from ihala.core.refusal import Refused
from ihala.vault import actions, salts
from ihala.vault.agent import agent
from ihala.vault.enums import SubjectKind
from ihala.vault.sealing import OWN, Place, Subject, person_key

from .cast import AMAN, DFWAC, ME, a_case, a_package, named, place
from .holding import sent

pytestmark = pytest.mark.usefixtures("cast")
MOTHER, CHILD = uuid4(), uuid4()


@pytest.fixture
def confirmed(owner):
    """Every erasure counts as confirmed."""
    (asked,) = owner.execute("SELECT pg_get_functiondef('ihala_may_erase'::regproc)").fetchone()
    yes = "RETURNS boolean STABLE LANGUAGE sql AS $$ SELECT true $$"
    owner.execute(
        f"CREATE OR REPLACE FUNCTION ihala_may_erase(root_ uuid, parts_ text[], prints_ text[]) {yes}"
    )
    yield
    owner.execute(asked)


def about(person):
    return Place("cases_person", person, "identity", person)


def a_family():
    """A case with something of its own, of the mother and of the child, all in one class; and its notes."""
    case = a_case()
    values = [(place(case.id), "case"), (about(MOTHER), "mother"), (about(CHILD), "child")]
    with acting(AMAN):
        sealed = actions.seal_new(
            case, {"identity": values, "narrative": [(place(1), "notes")]}, 1, ME, holders={ME: OWN}
        )
    return case, [
        audit.Opening(
            named(case, "identity"),
            [(p, b) for (p, _v), b in zip(values, sealed["identity"], strict=True)],
        ),
        audit.Opening(named(case, "narrative"), [(place(1), sealed["narrative"][0])]),
    ]


def read(openings):
    with acting(AMAN):
        return audit.open_sealed(AMAN, "work", openings)


def erase(case, *parts):
    with acting(AMAN):
        audit.erase(
            AMAN, case.root, audit.fingerprints(case.root, [str(part) for part in parts]), case_id=case.root
        )


def test_a_person_has_a_key_of_their_own():
    case, openings = a_family()
    assert read(openings) == [["case", "mother", "child"], ["notes"]]
    names = [named(case, "identity"), *(named(case, "identity").about(one) for one in (MOTHER, CHILD))]
    with acting(AMAN):
        assert len(set(agent().open_keys(ME, names, lambda _names: None).values())) == 3
    with pytest.raises(ValueError, match="32 bytes"):
        person_key(b"short", b"short")


def test_erasing_one_person_leaves_the_others(confirmed):
    case, openings = a_family()
    erase(case, CHILD)
    assert read(openings) == [["case", "mother", None], ["notes"]]


def test_erasing_one_class_leaves_the_others_and_new_content_can_be_written(confirmed):
    case, openings = a_family()
    erase(case, "identity")
    assert read(openings) == [[None, None, None], ["notes"]]
    with acting(AMAN):
        ((new,),) = audit.seal_all(AMAN, {named(case, "identity"): [(about(MOTHER), "new")]}).values()
    assert read(openings) == [[None, None, None], ["notes"]], "what a backup still holds stays closed"
    assert read([audit.Opening(named(case, "identity"), [(about(MOTHER), new)])]) == [["new"]]


def test_erasing_is_on_record_first_and_says_what(confirmed):
    case, _openings = a_family()
    erase(case, "identity", CHILD)
    with acting(AMAN):
        event = Event.objects.get(name="sealed.erased")
        assert event.case_id == event.subject_id == case.root
        assert event.detail == {"parts": sorted(["identity", str(CHILD)])}


def test_a_root_erased_whole_opens_nothing_and_takes_nothing(confirmed):
    case, openings = a_family()
    with acting(AMAN):
        audit.erase(AMAN, case.root, None, case_id=case.root)
    assert read(openings) == [[None, None, None], [None]]
    with acting(AMAN), pytest.raises(salts.Erased):
        audit.seal_more(AMAN, named(case, "identity"), [(about(MOTHER), "new")])


def test_nothing_is_erased_without_a_confirmed_erasure():
    case, openings = a_family()
    for who in (AMAN, DFWAC):
        with acting(who), pytest.raises(Refused) as refused:
            audit.erase(who, case.root, audit.fingerprints(case.root, ["identity"]))
        assert refused.value.refusal.code == "erasure_not_confirmed"
        with acting(who), pytest.raises(Refused):
            audit.erase(who, case.root, None)
    assert read(openings)[1] == ["notes"]


def test_the_exchange_and_each_side_have_salts_of_their_own():
    package = a_package()
    thread, side = (Subject(kind, uuid4(), package.root) for kind in (SubjectKind.THREAD, SubjectKind.SIDE))
    sent(package, also=[(named(thread, "triage"), {ME: OWN})])
    with acting(AMAN):
        actions.seal_new(side, {"narrative": [(place(1), "ours")]}, 1, ME, holders={ME: OWN})
    assert [named(thread, "triage").part, named(side, "narrative").part] == ["thread", f"side.{ME}"]
    expected = {"thread", f"side.{ME}", f"side.{DFWAC.organisation_id}", "triage", "attachments"}
    assert expected < set(salts.read(package.root).parts)


def test_what_was_sealed_under_the_first_version_goes_on(settings):
    """One salt for all: it opens, more is sealed under it, and a person has no key of their own."""
    case = a_case()
    settings.SALTS_DIR.mkdir(parents=True)
    salts.write_once(settings.SALTS_DIR / f"{case.root}.salt", b"\x07" * 32)
    with acting(AMAN):
        sealed = actions.seal_new(case, {"identity": [(about(CHILD), "child")]}, 1, ME, holders={ME: OWN})
        (more,) = audit.seal_more(AMAN, named(case, "identity"), [(about(MOTHER), "mother")])
    values = [(about(CHILD), sealed["identity"][0]), (about(MOTHER), more)]
    assert read([audit.Opening(named(case, "identity"), values)]) == [["child", "mother"]]
