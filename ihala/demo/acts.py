"""What each word of a script does. Every act is one action, taken by the person whose part it is."""

from dataclasses import replace
from datetime import timedelta
from functools import partial
from typing import Any

from ihala.accounts.roles import Role
from ihala.audit.enums import Purpose
from ihala.cases import actions as cases
from ihala.cases.enums import AccessReason, AttachmentKind
from ihala.consent import actions as consent
from ihala.consent.rules import Given, purposes_of
from ihala.core.acting import acting
from ihala.core.clock import now, today
from ihala.core.refusal import Refused, Status
from ihala.core.vocabulary import Category, Kind, LegalBasis, Urgency
from ihala.organisations.models import Actor
from ihala.referrals import actions
from ihala.referrals.actions import housing
from ihala.referrals.enums import NoBeds, SafetyCheck
from ihala.referrals.models import DestructionTask, Referral

from . import papers
from .scenes import EVERYTHING, Act, Scene, open_case, span

HALF_A_YEAR = 180


def _case(scene: Scene, told: str) -> None:
    scene.case = open_case(scene, scene.sender_s("caseworker"))


def _consent(scene: Scene, told: str) -> None:
    """Told: for how many days; half a year if nothing is said. A child's consent is the guardian's."""
    by = scene.sender_s("caseworker")
    content = scene.family.content
    guardian = content.case.get("guardian", "") if content.category == Category.CHILD_ABUSE else ""
    given = Given(
        classes=tuple(map(str, EVERYTHING)), given_on=today(), until=today() + timedelta(days=int(told or HALF_A_YEAR)),
        purposes=tuple(map(str, purposes_of(scene.kind, scene.family.services))),
        given_by="guardian" if guardian else "survivor", how="written", language=content.case["languages"][0],
        witness=scene.say("witness"), guardian=guardian, relation="guardian" if guardian else "",
        words=scene.say("consent_words"),
    )  # fmt: skip
    with acting(by):
        consent.give(scene.file, by=by, recipient=scene.receiver_s("duty").organisation_id, given=given)


def _duty(scene: Scene, told: str) -> None:
    """A legal basis other than consent, with the first signature."""
    by = scene.sender_s("caseworker")
    child = scene.family.category == Category.CHILD_ABUSE
    type_ = LegalBasis.CHILD_PROTECTION_DUTY if child else LegalBasis.VITAL_INTEREST
    with acting(by):
        cases.give_access(scene.file, by=by, role=Role.SUPERVISOR, reason=AccessReason.SUPERVISES)
        scene.basis = consent.record_basis(
            scene.file, by=by, recipient=scene.receiver_s("duty").organisation_id, type_=type_,
            source="Federal Law 3/2016 (Wadeema), art. 42" if child else "Federal Decree-Law 45/2021, art. 4",
        )  # fmt: skip
        consent.first_sign_off(scene.basis, by=by)


def _second(scene: Scene, told: str) -> None:
    by = scene.sender_s("supervisor")
    with acting(by):
        consent.second_sign_off(scene.basis, by=by)  # type: ignore[arg-type]


def _draft(scene: Scene, told: str) -> None:
    by = scene.sender_s("caseworker")
    with acting(by):
        scene.referral = actions.draft(
            scene.file, by=by, receiver=scene.receiver_s("duty").organisation_id, kind=scene.kind,
            urgency=scene.urgency, services=scene.family.services, services_given=scene.family.given,
            classes=EVERYTHING,
        )  # fmt: skip


def _do(action: str, who: str, scene: Scene, told: str, **arguments: Any) -> None:
    """Call an action of referrals; words in `arguments` that name an occasion are said."""
    side, _dot, role = who.partition(".")
    by = scene.sender_s(role) if side == "sender" else scene.receiver_s(role)
    said = {key: scene.say(value) for key, value in arguments.items() if key in ("text", "spoke_with")}
    with acting(by):
        subject = Referral.objects.get(pk=scene.subject.pk)
        done = getattr(actions, action)(subject, by=by, **(arguments | said))
        scene.referral = done if isinstance(done, Referral) and done.pk == subject.pk else subject


