"""Who looked, what is unusual, how far the log is signed, the proof of an event, and the export."""

import io
import zipfile
from datetime import datetime, timedelta
from uuid import uuid4

import pytest
from django.urls import reverse

from ihala.accounts.models import User
from ihala.audit import actions as audit
from ihala.audit import signing
from ihala.audit.models import Event
from ihala.audit.sequencer import Sequencer
from ihala.audit.verify import WITNESS
from ihala.core import clock
from ihala.core.acting import acting, at_the_door
from ihala.desk.looking import Sign, unusual
from ihala.organisations.actions import add_shift
from ihala.organisations.models import Actor, Membership
from ihala.referrals.enums import State
from tests import given

pytestmark = pytest.mark.django_db
NOON = datetime(2026, 3, 4, 12, tzinfo=clock.DUBAI)  # a Wednesday


@pytest.fixture(autouse=True)
def log_folder(settings, tmp_path):
    settings.LOG_DIR = tmp_path / "log"


def read(who, *cases, at=NOON, name="sealed.opened", **columns):
    actor = given.actor(who)
    with clock.at(at), acting(actor):
        for case in cases:
            audit.record(
                actor, name, case_id=case, detail={"purpose": "work", "classes": ["identity"]}, **columns
            )


def found(at=NOON + timedelta(hours=1), who="aman.dpo"):
    actor = given.actor(who)
    with clock.at(at), acting(actor):
        return {(one.sign, one.count) for one in unusual(actor)}


def key_of(name, seed):
    return signing.Signer.of(name, WITNESS, seed * 32).key


def page(who, name, *arguments, language="en", status=200):
    answer = given.signed_in(who, language=language).get(reverse(f"audit:{name}", args=arguments))
    assert answer.status_code == status
    return answer


# ----------------------------------------------------------------------------------------------------------- who looked


def test_asking_for_what_is_not_ones_own_is_on_record():
    """A cousin who tries addresses of cases is seen, though nothing was shown."""
    case = given.a_case()
    given.signed_in("dfwac.caseworker").get(reverse("cases:detail", args=[case.reference]))
    given.signed_in("aman.admin").get(reverse("cases:list"))
    for who, code, name in (
        ("dfwac.dpo", "not_visible", "cases:detail"),
        ("aman.dpo", "not_permitted", "cases:list"),
    ):
        with acting(given.actor(who)):
            event = Event.objects.get(name="page.refused")
        assert (event.refusal, event.detail) == (code, {"page": name})


def test_who_works_on_a_case_reads_who_looked_at_it_the_other_organisation_too():
    scene = given.a_scene_at(State.ACCEPTED)
    case = scene.file
    with acting(given.actor("dfwac.duty")):
        audit.record(
            given.actor("dfwac.duty"), "sealed.opened", referral_id=scene.subject.pk,
            concerns=given.cast().aman.pk, detail={"purpose": "referral", "classes": ["narrative"]},
        )  # fmt: skip
    answer = page("aman.caseworker", "looked", case.reference)
    text = answer.content.decode()
    for words in (
        "Hind Khalifa Al Zaabi",
        "Dubai Foundation",
        "Disclosure classes: Narrative",
        "Work on a referral",
    ):
        assert words in text
    assert {line.event.name for line in answer.context["lines"]} == {"sealed.opened"}
    assert reverse("audit:looked", args=[case.reference]) in _case_page(case)
    assert "Who looked" in page("aman.dpo", "looked", case.reference).content.decode()


def _case_page(case):
    return (
        given.signed_in("aman.caseworker")
        .get(reverse("cases:detail", args=[case.reference]))
        .content.decode()
    )


@pytest.mark.parametrize("who", ["dfwac.caseworker", "dfwac.dpo", "aman.director", "aman.admin"])
def test_nobody_else_reads_who_looked(who):
    page(who, "looked", given.a_case().reference, status=404)


def test_a_case_nobody_opened_says_so_and_long_lists_are_leafed_through():
    case = given.a_case()
    with acting(given.actor("aman.caseworker")):
        before = Event.objects.filter(case_id=case.pk, name="sealed.opened").count()
    assert before == 0
    assert "لم يُفتح" in page("aman.dpo", "looked", case.reference, language="ar").content.decode()
    read("aman.caseworker", *[case.pk] * 60)
    first = page("aman.dpo", "looked", case.reference)
    assert first.context["older_url"]
    address = reverse("audit:looked", args=[case.reference]) + first.context["older_url"]
    second = given.signed_in("aman.dpo").get(address)
    assert len(second.context["lines"]) == 10 and second.context["newest_url"]


# -------------------------------------------------------------------------------------------------------------- unusual


def test_three_times_ones_own_habit_is_told():
    given.cast()
    for day in range(8, 14):
        read("aman.caseworker", *[uuid4() for _case in range(5)], at=NOON - timedelta(days=day))
    read("aman.caseworker", *[uuid4() for _case in range(15)])
    assert (Sign.VOLUME, 15) in found()
    assert not any(sign is Sign.VOLUME for sign, _count in found(at=NOON + timedelta(days=9)))


