"""One form per step. The names of its fields are the names the step's action takes, so a view only hands them on."""

import secrets
from collections.abc import Callable
from datetime import datetime
from typing import Any
from uuid import uuid4

from django import forms
from django.utils.translation import gettext_lazy as _

from ihala.accounts.roles import Role
from ihala.core import clock
from ihala.core.refusal import Refused
from ihala.core.text import is_arabic
from ihala.core.vocabulary import DisclosureClass, Kind, Service, Urgency
from ihala.organisations.models import Actor, Membership
from ihala.organisations.rules import partners

from . import actions, workflow
from .actions import package
from .enums import ConflictResult, Link, NextStepKind, Question, RefusedBy, SafetyCheck, Step
from .forms import Line, StepForm, TextForm, Words, several
from .forms_housing import AcceptForm, HoldBedsForm
from .models import Referral

WORDS_AR = ("نخلة", "قمر", "لؤلؤة", "واحة", "غزال", "زيتون", "مرجان", "نسيم", "صدف", "ريحان", "شراع", "عسل")
WORDS_EN = (
    "palm",
    "moon",
    "pearl",
    "oasis",
    "gazelle",
    "olive",
    "coral",
    "breeze",
    "shell",
    "basil",
    "sail",
    "honey",
)


class NeededTextForm(StepForm):
    """Words that the step is made of."""

    text = Words(label=_("Text"))


class ReasonForm(StepForm):
    """A coded reason, and words where it is "other"."""

    reason = forms.ChoiceField(label=_("Reason"), widget=forms.RadioSelect)
    text = Words(label=_("In a few words"), required=False)

    def prepare(self) -> None:
        """The reasons of this step."""
        choices = workflow.STEPS[self.step].reason
        self.fields["reason"].choices = choices.choices if choices else []  # type: ignore[attr-defined]


class DeclineForm(ReasonForm):
    """Why the receiver cannot take the referral, and who said so."""

    refused_by = forms.ChoiceField(
        label=_("Who refuses"),
        choices=RefusedBy.choices,
        widget=forms.RadioSelect,
        initial=RefusedBy.ORGANISATION,
    )


class AmendForm(ReasonForm):
    """Why the package changes, and which classes it may hold from now on."""

    classes = several(
        _("What the other side may see"),
        [choice for choice in DisclosureClass.choices if choice[0] != DisclosureClass.TRIAGE],
        required=False,
        help_text=_("A class without its tick closes to the other side, in the earlier versions too."),
    )

    def prepare(self) -> None:
        """The classes as they were last chosen."""
        super().prepare()
        self.fields["classes"].initial = self.referral.classes


class OutcomeForm(ReasonForm):
    """How the service ended."""

    reason = forms.ChoiceField(label=_("Outcome"), widget=forms.RadioSelect)

    def arguments(self) -> dict[str, Any]:
        """The action calls the code an outcome."""
        found = super().arguments()
        found["outcome"] = found.pop("reason")
        return found


class ApproveForm(TextForm):
    """Approving sends, so it carries the key that makes a repeated send the same send."""

    key = forms.UUIDField(widget=forms.HiddenInput)

    def prepare(self) -> None:
        """A new key for each time the form is shown."""
        self.fields["key"].initial = uuid4()


class AskForm(StepForm):
    """Coded questions."""

    questions = several(_("Questions"), Question.choices)
    text = Words(label=_("In a few words"), required=False)


class AssignForm(StepForm):
    """A colleague of the actor's own organisation."""

    membership_id = forms.TypedChoiceField(label=_("Colleague"), coerce=int, widget=forms.RadioSelect)

    def prepare(self) -> None:
        """Those whose roles work on referrals."""
        working = [Role.CASEWORKER, Role.PRACTITIONER, Role.SUPERVISOR, Role.DUTY_OFFICER]
        members = Membership.objects.filter(
            organisation_id=self.by.organisation_id, active=True, roles__overlap=working
        ).order_by("id")
        choices = [(m.pk, f"{m.name} · {' · '.join(str(label) for label in m.role_labels)}") for m in members]
        self.fields["membership_id"].choices = choices  # type: ignore[attr-defined]