def _part(action: str, who: str, **arguments: Any) -> Act:
    return partial(_do, action, who, **arguments)


def _coded(action: str, who: str, key: str, default: str, **arguments: Any) -> Act:
    """An act that is told a code."""

    def act(scene: Scene, told: str) -> None:
        _do(action, who, scene, told, **{key: told or default}, **arguments)

    return act


def _accept(scene: Scene, told: str) -> None:
    """Two processes tell the story: where the other one was faster with the beds, the next ones are taken."""
    alone = scene.urgency == Urgency.EMERGENCY and scene.held is None
    who = "duty" if alone else "supervisor"
    for tries_left in reversed(range(10)):
        place = _place(scene, scene.receiver_s(who), told)
        try:
            _do("accept", f"receiver.{who}", scene, told, case=scene.held, **place)
            return
        except Refused as refused:
            if refused.refusal.status != Status.CONFLICT or "beds" not in place or not tries_left:
                raise


def _place(scene: Scene, by: Actor, told: str) -> dict[str, Any]:
    """Told "beds": those of the first suggestion are held. Else, and without one, a place was found otherwise.

    Of what is long over the story keeps no holds: who lived where is told afterwards (`houses.lived`).
    """
    with acting(by):
        referral = scene.subject
        if not housing.needs_place(referral, by):
            return {}
        household = housing.household_of(referral, by=by)
        found = housing.advice(referral, household, by=by).suggestions if told == "beds" else ()
    return {"beds": found[0].beds} if found else {"no_beds": NoBeds.FOUND_OTHERWISE}


def _held(scene: Scene, told: str) -> None:
    """The case a pull request asks for, at the organisation that holds it."""
    by = scene.receiver_s("caseworker")
    scene.held = open_case(scene, by)
    with acting(by):
        cases.give_access(scene.held, by=by, role=Role.SUPERVISOR, reason=AccessReason.SUPERVISES)


def _plan(scene: Scene, told: str) -> None:
    keys = {"note": "plan_note"}
    details = {
        key: scene.say(keys.get(key, key))
        for key in ("escort", "meeting_point", "code_word", "vehicle", "note")
    }
    _do("plan_handover", "sender.caseworker", scene, told, eta=now() + span(told or "3h"), details=details)


def _assign(scene: Scene, told: str) -> None:
    member = scene.receiver_s("caseworker").membership_id
    _do("assign", "receiver.supervisor", scene, told, membership_id=member)


def _ask(scene: Scene, told: str) -> None:
    _do("ask", "receiver.supervisor", scene, told, questions=(told or "mobility").split(","), text="ask")


def _amend(scene: Scene, told: str) -> None:
    """The case is put right first; the amendment sends it as it is now."""
    by = scene.sender_s("caseworker")
    words = scene.say("amend")
    with acting(by):
        case = type(scene.file).objects.get(pk=scene.file.pk)
        content = cases.open_case(case, by=by, purpose=Purpose.WORK)
        more = {**content.case, "danger_detail": words}
        new = replace(content, case=more)
        cases.update_case(case, new, by=by, version=case.version)
    _do("amend", "sender.caseworker", scene, told, reason=told or "new_information")


def _attest(scene: Scene, told: str) -> None:
    by = scene.receiver_s("supervisor")
    with acting(by):
        task = DestructionTask.objects.select_related("referral").get(referral=scene.subject, done_at=None)
        actions.attest_destruction(task, by=by, kept_by_law=told == "kept", text=scene.say("attest"))


def _silence(scene: Scene, told: str) -> None:
    system = Actor.system_of(scene.receiver_s("duty").organisation_id)
    with acting(system):
        scene.referral = actions.no_answer(scene.subject, by=system)