def test_without_a_habit_twelve_cases_a_day_are_told_and_eleven_are_not():
    given.cast()
    read("aman.caseworker", *[uuid4() for _case in range(11)])
    assert not any(sign is Sign.VOLUME for sign, _count in found())
    read("aman.caseworker", uuid4())
    assert (Sign.VOLUME, 12) in found()


def test_looking_at_night_is_told_unless_on_duty():
    night, duty = NOON + timedelta(hours=14), given.actor("aman.duty")
    read("aman.caseworker", uuid4(), at=night)
    read("aman.duty", uuid4(), uuid4(), at=night)
    with acting(given.actor("aman.supervisor")):
        add_shift(
            Membership.objects.get(pk=duty.membership_id), starts_at=NOON, ends_at=NOON + timedelta(hours=24),
            by=given.actor("aman.supervisor"),
        )  # fmt: skip
    assert found(at=night + timedelta(hours=1)) == {(Sign.HOURS, 1)}
    friday_evening = NOON + timedelta(days=3)
    read("aman.supervisor", uuid4(), at=friday_evening)
    assert (Sign.HOURS, 1) in found(at=friday_evening + timedelta(hours=1))


def test_opening_many_cases_and_doing_nothing_is_told():
    cases = [uuid4() for _case in range(8)]
    read("aman.caseworker", *cases)
    assert found() == {(Sign.IDLE, 8)}
    read("aman.caseworker", *cases[:2], name="case.noted")
    assert found() == {(Sign.IDLE, 6)}
    read("aman.caseworker", cases[2], name="case.changed")
    assert found() == set()


def test_many_people_on_one_case_are_told():
    case = uuid4()
    people = ("caseworker", "supervisor", "supervisor2", "duty", "director")
    for role in people[:4]:
        read(f"aman.{role}", case)
    assert found() == set()
    read("aman.director", case)
    assert found() == {(Sign.MANY, 5)}
    assert found(who="dfwac.dpo") == set()


def test_a_step_on_the_referral_counts_for_its_case():
    scene = given.a_scene_at(State.SENT)
    actor = given.actor("aman.caseworker")
    others = [uuid4() for _case in range(5)]
    with acting(actor):
        audit.record(actor, "sealed.opened", referral_id=scene.subject.pk)
        for one in others:
            audit.record(actor, "sealed.opened", case_id=one)
        assert (Sign.IDLE, 6) not in {(one.sign, one.count) for one in unusual(given.actor("aman.dpo"))}


def test_the_page_says_it_in_words_and_leads_to_the_readings():
    case = given.a_case()
    moment = clock.now()
    for role in ("supervisor", "supervisor2", "duty", "director", "caseworker"):
        read(f"aman.{role}", case.pk, at=moment)
    read("aman.caseworker", *[uuid4() for _case in range(12)], at=moment)
    text = page("aman.dpo", "unusual").content.decode()
    for words in (
        "Opened by many people",
        "5 people",
        case.reference,
        "13 cases in a day; usual are 4",
        "Hind Khalifa",
    ):
        assert words in text
    url = page("aman.dpo", "unusual").context["findings"][0].url
    assert len(given.signed_in("aman.dpo").get(url).context["lines"]) >= 12
    assert "لا شيء غير معتاد" in page("dfwac.dpo", "unusual", language="ar").content.decode()


# ------------------------------------------------------------------------------------------- checkpoints, proof, export


@pytest.mark.parametrize("name", ["unusual", "checkpoints"])
@pytest.mark.parametrize("who", ["aman.caseworker", "aman.supervisor", "aman.director", "aman.admin"])
def test_only_the_officer_sees_the_officers_pages(who, name):
    given.cast()
    page(who, name, status=403)


def register(who, key, status=302):
    answer = given.signed_in(who, language="en").post(reverse("audit:register"), {"key": key})
    assert answer.status_code == status
    return answer


def signed():
    Sequencer().all()
    return signing.sign()


def test_a_checkpoint_is_shown_with_who_signed_and_who_has_not_yet():
    given.cast()
    assert "Nothing has been signed yet." in page("aman.dpo", "checkpoints").content.decode()
    signing.register_operator()
    mine, theirs = key_of("witness.aman", b"a"), key_of("witness.dfwac", b"d")
    register("aman.dpo", f" {mine} ")
    register("dfwac.dpo", str(theirs))
    signed()
    text = page("aman.dpo", "checkpoints").content.decode()
    assert text.count("Not yet cosigned") == 2 and "No checkpoint yet" in text and str(mine) in text
    for who, seed in (("aman", b"a"), ("dfwac", b"d")):
        cosign(who, f"witness.{who}", seed)
    text = page("dfwac.dpo", "checkpoints").content.decode()
    assert text.count("Cosigned") == 2 and "up to event" in text
    assert "موقّعة من الشاهد" in page("dfwac.dpo", "checkpoints", language="ar").content.decode()