class ConflictForm(StepForm):
    """Who spoke with whom, and what was found; never the name that was asked about."""

    spoke_with = Line(
        label=_("Spoke with"),
        help_text=_("Name and role of the person at the other side, and when you spoke."),
    )
    result = forms.ChoiceField(label=_("Result"), choices=ConflictResult.choices, widget=forms.RadioSelect)


class PlanForm(StepForm):
    """The planned move, in Dubai's time."""

    day = forms.DateField(
        label=_("Day of arrival"), widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    )
    hour = forms.TimeField(
        label=_("Hour of arrival"), widget=forms.TimeInput(attrs={"type": "time"}, format="%H:%M")
    )
    escort = Line(label=_("Escort"), help_text=_("Who goes with her, and the escort's telephone."))
    meeting_point = Line(
        label=_("Meeting point"), help_text=_("A public place or a gate; never the house's address.")
    )
    code_word = Line(
        label=_("Code word"),
        max_length=40,
        help_text=_("Said on meeting, so that she goes with the right people."),
    )
    vehicle = Line(label=_("Vehicle"), required=False)
    note = Words(label=_("What else matters on the way"), required=False)

    def prepare(self) -> None:
        """Offer a code word that nobody guesses; hours in Dubai's time."""
        words = WORDS_AR if is_arabic() else WORDS_EN
        self.fields["code_word"].initial = f"{secrets.choice(words)} {10 + secrets.randbelow(90)}"

    def arguments(self) -> dict[str, Any]:
        """The moment, and what is sealed."""
        given = self.cleaned_data
        eta = datetime.combine(given["day"], given["hour"], clock.DUBAI)
        names = ("escort", "meeting_point", "code_word", "vehicle", "note")
        return {"version": given["version"], "eta": eta, "details": {name: given[name] for name in names}}


class SafetyForm(StepForm):
    """The points of the safety check, and what is known about her."""

    done = several(_("Worked through"), SafetyCheck.choices)
    text = Words(label=_("What is known about her now"))


class OnwardForm(StepForm):
    """The same survivor, a further organisation."""

    receiver = forms.TypedChoiceField(label=_("Receiving organisation"), coerce=int, widget=forms.RadioSelect)
    kind = forms.ChoiceField(
        label=_("Kind of referral"), choices=[(k.value, k.label) for k in Kind if k != Kind.PULL_REQUEST],
        widget=forms.RadioSelect, initial=Kind.TRANSFER,
    )  # fmt: skip
    urgency = forms.ChoiceField(label=_("Urgency"), choices=Urgency.choices, widget=forms.RadioSelect)
    services = several(_("Services asked for"), Service.choices)

    def prepare(self) -> None:
        """Organisations with an agreement; urgency and services as they were."""
        self.fields["receiver"].choices = partner_choices(self.by)  # type: ignore[attr-defined]
        self.fields["urgency"].initial = self.referral.urgency
        self.fields["services"].initial = self.referral.services


class NextStepForm(StepForm):
    """What happens to her now. Referring elsewhere starts a new draft from the same case, linked to this referral."""

    kind = forms.ChoiceField(label=_("Next step"), choices=NextStepKind.choices, widget=forms.RadioSelect)
    receiver = forms.TypedChoiceField(
        label=_("Refer to"), coerce=int, empty_value=None, required=False,
        help_text=_("Needed when the same need is referred elsewhere; a new draft is started."),
    )  # fmt: skip
    text = Words(label=_("In a few words"), required=False)

    def prepare(self) -> None:
        """Organisations with an agreement."""
        choices = [
            ("", _("Choose an organisation")),
            *partner_choices(self.by, last=self.referral.receiver_id),
        ]
        self.fields["receiver"].choices = choices  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        """Referring elsewhere needs to know where."""
        found = super().clean() or self.cleaned_data
        if found.get("kind") == NextStepKind.REFER_ELSEWHERE and not found.get("receiver"):
            self.add_error("receiver", _("Choose the organisation to refer to."))
        return found