def _file(scene: Scene, told: str) -> None:
    """A paper for the case; told: which."""
    by = scene.sender_s("caseworker")
    made, name, what = {
        "order": (papers.page("Protection order"), "امر حماية.pdf", AttachmentKind.COURT_ORDER),
        "report": (papers.page("Medical report"), "medical report.pdf", AttachmentKind.MEDICAL_REPORT),
        "scan": (papers.scan(), "IMG_2041.png", AttachmentKind.IDENTITY_DOCUMENT),
        "picture": (papers.picture(), "IMG_2055.jpg", AttachmentKind.PICTURE),
    }[told]
    with acting(by):
        cases.add_attachment(scene.file, made, by=by, name=name, what=what)


def _case_note(scene: Scene, told: str) -> None:
    by = scene.sender_s("caseworker")
    with acting(by):
        cases.add_note(scene.file, scene.say("case_note"), by=by)


def _onward(scene: Scene, told: str) -> None:
    by = scene.receiver_s("supervisor")
    with acting(by):
        subject = Referral.objects.get(pk=scene.subject.pk)
        onward = actions.refer_onward(
            subject, by=by, receiver=subject.sender_id, kind=Kind.SHARED_CARE, urgency=Urgency.STANDARD,
            services=scene.family.services[:1],
        )  # fmt: skip
        scene.others.append(onward)


SENDER, SUPERVISOR = "sender.caseworker", "sender.supervisor"
RECEIVER, SECOND = "receiver.supervisor", "receiver.supervisor2"

ACTS: dict[str, Act] = {
    "case": _case,
    "consent": _consent,
    "duty": _duty,
    "second": _second,
    "draft": _draft,
    "note_case": _case_note,
    "file": _file,
    "submit": _part("submit", SENDER, text="submit"),
    "send": _part("send_at_once", SENDER),
    "return": _coded("return_to_author", SUPERVISOR, "reason", "incomplete", text="return"),
    "approve": _part("approve", SUPERVISOR),
    "review": _part("review_sending", SUPERVISOR),
    "ack": _part("acknowledge", "receiver.duty"),
    "assign": _assign,
    "conflict": _part("attest_conflict_check", "receiver.duty", spoke_with="spoke", result="clear"),
    "tie": _part("attest_conflict_check", "receiver.duty", spoke_with="spoke", result="conflict"),
    "ask": _ask,
    "answer": _part("answer", SENDER, text="answer"),
    "take_back": _part("take_back", RECEIVER),
    "held": _held,
    "accept": _accept,
    "waitlist": _part("waitlist", RECEIVER, text="waitlist"),
    "propose": _coded("propose_decline", RECEIVER, "reason", "no_capacity", text="propose"),
    "confirm": _part("confirm_decline", SECOND),
    "unpropose": _part("return_proposal", SECOND, text="unpropose"),
    "next": _coded("record_next_step", SENDER, "kind", "keep_and_support", text="next"),
    "amend": _amend,
    "release": _part("release", SENDER),
    "plan": _plan,
    "ok_s": _part("confirm_plan", SENDER),
    "ok_r": _part("confirm_plan", RECEIVER),
    "arrived_s": _part("confirm_arrival", SENDER),
    "arrived_r": _part("confirm_arrival", RECEIVER),
    "lost": _part("report_not_arrived", RECEIVER, text="lost"),
    "check": _part("close_safety_check", SUPERVISOR, done=SafetyCheck.values, text="check"),
    "progress": _part("record_progress", RECEIVER, text="progress"),
    "complete": _coded("complete", RECEIVER, "outcome", "goals_met", text="complete"),
    "early": _coded("end_early", RECEIVER, "reason", "left_by_choice", text="early"),
    "onward": _onward,
    "withdraw": _coded("withdraw", SENDER, "reason", "safer_option", text="withdraw"),
    "declines": _coded("survivor_declines", SENDER, "reason", "stays", text="declines"),
    "error": _coded("enter_in_error", SUPERVISOR, "reason", "wrong_person", text="error"),
    "unconsent_s": _part("withdraw_consent", SENDER, text="unconsent"),
    "unconsent_r": _part("withdraw_consent", RECEIVER, text="unconsent"),
    "attest": _attest,
    "silence": _silence,
    "note": _part("add_note", RECEIVER, text="note"),
}
