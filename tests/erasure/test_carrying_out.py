"""An erasure outlives the process that carries it out, and says what it did."""

from datetime import timedelta

import pytest
from procrastinate.contrib.django.models import ProcrastinateJob

from ihala.audit.models import Event
from ihala.cases import actions as cases
from ihala.cases.enums import AttachmentKind
from ihala.cases.models import Case
from ihala.core import clock
from ihala.core.acting import acting
from ihala.core.refusal import Refused
from ihala.core.vocabulary import DisclosureClass
from ihala.demo.papers import scan
from ihala.erasure import actions, rules, tasks
from ihala.erasure.enums import Outcome, Standing, Unit
from ihala.erasure.models import Erasure
from ihala.organisations.models import Actor
from ihala.referrals.enums import State
from ihala.vault import salts
from tests import given
from tests.erasure.conftest import OFFICER, ask, confirm, erased
from tests.erasure.test_erasing import content_of, own_case, parts, persons

pytestmark = pytest.mark.django_db


# ------------------------------------------------------------------------------------------------- a process that dies


class Killed(BaseException):
    """Nobody catches it: what a SIGKILL leaves behind."""


@pytest.mark.parametrize("at", ["salts.erase", "between", "clear", "record", "commit"])
def test_a_process_killed_at_any_step_is_taken_up_again(at, aman, monkeypatch):
    """Whatever ran and whatever did not: the periodic job finishes it, once."""
    scene = given.a_scene_at(State.COMPLETED)
    erasure = confirm(ask(scene.file))
    system = Actor.system_of(erasure.organisation_id)
    real, done = salts.erase, []

    def dies(*_args, **_kwargs):
        raise Killed

    def dies_at_the_second(root, prints=None):
        done.append(root)
        if len(done) == 2:
            raise Killed
        real(root, prints)

    from ihala.erasure.actions import carrying

    with monkeypatch.context() as patch:
        if at == "salts.erase":
            patch.setattr(salts, "erase", dies)
        elif at == "between":
            patch.setattr(salts, "erase", dies_at_the_second)
        elif at in ("clear", "record"):
            patch.setattr(carrying, "_clear" if at == "clear" else "put_on_record", dies)
        with pytest.raises(Killed), acting(system):
            actions.carry_out(erasure.pk, by=system)
            raise Killed  # everything but the commit
    with acting(system):
        assert Erasure.objects.get(pk=erasure.pk).standing == Standing.CONFIRMED
    tasks.tick(0)
    with acting(system):
        assert Erasure.objects.get(pk=erasure.pk).standing == Standing.CARRIED_OUT
        carried = Event.objects.filter(name="erasure.carried_out", case_id=erasure.case_id)
        assert carried.count() == 1
    assert salts.is_erased(scene.file.pk)
    assert set(parts(scene.subject, aman).values()) == {None}
    tasks.tick(0)
    with acting(system):
        assert carried.count() == 1


def test_the_confirmation_leaves_a_job_and_the_job_carries_out(aman):
    erasure = confirm(ask(given.a_case()))
    (job,) = ProcrastinateJob.objects.filter(task_name="erasure.carry_out")
    tasks.carry_out(**job.args)
    with acting(aman):
        assert Erasure.objects.get(pk=erasure.pk).carried_out_at


def test_salts_that_come_back_from_a_copy_die_again_and_what_was_written_since_lives(aman):
    case = given.a_case()
    before = content_of(case, aman)
    lying = salts.folder() / f"{case.pk}.salt"
    copy = lying.read_bytes()
    done = erased(case, Unit.CLASS, disclosure_class=DisclosureClass.IDENTITY)
    lying.write_bytes(copy)
    assert salts.read(case.pk).parts["identity"]
    tasks.tick(0)
    assert "identity" not in salts.read(case.pk).parts
    with acting(aman):
        left = Case.objects.get(pk=case.pk)
        cases.update_case(left, before, by=aman, version=left.version)
    tasks.tick(0)
    assert content_of(case, aman).survivor["name"] == before.survivor["name"]
    whole = erased(given.a_case())
    (salts.folder() / f"{whole.case_id}.salt").write_bytes(copy)
    tasks.tick(0)
    assert salts.read(whole.case_id) is None
    with clock.at(done.final_at + timedelta(days=1)), acting(Actor.system_of(done.organisation_id)):
        assert actions.repeat(by=Actor.system_of(done.organisation_id)) == 0