def record_next_step(referral: Referral, *, by: Actor, receiver: int | None, **given: Any) -> Referral:
    """Record the next step; where it is a new referral, draft that first and return it."""
    if given["kind"] != NextStepKind.REFER_ELSEWHERE or receiver is None:
        return actions.record_next_step(referral, by=by, **given)
    case = package.own_side(referral, by).case
    if case is None:
        raise Refused(workflow.NOT_VISIBLE)
    linked = actions.draft(
        case, by=by, receiver=receiver, kind=Kind(referral.kind), urgency=Urgency(referral.urgency),
        services=map(Service, referral.services), services_given=map(Service, referral.services_given),
        classes=map(DisclosureClass, referral.classes), origin=referral, link=Link.ELSEWHERE,
    )  # fmt: skip
    try:
        actions.record_next_step(referral, by=by, linked=linked, **given)
    except Refused:
        actions.discard(linked, by=by)
        raise
    return linked


def partner_choices(by: Actor, last: int | None = None) -> list[tuple[int, str]]:
    """Organisations with an agreement in force; `last`, the one that has just declined, stands at the end."""
    found = [(organisation.pk, organisation.name) for organisation in partners(by.organisation_id)]
    return sorted(found, key=lambda pair: pair[0] == last)


class ConsentForm(TextForm):
    """Withdrawal of consent depends on nothing, so not on a version either."""

    def prepare(self) -> None:
        """No version."""
        del self.fields["version"]


Take = Callable[..., Any]

STEP_FORMS: dict[Step, tuple[type[StepForm], Take]] = {
    Step.DISCARD: (StepForm, actions.discard),
    Step.APPROVE: (ApproveForm, actions.approve),
    Step.RETURN: (ReasonForm, actions.return_to_author),
    Step.REVIEW_SENDING: (StepForm, actions.review_sending),
    Step.ACKNOWLEDGE: (StepForm, actions.acknowledge),
    Step.ASSIGN: (AssignForm, actions.assign),
    Step.ATTEST_CONFLICT_CHECK: (ConflictForm, actions.attest_conflict_check),
    Step.ASK: (AskForm, actions.ask),
    Step.ANSWER: (NeededTextForm, actions.answer),
    Step.TAKE_BACK: (StepForm, actions.take_back),
    Step.ACCEPT: (AcceptForm, actions.accept),
    Step.WAITLIST: (TextForm, actions.waitlist),
    Step.PROPOSE_DECLINE: (DeclineForm, actions.propose_decline),
    Step.CONFIRM_DECLINE: (TextForm, actions.confirm_decline),
    Step.RETURN_PROPOSAL: (TextForm, actions.return_proposal),
    Step.RECORD_NEXT_STEP: (NextStepForm, record_next_step),
    Step.AMEND: (AmendForm, actions.amend),
    Step.RELEASE: (StepForm, actions.release),
    Step.PLAN_HANDOVER: (PlanForm, actions.plan_handover),
    Step.CONFIRM_PLAN: (StepForm, actions.confirm_plan),
    Step.CONFIRM_ARRIVAL: (StepForm, actions.confirm_arrival),
    Step.REPORT_NOT_ARRIVED: (TextForm, actions.report_not_arrived),
    Step.CLOSE_SAFETY_CHECK: (SafetyForm, actions.close_safety_check),
    Step.HOLD_BEDS: (HoldBedsForm, actions.hold_beds),
    Step.RECORD_PROGRESS: (NeededTextForm, actions.record_progress),
    Step.COMPLETE: (OutcomeForm, actions.complete),
    Step.END_EARLY: (ReasonForm, actions.end_early),
    Step.REFER_ONWARD: (OnwardForm, actions.refer_onward),
    Step.WITHDRAW: (ReasonForm, actions.withdraw),
    Step.SURVIVOR_DECLINES: (ReasonForm, actions.survivor_declines),
    Step.ENTER_IN_ERROR: (ReasonForm, actions.enter_in_error),
    Step.WITHDRAW_CONSENT: (ConsentForm, actions.withdraw_consent),
}
"""Every step a person takes from the referral's page; submitting and sending at once stand on the third screen."""