def cosign(who, name, seed):
    import base64

    from ihala.audit.verify import cosigned

    signer, checkpoint = signing.Signer.of(name, WITNESS, seed * 32), signing.standing([]).checkpoint
    text = checkpoint.note.rpartition("\n\n")[0] + "\n"
    signature = (5).to_bytes(8, "big") + signer.private.sign(cosigned(text, 5))
    assert base64.b64encode(signature)
    with acting(Actor.system_of(getattr(given.cast(), who).pk)):
        signing.cosign(
            Actor.system_of(getattr(given.cast(), who).pk), checkpoint.size, signer.line(signature)
        )


def test_what_is_no_key_is_refused_in_words_and_on_record():
    given.cast()
    text = register("aman.dpo", "not a key", status=422).content.decode()
    assert "Copy the whole line" in text
    register("aman.dpo", str(signing.operator().key), status=422)
    register("aman.caseworker", str(key_of("witness.aman", b"a")), status=403)
    with acting(given.actor("aman.dpo")):
        assert Event.objects.filter(refusal="not_a_witness_key").count() == 2


def test_the_refusal_of_a_witness_is_shown_in_red():
    aman = Actor.system_of(given.cast().aman.pk)
    with acting(aman):
        audit.record(aman, "log.refused", refusal="rolled_back")
    assert "rolled back to an earlier state" in page("aman.dpo", "checkpoints").content.decode()
    assert "أُعيد السجل" in page("aman.dpo", "checkpoints", language="ar").content.decode()
    assert "rolled back to an earlier state" in page("aman.dpo", "log").content.decode()
    assert "rolled back" not in page("dfwac.dpo", "checkpoints").content.decode()


def test_the_proof_of_an_event_waits_for_its_checkpoint_then_for_the_witnesses():
    case = given.a_case()
    with acting(given.actor("aman.dpo")):
        event = Event.objects.get(case_id=case.pk, name="case.created")
    assert "waits for the next checkpoint" in page("aman.dpo", "proof", event.pk).content.decode()
    signing.register_operator()
    register("aman.dpo", str(key_of("witness.aman", b"a")))
    signed()
    assert "not yet cosigned" in page("aman.dpo", "proof", event.pk).content.decode()
    cosign("aman", "witness.aman", b"a")
    text = page("aman.dpo", "proof", event.pk).content.decode()
    assert "signed by the operator and by all organisations" in text and "witness.aman" in text
    assert str(event.pk) in given.signed_in("aman.dpo").get("/audit/").content.decode()


def test_an_event_that_does_not_lead_to_its_checkpoint_is_said_aloud(monkeypatch):
    case = given.a_case()
    with acting(given.actor("aman.dpo")):
        event = Event.objects.get(case_id=case.pk, name="case.created")
    signing.register_operator()
    signed()
    monkeypatch.setattr("ihala.audit.exporting.hash_of", lambda event, numbers: bytes(32))
    assert "changed after it had been logged" in page("aman.dpo", "proof", event.pk).content.decode()


def test_the_proof_of_anothers_event_is_not_found():
    case = given.a_case()
    with acting(given.actor("aman.dpo")):
        event = Event.objects.get(case_id=case.pk, name="case.created")
    page("dfwac.dpo", "proof", event.pk, status=404)
    page("aman.caseworker", "proof", event.pk, status=403)


def test_the_export_is_an_archive_and_on_record():
    given.a_case()
    signing.register_operator()
    signed()
    client = given.signed_in("aman.dpo")
    assert client.get(reverse("audit:export")).status_code == 405
    answer = client.post(reverse("audit:export"))
    assert answer["Content-Type"] == "application/zip" and "log-" in answer["Content-Disposition"]
    with zipfile.ZipFile(io.BytesIO(answer.content)) as archive:
        assert b"case.created" in archive.read("log.jsonl")
    with acting(given.actor("aman.dpo")):
        assert Event.objects.get(name="log.exported").membership_id == given.actor("aman.dpo").membership_id
    assert given.signed_in("aman.caseworker").post(reverse("audit:export")).status_code == 403


def test_the_export_asks_again_who_it_is():
    given.a_case()
    signing.register_operator()
    signed()
    client = given.signed_in("aman.dpo")
    with at_the_door():
        officer = User.objects.get(username="aman.dpo")
        officer.set_password("a stolen session does not know this")
        officer.save()
        client.force_login(officer)
    asked = client.post(reverse("audit:export"))
    assert asked.status_code == 302 and asked["Location"].startswith("/sign-in/again/")
    assert client.post(asked["Location"], {"password": "a guess"}).context["form"].errors
    with acting(given.actor("aman.dpo")):
        assert not Event.objects.filter(name="log.exported").exists()
    client.post(asked["Location"], {"password": "a stolen session does not know this"})
    assert client.post(reverse("audit:export"))["Content-Type"] == "application/zip"