def test_rows_that_a_restored_backup_brought_back_are_cleared_again(aman):
    whole, other = given.a_case(), given.a_case()
    erased(whole)
    with acting(aman):
        Case.objects.filter(pk=whole.pk).update(state="open", paper_reference="AMN-9", triage=b"sealed")
    tasks.after_restore(0)
    with acting(aman):
        back = Case.objects.get(pk=whole.pk)
        assert (back.state, back.paper_reference, back.triage) == ("erased", None, None)
        assert Case.objects.get(pk=other.pk).state == "open"
        assert Event.objects.filter(name="erasure.carried_out", case_id=whole.pk).count() == 2


# --------------------------------------------------------------------------------------------------- preview and log


def test_the_preview_says_what_goes_and_what_stays(aman):
    scene = given.a_scene_at(State.COMPLETED)
    with acting(given.actor(OFFICER)):
        for unit, what in ((Unit.CASE, {}), (Unit.CLASS, {"disclosure_class": "narrative"})):
            erasure = ask(scene.file, unit, **what)
            lines = rules.preview(erasure)
            assert {line.outcome for line in lines} == set(Outcome)
            assert all(line.why for line in lines if line.outcome == Outcome.STAYS)
            assert any(scene.subject.reference in str(line.what) for line in lines)
            actions.cancel(erasure, by=given.actor(OFFICER))
    receiver = given.actor("dfwac.supervisor")
    theirs = own_case(scene.subject, receiver)
    with acting(receiver):
        child = persons(theirs, "person_of_concern").first() or persons(theirs, "companion").first()
        lines = rules.preview(ask(theirs, Unit.PERSON, person=child, by="dfwac.dpo"))
        assert any("only the sender" in str(line.why) or line.why for line in lines)


def test_everything_is_on_record_and_the_log_survives(aman):
    case = given.a_case()
    erasure = erased(case)
    with acting(aman):
        names = list(
            Event.objects.filter(case_id=case.pk).order_by("at", "id").values_list("name", flat=True)
        )
    assert names[0] == "case.created"
    assert names[-4:] == ["erasure.requested", "erasure.confirmed", "sealed.erased", "erasure.carried_out"]
    with acting(given.actor(OFFICER)):
        assert Event.objects.filter(subject_id=erasure.pk).count() == 3


def test_the_preview_of_a_person_says_nothing_of_a_package_that_was_never_sent(aman):
    scene = given.acted(given.a_scene_at(State.AWAITING_APPROVAL), "withdraw")
    with acting(given.actor(OFFICER)):
        child = persons(scene.file, "companion").first()
        lines = rules.preview(ask(scene.file, Unit.PERSON, person=child))
    assert not any(scene.subject.reference in str(line.what) for line in lines)


def test_attachments_go_alone(aman):
    case = given.a_case()
    with acting(aman):
        cases.add_attachment(case, scan(), by=aman, name="صورة.png", what=AttachmentKind.COURT_ORDER)
        before = content_of(case, aman)
    erased(case, Unit.CLASS, disclosure_class=DisclosureClass.ATTACHMENTS)
    with acting(aman):
        fresh = Case.objects.get(pk=case.pk)
        with pytest.raises(Refused) as refused:
            cases.open_attachment(fresh, 1, by=aman)
        assert refused.value.refusal.code == "no_such_file"
        assert content_of(fresh, aman).survivor == before.survivor
